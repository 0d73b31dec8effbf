//! Topic and queues, failing: what each failure is called, and that none tells a secret.

use collector::publish::sns::Sns;
use collector::publish::{PublishError, Publisher};
use collector::ticks::sqs::SqsTicks;
use collector::ticks::{TickError, Ticks};
use function::dead_letters::{DeadLetters, NotBuried};
use function::failure::Class;
use jiff::Timestamp;
use model::words::{Kind, Severity, Status};
use state::group::{Course, Group, Hashes};
use state::header::BatchId;
use state::outbox::{Attributes, Frozen, Lane};

use crate::peer::{Answer, Peer, SECRET};

fn clock() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn frozen() -> Frozen {
    let after = Group {
        schema: 1,
        space: "ops".into(),
        version: 1,
        episode: 1,
        seq: 1,
        after: None,
        resolved: None,
        status: Status::Open,
        severity: Severity::High,
        max_severity: Severity::High,
        deadline: None,
        accounts: Hashes::default(),
        resources: Hashes::default(),
        texts: Hashes::default(),
        told: Hashes::default(),
        seen: clock(),
        last_alert: clock(),
        growth: 0,
        course: Course::default(),
    };
    Frozen {
        schema: 1,
        batch: BatchId("b".to_owned()),
        alert_id: "a".into(),
        alert: "{\"text\":\"한\u{ffff}\"}".to_owned(),
        attributes: Attributes {
            severity: Severity::High,
            max_severity: Severity::Critical,
            service: String::new(),
            category: "issue".to_owned(),
            region: "us-east-1".to_owned(),
            space: "ops".into(),
            kind: Kind::Opened,
            lane: Lane::Urgent,
        },
        after,
        entry: None,
        covers: Vec::new(),
    }
}

fn xml(status: u16, code: &str) -> Answer {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{SECRET}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    Answer { status, body }
}

fn json(status: u16, code: &str) -> Answer {
    let body = format!(r#"{{"__type":"com.amazonaws.sqs#{code}","message":"{SECRET}"}}"#);
    Answer { status, body }
}

fn tells_no_secret(error: &(impl std::error::Error + ?Sized), edge: &impl std::fmt::Debug) {
    let told = format!("{error} {error:?} {edge:?}");
    assert!(!told.contains(SECRET), "{told}");
}

#[tokio::test]
async fn a_topic_that_fails_is_told_apart() {
    let unanswered = |reason: &str| PublishError::Unanswered { reason: reason.to_owned() };
    let refused = PublishError::Refused { reason: "InvalidParameter".to_owned() };
    let rows = [
        (Some(xml(400, "Throttled")), PublishError::Throttled),
        (Some(xml(403, "AuthorizationError")), unanswered("AuthorizationError")),
        (Some(xml(404, "NotFound")), unanswered("NotFound")),
        (Some(xml(500, "InternalError")), unanswered("InternalError")),
        (Some(xml(400, "InvalidParameter")), refused),
        (None, unanswered("the connection broke before the answer")),
    ];
    for (answer, expected) in rows {
        let peer = Peer::start(answer).await;
        let topic = Sns::new(peer.sns(), "arn:aws:sns:us-east-1:1:alerts".to_owned());
        let error = topic.publish(&frozen()).await.unwrap_err();
        assert_eq!(error, expected);
        tells_no_secret(&error, &topic);
    }
}

#[tokio::test]
async fn a_publish_carries_the_alert_and_every_attribute_that_says_something() {
    let body = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult>\
                </PublishResponse>";
    let peer = Peer::start(Some(Answer { status: 200, body: body.to_owned() })).await;
    let topic = Sns::new(peer.sns(), "arn:aws:sns:us-east-1:1:alerts".to_owned());
    topic.publish(&frozen()).await.unwrap();
    let [request] = peer.requests().try_into().unwrap();
    let form = request.split("\r\n\r\n").nth(1).unwrap();
    assert!(form.contains("Message=%7B%22text%22%3A%22%ED%95%9C%5Cuffff%22%7D"), "{form}");
    assert!(form.contains("Name=max_severity") && form.contains("StringValue=critical"), "{form}");
    assert!(!form.contains("Name=service"), "a blank attribute makes SNS refuse the rest: {form}");
}

#[tokio::test]
async fn a_queue_that_fails_is_told_apart() {
    let unanswered = |reason: &str| TickError::Unanswered { reason: reason.to_owned() };
    let rows = [
        (Some(json(400, "ThrottlingException")), TickError::Throttled, Class::Throttled),
        (Some(json(403, "AccessDenied")), unanswered("AccessDenied"), Class::Misconfigured),
        (
            Some(json(400, "QueueDoesNotExist")),
            unanswered("QueueDoesNotExist"),
            Class::Misconfigured,
        ),
        (Some(json(500, "InternalError")), unanswered("InternalError"), Class::Unanswered),
        (
            Some(json(400, "InvalidMessageContents")),
            unanswered("InvalidMessageContents"),
            Class::Refused,
        ),
    ];
    for (answer, expected, class) in rows {
        let peer = Peer::start(answer).await;
        let ticks = SqsTicks::new(peer.sqs(), format!("{}/1/flush", peer.origin), clock);
        let error = ticks.send(&"x".into(), clock()).await.unwrap_err();
        assert_eq!(error, expected);
        tells_no_secret(&error, &ticks);
        let letters = DeadLetters::new(peer.sqs(), format!("{}/1/dead", peer.origin));
        let error: NotBuried = letters.bury("record", Class::Unreadable, "why").await.unwrap_err();
        assert_eq!(error.class, class);
        tells_no_secret(&error, &letters);
    }
}
