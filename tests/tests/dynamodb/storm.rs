//! The whole collector on the table: many accounts, several pages, every record twice, two
//! functions at once. One message per space and state, and nobody is missing.

use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use collector::{Collector, Flushed, Out, Outcome};
use jiff::{SignedDuration, Timestamp};
use model::trust::Trust;
use model::{HealthEvent, fingerprint};
use rules::Rules;
use serde_json::{Value, json};
use state::header::Token;
use state::member::Member;
use state::store::StateStore;

use crate::cost::invoke;
use crate::{Scene, clock};

pub(crate) type OnTable<S> = Collector<S, Loopback, Timer>;

pub(crate) fn collector<S: StateStore>(store: S) -> OnTable<S> {
    Collector {
        store,
        publisher: Loopback::default(),
        ticks: Timer::default(),
        rules: Rules::default(),
        trust: Trust::Everyone,
        lease: SignedDuration::from_secs(35),
    }
}

pub(crate) fn at(millisecond: i64) -> Timestamp {
    clock() + SignedDuration::from_millis(millisecond)
}

/// One account's copy of an issue.
pub(crate) fn issue(account: usize) -> HealthEvent {
    record(&json!({
        "version": "0", "id": "11112222-3333-4444-5555-666677778888", "resources": [],
        "detail-type": "AWS Health Event", "source": "aws.health", "region": "ap-northeast-2",
        "account": format!("{account:012}"), "time": at(0).to_string(),
        "detail": {
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f35c8ae",
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
            "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": "01b0993207d81a09dcd552ebd1e633e36cf1f09a-1", "statusCode": "open",
            "startTime": at(0).to_string(), "lastUpdatedTime": at(0).to_string(),
            "eventRegion": "ap-northeast-2", "affectedAccount": format!("{account:012}"),
            "eventDescription": [{"language": "en_US", "latestDescription": "We are investigating."}],
            "affectedEntities": [{"entityValue": format!("i-{account:017x}"), "status": "IMPAIRED"}],
            "page": "1", "totalPages": "1",
        }
    }))
}

/// One account's retirement, under an ARN and a communication of its own.
pub(crate) fn retirement(account: usize) -> HealthEvent {
    let mut event = issue(account);
    event.category = model::words::Category::ScheduledChange;
    event.type_code = "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED".into();
    event.arn = Some(format!("arn:aws:health:ap-northeast-2::event/EC2/RETIRE/{account}").into());
    event.communication = Some(format!("r{account}").into());
    event
}

fn record(document: &Value) -> HealthEvent {
    model::read(document.to_string().as_bytes()).remove(0).unwrap()
}

/// As intake would make it, received in order of the accounts.
pub(crate) fn member(account: usize) -> Member {
    let event = issue(account);
    let received = at(i64::try_from(account).unwrap());
    let text = fingerprint::masked(event.preferred_text());
    let judgement = Rules::default().judge(&event, received);
    collector::member::member(event, text, judgement, "built-in", received).0
}

#[tokio::test]
async fn a_storm_is_one_message_that_names_everybody() {
    const ACCOUNTS: usize = 1_000;
    let Some(scene) = Scene::new().await else { return };
    let functions = [collector(scene.store()), collector(scene.store())];
    let mut outcomes = [0, 0];
    for round in 0..2 {
        for first in (0..ACCOUNTS).step_by(10) {
            let function = &functions[(first / 10 + round) % 2];
            let batch = (first..first + 10).map(|account| {
                (issue(account), at(i64::try_from(round * ACCOUNTS + account).unwrap()))
            });
            for outcome in invoke(function, batch).await {
                match outcome {
                    Outcome::New { .. } => outcomes[0] += 1,
                    Outcome::Repeated { .. } => outcomes[1] += 1,
                    other => panic!("{other:?}"),
                }
            }
        }
    }
    assert_eq!(outcomes, [ACCOUNTS, ACCOUNTS]);
    let ticks: Vec<_> =
        functions.iter().filter_map(|function| function.ticks.take(at(3_600_000))).collect();
    let [(due, incident)] = ticks.as_slice() else { panic!("one tick for a storm: {ticks:?}") };
    let flush = |function: usize, token: &str| {
        functions[function].flush(incident, Token(token.to_owned()), *due)
    };
    let first = flush(0, "a").await.unwrap();
    assert!(matches!(first, Flushed::Done(Out { published: 1, .. })), "{first:?}");
    let again = flush(1, "b").await.unwrap();
    assert!(matches!(again, Flushed::Done(Out { published: 0, .. })), "{again:?}");
    let alert = functions[0].publisher.take().unwrap();
    let alert: model::Alert = serde_json::from_str(&alert).unwrap();
    assert_eq!(usize::try_from(alert.accounts.total).unwrap(), ACCOUNTS);
    assert_eq!(usize::try_from(alert.resources.total).unwrap(), ACCOUNTS);
    assert_eq!(functions[0].store.overdue(at(3_600_000), 9).await, Ok(vec![]));
}
