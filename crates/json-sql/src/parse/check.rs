//! What can be refused before anything runs: a number where a condition is meant, an aggregate in a
//! WHERE, an interval that is multiplied.

use crate::ast::{Arith, Expr, Function, Like, Literal};
use crate::error::{ParseError, Problem, Span};
use crate::like::Pattern;

/// Refuses what can never be true or false. A column may hold a boolean, so it passes.
pub(crate) fn require_condition(expr: &Expr, span: Span) -> Result<(), ParseError> {
    let what = match expr {
        Expr::Literal(Literal::Bool(_) | Literal::Null) | Expr::Call(Function::Coalesce, _) => {
            return Ok(());
        }
        Expr::Literal(_) => "a constant",
        Expr::Neg(_) | Expr::Arith(..) => "a number",
        Expr::Concat(..) => "a text",
        Expr::Call(..) => "the result of this function",
        _ => return Ok(()),
    };
    let error = ParseError::new(Problem::NotACondition(what.to_owned()), span);
    Err(error.hint("compare it: x = 'value'"))
}

/// Refuses aggregates where rows have not been grouped yet.
pub(crate) fn require_plain(expr: &Expr, place: &str, span: Span) -> Result<(), ParseError> {
    if !expr.has_aggregate() {
        return Ok(());
    }
    let error = ParseError::new(Problem::Misplaced(format!("an aggregate in {place}")), span);
    Err(error.hint("groups are filtered with HAVING"))
}

/// An interval can be added and subtracted, nothing else.
pub(crate) fn require_scalable(
    arith: Arith,
    left: &Expr,
    right: &Expr,
    span: Span,
) -> Result<(), ParseError> {
    let interval = |expr: &Expr| matches!(expr, Expr::Literal(Literal::Interval(_)));
    if matches!(arith, Arith::Add | Arith::Sub) || !(interval(left) || interval(right)) {
        return Ok(());
    }
    let error = ParseError::unsupported("arithmetic with an interval beyond + and -", span);
    Err(error.hint("write the interval out: interval '14 days'"))
}

/// A constant pattern is compiled once more at lowering; here it only must be sound.
pub(crate) fn require_pattern(like: &Like, span: Span) -> Result<(), ParseError> {
    let escape = match &like.escape {
        None => None,
        Some(Expr::Literal(Literal::Text(escape))) => Some(escape.as_str()),
        Some(_) => {
            let error = ParseError::new(Problem::BadEscape, span);
            return Err(error.hint("write it out: ESCAPE '\\'"));
        }
    };
    let pattern = match &like.pattern {
        Expr::Literal(Literal::Text(pattern)) => pattern.as_str(),
        _ => "",
    };
    match Pattern::compile(pattern, escape, like.letters) {
        Ok(_) => Ok(()),
        Err(_) => Err(ParseError::new(Problem::BadEscape, span)),
    }
}
