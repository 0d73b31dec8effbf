//! The functions and CAST. NULL in, NULL out, but for COALESCE; text functions read any scalar as its
//! text, and answer NULL for arrays and objects.

use super::{Eval, Source};
use crate::ast::{Arith, Function, Type};
use crate::compile::Node;
use crate::error::EvalError;
use crate::eval::arith;
use crate::interval::Interval;
use crate::time::{date_of, midnight};
use crate::value::Cell;

impl<'a, S: Source + ?Sized> Eval<'a, S> {
    pub(super) fn call(
        &self,
        function: Function,
        items: &'a [Node],
    ) -> Result<Cell<'a>, EvalError> {
        match function {
            Function::Coalesce => {
                for item in items {
                    let cell = self.value(item)?;
                    if !cell.is_null() {
                        return Ok(cell);
                    }
                }
                Ok(Cell::Null)
            }
            Function::Now => Ok(Cell::Time(self.context.now)),
            Function::Length => Ok(length(&self.argument(items, 0)?)),
            Function::Abs => Ok(absolute(&self.argument(items, 0)?)),
            Function::Round => self.round(items),
            Function::Substring => self.substring(items),
            Function::Replace => self.replace(items),
            Function::Lower => self.text(items, str::to_lowercase),
            Function::Upper => self.text(items, str::to_uppercase),
            Function::Trim => self.text(items, |text| text.trim().to_owned()),
        }
    }

    fn argument(&self, items: &'a [Node], index: usize) -> Result<Cell<'a>, EvalError> {
        items.get(index).map_or(Ok(Cell::Null), |item| self.value(item))
    }

    fn text(&self, items: &'a [Node], map: fn(&str) -> String) -> Result<Cell<'a>, EvalError> {
        let cell = self.argument(items, 0)?;
        let Some(text) = cell.scalar_text() else { return Ok(Cell::Null) };
        self.context.steps.take(text.len() / 64)?;
        Ok(Cell::from(map(&text)))
    }

    /// Refuses a text that would grow over the limit, before it is built.
    fn room(&self, bytes: usize) -> Result<(), EvalError> {
        let limit = self.context.limits.text_bytes;
        if bytes > limit {
            return Err(EvalError::TextTooLong { limit });
        }
        self.context.steps.take(bytes / 64)
    }

    pub(super) fn concat(&self, a: &Cell<'_>, b: &Cell<'_>) -> Result<Cell<'a>, EvalError> {
        let (Some(a), Some(b)) = (a.scalar_text(), b.scalar_text()) else { return Ok(Cell::Null) };
        self.room(a.len() + b.len())?;
        Ok(Cell::from(a.into_owned() + &b))
    }

    fn replace(&self, items: &'a [Node]) -> Result<Cell<'a>, EvalError> {
        let cells = (self.argument(items, 0)?, self.argument(items, 1)?, self.argument(items, 2)?);
        let (Some(text), Some(from), Some(to)) =
            (cells.0.scalar_text(), cells.1.scalar_text(), cells.2.scalar_text())
        else {
            return Ok(Cell::Null);
        };
        if from.is_empty() {
            return Ok(Cell::from(text.into_owned()));
        }
        self.room(text.len())?;
        let found = text.matches(&*from).count();
        self.room(
            (text.len() - found * from.len()).saturating_add(found.saturating_mul(to.len())),
        )?;
        Ok(Cell::from(text.replace(&*from, &to)))
    }

    /// Characters `from` to `from + length` of positions that count from 1; what lies before the
    /// first is cut off, as in standard SQL. A negative length is NULL.
    fn substring(&self, items: &'a [Node]) -> Result<Cell<'a>, EvalError> {
        let (cell, from) = (self.argument(items, 0)?, whole(&self.argument(items, 1)?));
        let (Some(text), Some(from)) = (cell.scalar_text(), from) else { return Ok(Cell::Null) };
        let end = match items.get(2) {
            None => i64::MAX,
            Some(length) => match whole(&self.value(length)?) {
                Some(length) if length >= 0 => from.saturating_add(length),
                _ => return Ok(Cell::Null),
            },
        };
        self.context.steps.take(text.len() / 16)?;
        let first = from.max(1);
        let skip = usize::try_from(first - 1).unwrap_or(usize::MAX);
        let take = usize::try_from(end.saturating_sub(first)).unwrap_or(0);
        Ok(Cell::from(text.chars().skip(skip).take(take).collect::<String>()))
    }

    /// Halves round away from zero. An integer stays one.
    fn round(&self, items: &'a [Node]) -> Result<Cell<'a>, EvalError> {
        let number = arith::numeric(&self.argument(items, 0)?);
        let places = match items.get(1) {
            None => 0,
            Some(places) => match whole(&self.value(places)?) {
                Some(places) => i32::try_from(places.clamp(0, 15)).unwrap_or(0),
                None => return Ok(Cell::Null),
            },
        };
        let Cell::Float(number) = number else { return Ok(number) };
        let scale = 10_f64.powi(places);
        let scaled = number * scale;
        // Beyond 2^53 a float has no fraction left to round.
        let rounded = if scaled.abs() < 9e15 { scaled.round() / scale } else { number };
        Ok(Cell::from(rounded))
    }
}

/// Characters of a text, elements of an array.
fn length(cell: &Cell<'_>) -> Cell<'static> {
    let count = match cell {
        Cell::List(items) => items.len(),
        Cell::Json(json) => match json.as_array() {
            Some(items) => items.len(),
            None => return Cell::Null,
        },
        scalar => match scalar.scalar_text() {
            Some(text) => text.chars().count(),
            None => return Cell::Null,
        },
    };
    Cell::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn absolute(cell: &Cell<'_>) -> Cell<'static> {
    match arith::numeric(cell) {
        Cell::Int(int) if int < 0 => arith::compute(Arith::Sub, &Cell::Int(0), &Cell::Int(int)),
        Cell::Float(float) => Cell::Float(float.abs()),
        other => other,
    }
}

/// A whole number, cut towards zero.
fn whole(cell: &Cell<'_>) -> Option<i64> {
    match arith::numeric(cell) {
        Cell::Int(int) => Some(int),
        #[expect(clippy::cast_possible_truncation, reason = "CAST cuts; the range is checked")]
        Cell::Float(float) if float.abs() < 9.2e18 => Some(float.trunc() as i64),
        _ => None,
    }
}

/// What cannot be converted is NULL.
pub(super) fn cast(cell: Cell<'_>, kind: Type) -> Cell<'_> {
    match kind {
        Type::Text => match cell {
            Cell::Null => Cell::Null,
            Cell::Text(text) => Cell::Text(text),
            other => other.to_text().map_or(Cell::Null, |text| Cell::from(text.into_owned())),
        },
        Type::Integer => match cell {
            Cell::Bool(flag) => Cell::Int(i64::from(flag)),
            other => whole(&other).map_or(Cell::Null, Cell::Int),
        },
        Type::Real => arith::float_of(&cell).map_or(Cell::Null, Cell::from),
        Type::Boolean => match cell {
            Cell::Int(int) => Cell::Bool(int != 0),
            other => other.truth().map_or(Cell::Null, Cell::Bool),
        },
        Type::Timestamp => cell.time().map_or(Cell::Null, Cell::Time),
        Type::Date => cell.time().map(date_of).and_then(midnight).map_or(Cell::Null, Cell::Time),
        Type::Interval => match cell {
            Cell::Interval(interval) => Cell::Interval(interval),
            Cell::Text(text) => Interval::parse(&text).map_or(Cell::Null, Cell::Interval),
            _ => Cell::Null,
        },
    }
}
