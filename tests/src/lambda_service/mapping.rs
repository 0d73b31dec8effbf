//! An event source mapping: reads a queue, invokes a function with what it got, and deletes what
//! the function is done with. What fails stays in the queue and is seen again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use super::{Fleet, Surroundings};
use crate::emulator::Emulator;
use crate::emulator::call::CallError;

#[derive(Clone, Debug)]
pub struct Mapping {
    pub queue: String,
    /// How many messages an invocation gets at most.
    pub batch: usize,
    /// How many readers of the queue.
    pub pollers: usize,
}

/// Reads until it is dropped.
pub struct Reading {
    _pollers: JoinSet<()>,
    busy: Vec<Arc<AtomicBool>>,
}

impl Reading {
    /// Whether no poller holds messages.
    pub fn is_idle(&self) -> bool {
        self.busy.iter().all(|busy| !busy.load(Ordering::SeqCst))
    }
}

pub fn read<S: Surroundings>(
    emulator: &Arc<Emulator>,
    mapping: &Mapping,
    fleet: &Arc<Fleet<S>>,
) -> Reading {
    let mut pollers = JoinSet::new();
    let mut all = Vec::new();
    for _ in 0..mapping.pollers {
        let busy = Arc::new(AtomicBool::new(false));
        all.push(Arc::clone(&busy));
        let (emulator, fleet, mapping) = (Arc::clone(emulator), Arc::clone(fleet), mapping.clone());
        pollers.spawn(async move {
            loop {
                let round = round(&emulator, &mapping, &fleet, &busy).await;
                busy.store(false, Ordering::SeqCst);
                if round.is_err() {
                    // The emulator is not there for a moment; AWS would retry, too.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        });
    }
    Reading { _pollers: pollers, busy: all }
}

async fn round<S: Surroundings>(
    emulator: &Emulator,
    mapping: &Mapping,
    fleet: &Fleet<S>,
    busy: &AtomicBool,
) -> Result<(), CallError> {
    let url = emulator.queue_url(&mapping.queue);
    let mut messages = receive(emulator, &url, Wait::ASecond).await?;
    busy.store(!messages.is_empty(), Ordering::SeqCst);
    while !messages.is_empty() && messages.len() + 10 <= mapping.batch {
        let more = receive(emulator, &url, Wait::Not).await?;
        let full = more.len() == 10;
        messages.extend(more);
        if !full {
            break;
        }
    }
    if messages.is_empty() {
        return Ok(());
    }
    let arn = Emulator::arn("sqs", &mapping.queue);
    let records: Vec<Value> = messages.iter().map(|message| record(message, &arn)).collect();
    let event = json!({"Records": records}).to_string();
    let Ok(answer) = fleet.invoke(event.into()).await else { return Ok(()) };
    let done: Vec<&Value> = match failures(&answer) {
        Some(failed) => {
            messages.iter().filter(|message| !failed.contains(&message["MessageId"])).collect()
        }
        None => Vec::new(),
    };
    for some in done.chunks(10) {
        let entries: Vec<Value> = some
            .iter()
            .enumerate()
            .map(|(at, m)| json!({"Id": at.to_string(), "ReceiptHandle": m["ReceiptHandle"]}))
            .collect();
        let batch = json!({"QueueUrl": url, "Entries": entries});
        emulator.json("sqs", "AmazonSQS.DeleteMessageBatch", &batch).await?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Wait {
    Not,
    ASecond,
}

async fn receive(emulator: &Emulator, url: &str, wait: Wait) -> Result<Vec<Value>, CallError> {
    let seconds = match wait {
        Wait::Not => 0,
        Wait::ASecond => 1,
    };
    let wanted = json!({
        "QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": seconds,
        "MessageAttributeNames": ["All"], "AttributeNames": ["All"],
    });
    let mut received = emulator.json("sqs", "AmazonSQS.ReceiveMessage", &wanted).await?;
    Ok(received["Messages"].as_array_mut().map(std::mem::take).unwrap_or_default())
}

/// A message as Lambda hands it over.
fn record(message: &Value, arn: &str) -> Value {
    let attributes = message["MessageAttributes"].as_object().into_iter().flatten();
    let attributes: Map<String, Value> = attributes
        .map(|(name, value)| {
            let value = json!({"stringValue": value["StringValue"], "dataType": value["DataType"]});
            (name.clone(), value)
        })
        .collect();
    json!({
        "messageId": message["MessageId"], "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"], "md5OfBody": message["MD5OfBody"],
        "attributes": message.get("Attributes").unwrap_or(&json!({})),
        "messageAttributes": attributes, "eventSource": "aws:sqs", "eventSourceARN": arn,
        "awsRegion": crate::emulator::REGION,
    })
}

/// The messages that come back. Nothing when all of them do: an answer of another form, or one
/// that names a message nobody knows, counts as a failure of the whole batch.
fn failures(answer: &[u8]) -> Option<Vec<Value>> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let Some(failures) = answer.get("batchItemFailures") else { return Some(Vec::new()) };
    failures.as_array()?.iter().map(|failure| failure.get("itemIdentifier").cloned()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::failures;

    #[test]
    fn only_the_messages_that_are_named_come_back() {
        let rows = [
            ("null", Some(vec![])),
            ("{}", Some(vec![])),
            (r#"{"batchItemFailures":[]}"#, Some(vec![])),
            (r#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#, Some(vec![json!("a")])),
            (r#"{"batchItemFailures":[{}]}"#, None),
            ("not JSON", None),
        ];
        for (answer, expected) in rows {
            assert_eq!(failures(answer.as_bytes()), expected, "{answer}");
        }
    }
}
