//! Which of two values is larger, in SQL's terms: `None` is unknown. A number meets text that parses
//! as one, a time meets text that names one, a boolean meets 'true' and 'false'; two texts are text.

use std::cmp::Ordering;

use crate::ast::Compare;
use crate::time::parse_timestamp;
use crate::value::Cell;

/// The order of two values that can be compared.
pub(crate) fn compare(left: &Cell<'_>, right: &Cell<'_>) -> Option<Ordering> {
    match (left, right) {
        (Cell::Text(a), Cell::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Cell::Int(a), Cell::Int(b)) => Some(a.cmp(b)),
        (Cell::Float(a), Cell::Float(b)) => a.partial_cmp(b),
        (Cell::Int(a), Cell::Float(b)) => int_float(*a, *b),
        (Cell::Float(a), Cell::Int(b)) => int_float(*b, *a).map(Ordering::reverse),
        (Cell::Bool(a), Cell::Bool(b)) => Some(a.cmp(b)),
        (Cell::Time(a), Cell::Time(b)) => Some(a.cmp(b)),
        (Cell::Interval(a), Cell::Interval(b)) => Some(a.nanos().cmp(&b.nanos())),
        (Cell::Text(text), other) => against_text(other, text).map(Ordering::reverse),
        (other, Cell::Text(text)) => against_text(other, text),
        _ => None,
    }
}

fn against_text(value: &Cell<'_>, text: &str) -> Option<Ordering> {
    match value {
        Cell::Int(_) | Cell::Float(_) => compare(value, &parse_number(text)?),
        Cell::Time(time) => Some(time.cmp(&parse_timestamp(text)?)),
        Cell::Bool(flag) => Some(flag.cmp(&Cell::from(text).truth()?)),
        _ => None,
    }
}

/// Text that is wholly a decimal number. Signs and exponents pass; `0x`, `inf` and blanks do not.
pub(crate) fn parse_number(text: &str) -> Option<Cell<'static>> {
    let first = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes().first()?;
    if !first.is_ascii_digit() && *first != b'.' {
        return None;
    }
    if let Ok(int) = text.parse::<i64>() {
        return Some(Cell::Int(int));
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Cell::Float)
}

/// Exact, where a conversion of a large integer would round.
fn int_float(int: i64, float: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if float.is_nan() {
        return None;
    }
    if float >= LIMIT {
        return Some(Ordering::Less);
    }
    if float < -LIMIT {
        return Some(Ordering::Greater);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range was checked, the fraction is next"
    )]
    let whole = float.trunc() as i64;
    Some(
        int.cmp(&whole)
            .then_with(|| 0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal)),
    )
}

pub(crate) fn holds(op: Compare, order: Ordering) -> bool {
    match op {
        Compare::Eq => order == Ordering::Equal,
        Compare::Ne => order != Ordering::Equal,
        Compare::Lt => order == Ordering::Less,
        Compare::Le => order != Ordering::Greater,
        Compare::Gt => order == Ordering::Greater,
        Compare::Ge => order != Ordering::Less,
    }
}

/// A total order for ORDER BY, MIN and MAX, where values of different kinds may meet: booleans, then
/// numbers, intervals, times, texts, and last arrays and objects by their JSON text. NULL is placed
/// by the caller.
pub(crate) fn sort(left: &Cell<'_>, right: &Cell<'_>) -> Ordering {
    rank(left).cmp(&rank(right)).then_with(|| match (left, right) {
        (Cell::List(_) | Cell::Json(_), _) => {
            left.to_json().to_string().cmp(&right.to_json().to_string())
        }
        _ => compare(left, right).unwrap_or(Ordering::Equal),
    })
}

fn rank(cell: &Cell<'_>) -> u8 {
    match cell {
        Cell::Null => 0,
        Cell::Bool(_) => 1,
        Cell::Int(_) | Cell::Float(_) => 2,
        Cell::Interval(_) => 3,
        Cell::Time(_) => 4,
        Cell::Text(_) => 5,
        Cell::List(_) | Cell::Json(_) => 6,
    }
}

/// A value as a key of a group or of DISTINCT: equal values of one kind have equal keys, NULL equals
/// NULL, 1 equals 1.0; the number 1 and the text '1' differ.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Null,
    Bool(bool),
    Int(i64),
    Float(u64),
    Text(String),
    Nanos(u8, i128),
    Json(String),
}

impl Key {
    pub(crate) fn of(cell: &Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Bool(flag) => Self::Bool(*flag),
            Cell::Int(number) => Self::Int(*number),
            Cell::Float(number) => Self::float(*number),
            Cell::Text(text) => Self::Text(text.to_string()),
            Cell::Time(time) => Self::Nanos(rank(cell), time.as_nanosecond()),
            Cell::Interval(interval) => Self::Nanos(rank(cell), interval.nanos()),
            Cell::List(_) | Cell::Json(_) => Self::Json(cell.to_json().to_string()),
        }
    }

    fn float(number: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "compared back: only exact casts are kept"
        )]
        let whole = number as i64;
        if int_float(whole, number) == Some(Ordering::Equal) {
            return Self::Int(whole);
        }
        Self::Float(number.to_bits())
    }
}
