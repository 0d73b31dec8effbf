//! The end of a run: repeats dropped, rows ordered, counted off and handed out. Rows of a query without
//! ORDER BY pass straight through.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::{OrderNode, Query};
use crate::ast::{Direction, Nulls, Repeats};
use crate::compare::{Key, sort};
use crate::error::EvalError;
use crate::record::Record;
use crate::value::Cell;

/// A row and the values it is ordered by.
pub(super) struct Ranked {
    pub(super) keys: Vec<Cell<'static>>,
    pub(super) record: Record,
}

pub(super) struct Sink<'q> {
    order: &'q [OrderNode],
    seen: Option<HashSet<Vec<Key>>>,
    waiting: Vec<Ranked>,
    /// With a LIMIT no more than this many ordered rows can come out.
    top: Option<usize>,
    /// So many ordered rows wait before they are cut to the top, or are too many.
    most: usize,
    skip: usize,
    left: Option<usize>,
    kept_rows: usize,
}

impl<'q> Sink<'q> {
    pub(super) fn new(query: &'q Query, kept_rows: usize) -> Self {
        let top = query.limit.map(|limit| limit.saturating_add(query.offset));
        Self {
            order: &query.order,
            seen: (query.repeats == Repeats::Dropped).then(HashSet::new),
            waiting: Vec::new(),
            top,
            most: most_waiting(top, kept_rows),
            skip: query.offset,
            left: query.limit,
            kept_rows,
        }
    }

    /// Whether no further row can change the result.
    pub(super) fn is_full(&self) -> bool {
        self.left == Some(0)
    }

    pub(super) fn offer(&mut self, row: Ranked, out: &mut Vec<Record>) -> Result<(), EvalError> {
        if !self.is_new(&row.record)? || self.is_full() {
            return Ok(());
        }
        if self.order.is_empty() {
            self.hand_out(row.record, out);
            return Ok(());
        }
        if self.waiting.len() >= self.most {
            match self.top {
                Some(top) if top < self.most => self.cut(top),
                _ => return Err(self.too_many()),
            }
        }
        self.waiting.push(row);
        Ok(())
    }

    fn too_many(&self) -> EvalError {
        EvalError::TooManyRows { limit: self.kept_rows }
    }

    fn is_new(&mut self, record: &Record) -> Result<bool, EvalError> {
        let Some(seen) = &mut self.seen else { return Ok(true) };
        let names = record.columns().iter().map(|name| Key::Text(name.clone()));
        let row: Vec<Key> = names.chain(record.cells().iter().map(Key::of)).collect();
        if seen.len() >= self.kept_rows && !seen.contains(&row) {
            return Err(self.too_many());
        }
        Ok(seen.insert(row))
    }

    fn hand_out(&mut self, record: Record, out: &mut Vec<Record>) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        match &mut self.left {
            Some(0) => {}
            Some(left) => {
                *left -= 1;
                out.push(record);
            }
            None => out.push(record),
        }
    }

    fn cut(&mut self, top: usize) {
        let order = self.order;
        // Stable: of equal rows the earlier stays.
        self.waiting.sort_by(|a, b| by_keys(order, &a.keys, &b.keys));
        self.waiting.truncate(top);
    }

    pub(super) fn finish(mut self, out: &mut Vec<Record>) {
        self.cut(self.top.unwrap_or(usize::MAX));
        for row in std::mem::take(&mut self.waiting) {
            self.hand_out(row.record, out);
        }
    }
}

/// Sorting is paid for by the rows between two cuts. Where all that may be kept come out, a quarter more
/// wait: no room at all would sort for each row.
fn most_waiting(top: Option<usize>, kept_rows: usize) -> usize {
    match top {
        Some(top) if top <= kept_rows => {
            let least = top.saturating_add(top / 4).saturating_add(1);
            top.saturating_mul(2).max(1_024).min(kept_rows.max(least))
        }
        _ => kept_rows,
    }
}

fn by_keys(order: &[OrderNode], a: &[Cell<'_>], b: &[Cell<'_>]) -> Ordering {
    let pairs = order.iter().zip(a.iter().zip(b));
    pairs
        .map(|(key, (a, b))| by_key(key, a, b))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn by_key(key: &OrderNode, a: &Cell<'_>, b: &Cell<'_>) -> Ordering {
    let null_side = match key.nulls {
        Nulls::First => Ordering::Less,
        Nulls::Last => Ordering::Greater,
    };
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) => null_side,
        (false, true) => null_side.reverse(),
        (false, false) => match key.direction {
            Direction::Ascending => sort(a, b),
            Direction::Descending => sort(b, a),
        },
    }
}
