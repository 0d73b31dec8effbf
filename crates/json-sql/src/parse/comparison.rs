//! The comparisons: = and its kin, ANY, IS, IN, BETWEEN, LIKE, and what may stand on their right side.

use super::{Parser, check, power};
use crate::ast::{Compare, Expr, Letters, Like, Sense};
use crate::error::{ParseError, Problem};
use crate::lex::Token;

impl Parser<'_> {
    pub(super) fn compared(&mut self, left: Expr, compare: Compare) -> Result<Expr, ParseError> {
        if self.at_word("any") && self.symbol_ahead(1, "(") {
            return self.any(left, compare);
        }
        if (self.at_word("all") || self.at_word("some")) && self.symbol_ahead(1, "(") {
            let error = ParseError::unsupported("a comparison with ALL or SOME", self.span());
            return Err(error.hint("write = ANY(path), or NOT (x <> ANY(path))"));
        }
        let right = self.value(power::COMPARE)?;
        Ok(Expr::Compare(compare, Box::new(left), Box::new(right)))
    }

    fn any(&mut self, left: Expr, compare: Compare) -> Result<Expr, ParseError> {
        self.bump();
        self.bump();
        let span = self.span();
        let list = self.expr()?;
        if !matches!(list, Expr::Column(_) | Expr::Param(_)) {
            let error =
                ParseError::unsupported("ANY over anything but a path or a parameter", span);
            return Err(error.hint("write = ANY(path), or IN (a, b) for a list"));
        }
        self.expect_symbol(")")?;
        Ok(Expr::Any(compare, Box::new(left), Box::new(list)))
    }

    /// An operand where a value is meant: a lone quoted name there is nearly always a text with the
    /// wrong quotes. In parentheses it is taken as the column it says.
    pub(super) fn value(&mut self, floor: u8) -> Result<Expr, ParseError> {
        let (first, span) = (self.peek().clone(), self.span());
        let before = self.at;
        let expr = self.binary(floor)?;
        match first {
            Token::Quoted(name) if self.at == before + 1 => {
                let hint = format!(
                    "did you mean '{}'? A column of that name is written (\"{}\") here",
                    name.replace('\'', "''"),
                    name.replace('"', "\"\"")
                );
                Err(ParseError::new(Problem::QuotedValue(name), span).hint(hint))
            }
            _ => Ok(expr),
        }
    }

    /// The comparisons that are words: IS, IN, BETWEEN, LIKE and their NOT forms.
    pub(super) fn worded(&mut self, left: Expr) -> Result<Expr, ParseError> {
        if self.eat_word("is") {
            return self.is(left);
        }
        let sense = if self.eat_word("not") { Sense::Not } else { Sense::Is };
        if self.eat_word("in") {
            return self.in_list(left, sense);
        }
        if self.eat_word("between") {
            let low = self.value(power::COMPARE)?;
            self.expect_word("and")?;
            let high = self.value(power::COMPARE)?;
            return Ok(Expr::Between(Box::new(left), Box::new((low, high)), sense));
        }
        let letters = match self.peek() {
            _ if self.at_word("like") => Letters::Exact,
            _ if self.at_word("ilike") => Letters::Folded,
            _ => return Err(self.expected("IN, BETWEEN, LIKE or ILIKE")),
        };
        self.bump();
        let span = self.span();
        let pattern = self.value(power::COMPARE)?;
        let escape = if self.eat_word("escape") { Some(self.value(power::COMPARE)?) } else { None };
        let like = Like { text: left, pattern, escape, letters, sense };
        check::require_pattern(&like, span)?;
        Ok(Expr::Like(Box::new(like)))
    }

    fn is(&mut self, left: Expr) -> Result<Expr, ParseError> {
        let sense = if self.eat_word("not") { Sense::Not } else { Sense::Is };
        let left = Box::new(left);
        if self.eat_word("null") {
            return Ok(Expr::IsNull(left, sense));
        }
        if self.eat_word("true") {
            return Ok(Expr::IsBool(left, true, sense));
        }
        if self.eat_word("false") {
            return Ok(Expr::IsBool(left, false, sense));
        }
        Err(self.expected("NULL, TRUE or FALSE").hint("other values are compared with = and <>"))
    }

    fn in_list(&mut self, left: Expr, sense: Sense) -> Result<Expr, ParseError> {
        if !self.symbol_ahead(0, "(") {
            let error = self.expected("`(`");
            return Err(error.hint("write IN ('a', 'b'), or = ANY(path) for an array"));
        }
        self.bump();
        self.refuse_subquery()?;
        let mut list = vec![self.value(0)?];
        while self.eat_symbol(",") {
            list.push(self.value(0)?);
        }
        self.expect_symbol(")")?;
        Ok(Expr::In(Box::new(left), list, sense))
    }
}
