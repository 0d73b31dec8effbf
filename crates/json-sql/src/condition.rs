//! The expression of a WHERE alone: parse once, ask of many rows.

use std::fmt;

use jiff::Timestamp;

use crate::ast::{Column, Expr};
use crate::compile::{Lower, Node};
use crate::error::{EvalError, ParseError, Problem};
use crate::eval::{Context, Eval, Source, Steps};
use crate::limits::Limits;
use crate::parse::parse_condition;
use crate::row::Row;
use crate::suggest::nearest;
use crate::value::Cell;

/// A compiled condition. It prints as canonical SQL that parses to the same condition, unless the
/// parentheses that printing adds pass the limits of length or depth.
#[derive(Debug, Clone)]
pub struct Condition {
    expr: Expr,
    node: Node,
    slots: Vec<Column>,
    limits: Limits,
}

struct RowSource<'a, R> {
    row: &'a R,
    slots: &'a [Column],
}

impl<R: Row> Source for RowSource<'_, R> {
    fn cell(&self, slot: usize) -> Cell<'_> {
        self.slots.get(slot).map_or(Cell::Null, |column| self.row.cell(&column.path))
    }
}

impl Condition {
    /// Parses and compiles. A condition takes no `:parameters`: nothing could bind them.
    pub fn parse(sql: &str) -> Result<Self, ParseError> {
        let expr = parse_condition(sql)?;
        let mut lower = Lower::default();
        let node = lower.expr(&expr);
        if let Some(param) = lower.params.first() {
            let error = ParseError::unsupported(
                format!("the parameter `:{param}`"),
                param_span(sql, param),
            );
            return Err(error.hint("a condition has no parameters; write the value"));
        }
        Ok(Self { expr, node, slots: lower.columns, limits: Limits::default() })
    }

    /// Whether the row matches. Unknown (NULL) is no match; a row that takes more than the default
    /// [`Limits`] is an error, which the caller must not take for either answer.
    pub fn matches<R: Row>(&self, row: &R, now: Timestamp) -> Result<bool, EvalError> {
        Ok(self.truth(row, now)? == Some(true))
    }

    /// As [`Condition::matches`], and tells a row that does not match from one of which that is
    /// unknown, for whoever explains why a rule did not apply.
    pub fn truth<R: Row>(&self, row: &R, now: Timestamp) -> Result<Option<bool>, EvalError> {
        let steps = Steps::new(self.limits.steps_per_row);
        let context = Context { now, params: &[], limits: self.limits, steps: &steps };
        let source = RowSource { row, slots: &self.slots };
        Eval { context: &context, source: &source }.truth(&self.node)
    }

    /// Every column it names, as often as it names it, in the order they are written.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        let mut columns = Vec::new();
        self.expr.each_column(&mut |column| columns.push(column));
        columns.into_iter()
    }
}

impl Column {
    /// The error for a column that is not among the `known` names, with the nearest one as the hint.
    pub fn unknown<'a>(&self, known: impl IntoIterator<Item = &'a str>) -> ParseError {
        let written = self.path.to_string();
        let error = ParseError::new(Problem::UnknownColumn(written.clone()), self.span);
        match nearest(&written, known) {
            Some(near) => error.hint(format!("did you mean {near}?")),
            None if self.path.as_name().is_some() => {
                let text = self.path.as_name().unwrap_or_default().replace('\'', "''");
                error.hint(format!("a text is written '{text}'"))
            }
            None => error,
        }
    }
}

fn param_span(sql: &str, name: &str) -> crate::error::Span {
    let wanted = crate::lex::Token::Param(name.to_owned());
    let tokens = crate::lex::lex(sql).unwrap_or_default();
    tokens.iter().find(|lexed| lexed.token == wanted).map(|lexed| lexed.span).unwrap_or_default()
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl std::str::FromStr for Condition {
    type Err = ParseError;

    fn from_str(sql: &str) -> Result<Self, ParseError> {
        Self::parse(sql)
    }
}
