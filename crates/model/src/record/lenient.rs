//! PURE. Serde visitors that take what they find: a number where text is due, one object where
//! a list is due, `null` anywhere.
//!
//! serde's own `Option<Cow<str>>` never borrows; this newtype does, which saves two allocations
//! per entity on events that list thousands.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A string, a number or a boolean as text; anything else as nothing.
#[derive(Debug, Default)]
pub(super) struct Scalar<'a>(pub(super) Option<Cow<'a, str>>);

impl Scalar<'_> {
    pub(super) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<'a>(PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Any<'a> {
            type Value = Scalar<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Scalar<'a>, E> {
                Ok(Scalar(Some(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar<'a>, E> {
                Ok(Scalar(Some(Cow::Owned(text.to_owned()))))
            }
            fn visit_string<E>(self, text: String) -> Result<Scalar<'a>, E> {
                Ok(Scalar(Some(Cow::Owned(text))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar<'a>, E> {
                Ok(Scalar(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar<'a>, E> {
                Ok(Scalar(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Scalar<'a>, E> {
                Ok(Scalar(Some(Cow::Owned(number.to_string()))))
            }
            fn visit_bool<E>(self, truth: bool) -> Result<Scalar<'a>, E> {
                Ok(Scalar(Some(Cow::Borrowed(if truth { "true" } else { "false" }))))
            }
            fn visit_unit<E>(self) -> Result<Scalar<'a>, E> {
                Ok(Scalar(None))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'a>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar<'a>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar(None))
            }
        }

        deserializer.deserialize_any(Any(PhantomData))
    }
}

/// A string and nothing else: `source` makes a record only as text.
#[derive(Debug, Default)]
pub(super) struct Words<'a>(pub(super) Scalar<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for Words<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A number or a boolean never starts with a quote, and RawValue keeps the quote.
        let raw = <&serde_json::value::RawValue>::deserialize(deserializer)?;
        if !raw.get().starts_with('"') {
            return Ok(Self::default());
        }
        serde_json::from_str(raw.get()).map(Self).map_err(serde::de::Error::custom)
    }
}

/// What a list may hold: an object of known keys, or a bare scalar in its place.
pub(super) trait Item<'de>: Sized {
    fn of_map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error>;
    fn of_scalar(scalar: Scalar<'de>) -> Option<Self>;
}

/// A list, or the one thing that stands where a list should.
#[derive(Debug)]
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<'de, T: Item<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);

        impl<'de, T: Item<'de>> Visitor<'de> for Elements<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
                let mut items = Vec::new();
                while let Some(One(item)) = seq.next_element::<One<T>>()? {
                    items.extend(item);
                }
                Ok(Many(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
                Ok(Many(T::of_map(map)?.into_iter().collect()))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Many<T>, E> {
                let scalar = Scalar(Some(Cow::Borrowed(text)));
                Ok(Many(T::of_scalar(scalar).into_iter().collect()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Many<T>, E> {
                let scalar = Scalar(Some(Cow::Owned(text.to_owned())));
                Ok(Many(T::of_scalar(scalar).into_iter().collect()))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }
            fn visit_bool<E>(self, _: bool) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }
            fn visit_unit<E>(self) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }
        }

        deserializer.deserialize_any(Elements(PhantomData))
    }
}

/// One element of a list, of whatever type it is.
struct One<T>(Option<T>);

impl<'de, T: Item<'de>> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Element<T>(PhantomData<T>);

        impl<'de, T: Item<'de>> Visitor<'de> for Element<T> {
            type Value = One<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<One<T>, A::Error> {
                Ok(One(T::of_map(map)?))
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<One<T>, E> {
                Ok(One(T::of_scalar(Scalar(Some(Cow::Borrowed(text))))))
            }
            fn visit_str<E>(self, text: &str) -> Result<One<T>, E> {
                Ok(One(T::of_scalar(Scalar(Some(Cow::Owned(text.to_owned()))))))
            }
            fn visit_u64<E>(self, number: u64) -> Result<One<T>, E> {
                Ok(One(T::of_scalar(Scalar(Some(Cow::Owned(number.to_string()))))))
            }
            fn visit_i64<E>(self, number: i64) -> Result<One<T>, E> {
                Ok(One(T::of_scalar(Scalar(Some(Cow::Owned(number.to_string()))))))
            }
            fn visit_f64<E>(self, _: f64) -> Result<One<T>, E> {
                Ok(One(None))
            }
            fn visit_bool<E>(self, _: bool) -> Result<One<T>, E> {
                Ok(One(None))
            }
            fn visit_unit<E>(self) -> Result<One<T>, E> {
                Ok(One(None))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<One<T>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(One(None))
            }
        }

        deserializer.deserialize_any(Element(PhantomData))
    }
}

impl<'de> Item<'de> for Scalar<'de> {
    fn of_map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        IgnoredAny::deserialize(MapAccessDeserializer::new(map))?;
        Ok(None)
    }

    fn of_scalar(scalar: Scalar<'de>) -> Option<Self> {
        Some(scalar)
    }
}

/// JSON as some senders break it: bytes that are no UTF-8, a byte-order mark, and escapes of
/// half a surrogate pair, which serde refuses. Nothing when there is nothing to repair.
pub(super) fn repaired(document: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(document);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let taken = match (surrogate(escape), surrogate(escape.get(6..).unwrap_or(""))) {
            (Some(true), Some(false)) => {
                out.push_str(&escape[..12]);
                12
            }
            (Some(_), _) => {
                out.push_str("\\ufffd");
                6
            }
            (None, _) => {
                let length = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&escape[..length]);
                length
            }
        };
        rest = &escape[taken..];
    }
    out.push_str(rest);
    (out.as_bytes() != document).then_some(out)
}

/// `\ud8xx` is the leading half of a pair (true), `\udcxx` the trailing one (false).
fn surrogate(escape: &str) -> Option<bool> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(true),
        0xdc00..=0xdfff => Some(false),
        _ => None,
    }
}
