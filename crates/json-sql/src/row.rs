//! What a condition can be asked of: a JSON value, or any type that can answer a path.

use std::borrow::Cow;

use serde_json::Value;

use crate::ast::{Path, Segment};
use crate::value::Cell;

/// A row that conditions read by path. Answer [`Cell::Null`] for what it does not have.
///
/// ```
/// use json_sql::{Cell, Condition, Path, Row};
///
/// struct Alert<'a> { service: &'a str, days_left: i64 }
///
/// impl Row for Alert<'_> {
///     fn cell(&self, path: &Path) -> Cell<'_> {
///         match path.as_name() {
///             Some("service") => self.service.into(),
///             Some("days_left") => self.days_left.into(),
///             _ => Cell::Null,
///         }
///     }
/// }
///
/// let soon = Condition::parse("service in ('RDS', 'EC2') and days_left < 7")?;
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// assert!(soon.matches(&Alert { service: "RDS", days_left: 3 }, now)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Row {
    fn cell(&self, path: &Path) -> Cell<'_>;
}

impl Row for Value {
    fn cell(&self, path: &Path) -> Cell<'_> {
        lookup(self, path.segments())
    }
}

impl<R: Row> Row for &R {
    fn cell(&self, path: &Path) -> Cell<'_> {
        (**self).cell(path)
    }
}

/// What stands in `value` under `path`. A key asked of an array reaches into every element: the
/// answer is the list of what was found there, NULL where an element lacks it.
pub fn lookup<'a>(value: &'a Value, path: &[Segment]) -> Cell<'a> {
    let Some((segment, rest)) = path.split_first() else { return Cell::of(value) };
    let next = match (segment, value) {
        (Segment::Key(key), Value::Object(object)) => object.get(&**key),
        (Segment::Index(index), Value::Array(items)) => items.get(*index),
        (Segment::Key(_), Value::Array(items)) => return spread(items, path),
        _ => None,
    };
    next.map_or(Cell::Null, |next| lookup(next, rest))
}

/// Arrays met on the way, also nested ones, flatten into one list.
fn spread<'a>(items: &'a [Value], path: &[Segment]) -> Cell<'a> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        match lookup(item, path) {
            Cell::List(more) => found.extend(more),
            Cell::Json(json) if json.is_array() => match json {
                Cow::Borrowed(Value::Array(more)) => found.extend(more.iter().map(Cell::of)),
                json => found.push(Cell::Json(json)),
            },
            cell => found.push(cell),
        }
    }
    Cell::List(found)
}

/// What stands under `path` in a row that may itself be a scalar.
pub(crate) fn inside<'a>(row: &'a Cell<'_>, path: &[Segment]) -> Cell<'a> {
    match row {
        _ if path.is_empty() => row.borrowed(),
        Cell::Json(json) => lookup(json, path),
        _ => Cell::Null,
    }
}

/// The rows an unnested value makes: the elements of an array, the value itself, none for NULL.
pub(crate) fn elements(found: Cell<'_>) -> Vec<Cell<'_>> {
    match found {
        Cell::Null => Vec::new(),
        Cell::List(items) => items.into_iter().filter(|item| !item.is_null()).collect(),
        Cell::Json(Cow::Borrowed(Value::Array(items))) => items.iter().map(Cell::of).collect(),
        single => vec![single],
    }
}
