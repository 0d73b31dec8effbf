//! PURE. The JSON of a body down to raw members, without deciding what they mean.
//!
//! Members stay raw because a number must be judged by its own text: a reader that goes through
//! `f64` first cannot tell 2^53 + 1 from 2^53, and stops at 1e400 instead of naming the value.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::fault::{Code, Fault, Path};
use super::{MAX_BODY, MAX_DATAS};

/// The members we know of a body that is a JSON object with no member given twice.
#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    pub(super) datas: Option<&'a RawValue>,
    pub(super) tags: Option<&'a RawValue>,
    pub(super) access_key: Option<&'a RawValue>,
    pub(super) pcode: Option<&'a RawValue>,
    pub(super) category: Option<&'a RawValue>,
    pub(super) host: Option<&'a RawValue>,
    pub(super) timestamp: Option<&'a RawValue>,
}

impl<'a> Document<'a> {
    pub(super) fn read(body: &'a [u8]) -> Result<Self, Fault> {
        if body.len() > MAX_BODY {
            let message = format!("the body is longer than {MAX_BODY} bytes");
            return Err(Fault::new(Code::TooLarge, Path::Body, message));
        }
        let text = str::from_utf8(body).map_err(|error| {
            let message = format!("not UTF-8 after byte {}", error.valid_up_to());
            Fault::new(Code::BadJson, Path::Body, message)
        })?;
        if kind_of(text.trim_start_matches([' ', '\t', '\r', '\n'])) == Kind::Object {
            return serde_json::from_str(text).map_err(|error| bad_json(&error));
        }
        match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => Err(Fault::new(Code::WrongType, Path::Body, "must be an object")),
            Err(error) => Err(bad_json(&error)),
        }
    }

    fn slot(&mut self, name: &str) -> Option<&mut Option<&'a RawValue>> {
        Some(match name {
            "datas" => &mut self.datas,
            "tags" => &mut self.tags,
            "whatapAccessKey" => &mut self.access_key,
            "pcode" => &mut self.pcode,
            "category" => &mut self.category,
            "host" => &mut self.host,
            "timestamp" => &mut self.timestamp,
            _ => return None,
        })
    }
}

/// Only the place: the parser's own text may quote the body.
fn bad_json(error: &serde_json::Error) -> Fault {
    let what = if error.is_data() { "a member is given twice" } else { "not JSON" };
    let message = format!("{what}: line {}, column {}", error.line(), error.column());
    Fault::new(Code::BadJson, Path::Body, message)
}

impl<'de> Deserialize<'de> for Document<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut document = Document::default();
        let mut seen = HashSet::new();
        while let Some((name, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            if let Some(slot) = document.slot(&name.0) {
                *slot = Some(value);
            }
            if !seen.insert(name.0) {
                return Err(A::Error::custom("a member is given twice"));
            }
        }
        Ok(document)
    }
}

/// A JSON string, borrowed unless it holds escapes. (`Cow` alone never borrows in serde.)
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    Text,
    Number,
    /// `true`, `false`, `null`, or not JSON at all.
    Other,
}

fn kind_of(json: &str) -> Kind {
    match json.as_bytes().first() {
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b'"') => Kind::Text,
        Some(b'-' | b'0'..=b'9') => Kind::Number,
        _ => Kind::Other,
    }
}

/// A raw value has no blanks around it and is known to be JSON, so its first byte says what it is.
pub(super) fn kind(raw: &RawValue) -> Kind {
    kind_of(raw.get())
}

/// The text of a JSON string, or the fault at `path`.
pub(super) fn text<'a>(raw: &'a RawValue, path: Path) -> Result<Cow<'a, str>, Fault> {
    if kind(raw) != Kind::Text {
        return Err(Fault::new(Code::WrongType, path, "must be a string"));
    }
    // The first pass does not look into escapes; half of a surrogate pair shows only here.
    serde_json::from_str::<Text<'a>>(raw.get())
        .map(|text| text.0)
        .map_err(|_| Fault::new(Code::BadJson, path, "an escape is not a character"))
}

/// The `{"key", "value"}` of both lists. Derived, so a repeated member is an error.
#[derive(Deserialize)]
pub(super) struct Pair<'a> {
    #[serde(default, borrow, deserialize_with = "present")]
    pub(super) key: Option<&'a RawValue>,
    #[serde(default, borrow, deserialize_with = "present")]
    pub(super) value: Option<&'a RawValue>,
}

/// Keeps a `null` that is there apart from a member that is not.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl<'a> Pair<'a> {
    pub(super) fn read(raw: &'a RawValue, path: Path) -> Result<Self, Fault> {
        // A derived struct would also read itself from an array.
        if kind(raw) != Kind::Object {
            return Err(Fault::new(Code::WrongType, path, "must be an object"));
        }
        serde_json::from_str(raw.get())
            .map_err(|_| Fault::new(Code::BadJson, path, "a member is given twice"))
    }
}

/// A JSON array: its length, and as many elements as any list may have.
#[derive(Debug)]
pub(super) struct Elements<'a> {
    pub(super) first: Vec<&'a RawValue>,
    pub(super) count: usize,
}

impl<'a> Elements<'a> {
    pub(super) fn read(raw: &'a RawValue, path: Path) -> Result<Self, Fault> {
        let wrong = || Fault::new(Code::WrongType, path, "must be an array");
        if kind(raw) != Kind::Array {
            return Err(wrong());
        }
        serde_json::from_str(raw.get()).map_err(|_| wrong())
    }
}

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ElementsVisitor)
    }
}

struct ElementsVisitor;

impl<'de> Visitor<'de> for ElementsVisitor {
    type Value = Elements<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Elements { first: Vec::new(), count: 0 };
        while elements.first.len() < MAX_DATAS {
            let Some(raw) = seq.next_element()? else { break };
            elements.first.push(raw);
        }
        elements.count = elements.first.len();
        while seq.next_element::<de::IgnoredAny>()?.is_some() {
            elements.count += 1;
        }
        Ok(elements)
    }
}
