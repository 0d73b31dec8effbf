//! Numbers, times and intervals. Integers stay integers and divide towards zero; what does not fit in
//! 64 bits becomes a float; a division by zero, and a result that is no finite number, is NULL.

use crate::ast::Arith;
use crate::compare::parse_number;
use crate::interval::Interval;
use crate::value::Cell;

#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "documented: mixed arithmetic is in floats")]
    fn float(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }
}

fn number(cell: &Cell<'_>) -> Option<Number> {
    match cell {
        Cell::Int(int) => Some(Number::Int(*int)),
        Cell::Float(float) => Some(Number::Float(*float)),
        Cell::Text(text) => match parse_number(text)? {
            Cell::Int(int) => Some(Number::Int(int)),
            Cell::Float(float) => Some(Number::Float(float)),
            _ => None,
        },
        _ => None,
    }
}

pub(crate) fn float_of(cell: &Cell<'_>) -> Option<f64> {
    number(cell).map(Number::float)
}

/// The number in a cell, where a text may say one; NULL when there is none.
pub(crate) fn numeric(cell: &Cell<'_>) -> Cell<'static> {
    match number(cell) {
        Some(Number::Int(int)) => Cell::Int(int),
        Some(Number::Float(float)) => Cell::from(float),
        None => Cell::Null,
    }
}

pub(super) fn negate(cell: &Cell<'_>) -> Cell<'static> {
    if let Cell::Interval(interval) = cell {
        return interval.checked_neg().map_or(Cell::Null, Cell::Interval);
    }
    compute(Arith::Sub, &Cell::Int(0), cell)
}

pub(crate) fn compute(op: Arith, a: &Cell<'_>, b: &Cell<'_>) -> Cell<'static> {
    if let Some(result) = with_time(op, a, b) {
        return result;
    }
    match (number(a), number(b)) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => integers(op, a, b),
        (Some(a), Some(b)) => floats(op, a.float(), b.float()),
        _ => Cell::Null,
    }
}

fn integers(op: Arith, a: i64, b: i64) -> Cell<'static> {
    let exact = match op {
        Arith::Add => a.checked_add(b),
        Arith::Sub => a.checked_sub(b),
        Arith::Mul => a.checked_mul(b),
        Arith::Div | Arith::Rem if b == 0 => return Cell::Null,
        Arith::Div => a.checked_div(b),
        Arith::Rem => Some(a.wrapping_rem(b)),
    };
    match exact {
        Some(exact) => Cell::Int(exact),
        None => floats(op, Number::Int(a).float(), Number::Int(b).float()),
    }
}

fn floats(op: Arith, a: f64, b: f64) -> Cell<'static> {
    Cell::from(match op {
        Arith::Add => a + b,
        Arith::Sub => a - b,
        Arith::Mul => a * b,
        Arith::Div => a / b,
        Arith::Rem => a % b,
    })
}

/// Times move by intervals and differ by intervals; a text beside one of them is read as a time.
fn with_time(op: Arith, a: &Cell<'_>, b: &Cell<'_>) -> Option<Cell<'static>> {
    let moved = |time: &Cell<'_>, by: Option<Interval>| {
        time.time().and_then(|time| by?.after(time)).map_or(Cell::Null, Cell::Time)
    };
    match (op, a, b) {
        (Arith::Add, Cell::Interval(a), Cell::Interval(b)) => {
            Some(a.checked_add(*b).map_or(Cell::Null, Cell::Interval))
        }
        (Arith::Sub, Cell::Interval(a), Cell::Interval(b)) => {
            let difference = b.checked_neg().and_then(|b| a.checked_add(b));
            Some(difference.map_or(Cell::Null, Cell::Interval))
        }
        (Arith::Add, time, Cell::Interval(by)) | (Arith::Add, Cell::Interval(by), time) => {
            Some(moved(time, Some(*by)))
        }
        (Arith::Sub, time, Cell::Interval(by)) => Some(moved(time, by.checked_neg())),
        (_, Cell::Interval(_), _) | (_, _, Cell::Interval(_)) => Some(Cell::Null),
        (Arith::Sub, Cell::Time(a), b) => Some(apart(Some(*a), b.time())),
        (Arith::Sub, a, Cell::Time(b)) => Some(apart(a.time(), Some(*b))),
        (_, Cell::Time(_), _) | (_, _, Cell::Time(_)) => Some(Cell::Null),
        _ => None,
    }
}

fn apart(a: Option<jiff::Timestamp>, b: Option<jiff::Timestamp>) -> Cell<'static> {
    match (a, b) {
        (Some(a), Some(b)) => Cell::Interval(Interval::exact(a.duration_since(b))),
        _ => Cell::Null,
    }
}
