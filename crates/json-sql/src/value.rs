//! One value of a row: a scalar, borrowed where it can be, or a piece of JSON. Missing keys and JSON
//! null are both [`Cell::Null`].

use std::borrow::Cow;

use jiff::Timestamp;
use serde::ser::{Serialize, Serializer};
use serde_json::{Number, Value};

use crate::interval::Interval;
use crate::time;

/// A value as expressions see it. Objects and arrays are never equal to anything, only NULL or not.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Cow<'a, str>),
    Time(Timestamp),
    Interval(Interval),
    /// An array, or every value a path reached through an array of objects.
    List(Vec<Cell<'a>>),
    /// An object or an array as it stands in the document.
    Json(Cow<'a, Value>),
}

impl<'a> Cell<'a> {
    /// The scalar in `value`, or a borrow of the object or array.
    pub fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Number(number) => Self::number(number),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(_) | Value::Object(_) => Self::Json(Cow::Borrowed(value)),
        }
    }

    /// As [`Cell::of`], keeping the value.
    pub fn owned(value: Value) -> Cell<'static> {
        match value {
            Value::String(text) => Cell::Text(Cow::Owned(text)),
            Value::Array(_) | Value::Object(_) => Cell::Json(Cow::Owned(value)),
            scalar => Cell::of(&scalar).into_owned(),
        }
    }

    /// Whole numbers beyond 64 bits signed become floats.
    pub(crate) fn number(number: &Number) -> Self {
        match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Self::Int(int),
            (None, Some(float)) => Self::Float(float),
            (None, None) => Self::Null,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The same value, borrowed from this one.
    #[must_use]
    pub fn borrowed(&'a self) -> Cell<'a> {
        match self {
            Self::Text(text) => Cell::Text(Cow::Borrowed(text)),
            Self::Json(json) => Cell::Json(Cow::Borrowed(json)),
            Self::List(items) => Cell::List(items.iter().map(Cell::borrowed).collect()),
            Self::Null => Cell::Null,
            Self::Bool(flag) => Cell::Bool(*flag),
            Self::Int(number) => Cell::Int(*number),
            Self::Float(number) => Cell::Float(*number),
            Self::Time(time) => Cell::Time(*time),
            Self::Interval(interval) => Cell::Interval(*interval),
        }
    }

    /// The same value, borrowing nothing. A list becomes a JSON array.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
            Self::Json(json) => Cell::Json(Cow::Owned(json.into_owned())),
            Self::List(items) => {
                let items = items.into_iter().map(|item| item.to_json()).collect();
                Cell::Json(Cow::Owned(Value::Array(items)))
            }
            Self::Null => Cell::Null,
            Self::Bool(flag) => Cell::Bool(flag),
            Self::Int(number) => Cell::Int(number),
            Self::Float(number) => Cell::Float(number),
            Self::Time(time) => Cell::Time(time),
            Self::Interval(interval) => Cell::Interval(interval),
        }
    }

    /// As JSON; times in RFC 3339, intervals as text.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(*flag),
            Self::Int(number) => Value::from(*number),
            Self::Float(number) => Value::from(*number),
            Self::Text(text) => Value::String(text.to_string()),
            Self::Time(at) => Value::String(time::print(*at)),
            Self::Interval(interval) => Value::String(interval.to_string()),
            Self::List(items) => Value::Array(items.iter().map(Cell::to_json).collect()),
            Self::Json(json) => json.as_ref().clone(),
        }
    }

    /// As a person or a CSV file reads it: scalars bare, NULL as None, the rest as JSON.
    pub fn to_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Null => None,
            Self::List(_) | Self::Json(_) => Some(Cow::Owned(self.to_json().to_string())),
            scalar => scalar.scalar_text(),
        }
    }

    /// The text of a scalar: what LIKE, `||` and the text functions work on.
    pub(crate) fn scalar_text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Int(number) => Cow::Owned(number.to_string()),
            Self::Float(number) => Cow::Owned(Value::from(*number).to_string()),
            Self::Time(at) => Cow::Owned(time::print(*at)),
            Self::Interval(interval) => Cow::Owned(interval.to_string()),
            Self::Null | Self::List(_) | Self::Json(_) => return None,
        })
    }

    /// As a condition: a boolean, or a text that says one. Everything else is unknown.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// As a time: one, or a text in a form that names one.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Time(time) => Some(*time),
            Self::Text(text) => time::parse_timestamp(text),
            _ => None,
        }
    }

    /// What a message calls it.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Text(text) => {
                let short: String = text.chars().take(40).collect();
                format!("the text {short:?}")
            }
            Self::Json(json) if json.is_array() => "an array".to_owned(),
            Self::Json(_) => "an object".to_owned(),
            Self::List(_) => "an array".to_owned(),
            scalar => format!("`{}`", scalar.scalar_text().unwrap_or_default()),
        }
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(flag) => serializer.serialize_bool(*flag),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Time(at) => serializer.collect_str(at),
            Self::Interval(interval) => serializer.collect_str(interval),
            Self::List(items) => serializer.collect_seq(items),
            Self::Json(json) => json.serialize(serializer),
        }
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i32> for Cell<'_> {
    fn from(number: i32) -> Self {
        Self::Int(number.into())
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// Infinities and NaN have no place in JSON: they are NULL.
impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Float(number) } else { Self::Null }
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Vec<T>> for Cell<'a> {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}
