//! Signs of life: noted, believed as any record is, never a message.

use collector::Outcome;
use model::HealthEvent;
use model::trust::Trust;
use rules::Rules;
use serde_json::{Value, json};
use state::coverage::{self, Seen};

use crate::story::{at, collector};

pub(crate) fn heartbeat(sender: &str, region: &str, time: &Value, detail: &Value) -> HealthEvent {
    let record = json!({
        "source": "custom.heartbeat", "detail-type": "Heartbeat", "account": sender,
        "region": region, "time": time, "detail": detail,
    });
    model::read(record.to_string().as_bytes()).remove(0).unwrap()
}

#[tokio::test]
async fn each_account_and_region_is_seen_and_nobody_speaks_for_another() {
    let mut collector = collector(Rules::default());
    collector.trust = Trust::Only(["999999999999".into()].into());
    let (one, two) = ("111122223333", "222233334444");
    let early = at(-60).to_string();
    let beats = [
        heartbeat(one, "us-east-1", &json!(early), &json!({})),
        heartbeat(one, "us-west-2", &Value::Null, &json!({})),
        heartbeat(two, "us-east-1", &json!(at(3_600).to_string()), &json!({})),
    ];
    for beat in beats {
        assert_eq!(collector.accept(beat, at(0)).await, Ok(Outcome::Heartbeat));
    }
    let forged = heartbeat(one, "us-east-1", &Value::Null, &json!({"affectedAccount": two}));
    let outcome = collector.accept(forged, at(9)).await;
    assert!(matches!(outcome, Ok(Outcome::Untrusted(_))), "{outcome:?}");

    let seen = |account: &str, region: &str, second| Seen {
        account: account.into(),
        region: region.into(),
        at: at(second),
    };
    let expected =
        [seen(one, "us-east-1", -60), seen(one, "us-west-2", 0), seen(two, "us-east-1", 0)];
    assert_eq!(coverage::all(&collector.store).await.unwrap(), expected, "none in the future");
    assert_eq!(collector.ticks.next(), None);
    assert_eq!(collector.publisher.take(), None);
}
