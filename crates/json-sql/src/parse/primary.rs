//! The operands of an expression: constants, columns, parameters, calls, CASE and CAST.

use super::{MAX_DEPTH, Parser, is_reserved, power, require_condition};
use crate::ast::{
    Aggregate, Case, Column, Expr, Function, Literal, Over, Path, Scope, Segment, Type,
};
use crate::error::{ParseError, Problem, Span};
use crate::interval::Interval;
use crate::lex::Token;
use crate::suggest::nearest;
use crate::time::parse_timestamp;

/// Name, function, fewest and most arguments, and how a message says that.
const FUNCTIONS: [(&str, Function, usize, usize, &str); 11] = [
    ("coalesce", Function::Coalesce, 1, usize::MAX, "one argument or more"),
    ("lower", Function::Lower, 1, 1, "one argument"),
    ("upper", Function::Upper, 1, 1, "one argument"),
    ("length", Function::Length, 1, 1, "one argument"),
    ("trim", Function::Trim, 1, 1, "one argument"),
    ("replace", Function::Replace, 3, 3, "three arguments"),
    ("substring", Function::Substring, 2, 3, "two or three arguments"),
    ("substr", Function::Substring, 2, 3, "two or three arguments"),
    ("abs", Function::Abs, 1, 1, "one argument"),
    ("round", Function::Round, 1, 2, "one or two arguments"),
    ("now", Function::Now, 0, 0, "no argument"),
];

const AGGREGATES: [(&str, Aggregate); 5] = [
    ("count", Aggregate::Count),
    ("sum", Aggregate::Sum),
    ("avg", Aggregate::Avg),
    ("min", Aggregate::Min),
    ("max", Aggregate::Max),
];

const TYPES: [(&str, Type); 18] = [
    ("text", Type::Text),
    ("varchar", Type::Text),
    ("char", Type::Text),
    ("string", Type::Text),
    ("integer", Type::Integer),
    ("int", Type::Integer),
    ("bigint", Type::Integer),
    ("real", Type::Real),
    ("float", Type::Real),
    ("double", Type::Real),
    ("numeric", Type::Real),
    ("decimal", Type::Real),
    ("boolean", Type::Boolean),
    ("bool", Type::Boolean),
    ("timestamp", Type::Timestamp),
    ("datetime", Type::Timestamp),
    ("date", Type::Date),
    ("interval", Type::Interval),
];

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Result<Expr, ParseError> {
        match self.peek().clone() {
            Token::Int(number) => Ok(self.constant(Literal::Int(number))),
            Token::Float(number) => Ok(self.constant(Literal::Float(number))),
            Token::Text(text) => Ok(self.constant(Literal::Text(text))),
            Token::Param(name) => {
                self.bump();
                Ok(Expr::Param(name))
            }
            Token::Quoted(_) => self.column().map(Expr::Column),
            Token::Symbol("(") => self.parenthesised(),
            Token::Word(word) => self.worded_primary(&word),
            _ => Err(self.expected("a value")),
        }
    }

    fn constant(&mut self, literal: Literal) -> Expr {
        self.bump();
        Expr::Literal(literal)
    }

    fn parenthesised(&mut self) -> Result<Expr, ParseError> {
        self.bump();
        self.refuse_subquery()?;
        let inner = self.expr()?;
        self.expect_symbol(")")?;
        Ok(inner)
    }

    pub(super) fn refuse_subquery(&self) -> Result<(), ParseError> {
        if !self.at_word("select") {
            return Ok(());
        }
        let error = ParseError::unsupported("a subquery", self.span());
        Err(error.hint("run it first and pass its result as :parameters"))
    }

    /// What follows a minus sign: a negative number is one constant.
    pub(super) fn negative(&mut self) -> Result<Expr, ParseError> {
        match *self.peek() {
            Token::Int(number) => Ok(self.constant(Literal::Int(-number))),
            Token::Float(number) => {
                // The least integer has no positive counterpart, so it was read as a float.
                let written = &self.sql[self.span().start..self.span().end];
                let least = written == "9223372036854775808";
                let float = Literal::Float(-number);
                Ok(self.constant(if least { Literal::Int(i64::MIN) } else { float }))
            }
            _ => Ok(Expr::Neg(Box::new(self.binary(power::MINUS)?))),
        }
    }

    fn worded_primary(&mut self, word: &str) -> Result<Expr, ParseError> {
        let span = self.span();
        match word.to_ascii_lowercase().as_str() {
            "null" => Ok(self.constant(Literal::Null)),
            "true" => Ok(self.constant(Literal::Bool(true))),
            "false" => Ok(self.constant(Literal::Bool(false))),
            "case" => self.case(),
            "exists" if self.symbol_ahead(1, "(") => Err(ParseError::unsupported("EXISTS", span)
                .hint("write path IS NOT NULL, or = ANY(path)")),
            lower @ ("timestamp" | "date" | "interval") => match self.peek_at(1).clone() {
                Token::Text(text) => {
                    self.bump();
                    self.typed_literal(lower, &text)
                }
                _ => self.name_or_call(word),
            },
            _ if is_reserved(word) => Err(self.expected("a value")),
            _ => self.name_or_call(word),
        }
    }

    fn typed_literal(&mut self, kind: &str, text: &str) -> Result<Expr, ParseError> {
        let span = self.span();
        self.bump();
        if kind == "interval" {
            return match Interval::parse(text) {
                Some(interval) => Ok(Expr::Literal(Literal::Interval(interval))),
                None => Err(ParseError::new(Problem::BadInterval(text.to_owned()), span)
                    .hint("write interval '7 days', '2 hours 30 minutes' or '1 month'")),
            };
        }
        match parse_timestamp(text) {
            Some(time) => Ok(Expr::Literal(Literal::Time(time))),
            None => Err(ParseError::new(Problem::BadTime(text.to_owned()), span)
                .hint("write '2024-07-20', '2024-07-20T15:00:00Z' or '20240720'")),
        }
    }

    fn name_or_call(&mut self, word: &str) -> Result<Expr, ParseError> {
        if !self.symbol_ahead(1, "(") {
            return self.column().map(Expr::Column);
        }
        let span = self.span();
        let lower = word.to_ascii_lowercase();
        let call = self.call(&lower, span)?;
        if self.at_word("over") || (self.at_word("filter") && self.symbol_ahead(1, "(")) {
            return Err(self.unexpected_tail());
        }
        Ok(call)
    }

    fn call(&mut self, lower: &str, span: Span) -> Result<Expr, ParseError> {
        if lower == "cast" {
            return self.cast();
        }
        if let Some((_, aggregate)) = AGGREGATES.iter().find(|(name, _)| *name == lower) {
            return self.aggregate(*aggregate);
        }
        let Some(&(name, function, fewest, most, takes)) =
            FUNCTIONS.iter().find(|(name, ..)| *name == lower)
        else {
            return Err(unknown_function(lower, span));
        };
        self.bump();
        self.bump();
        let arguments = self.arguments(function)?;
        if arguments.len() < fewest || arguments.len() > most {
            let (function, takes) = (name.to_uppercase(), takes.to_owned());
            let problem = Problem::Arguments { function, takes, given: arguments.len() };
            return Err(ParseError::new(problem, span));
        }
        Ok(Expr::Call(function, arguments))
    }

    fn arguments(&mut self, function: Function) -> Result<Vec<Expr>, ParseError> {
        let mut arguments = Vec::new();
        if self.eat_symbol(")") {
            return Ok(arguments);
        }
        arguments.push(self.expr()?);
        if function == Function::Substring && self.eat_word("from") {
            arguments.push(self.expr()?);
            if self.eat_word("for") {
                arguments.push(self.expr()?);
            }
        }
        while self.eat_symbol(",") {
            arguments.push(self.expr()?);
        }
        self.expect_symbol(")")?;
        Ok(arguments)
    }

    fn cast(&mut self) -> Result<Expr, ParseError> {
        self.bump();
        self.bump();
        let inner = self.expr()?;
        self.expect_word("as")?;
        let span = self.span();
        let Token::Word(name) = self.peek().clone() else { return Err(self.expected("a type")) };
        self.bump();
        let lower = name.to_ascii_lowercase();
        let Some((_, kind)) = TYPES.iter().find(|(known, _)| *known == lower) else {
            let error = ParseError::new(Problem::UnknownType(name), span);
            return Err(error.hint("text, integer, real, boolean, timestamp, date, interval"));
        };
        if lower == "double" {
            self.eat_word("precision");
        }
        self.expect_symbol(")")?;
        Ok(Expr::Cast(Box::new(inner), *kind))
    }

    fn aggregate(&mut self, aggregate: Aggregate) -> Result<Expr, ParseError> {
        self.bump();
        self.bump();
        let span = self.span();
        if aggregate == Aggregate::Count && self.eat_symbol("*") {
            self.expect_symbol(")")?;
            return Ok(Expr::Aggregate(aggregate, Box::new(Over::Rows)));
        }
        let distinct = self.eat_word("distinct");
        let inner = self.expr()?;
        if inner.has_aggregate() {
            let what = "an aggregate of an aggregate".to_owned();
            return Err(ParseError::new(Problem::Misplaced(what), span));
        }
        self.expect_symbol(")")?;
        let over = if distinct { Over::Distinct(inner) } else { Over::All(inner) };
        Ok(Expr::Aggregate(aggregate, Box::new(over)))
    }

    fn case(&mut self) -> Result<Expr, ParseError> {
        self.bump();
        let subject = if self.at_word("when") { None } else { Some(self.expr()?) };
        let mut arms = Vec::new();
        while self.eat_word("when") {
            let span = self.span();
            let when = if subject.is_some() { self.value(0)? } else { self.expr()? };
            if subject.is_none() {
                require_condition(&when, span)?;
            }
            self.expect_word("then")?;
            arms.push((when, self.value(0)?));
        }
        if arms.is_empty() {
            return Err(self.expected("WHEN"));
        }
        let otherwise = if self.eat_word("else") { Some(self.value(0)?) } else { None };
        self.expect_word("end")?;
        Ok(Expr::Case(Box::new(Case { subject, arms, otherwise })))
    }

    /// A dotted path. After a dot any word is a key, reserved or not.
    pub(super) fn column(&mut self) -> Result<Column, ParseError> {
        let mut span = self.span();
        let mut path = Vec::new();
        match self.peek().clone() {
            Token::Word(key) | Token::Quoted(key) => path.push(Segment::Key(key.into())),
            _ => return Err(self.expected("a column")),
        }
        self.bump();
        loop {
            if path.len() > MAX_DEPTH {
                return Err(ParseError::new(Problem::TooDeep { limit: MAX_DEPTH }, span));
            }
            if self.eat_symbol(".") {
                path.push(self.key()?);
            } else if self.eat_symbol("[") {
                path.push(self.index()?);
            } else {
                break;
            }
        }
        span.end = self.tokens[self.at - 1].span.end;
        Ok(Column { path: Path(path), scope: Scope::Row, span })
    }

    fn key(&mut self) -> Result<Segment, ParseError> {
        match self.peek().clone() {
            Token::Word(key) | Token::Quoted(key) => {
                self.bump();
                Ok(Segment::Key(key.into()))
            }
            Token::Symbol("*") => Err(ParseError::unsupported("`.*`", self.span())
                .hint("write * alone, or name the columns")),
            Token::Int(number) => Err(self.expected("a key").hint(format!("write .\"{number}\""))),
            _ => Err(self.expected("a key")),
        }
    }

    fn index(&mut self) -> Result<Segment, ParseError> {
        let Token::Int(number) = *self.peek() else {
            let error = self.expected("a position");
            return Err(
                error.hint("positions count from 0; every element is reached with = ANY(path)")
            );
        };
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        self.bump();
        self.expect_symbol("]")?;
        Ok(Segment::Index(index))
    }
}

fn unknown_function(lower: &str, span: Span) -> ParseError {
    let error = ParseError::new(Problem::UnknownFunction(lower.to_owned()), span);
    let instead = match lower {
        "any" => Some("write x = ANY(path)".to_owned()),
        "concat" => Some("join texts with ||".to_owned()),
        "ifnull" | "nvl" | "isnull" => Some("write COALESCE(x, y)".to_owned()),
        "nullif" | "if" | "iif" => Some("write CASE WHEN .. THEN .. ELSE .. END".to_owned()),
        "len" | "char_length" => Some("write LENGTH(x)".to_owned()),
        "contains" | "instr" | "strpos" | "regexp_like" => Some("write LIKE '%text%'".to_owned()),
        "starts_with" => Some("write LIKE 'text%'".to_owned()),
        "datetime" | "to_timestamp" => Some("write CAST(x AS timestamp)".to_owned()),
        _ => {
            let known = FUNCTIONS.iter().map(|(name, ..)| *name).chain(["cast"]);
            let known = known.chain(AGGREGATES.iter().map(|(name, _)| *name));
            nearest(lower, known).map(|near| format!("did you mean {}?", near.to_uppercase()))
        }
    };
    match instead {
        Some(hint) => error.hint(hint),
        None => error,
    }
}
