//! What a record costs: at most three writes when it is new, at most one when it is a repeat,
//! none when the same process has just seen it.

use crate::Scene;
use crate::meter::Meter;
use crate::storm::{OnTable, at, collector, issue, retirement};
use collector::intake::{Placed, Step};
use collector::{Flushed, Outcome};
use jiff::Timestamp;
use model::HealthEvent;
use model::ids::IncidentId;
use state::header::Token;
use state::{DocumentStore, StateStore};
use std::collections::BTreeMap;
use system_tests::capacity::Bill;

const ACCOUNTS: usize = 100;

/// As SQS hands them over when a storm is on.
const BATCH: usize = 10;

/// The bill for one record of each account, in batches, received from that moment on.
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
        let accounts: Vec<usize> = (0..ACCOUNTS).collect();
        for batch in accounts.chunks(BATCH) {
            let events = batch.iter().map(|account| {
                (record(*account), at(i64::try_from(round * ACCOUNTS + account).unwrap()))
            });
            invoke(&functions[round % stores], events).await;
        }
        bills.push(meter.take());
    }
    bills
}

/// One invocation: each record is placed, each incident counted once.
pub(crate) async fn invoke<S: StateStore + DocumentStore>(
    function: &OnTable<S>,
    events: impl Iterator<Item = (HealthEvent, Timestamp)>,
) -> Vec<Outcome> {
    let mut incidents: BTreeMap<IncidentId, Vec<Placed>> = BTreeMap::new();
    for (event, received) in events {
        let Step::Placed(placed) = function.place(event, received).await.unwrap() else {
            panic!("every record is a member");
        };
        incidents.entry(placed.incident.clone()).or_default().push(placed);
    }
    let mut outcomes = Vec::new();
    for (incident, placed) in incidents {
        function.count(&incident, &placed).await.unwrap();
        outcomes.extend(placed.into_iter().map(Placed::outcome));
    }
    outcomes
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

type Row = (&'static str, fn(usize) -> HealthEvent);

#[tokio::test]
async fn an_account_with_an_arn_and_a_communication_of_its_own_costs_no_more() {
    let Some(scene) = Scene::new().await else { return };
    let rows: [Row; 3] = [
        ("retirement", retirement),
        // Its text names the resource, so that nobody shares it.
        ("retirement in words of its own", |account| {
            let mut event = retirement(account);
            event.arn = Some(format!("arn:own/{account}").into());
            event.communication = Some(format!("own{account}").into());
            event.texts[0].text = format!("Your instance i-{account:017x} will be retired.");
            event
        }),
        ("retirement, postponed for all", |account| {
            let mut event = retirement(account);
            event.communication = Some(format!("later{account}").into());
            event.texts[0].text = "It is postponed.".to_owned();
            event
        }),
    ];
    for (what, record) in rows {
        let bills = bill(&scene, 2, record, 3).await;
        print(&format!("{what}, new"), &bills[0]);
        print(&format!("{what}, repeated elsewhere"), &bills[1]);
        print(&format!("{what}, repeated in the same function"), &bills[2]);
        // A claim, the member; the count, the campaign and the text once for many.
        assert!(per_record(bills[0].writes) <= 3.0, "{what}: {}", bills[0]);
        assert!(per_record(bills[1].writes) <= 1.1, "{what}: {}", bills[1]);
        assert_eq!(bills[2].writes, 0, "{what}: {}", bills[2]);
    }
}

#[tokio::test]
async fn a_batch_that_holds_a_record_and_its_copy_pays_for_one() {
    let Some(scene) = Scene::new().await else { return };
    let meter = Meter::default();
    let function = collector(scene.metered_store(&meter));
    let twice = |account| [(issue(account), at(0)), (issue(account), at(1))];
    invoke(&function, twice(0).into_iter()).await;
    meter.take();
    let outcomes = invoke(&function, twice(1).into_iter()).await;
    assert!(matches!(outcomes[..], [Outcome::New { .. }, Outcome::Repeated { .. }]));
    // The member and the count.
    assert_eq!(meter.take().writes, 2);
}

#[tokio::test]
async fn twenty_communications_of_many_accounts_cost_a_write_each_and_one_message_a_state() {
    const COMMUNICATIONS: usize = 20;
    let Some(scene) = Scene::new().await else { return };
    let meter = Meter::default();
    let function = collector(scene.metered_store(&meter));
    let mut published = 0;
    for communication in 0..COMMUNICATIONS {
        let minute = i64::try_from(communication).unwrap() * 600_000;
        let event = |account: usize| {
            let mut event = issue(account);
            event.communication = Some(format!("c{communication}").into());
            event.texts[0].text = format!("Communication {}.", "i".repeat(communication + 1));
            let updated = at(minute);
            event.updated = Some(model::When::At(updated));
            event.time = Some(updated);
            event
        };
        let accounts: Vec<usize> = (0..ACCOUNTS).collect();
        for batch in accounts.chunks(BATCH) {
            let received = |account: &usize| at(minute + i64::try_from(*account).unwrap());
            invoke(&function, batch.iter().map(|account| (event(*account), received(account))))
                .await;
        }
        let bill = meter.take();
        if communication == 0 || communication + 1 == COMMUNICATIONS {
            print(&format!("communication {} of {COMMUNICATIONS}", communication + 1), &bill);
        }
        assert!(per_record(bill.writes) <= 1.5, "{bill}");
        while let Some((incident, due)) =
            function.ticks.take(at(minute + 599_000)).map(|(due, i)| (i, due))
        {
            let token = Token(format!("{communication}-{due}"));
            let flushed = function.flush(&incident, token, due).await.unwrap();
            match flushed {
                Flushed::Done(out) => published += out.published,
                Flushed::NotDue { .. } => {}
                other => panic!("{other:?}"),
            }
        }
        meter.take();
    }
    assert_eq!(published, COMMUNICATIONS, "one message for each state, whoever is told of it");
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
