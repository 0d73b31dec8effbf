//! What is said by the clock, on the table: every few minutes another process looks what is due,
//! as the schedule of production makes it, and knows nothing but the table. The same messages go
//! out as on one machine, each once.

use collector::ticks::timer::Timer;
use collector::{Collector, Outcome};
use jiff::{SignedDuration, Timestamp};
use model::words::Kind;
use model::{Alert, HealthEvent, When};
use rules::Rules;
use state::header::Token;
use state::{DocumentStore, MemoryStore, StateStore};

use crate::Scene;
use crate::storm::{at, collector, issue, retirement};

/// The story begins on Friday 15 January 2027 at 08:00 UTC.
const ROUTES: &str = "
[defaults]
spaces = ['ops']
storm = { over = 3, per = '10m' }
[quiet_hours]
from = '22:00'
to = '08:00'
[digest]
at = '09:00'
[reminders]
before = ['2d', '1d']
at = '10:00'
[[route]]
name = 'payments'
when = \"account = '000000000001'\"
spaces = ['payments']
escalate = { after = '15m', spaces = ['leads'] }
";

fn hours(hours: i64) -> Timestamp {
    at(hours * 3_600_000)
}

/// When each event comes.
fn events() -> Vec<(Timestamp, HealthEvent)> {
    let due = |mut event: HealthEvent, start: Timestamp| {
        event.start = Some(When::At(start));
        event
    };
    let mut events = vec![(hours(0), issue(1)), (hours(0), due(retirement(2), hours(53)))];
    // At 23:00, of no urgency.
    events.push((hours(15), due(retirement(3), hours(30 * 24))));
    // Six things at once, on the heels of a reminder: more than three in ten minutes gather.
    for (account, kind) in (11..).zip(["A", "B", "C", "D", "E", "F"]) {
        let mut event = due(retirement(account), hours(40 * 24));
        event.type_code = format!("AWS_EC2_STORM_{kind}_SCHEDULED").as_str().into();
        events.push((hours(26), event));
    }
    events
        .into_iter()
        .map(|(time, mut event)| {
            (event.time, event.updated) = (Some(time), Some(When::At(time)));
            (time, event)
        })
        .collect()
}

/// Plays it, with another process at each moment; `next` gives it the store.
async fn told<S>(mut store: S, next: impl Fn(S) -> S) -> Vec<String>
where
    S: StateStore + DocumentStore,
{
    let rules = Rules::parse(ROUTES, "v1").unwrap();
    let mut events = events().into_iter().peekable();
    let mut told = Vec::new();
    // Until Sunday noon, every five minutes.
    for minute in (0..52 * 60).step_by(5) {
        let now = at(minute * 60_000);
        let process = Collector { rules: rules.clone(), ..collector(store) };
        let mut arrived = 0;
        while let Some((_, event)) = events.next_if(|(time, _)| *time <= now) {
            arrived += 1;
            let unique = now + SignedDuration::from_nanos(arrived);
            let outcome = process.accept(event, unique).await.unwrap();
            assert!(matches!(outcome, Outcome::New { .. }), "{outcome:?}");
        }
        // What was just taken in is left to the next, whose sweep finds it.
        let process = Collector { ticks: Timer::default(), ..process };
        process.sweep(now).await.unwrap();
        while let Some((due, incident)) = process.ticks.take(now) {
            let token = Token(format!("{now} {due} {incident}"));
            process.flush(&incident, token, now).await.unwrap();
        }
        while let Some(alert) = process.publisher.take() {
            told.push(line(now, &serde_json::from_str(&alert).unwrap()));
        }
        store = next(process.store);
    }
    told
}

fn line(now: Timestamp, alert: &Alert) -> String {
    let what = match (&alert.kind, &alert.digest) {
        (Kind::Digest, Some(digest)) => {
            format!("{:?} new {} held {}", digest.reason, digest.new.total, digest.held.total)
        }
        _ => alert.event.type_code.to_string(),
    };
    let when = now.strftime("%d %H:%M");
    format!("{when} {} {} #{} {what} {}", alert.target.space, alert.kind, alert.seq, alert.alert_id)
}

#[tokio::test]
async fn reminders_digests_escalations_and_what_is_held_go_out_once_whoever_looks() {
    let Some(scene) = Scene::new().await else { return };
    let on_the_table = told(scene.store(), |_| scene.store()).await;
    let on_one_machine = told(MemoryStore::default(), |same| same).await;
    assert_eq!(on_the_table, on_one_machine);
    let said: Vec<&str> =
        on_the_table.iter().map(|line| line.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(
        said,
        [
            "15 08:05 payments opened #1 AWS_EC2_OPERATIONAL_ISSUE",
            "15 08:05 ops opened #1 AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
            "15 08:20 leads opened #1 AWS_EC2_OPERATIONAL_ISSUE",
            "15 09:00 ops digest #1 Schedule new 1 held 0",
            "15 09:00 payments digest #1 Schedule new 1 held 0",
            "15 10:00 ops reminder #2 AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
            "16 08:00 ops digest #1 QuietHours new 0 held 1",
            "16 09:00 ops digest #1 Schedule new 1 held 0",
            "16 09:00 payments digest #1 Schedule new 0 held 0",
            "16 10:00 ops reminder #3 AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
            "16 10:05 ops opened #1 AWS_EC2_STORM_A_SCHEDULED",
            "16 10:05 ops opened #1 AWS_EC2_STORM_B_SCHEDULED",
            "16 10:10 ops digest #1 Storm new 0 held 4",
            "17 09:00 ops digest #1 Schedule new 6 held 0",
            "17 09:00 payments digest #1 Schedule new 0 held 0",
        ]
    );
}
