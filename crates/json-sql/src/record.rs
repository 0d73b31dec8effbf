//! One row of a result: named cells, and typed getters that answer or say why they cannot.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::compare::parse_number;
use crate::error::GetError;
use crate::time::date_of;
use crate::value::Cell;

/// A result row. The getters take the output column's name: as written in the query, or its alias.
/// NULL, and with it a missing key, is `Ok(None)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    columns: Arc<[String]>,
    cells: Vec<Cell<'static>>,
}

impl Record {
    pub(crate) fn new(columns: Arc<[String]>, cells: Vec<Cell<'static>>) -> Self {
        Self { columns, cells }
    }

    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    pub fn cells(&self) -> &[Cell<'static>] {
        &self.cells
    }

    /// The cell of a column; the first, when two have one name.
    pub fn get(&self, column: &str) -> Result<&Cell<'static>, GetError> {
        let index = self.columns.iter().position(|name| name == column);
        let cell = index.and_then(|index| self.cells.get(index));
        cell.ok_or_else(|| GetError::NoColumn(column.to_owned()))
    }

    fn typed<'a, T>(
        &'a self,
        column: &str,
        wanted: &'static str,
        convert: impl FnOnce(&'a Cell<'static>) -> Option<T>,
    ) -> Result<Option<T>, GetError> {
        let cell = self.get(column)?;
        if cell.is_null() {
            return Ok(None);
        }
        let failed =
            || GetError::WrongType { column: column.to_owned(), holds: cell.describe(), wanted };
        convert(cell).map(Some).ok_or_else(failed)
    }

    /// The text of any scalar.
    pub fn get_str(&self, column: &str) -> Result<Option<Cow<'_, str>>, GetError> {
        self.typed(column, "a scalar", Cell::scalar_text)
    }

    /// A whole number, or a text or float that is one.
    pub fn get_i64(&self, column: &str) -> Result<Option<i64>, GetError> {
        self.typed(column, "a whole number", whole)
    }

    /// A number, or a text that is one.
    pub fn get_f64(&self, column: &str) -> Result<Option<f64>, GetError> {
        self.typed(column, "a number", crate::eval::float_of)
    }

    /// A boolean, or 'true' or 'false'.
    pub fn get_bool(&self, column: &str) -> Result<Option<bool>, GetError> {
        self.typed(column, "a boolean", Cell::truth)
    }

    /// A time, or a text in a form [`crate::parse_timestamp`] knows.
    pub fn get_timestamp(&self, column: &str) -> Result<Option<Timestamp>, GetError> {
        self.typed(column, "a time", Cell::time)
    }

    /// The date, in UTC, of what [`Record::get_timestamp`] answers.
    pub fn get_date(&self, column: &str) -> Result<Option<Date>, GetError> {
        self.typed(column, "a date", |cell| cell.time().map(date_of))
    }

    /// The elements of an array.
    pub fn get_list(&self, column: &str) -> Result<Option<&[Value]>, GetError> {
        self.typed(column, "an array", |cell| match cell {
            Cell::Json(json) => json.as_array().map(Vec::as_slice),
            _ => None,
        })
    }
}

fn whole(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Int(int) => Some(*int),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole float below 2^53 casts exactly"
        )]
        Cell::Float(float) if float.fract() == 0.0 && float.abs() < 9e15 => Some(*float as i64),
        Cell::Text(text) => whole(&parse_number(text)?),
        _ => None,
    }
}

/// As a JSON object, columns in the order of the query.
impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.cells.len()))?;
        for (column, cell) in self.columns.iter().zip(&self.cells) {
            map.serialize_entry(column, cell)?;
        }
        map.end()
    }
}
