//! PURE. The keys we read, and nothing else of their meaning. Visitors are written by hand:
//! derived ones refuse doubled keys, and two spellings of one key are doubled keys to them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::lenient::{Item, Many, Scalar, Words};
use crate::event::Text;

/// One JSON document that may hold records.
pub(super) enum Document<'a> {
    One(Box<Envelope<'a>>),
    Many(Vec<Document<'a>>),
    /// What stands where an object should.
    Scalar(&'static str),
}

/// The EventBridge envelope. A bare detail is read into `bare` in the same pass.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    pub(super) source: Scalar<'a>,
    pub(super) detail_type: Scalar<'a>,
    pub(super) account: Scalar<'a>,
    pub(super) region: Scalar<'a>,
    pub(super) time: Scalar<'a>,
    pub(super) replay_name: Scalar<'a>,
    pub(super) has_detail: bool,
    pub(super) detail: Option<Box<Detail<'a>>>,
    pub(super) detail_text: Option<Cow<'a, str>>,
    pub(super) entries: Option<Vec<Document<'a>>>,
    pub(super) bare: Detail<'a>,
    /// Unknown keys with their JSON, for records that have no Health shape.
    pub(super) unread: Vec<(String, String)>,
}

/// `detail` of a Health event.
#[derive(Default)]
pub(super) struct Detail<'a> {
    pub(super) arn: Scalar<'a>,
    pub(super) service: Scalar<'a>,
    pub(super) type_code: Scalar<'a>,
    pub(super) category: Scalar<'a>,
    pub(super) scope: Scalar<'a>,
    pub(super) communication: Scalar<'a>,
    pub(super) start: Scalar<'a>,
    pub(super) end: Scalar<'a>,
    pub(super) updated: Scalar<'a>,
    pub(super) status: Scalar<'a>,
    pub(super) event_region: Scalar<'a>,
    pub(super) affected_account: Scalar<'a>,
    pub(super) page: Scalar<'a>,
    pub(super) pages: Scalar<'a>,
    pub(super) actionability: Scalar<'a>,
    pub(super) severity: Scalar<'a>,
    pub(super) descriptions: Vec<Description<'a>>,
    pub(super) entities: Vec<EntityWire<'a>>,
    pub(super) personas: Vec<Scalar<'a>>,
    /// Not read unless the source is one of metrics.
    pub(super) metric: Option<&'a RawValue>,
    pub(super) unread: Vec<(String, String)>,
}

#[derive(Default)]
pub(super) struct Description<'a> {
    language: Scalar<'a>,
    text: Scalar<'a>,
}

#[derive(Default)]
pub(super) struct EntityWire<'a> {
    pub(super) id: Scalar<'a>,
    pub(super) status: Scalar<'a>,
}

/// Parses one whole document; the error is serde's, with line and column.
pub(super) fn parse(document: &str) -> Result<Document<'_>, String> {
    serde_json::from_str(document).map_err(|error| error.to_string())
}

/// A detail that stands in a text of its own; nothing when the text is no JSON object.
pub(super) fn parse_detail(text: &str) -> Option<Box<Detail<'_>>> {
    match serde_json::from_str(text).ok()? {
        DetailSlot::Object(detail) => Some(detail),
        DetailSlot::Text(_) | DetailSlot::Other => None,
    }
}

impl Detail<'_> {
    pub(super) fn names_an_event(&self) -> bool {
        self.arn.is_some() || self.type_code.is_some()
    }

    pub(super) fn has_health_shape(&self) -> bool {
        self.names_an_event() || self.category.is_some() || !self.descriptions.is_empty()
    }
}

impl Description<'_> {
    pub(super) fn into_text(self) -> Option<Text> {
        let text = self.text.0?;
        (!text.trim().is_empty()).then(|| Text {
            language: self.language.0.map_or_else(|| "en_US".to_owned(), Cow::into_owned),
            text: text.into_owned(),
        })
    }
}

/// How many unknown fields of a plain record are kept to be shown.
const UNREAD_KEPT: usize = 40;

impl<'de> Detail<'de> {
    /// Takes one key; false when the key is not of a detail and its value is still unread.
    fn take<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "eventArn" => self.arn = map.next_value()?,
            "service" => self.service = map.next_value()?,
            "eventTypeCode" => self.type_code = map.next_value()?,
            "eventTypeCategory" => self.category = map.next_value()?,
            "eventScopeCode" => self.scope = map.next_value()?,
            "communicationId" => self.communication = map.next_value()?,
            "startTime" => self.start = map.next_value()?,
            "endTime" => self.end = map.next_value()?,
            "lastUpdatedTime" | "lastUpdatedtime" | "lastupdatedTime" => {
                self.updated = map.next_value()?;
            }
            "statusCode" => self.status = map.next_value()?,
            "eventRegion" => self.event_region = map.next_value()?,
            "affectedAccount" => self.affected_account = map.next_value()?,
            "page" => self.page = map.next_value()?,
            "totalPages" => self.pages = map.next_value()?,
            "actionability" => self.actionability = map.next_value()?,
            "severity" => self.severity = map.next_value()?,
            "eventDescription" => self.descriptions = map.next_value::<Many<_>>()?.0,
            "affectedEntities" => self.entities = map.next_value::<Many<_>>()?.0,
            "personas" => self.personas = map.next_value::<Many<_>>()?.0,
            "metric" | "eventMetadata" => {
                let value: &RawValue = map.next_value()?;
                self.show(key, value);
                if key == "metric" || self.metric.is_none() {
                    self.metric = Some(value);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_unread<A: MapAccess<'de>>(
        &mut self,
        key: &Key<'_>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if self.names_an_event() || self.unread.len() >= UNREAD_KEPT {
            map.next_value::<IgnoredAny>()?;
        } else {
            self.show(&key.0, map.next_value()?);
        }
        Ok(())
    }

    fn show(&mut self, key: &str, value: &RawValue) {
        if !self.names_an_event() && self.unread.len() < UNREAD_KEPT {
            self.unread.push((key.to_owned(), shown(value)));
        }
    }
}

/// A text without its quotes, anything else as its JSON.
fn shown(value: &RawValue) -> String {
    serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

impl<'de> Envelope<'de> {
    fn take<A: MapAccess<'de>>(&mut self, key: Key<'de>, map: &mut A) -> Result<(), A::Error> {
        match &*key.0 {
            "source" | "Source" => self.source = map.next_value::<Words<'de>>()?.0,
            "detail-type" | "DetailType" => self.detail_type = map.next_value()?,
            "account" => self.account = map.next_value()?,
            "region" => self.region = map.next_value()?,
            "time" | "Time" => self.time = map.next_value()?,
            "replay-name" => self.replay_name = map.next_value()?,
            "detail" | "Detail" => match map.next_value()? {
                DetailSlot::Object(detail) => {
                    self.detail = Some(detail);
                    self.has_detail = true;
                }
                DetailSlot::Text(text) => self.detail_text = Some(text),
                DetailSlot::Other => {}
            },
            "Entries" => {
                if let Document::Many(entries) = map.next_value()? {
                    self.entries = Some(entries);
                }
            }
            "resources" | "Resources" | "version" | "id" => {
                map.next_value::<IgnoredAny>()?;
            }
            _ if self.bare.take(&key.0, map)? => {}
            _ if self.unread.len() >= UNREAD_KEPT => {
                map.next_value::<IgnoredAny>()?;
            }
            _ => {
                let value: &RawValue = map.next_value()?;
                self.unread.push((key.0.into_owned(), shown(value)));
            }
        }
        Ok(())
    }
}

enum DetailSlot<'a> {
    Object(Box<Detail<'a>>),
    Text(Cow<'a, str>),
    Other,
}

/// A map key, borrowed where it holds no escape.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let scalar = Scalar::deserialize(deserializer)?;
        Ok(Self(scalar.0.unwrap_or_default()))
    }
}

fn detail<'de, A: MapAccess<'de>>(mut map: A) -> Result<Box<Detail<'de>>, A::Error> {
    let mut detail = Box::<Detail<'de>>::default();
    while let Some(key) = map.next_key::<Key<'de>>()? {
        if !detail.take(&key.0, &mut map)? {
            detail.take_unread(&key, &mut map)?;
        }
    }
    Ok(detail)
}

impl<'de: 'a, 'a> Deserialize<'de> for DetailSlot<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Slot<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Slot<'a> {
            type Value = DetailSlot<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<DetailSlot<'a>, A::Error> {
                Ok(DetailSlot::Object(detail(map)?))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<DetailSlot<'a>, E> {
                Ok(DetailSlot::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<DetailSlot<'a>, E> {
                Ok(DetailSlot::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<DetailSlot<'a>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(DetailSlot::Other)
            }
            fn visit_unit<E>(self) -> Result<DetailSlot<'a>, E> {
                Ok(DetailSlot::Other)
            }
            fn visit_bool<E>(self, _: bool) -> Result<DetailSlot<'a>, E> {
                Ok(DetailSlot::Other)
            }
            fn visit_u64<E>(self, _: u64) -> Result<DetailSlot<'a>, E> {
                Ok(DetailSlot::Other)
            }
            fn visit_i64<E>(self, _: i64) -> Result<DetailSlot<'a>, E> {
                Ok(DetailSlot::Other)
            }
            fn visit_f64<E>(self, _: f64) -> Result<DetailSlot<'a>, E> {
                Ok(DetailSlot::Other)
            }
        }

        deserializer.deserialize_any(Slot(PhantomData))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Document<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Document<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document<'a>, A::Error> {
                let mut envelope = Box::<Envelope<'de>>::default();
                while let Some(key) = map.next_key::<Key<'de>>()? {
                    envelope.take(key, &mut map)?;
                }
                Ok(Document::One(envelope))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document<'a>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Document::Many(items))
            }
            fn visit_str<E>(self, _: &str) -> Result<Document<'a>, E> {
                Ok(Document::Scalar("a string"))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Document<'a>, E> {
                Ok(Document::Scalar("a number"))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Document<'a>, E> {
                Ok(Document::Scalar("a number"))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Document<'a>, E> {
                Ok(Document::Scalar("a number"))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Document<'a>, E> {
                Ok(Document::Scalar("a boolean"))
            }
            fn visit_unit<E>(self) -> Result<Document<'a>, E> {
                Ok(Document::Scalar("null"))
            }
        }

        deserializer.deserialize_any(Any(PhantomData))
    }
}

impl<'de> Item<'de> for Description<'de> {
    fn of_map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut description = Self::default();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match &*key.0 {
                "language" => description.language = map.next_value()?,
                "latestDescription" => description.text = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(description))
    }

    fn of_scalar(text: Scalar<'de>) -> Option<Self> {
        Some(Self { language: Scalar::default(), text })
    }
}

impl<'de> Item<'de> for EntityWire<'de> {
    fn of_map<A: MapAccess<'de>>(mut map: A) -> Result<Option<Self>, A::Error> {
        let mut entity = Self::default();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            match &*key.0 {
                "entityValue" => entity.id = map.next_value()?,
                "status" => entity.status = map.next_value()?,
                "statusCode" if entity.status.is_none() => entity.status = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Some(entity))
    }

    fn of_scalar(id: Scalar<'de>) -> Option<Self> {
        Some(Self { id, status: Scalar::default() })
    }
}
