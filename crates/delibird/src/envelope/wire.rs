//! PURE. The envelopes of SQS, SNS and Lambda, borrowed where they hold no escape. Fields of the
//! wrong type are read as missing, so that one odd record cannot fail the batch.

use std::borrow::Cow;

use jiff::Timestamp;
use model::json::{Malformed, Raw, Reader, Stop};

/// An SQS or SNS record of a batch.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) message_id: Option<Raw<'a>>,
    pub(super) receipt_handle: Option<Raw<'a>>,
    pub(super) source_arn: Option<Raw<'a>>,
    pub(super) body: Option<Raw<'a>>,
    pub(super) receive_count: u32,
    pub(super) sent: Option<Timestamp>,
    pub(super) sns: Option<Sns<'a>>,
}

/// An SNS document: `Type`, `MessageId`, `TopicArn`, `Message`, …
#[derive(Debug, Default)]
pub(super) struct Sns<'a> {
    pub(super) message_id: Option<Raw<'a>>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) message: Option<Raw<'a>>,
}

/// The `Records` of an invocation; nothing where it has none.
pub(super) fn records(invocation: &str) -> Result<Option<Vec<Record<'_>>>, Malformed> {
    Reader::whole(invocation, |reader| {
        let mut found = None;
        reader.object(|reader, key| {
            if key != "Records" {
                return reader.skip();
            }
            let mut records = Vec::new();
            let is_list = reader.list(|reader| {
                records.push(Record::read(reader)?);
                Ok(())
            })?;
            found = is_list.then_some(records);
            Ok(())
        })?;
        Ok(found)
    })
}

/// The `Message` of an SNS document; nothing when it has none.
pub(super) fn unwrapped(text: &str) -> Option<Cow<'_, str>> {
    let sns = Reader::whole(text, Sns::read).ok()?;
    Some(sns.message?.text())
}

impl<'a> Record<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Stop> {
        let mut record = Self::default();
        reader.object(|reader, key| {
            match key {
                "messageId" => record.message_id = reader.text()?,
                "receiptHandle" => record.receipt_handle = reader.text()?,
                "eventSourceARN" | "EventSubscriptionArn" => record.source_arn = reader.text()?,
                "body" => record.body = reader.text()?,
                "attributes" => record.attributes(reader)?,
                "Sns" => record.sns = Some(Sns::read(reader)?),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(record)
    }

    fn attributes(&mut self, reader: &mut Reader<'a>) -> Result<(), Stop> {
        fn number<T: std::str::FromStr>(text: Option<Raw<'_>>) -> Option<T> {
            text?.text().parse().ok()
        }
        reader.object(|reader, key| {
            match key {
                "ApproximateReceiveCount" => {
                    self.receive_count = number(reader.text()?).unwrap_or(1);
                }
                "SentTimestamp" => {
                    let milliseconds = number(reader.text()?);
                    self.sent = milliseconds.and_then(|ms| Timestamp::from_millisecond(ms).ok());
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl<'a> Sns<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Stop> {
        let mut sns = Self::default();
        reader.object(|reader, key| {
            match key {
                "MessageId" => sns.message_id = reader.text()?,
                "Message" => sns.message = reader.text()?,
                "Timestamp" => {
                    sns.timestamp = reader.text()?.and_then(|time| time.text().parse().ok());
                }
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(sns)
    }
}
