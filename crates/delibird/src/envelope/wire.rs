//! PURE. The envelopes of SQS, SNS and Lambda, borrowed where they hold no escape. Fields of the
//! wrong type are read as missing, so that one odd record cannot fail the batch.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// An invocation, as far as it is a batch of records.
#[derive(Debug, Default)]
pub(super) struct Lambda<'a> {
    pub(super) records: Option<Vec<Record<'a>>>,
}

/// An SQS or SNS record of a batch.
#[derive(Debug, Default)]
pub(super) struct Record<'a> {
    pub(super) message_id: Option<Body<'a>>,
    pub(super) receipt_handle: Option<Body<'a>>,
    pub(super) source_arn: Option<Body<'a>>,
    pub(super) body: Option<Body<'a>>,
    pub(super) receive_count: u32,
    pub(super) sent: Option<Timestamp>,
    pub(super) sns: Option<Sns<'a>>,
    pub(super) sns_id: Option<Body<'a>>,
}

/// An SNS document: `Type`, `MessageId`, `TopicArn`, `Message`, …
#[derive(Debug, Default)]
pub(super) struct Sns<'a> {
    pub(super) message_id: Option<Body<'a>>,
    pub(super) timestamp: Option<Timestamp>,
    pub(super) message: Option<Body<'a>>,
}

/// A string; serde's own `Option<Cow<str>>` would never borrow.
#[derive(Debug)]
pub(super) struct Body<'a>(pub(super) Cow<'a, str>);

/// The `Message` of an SNS document; nothing when it has none.
pub(super) fn unwrapped(text: &str) -> Option<Cow<'_, str>> {
    let sns: Sns<'_> = serde_json::from_str(text).ok()?;
    Some(sns.message?.0)
}

/// A value that is a `T` or anything else, which is read as nothing.
struct Loose<T>(Option<T>);

trait Keyed<'de>: Default {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

struct Visit<T>(PhantomData<T>);

impl<'de, T: Keyed<'de>> Visitor<'de> for Visit<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut value = T::default();
        while let Some(key) = map.next_key::<Body<'de>>()? {
            value.take(&key.0, &mut map)?;
        }
        Ok(Some(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<T>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }
    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
}

impl<'de, T: Keyed<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visit(PhantomData)).map(Self)
    }
}

macro_rules! keyed_documents {
    ($($name:ident),+) => {$(
        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Loose::deserialize(deserializer)?.0.unwrap_or_default())
            }
        }
    )+};
}
keyed_documents!(Lambda, Record, Sns);

impl<'de: 'a, 'a> Keyed<'de> for Lambda<'a> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        if key == "Records" {
            self.records = map.next_value::<Records<'a>>()?.0;
        } else {
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Keyed<'de> for Record<'a> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "messageId" => self.message_id = text(map)?,
            "receiptHandle" => self.receipt_handle = text(map)?,
            "eventSourceARN" | "EventSubscriptionArn" => self.source_arn = text(map)?,
            "body" => self.body = text(map)?,
            "attributes" => {
                let attributes: Attributes = map.next_value()?;
                self.receive_count = attributes.receive_count;
                self.sent = attributes.sent;
            }
            "Sns" => {
                let mut sns: Sns<'a> = map.next_value()?;
                self.sns_id = sns.message_id.take();
                self.sent = sns.timestamp;
                self.sns = Some(sns);
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de: 'a, 'a> Keyed<'de> for Sns<'a> {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "MessageId" => self.message_id = text(map)?,
            "Message" => self.message = text(map)?,
            "Timestamp" => self.timestamp = text(map)?.and_then(|time| time.0.parse().ok()),
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Attributes {
    receive_count: u32,
    sent: Option<Timestamp>,
}

impl<'de> Keyed<'de> for Attributes {
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let number = |text: Option<Body<'de>>| text.and_then(|text| text.0.parse::<i64>().ok());
        match key {
            "ApproximateReceiveCount" => {
                let count = number(text(map)?).and_then(|count| count.try_into().ok());
                self.receive_count = count.unwrap_or(1);
            }
            "SentTimestamp" => {
                let sent = number(text(map)?);
                self.sent = sent.and_then(|ms| Timestamp::from_millisecond(ms).ok());
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Loose::deserialize(deserializer)?.0.unwrap_or_default())
    }
}

fn text<'de: 'a, 'a, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Body<'a>>, A::Error> {
    Ok(map.next_value::<Text<'a>>()?.0)
}

/// A string, or nothing.
struct Text<'a>(Option<Body<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Text<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Body(Cow::Borrowed(text)))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'a>, E> {
                Ok(Text(Some(Body(Cow::Owned(text.to_owned())))))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text<'a>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text<'a>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text(None))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Text<'a>, E> {
                Ok(Text(None))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Text<'a>, E> {
                Ok(Text(None))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Text<'a>, E> {
                Ok(Text(None))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Text<'a>, E> {
                Ok(Text(None))
            }
            fn visit_unit<E>(self) -> Result<Text<'a>, E> {
                Ok(Text(None))
            }
        }

        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Body<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Text::deserialize(deserializer)?.0.unwrap_or(Body(Cow::Borrowed(""))))
    }
}

/// A list of records, or nothing.
struct Records<'a>(Option<Vec<Record<'a>>>);

impl<'de: 'a, 'a> Deserialize<'de> for Records<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for List<'a> {
            type Value = Records<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of records")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Records<'a>, A::Error> {
                let mut records = Vec::new();
                while let Some(record) = seq.next_element::<Record<'a>>()? {
                    records.push(record);
                }
                Ok(Records(Some(records)))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Records<'a>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Records(None))
            }
            fn visit_str<E>(self, _: &str) -> Result<Records<'a>, E> {
                Ok(Records(None))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Records<'a>, E> {
                Ok(Records(None))
            }
        }

        deserializer.deserialize_any(List(PhantomData))
    }
}
