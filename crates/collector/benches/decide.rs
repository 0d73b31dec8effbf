//! The collector on the memory store, without its edges in AWS.
//! Budgets: 30 µs for a distinct event from intake to the frozen alert, 50 ms for 1,500 copies
//! of one event.

#![expect(clippy::expect_used, reason = "a bench that cannot be set up should stop")]

use collector::Collector;
use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use divan::Bencher;
use jiff::{SignedDuration, Timestamp};
use model::HealthEvent;
use model::trust::Trust;
use rules::Rules;
use serde_json::json;
use state::MemoryStore;
use state::header::Token;

fn main() {
    divan::main();
}

type OneMachine = Collector<MemoryStore, Loopback, Timer>;

fn collector() -> OneMachine {
    Collector {
        store: MemoryStore::default(),
        publisher: Loopback::default(),
        ticks: Timer::default(),
        trust: Trust::Everyone,
        rules: Rules::default(),
        lease: SignedDuration::from_secs(35),
    }
}

fn start() -> Timestamp {
    "2026-11-21T00:25:00Z".parse().expect("a literal time")
}

/// About 5 KB of event `number`, as account `account` gets it.
fn event(number: usize, account: usize) -> HealthEvent {
    let paragraph = "We are investigating increased API error rates and launch failures in a single Availability Zone. Existing workloads are not affected by this event. We recommend that customers place new workloads in other Availability Zones while we work on it; if you have questions & need help, contact AWS Support.\n\n";
    let entity = |at: usize| json!({"entityValue": format!("i-0abc{account:06}{at:07}"), "status": "IMPAIRED", "lastUpdatedTime": "Sat, 21 Nov 2026 00:20:00 GMT"});
    let account = format!("{:012}", 111_122_220_000 + account);
    let record = json!({
        "detail-type": "AWS Health Event", "source": "aws.health", "account": account,
        "time": start().to_string(), "region": "ap-northeast-2",
        "detail": {
            "eventArn": format!("arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/X{number}"),
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
            "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": format!("c{number}-1"),
            "startTime": "Sat, 21 Nov 2026 00:12:00 GMT",
            "lastUpdatedTime": "Sat, 21 Nov 2026 00:24:00 GMT", "statusCode": "open",
            "eventRegion": "ap-northeast-2",
            "eventDescription": [{"language": "en_US", "latestDescription": paragraph.repeat(11)}],
            "affectedEntities": (0..8).map(entity).collect::<Vec<_>>(),
            "affectedAccount": account, "page": "1", "totalPages": "1"
        }
    });
    let read = model::read(record.to_string().as_bytes()).into_iter().next();
    read.expect("one record").expect("a readable record")
}

/// Takes the events in, then runs every flush that is due; how many alerts that were.
fn play(
    runtime: &tokio::runtime::Runtime,
    machine: &OneMachine,
    events: Vec<HealthEvent>,
) -> usize {
    let mut published = 0;
    runtime.block_on(async {
        let mut now = start();
        for event in events {
            now += SignedDuration::from_nanos(1);
            machine.accept(event, now).await.expect("a memory store never fails");
        }
        while let Some(at) = machine.ticks.next() {
            let (_, incident) = machine.ticks.take(at).expect("the tick that is next");
            let token = Token(published.to_string());
            machine.flush(&incident, token, at).await.expect("a memory store never fails");
            while machine.publisher.take().is_some() {
                published += 1;
            }
        }
    });
    published
}

fn run(bencher: Bencher<'_, '_>, alerts: usize, events: impl Fn() -> Vec<HealthEvent> + Sync) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let count = divan::counter::ItemsCount::new(events().len());
    bencher.counter(count).with_inputs(|| (collector(), events())).bench_local_values(
        |(machine, events)| {
            assert_eq!(play(&runtime, &machine, events), alerts);
            machine
        },
    );
}

#[divan::bench(sample_count = 50, sample_size = 1)]
fn a_hundred_distinct_events(bencher: Bencher<'_, '_>) {
    run(bencher, 100, || (0..100).map(|number| event(number, number)).collect());
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn a_storm_of_1500_accounts(bencher: Bencher<'_, '_>) {
    run(bencher, 1, || (0..1_500).map(|account| event(0, account)).collect());
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn a_storm_of_1500_copies_for_500_accounts(bencher: Bencher<'_, '_>) {
    run(bencher, 1, || (0..1_500).map(|copy| event(0, copy % 500)).collect());
}
