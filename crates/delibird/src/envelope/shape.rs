//! PURE. What a document is, told by its first keys, so that a large one is parsed only once.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A batch of records.
    Lambda,
    Sns,
    /// An alert of ours, with its version.
    Alert(u32),
    /// An event, if anything.
    Other,
}

pub(super) fn shape(document: &str) -> Shape {
    let mut sniffed = Sniffed::default();
    let mut json = serde_json::Deserializer::from_str(document);
    // The error is how the visitor stops early; what it found is in `sniffed`.
    let _ = json.deserialize_any(&mut sniffed);
    match (sniffed.shape, sniffed.version) {
        (Some(shape), _) => shape,
        (None, Some(version)) => Shape::Alert(version),
        (None, None) => Shape::Other,
    }
}

#[derive(Default)]
struct Sniffed {
    shape: Option<Shape>,
    version: Option<u32>,
}

impl<'de> Visitor<'de> for &mut Sniffed {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            self.shape = match (key, self.version) {
                (Known::Records, _) => Some(Shape::Lambda),
                (Known::Sns, _) => Some(Shape::Sns),
                (Known::Alert, Some(version)) => Some(Shape::Alert(version)),
                // EventBridge has a `version` too, as a text: "0".
                (Known::Event, _) => Some(Shape::Other),
                (Known::Version, _) => {
                    self.version = map.next_value::<Version>()?.0;
                    None
                }
                (Known::Alert | Known::Other, _) => {
                    map.next_value::<IgnoredAny>()?;
                    None
                }
            };
            if self.shape.is_some() {
                return Err(A::Error::custom("enough was read"));
            }
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Known {
    Records,
    Sns,
    Alert,
    Event,
    Version,
    Other,
}

struct Key(Known);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(Key(match name {
                    "Records" => Known::Records,
                    "Type" | "TopicArn" | "Message" => Known::Sns,
                    "alertId" | "kind" => Known::Alert,
                    "source" | "detail" | "detail-type" | "eventArn" | "eventTypeCode" => {
                        Known::Event
                    }
                    "version" => Known::Version,
                    _ => Known::Other,
                }))
            }
        }

        deserializer.deserialize_str(Name)
    }
}

/// A whole number, or nothing.
struct Version(Option<u32>);

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Version;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a text")
            }
            fn visit_u64<E>(self, number: u64) -> Result<Version, E> {
                Ok(Version(u32::try_from(number).ok()))
            }
            fn visit_str<E>(self, _: &str) -> Result<Version, E> {
                Ok(Version(None))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
