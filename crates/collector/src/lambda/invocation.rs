//! PURE. What the function was invoked with: a batch of either queue, the scheduled sweep, or a
//! bare event of a rule that targets the function itself.

use aws_lambda_events::sqs::SqsEvent;
use serde::Deserialize;

/// One invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    Batch(Vec<Record>),
    Sweep,
    /// A document as EventBridge hands it over, or nothing anybody knows.
    Event(String),
}

/// One message of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What a partial batch response names.
    pub id: String,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// From the flush queue.
    Tick(String),
    /// From any other queue.
    Events(String),
}

/// The constant input of the schedule.
pub const SWEEP: &str = "sweep";

impl Invocation {
    /// `flush_queue` is the queue's URL; its last part is the queue's name, as in its ARN.
    pub fn read(payload: &str, flush_queue: &str) -> Self {
        let shape: Shape<'_> = serde_json::from_str(payload).unwrap_or_default();
        if shape.task == Some(SWEEP) {
            return Self::Sweep;
        }
        if shape.records.is_some()
            && let Ok(SqsEvent { records, .. }) = serde_json::from_str(payload)
            && records.iter().all(|record| record.event_source.as_deref() == Some("aws:sqs"))
        {
            let name = flush_queue.rsplit('/').next();
            return Self::Batch(records.into_iter().map(|r| record(r, name)).collect());
        }
        Self::Event(payload.to_owned())
    }
}

fn record(message: aws_lambda_events::sqs::SqsMessage, flush_queue: Option<&str>) -> Record {
    let body = message.body.unwrap_or_default();
    let queue = message.event_source_arn.as_deref().and_then(|arn| arn.rsplit(':').next());
    let body =
        if queue.is_some() && queue == flush_queue { Body::Tick(body) } else { Body::Events(body) };
    Record { id: message.message_id.unwrap_or_default(), body }
}

/// Enough to tell invocations apart.
#[derive(Default, Deserialize)]
struct Shape<'a> {
    #[serde(rename = "Records", borrow, default)]
    records: Option<&'a serde_json::value::RawValue>,
    #[serde(default)]
    task: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Body, Invocation, Record};

    const FLUSH: &str = "https://sqs.eu-west-1.amazonaws.com/111122223333/hub-flush";

    fn read(payload: &serde_json::Value) -> Invocation {
        Invocation::read(&payload.to_string(), FLUSH)
    }

    #[test]
    fn records_are_told_apart_by_their_queue() {
        let record = |id: &str, queue: &str| {
            json!({"messageId": id, "receiptHandle": "r", "body": "{\"a\":1}", "attributes": {},
                "messageAttributes": {}, "md5OfBody": "x", "eventSource": "aws:sqs", "awsRegion": "eu-west-1",
                "eventSourceARN": format!("arn:aws:sqs:eu-west-1:111122223333:{queue}")})
        };
        let batch = json!({"Records": [record("1", "hub-events"), record("2", "hub-flush")]});
        let body = "{\"a\":1}".to_owned();
        assert_eq!(
            read(&batch),
            Invocation::Batch(vec![
                Record { id: "1".to_owned(), body: Body::Events(body.clone()) },
                Record { id: "2".to_owned(), body: Body::Tick(body) },
            ])
        );
    }

    #[test]
    fn the_schedule_sweeps_and_everything_else_is_an_event() {
        assert_eq!(read(&json!({"task": "sweep"})), Invocation::Sweep);
        let rows = [
            json!({"source": "aws.health", "detail": {}}),
            json!({"task": "other"}),
            json!({"Records": [{"EventSource": "aws:sns", "Sns": {}}]}),
            json!("text"),
        ];
        for row in rows {
            assert_eq!(read(&row), Invocation::Event(row.to_string()), "{row}");
        }
    }
}
