//! Runs a compiled expression over one row. SQL's three-valued logic: unknown is `None` for a
//! condition and NULL for a value. Errors are for what must not pass as an answer: a spent budget.

mod arith;
mod functions;

pub(crate) use arith::{float_of, numeric};

use std::cell::Cell as Counter;
use std::cmp::Ordering;

use jiff::Timestamp;

use crate::ast::{Compare, Sense};
use crate::compare::{compare, holds};
use crate::compile::{CaseNode, LikeNode, Node, PatternNode};
use crate::error::EvalError;
use crate::like::Pattern;
use crate::limits::Limits;
use crate::value::Cell;

/// The steps a row has left.
#[derive(Debug)]
pub(crate) struct Steps {
    left: Counter<u64>,
    limit: u64,
}

impl Steps {
    pub(crate) fn new(limit: u64) -> Self {
        Self { left: Counter::new(limit), limit }
    }

    pub(crate) fn take(&self, steps: usize) -> Result<(), EvalError> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.left.get().checked_sub(steps) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(EvalError::TooManySteps { limit: self.limit }),
        }
    }

    pub(crate) fn refill(&self) {
        self.left.set(self.limit);
    }
}

/// Where the numbered slots of an expression come from.
pub(crate) trait Source {
    fn cell(&self, slot: usize) -> Cell<'_>;
}

impl Source for [Cell<'_>] {
    fn cell(&self, slot: usize) -> Cell<'_> {
        self.get(slot).map_or(Cell::Null, Cell::borrowed)
    }
}

/// Everything an expression may read beside the row.
pub(crate) struct Context<'a> {
    pub(crate) now: Timestamp,
    pub(crate) params: &'a [Cell<'static>],
    pub(crate) limits: Limits,
    pub(crate) steps: &'a Steps,
}

/// One row under evaluation.
pub(crate) struct Eval<'a, S: Source + ?Sized> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) source: &'a S,
}

impl<'a, S: Source + ?Sized> Eval<'a, S> {
    /// The condition's answer; `None` is unknown.
    pub(crate) fn truth(&self, node: &'a Node) -> Result<Option<bool>, EvalError> {
        self.context.steps.take(1)?;
        match node {
            Node::And(items) => self.all(items),
            Node::Or(items) => self.any_of(items),
            Node::Not(inner) => Ok(self.truth(inner)?.map(|truth| !truth)),
            Node::Compare(op, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                Ok(compare(&a, &b).map(|order| holds(*op, order)))
            }
            Node::Any(op, x, list) => self.any(*op, x, list),
            Node::In(x, list, sense) => Ok(signed(self.in_list(x, list)?, *sense)),
            Node::Between(x, ends, sense) => {
                let x = self.value(x)?;
                let low = compare(&x, &self.value(&ends.0)?).map(|order| order != Ordering::Less);
                let high =
                    compare(&x, &self.value(&ends.1)?).map(|order| order != Ordering::Greater);
                Ok(signed(both(low, high), *sense))
            }
            Node::Like(like) => Ok(signed(self.like(like)?, like.sense)),
            Node::IsNull(x, sense) => Ok(signed(Some(self.value(x)?.is_null()), *sense)),
            Node::IsBool(x, wanted, sense) => {
                Ok(signed(Some(self.truth(x)? == Some(*wanted)), *sense))
            }
            other => Ok(self.value(other)?.truth()),
        }
    }

    fn all(&self, items: &'a [Node]) -> Result<Option<bool>, EvalError> {
        let mut known = Some(true);
        for item in items {
            match self.truth(item)? {
                Some(false) => return Ok(Some(false)),
                Some(true) => {}
                None => known = None,
            }
        }
        Ok(known)
    }

    fn any_of(&self, items: &'a [Node]) -> Result<Option<bool>, EvalError> {
        let mut known = Some(false);
        for item in items {
            match self.truth(item)? {
                Some(true) => return Ok(Some(true)),
                Some(false) => {}
                None => known = None,
            }
        }
        Ok(known)
    }

    fn in_list(&self, x: &'a Node, list: &'a [Node]) -> Result<Option<bool>, EvalError> {
        let x = self.value(x)?;
        self.context.steps.take(list.len() / 16)?;
        let mut known = Some(false);
        for item in list {
            match compare(&x, &self.value(item)?) {
                Some(Ordering::Equal) => return Ok(Some(true)),
                Some(_) => {}
                None => known = None,
            }
        }
        Ok(known)
    }

    /// A scalar counts as an array of one; NULL is unknown.
    fn any(&self, op: Compare, x: &'a Node, list: &'a Node) -> Result<Option<bool>, EvalError> {
        let (x, list) = (self.value(x)?, self.value(list)?);
        let mut known = Some(false);
        let mut meet = |element: &Cell<'_>| match compare(&x, element).map(|order| holds(op, order))
        {
            Some(true) => true,
            Some(false) => false,
            None => {
                known = None;
                false
            }
        };
        let found = match &list {
            Cell::List(items) => {
                self.context.steps.take(items.len())?;
                items.iter().any(&mut meet)
            }
            Cell::Json(json) => match json.as_array() {
                Some(items) => {
                    self.context.steps.take(items.len())?;
                    items.iter().map(Cell::of).any(|item| meet(&item))
                }
                None => meet(&Cell::Null),
            },
            scalar => meet(scalar),
        };
        Ok(if found { Some(true) } else { known })
    }

    fn like(&self, like: &'a LikeNode) -> Result<Option<bool>, EvalError> {
        let text = self.value(&like.text)?;
        let Some(text) = text.scalar_text() else { return Ok(None) };
        match &like.pattern {
            PatternNode::Ready(pattern) => pattern.matches(&text, self.context.steps).map(Some),
            PatternNode::Computed { pattern, escape } => {
                let pattern = self.value(pattern)?;
                let Some(pattern) = pattern.scalar_text() else { return Ok(None) };
                self.context.steps.take(pattern.len() / 16)?;
                let pattern = Pattern::compile(&pattern, escape.as_deref(), like.letters)?;
                pattern.matches(&text, self.context.steps).map(Some)
            }
        }
    }

    /// The expression's value; a condition becomes TRUE, FALSE or NULL.
    pub(crate) fn value(&self, node: &'a Node) -> Result<Cell<'a>, EvalError> {
        match node {
            Node::Const(cell) => return Ok(cell.borrowed()),
            Node::Slot(slot) => return Ok(self.source.cell(*slot)),
            Node::Param(index) => {
                return Ok(self.context.params.get(*index).map_or(Cell::Null, Cell::borrowed));
            }
            Node::Now => return Ok(Cell::Time(self.context.now)),
            _ => self.context.steps.take(1)?,
        }
        match node {
            Node::Neg(x) => Ok(arith::negate(&self.value(x)?)),
            Node::Arith(op, a, b) => Ok(arith::compute(*op, &self.value(a)?, &self.value(b)?)),
            Node::Concat(a, b) => self.concat(&self.value(a)?, &self.value(b)?),
            Node::Case(case) => self.case(case),
            Node::Call(function, items) => self.call(*function, items),
            Node::Cast(x, kind) => Ok(functions::cast(self.value(x)?, *kind)),
            condition => Ok(self.truth(condition)?.map_or(Cell::Null, Cell::Bool)),
        }
    }

    fn case(&self, case: &'a CaseNode) -> Result<Cell<'a>, EvalError> {
        let subject = case.subject.as_ref().map(|subject| self.value(subject)).transpose()?;
        for (when, then) in &case.arms {
            let taken = match &subject {
                Some(subject) => compare(subject, &self.value(when)?) == Some(Ordering::Equal),
                None => self.truth(when)? == Some(true),
            };
            if taken {
                return self.value(then);
            }
        }
        case.otherwise.as_ref().map_or(Ok(Cell::Null), |otherwise| self.value(otherwise))
    }
}

fn signed(truth: Option<bool>, sense: Sense) -> Option<bool> {
    match sense {
        Sense::Is => truth,
        Sense::Not => truth.map(|truth| !truth),
    }
}

fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}
