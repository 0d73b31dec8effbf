//! A run of a query: documents go in one at a time, rows come out as soon as they are known.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserializer as _;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::group::Accumulator;
use super::sink::{Ranked, Sink};
use super::{Output, Query};
use crate::ast::{Column, Scope};
use crate::compile::Node;
use crate::error::EvalError;
use crate::eval::{Context, Eval, Source, Steps};
use crate::limits::Limits;
use crate::project::entries;
use crate::record::Record;
use crate::row::{elements, inside, lookup};
use crate::value::Cell;

/// Whether it is worth feeding more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Continue,
    /// LIMIT is reached: no further document can change the result.
    Enough,
}

/// A query being run. Feed it with [`push_json`](Self::push_json) or [`push`](Self::push), then call
/// [`finish`](Self::finish). Memory is constant for a plain WHERE; ORDER BY with LIMIT keeps the best
/// rows, grouping keeps one state per group.
///
/// A document that is an error has put out nothing of its failing row; the run may go on.
pub struct Execution<'q> {
    query: &'q Query,
    run: Run,
    groups: Option<Accumulator<'q>>,
    sink: Sink<'q>,
    /// The columns of the last `*` row: most documents have the same.
    star: Arc<[String]>,
}

/// What stays the same through a run.
struct Run {
    now: Timestamp,
    params: Vec<Cell<'static>>,
    limits: Limits,
    steps: Steps,
}

/// What `*` stands for in one row.
enum Whole<'a> {
    Cell(&'a Cell<'a>),
    Json(&'a [u8]),
}

struct ValueSource<'a> {
    document: &'a Value,
    row: &'a Cell<'a>,
    columns: &'a [Column],
}

impl Source for ValueSource<'_> {
    fn cell(&self, slot: usize) -> Cell<'_> {
        self.columns.get(slot).map_or(Cell::Null, |column| match column.scope {
            Scope::Row => inside(self.row, column.path.segments()),
            Scope::Document => lookup(self.document, column.path.segments()),
        })
    }
}

impl<'q> Execution<'q> {
    pub(super) fn new(
        query: &'q Query,
        now: Timestamp,
        params: Vec<Cell<'static>>,
        limits: Limits,
    ) -> Self {
        let groups = match &query.output {
            Output::Groups(plan) => Some(Accumulator::new(plan, limits.kept_rows)),
            Output::Star | Output::Rows(_) => None,
        };
        let steps = Steps::new(limits.steps_per_row);
        let sink = Sink::new(query, limits.kept_rows);
        let run = Run { now, params, limits, steps };
        Self { query, run, groups, sink, star: Arc::default() }
    }

    /// Feeds one document: an array at its root is rows, anything else is one row.
    pub fn push(&mut self, document: &Value, out: &mut Vec<Record>) -> Result<Flow, EvalError> {
        match document {
            Value::Array(rows) => {
                for row in rows {
                    self.document(row, out)?;
                }
            }
            row => self.document(row, out)?,
        }
        Ok(self.flow())
    }

    /// Feeds one document as JSON text, of which only what the query asks for is built. Use this for
    /// the lines of an NDJSON file. An array at the root is read element by element.
    pub fn push_json(&mut self, json: &[u8], out: &mut Vec<Record>) -> Result<Flow, EvalError> {
        if json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            self.array(json, out)?;
        } else {
            self.line(json, out)?;
        }
        Ok(self.flow())
    }

    /// Ends the run and puts out what had to wait: groups and ordered rows.
    pub fn finish(mut self, out: &mut Vec<Record>) -> Result<(), EvalError> {
        if let (Some(groups), Output::Groups(plan)) = (self.groups.take(), &self.query.output) {
            for cells in groups.finish() {
                self.run.steps.refill();
                let context = self.run.context();
                let eval = Eval { context: &context, source: cells.as_slice() };
                if !passes(&eval, plan.having.as_ref())? {
                    continue;
                }
                let row = ranked(&eval, self.query, &plan.items, &self.query.names)?;
                self.sink.offer(row, out)?;
            }
        }
        self.sink.finish(out);
        Ok(())
    }

    fn flow(&self) -> Flow {
        if self.groups.is_none() && self.sink.is_full() { Flow::Enough } else { Flow::Continue }
    }

    fn unnests(&self) -> bool {
        !self.query.from.path.segments().is_empty()
    }

    fn line(&mut self, json: &[u8], out: &mut Vec<Record>) -> Result<(), EvalError> {
        if self.unnests() {
            let document: Value = serde_json::from_slice(json).map_err(EvalError::NotJson)?;
            return self.document(&document, out);
        }
        let slots = self.query.projection.read(json).map_err(EvalError::NotJson)?;
        self.row(slots.as_slice(), &Whole::Json(json), out)
    }

    fn array(&mut self, json: &[u8], out: &mut Vec<Record>) -> Result<(), EvalError> {
        let mut failed = None;
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        let rows = Rows { execution: self, out, failed: &mut failed };
        let read = deserializer.deserialize_seq(rows).and_then(|()| deserializer.end());
        match (failed, read) {
            (Some(failed), _) => Err(failed),
            (None, Err(error)) => Err(EvalError::NotJson(error)),
            (None, Ok(())) => Ok(()),
        }
    }

    fn document(&mut self, document: &Value, out: &mut Vec<Record>) -> Result<(), EvalError> {
        if !self.unnests() {
            return self.value_row(document, &Cell::of(document), out);
        }
        for row in elements(lookup(document, self.query.from.path.segments())) {
            self.value_row(document, &row, out)?;
        }
        Ok(())
    }

    fn value_row(
        &mut self,
        document: &Value,
        row: &Cell<'_>,
        out: &mut Vec<Record>,
    ) -> Result<(), EvalError> {
        let source = ValueSource { document, row, columns: &self.query.columns };
        self.row(&source, &Whole::Cell(row), out)
    }

    fn row<S: Source + ?Sized>(
        &mut self,
        source: &S,
        whole: &Whole<'_>,
        out: &mut Vec<Record>,
    ) -> Result<(), EvalError> {
        self.run.steps.refill();
        let context = self.run.context();
        let eval = Eval { context: &context, source };
        if !passes(&eval, self.query.filter.as_ref())? {
            return Ok(());
        }
        let row = match &self.query.output {
            Output::Groups(_) => {
                return self.groups.as_mut().map_or(Ok(()), |groups| groups.add(&eval));
            }
            Output::Rows(items) => ranked(&eval, self.query, items, &self.query.names)?,
            Output::Star => {
                let name = self.query.from.element_name().unwrap_or("value");
                let (names, cells) = whole.entries(name)?;
                if *self.star != *names {
                    self.star = names.into();
                }
                let record = Record::new(Arc::clone(&self.star), cells);
                Ranked { keys: order_keys(&eval, self.query)?, record }
            }
        };
        self.sink.offer(row, out)
    }
}

impl Run {
    fn context(&self) -> Context<'_> {
        Context { now: self.now, params: &self.params, limits: self.limits, steps: &self.steps }
    }
}

impl Whole<'_> {
    /// The names and values of `*`. A row that is no object is one column with the row's name.
    fn entries(&self, name: &str) -> Result<(Vec<String>, Vec<Cell<'static>>), EvalError> {
        let single = |cell: Cell<'static>| (vec![name.to_owned()], vec![cell]);
        match self {
            Self::Cell(Cell::Json(json)) if json.is_object() => {
                let object = json.as_object().into_iter().flatten();
                Ok(object.map(|(key, value)| (key.clone(), Cell::of(value).into_owned())).unzip())
            }
            Self::Cell(cell) => Ok(single((*cell).clone().into_owned())),
            Self::Json(json) => match entries(json).map_err(EvalError::NotJson)? {
                Ok(object) => {
                    Ok(object.into_iter().map(|(key, value)| (key, Cell::owned(value))).unzip())
                }
                Err(other) => Ok(single(Cell::owned(other))),
            },
        }
    }
}

fn passes<'a, S: Source + ?Sized>(
    eval: &Eval<'a, S>,
    filter: Option<&'a Node>,
) -> Result<bool, EvalError> {
    filter.map_or(Ok(true), |filter| Ok(eval.truth(filter)? == Some(true)))
}

fn ranked<'a, S: Source + ?Sized>(
    eval: &Eval<'a, S>,
    query: &'a Query,
    items: &'a [Node],
    names: &Arc<[String]>,
) -> Result<Ranked, EvalError> {
    let mut cells = Vec::with_capacity(items.len());
    for item in items {
        cells.push(eval.value(item)?.into_owned());
    }
    let record = Record::new(Arc::clone(names), cells);
    Ok(Ranked { keys: order_keys(eval, query)?, record })
}

fn order_keys<'a, S: Source + ?Sized>(
    eval: &Eval<'a, S>,
    query: &'a Query,
) -> Result<Vec<Cell<'static>>, EvalError> {
    query.order.iter().map(|key| Ok(eval.value(&key.node)?.into_owned())).collect()
}

/// The elements of a root array, each fed as it is read.
struct Rows<'a, 'q> {
    execution: &'a mut Execution<'q>,
    out: &'a mut Vec<Record>,
    failed: &'a mut Option<EvalError>,
}

impl<'de> Visitor<'de> for Rows<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(row) = seq.next_element::<&RawValue>()? {
            if let Err(error) = self.execution.line(row.get().as_bytes(), self.out) {
                *self.failed = Some(error);
                return Err(A::Error::custom("a row failed"));
            }
        }
        Ok(())
    }
}
