//! What a record costs: at most three writes when it is new, at most one when it is a repeat,
//! none when the same process has just seen it.

use crate::Scene;
use crate::meter::Meter;
use crate::storm::{at, collector, issue, retirement};
use collector::Outcome;
use model::HealthEvent;
use state::header::Token;
use system_tests::capacity::Bill;

const ACCOUNTS: usize = 100;

/// The bill for one record of each account, received from that moment on.
async fn bill(
    scene: &Scene,
    stores: usize,
    record: impl Fn(usize) -> HealthEvent,
    rounds: usize,
) -> Vec<Bill> {
    let meter = Meter::default();
    let functions: Vec<_> = (0..stores).map(|_| collector(scene.metered_store(&meter))).collect();
    let mut bills = Vec::new();
    for round in 0..rounds {
        for account in 0..ACCOUNTS {
            let received = at(i64::try_from(round * ACCOUNTS + account).unwrap());
            let function = &functions[round % stores];
            function.accept(record(account), received).await.unwrap();
        }
        bills.push(meter.take());
    }
    bills
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn per_record(count: u64) -> f64 {
    count as f64 / ACCOUNTS as f64
}

#[expect(clippy::print_stdout, reason = "figures for the cost page")]
fn print(what: &str, bill: &Bill) {
    println!("{what}, {ACCOUNTS} records: {bill}");
}

#[tokio::test]
async fn a_new_account_costs_at_most_three_writes_and_a_repeat_at_most_one() {
    let Some(scene) = Scene::new().await else { return };
    // The first round is new; the second comes to another function, the third to the first.
    let bills = bill(&scene, 2, issue, 3).await;
    print("issue, new", &bills[0]);
    print("issue, repeated elsewhere", &bills[1]);
    print("issue, repeated in the same function", &bills[2]);
    assert!(per_record(bills[0].writes) <= 3.0, "{}", bills[0]);
    assert!(per_record(bills[1].writes) <= 1.1, "{}", bills[1]);
    assert_eq!(bills[2].writes, 0, "{}", bills[2]);
}

#[tokio::test]
async fn an_account_with_an_arn_of_its_own_costs_its_claims_besides() {
    let Some(scene) = Scene::new().await else { return };
    let bills = bill(&scene, 1, retirement, 2).await;
    print("retirement, new", &bills[0]);
    print("retirement, repeated in the same function", &bills[1]);
    // Two claims, the text of its communication, the member, the count.
    assert!(per_record(bills[0].writes) <= 5.1, "{}", bills[0]);
    assert_eq!(bills[1].writes, 0, "{}", bills[1]);
}

#[tokio::test]
async fn a_flush_reads_every_shard_once_and_writes_a_handful() {
    let Some(scene) = Scene::new().await else { return };
    let meter = Meter::default();
    let function = collector(scene.metered_store(&meter));
    let mut incident = None;
    for account in 0..ACCOUNTS {
        let received = at(i64::try_from(account).unwrap());
        if let Outcome::New { incident: new } =
            function.accept(issue(account), received).await.unwrap()
        {
            incident = Some(new);
        }
    }
    meter.take();
    let token = Token("a".to_owned());
    function.flush(&incident.unwrap(), token, at(60_000)).await.unwrap();
    let bill = meter.take();
    print("one flush of them", &bill);
    // Lease, alert and group of the outbox, freeze, board, settle, thaw, close.
    assert_eq!(bill.writes, 8, "{bill}");
    assert_eq!(bill.reads, 11, "{bill}");
}
