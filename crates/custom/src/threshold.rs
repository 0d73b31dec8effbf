//! PURE. What of a batch a `[[threshold]]` asks about, and what the answers make of each series.
//!
//! [`concerns`] finds the values a threshold is about; [`standing`] takes one value at a time and
//! says when the series breaks, is silent, or is normal again; [`event`] words that for the event
//! bus. Where a standing is kept and who is told is the business of [`crate::watch`].

pub mod event;
mod row;
mod series;
pub mod standing;

use jiff::Timestamp;
use rules::rule::Threshold;

use self::row::MetricRow;
pub use self::series::Series;
pub use self::standing::{Notice, Point, Standing, State};
use crate::metric::{Batch, Data};

/// One value that a threshold is about.
#[derive(Clone, Debug)]
pub struct Concern<'a> {
    pub threshold: &'a Threshold,
    pub series: Series,
    pub point: Point,
}

/// What of a batch the thresholds ask about.
#[derive(Debug, Default)]
pub struct Concerns<'a> {
    pub found: Vec<Concern<'a>>,
    /// Values of which a condition took more steps than one value may: nobody knows.
    pub unanswered: usize,
}

/// A threshold is about a value when it matches, or when only the number keeps it from matching:
/// `category = 'cost' and value > 1000` is about every value of that category and of no other.
pub fn concerns<'a>(thresholds: &'a [Threshold], batch: &Batch, now: Timestamp) -> Concerns<'a> {
    let mut concerns = Concerns::default();
    for threshold in thresholds {
        for data in &batch.datas {
            match concern(threshold, batch, data, now) {
                Ok(Some(point)) => concerns.found.push(Concern {
                    threshold,
                    series: Series::of(threshold, batch, data),
                    point,
                }),
                Ok(None) => {}
                Err(_) => concerns.unanswered += 1,
            }
        }
    }
    concerns
}

fn concern(
    threshold: &Threshold,
    batch: &Batch,
    data: &Data,
    now: Timestamp,
) -> Result<Option<Point>, json_sql::EvalError> {
    let row = MetricRow::new(batch, data);
    let breaks = threshold.when.matches(&row, now)?;
    if !breaks && threshold.when.truth(&row.without_value(), now)? == Some(false) {
        return Ok(None);
    }
    let clears = match &threshold.clear {
        Some(clear) => clear.matches(&row, now)?,
        None => !breaks,
    };
    Ok(Some(Point { at: batch.time, value: data.value.get(), breaks, clears }))
}
