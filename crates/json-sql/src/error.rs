//! What can go wrong, and where: parse errors with a position and a hint, run-time errors, and
//! errors of the typed getters. Nothing here is ever turned into "all rows".

use std::fmt;

/// Where a piece of the query stands. Lines and columns count from 1, columns in characters;
/// `start..end` are byte offsets into the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    pub start: usize,
    pub end: usize,
    pub line: u32,
    pub column: u32,
}

/// Why a text is not a query, where, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ParseError {
    pub problem: Problem,
    pub span: Span,
    pub hint: Option<String>,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.span.line, self.span.column, self.problem)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl ParseError {
    pub(crate) fn new(problem: Problem, span: Span) -> Self {
        Self { problem, span, hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn unsupported(what: impl Into<String>, span: Span) -> Self {
        Self::new(Problem::Unsupported(what.into()), span)
    }
}

/// The closed list of reasons a text is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("the query is longer than {limit} bytes")]
    TooLong { limit: usize },
    #[error("the expression is nested more than {limit} levels deep")]
    TooDeep { limit: usize },
    #[error("unexpected character {0:?}")]
    UnexpectedCharacter(char),
    #[error("the text that begins here is never closed")]
    UnterminatedText,
    #[error("the quoted name that begins here is never closed")]
    UnterminatedName,
    #[error("`{0}` is not a number")]
    BadNumber(String),
    #[error("`{0}` reads as one name and as a subtraction")]
    AmbiguousMinus(String),
    #[error("expected {expected}, found {found}")]
    Expected { expected: String, found: String },
    #[error("{0} is not supported")]
    Unsupported(String),
    #[error("unknown function `{0}`")]
    UnknownFunction(String),
    #[error("unknown type `{0}`")]
    UnknownType(String),
    #[error("{function} takes {takes}, not {given}")]
    Arguments { function: String, takes: String, given: usize },
    #[error("`\"{0}\"` names a column where a value is meant")]
    QuotedValue(String),
    #[error("{0} is not a condition")]
    NotACondition(String),
    #[error("`{0}` is not a time")]
    BadTime(String),
    #[error("`{0}` is not an interval")]
    BadInterval(String),
    #[error("ESCAPE takes one character, and the pattern may not end with it")]
    BadEscape,
    #[error("{0} is not allowed here")]
    Misplaced(String),
    #[error("`{0}` is neither grouped nor aggregated")]
    NotGrouped(String),
    #[error("there is no output column {0}")]
    BadOrdinal(String),
    #[error("unknown column `{0}`")]
    UnknownColumn(String),
    #[error("unknown table `{0}`")]
    UnknownTable(String),
}

/// Why a query that parsed could not be run to its end. A failed row is never a matching row.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    #[error("parameter `:{0}` is not bound")]
    UnboundParameter(String),
    #[error("one row took more than {limit} evaluation steps")]
    TooManySteps { limit: u64 },
    #[error("a text grew over {limit} bytes")]
    TextTooLong { limit: usize },
    #[error("more than {limit} rows must be kept in memory for this query")]
    TooManyRows { limit: usize },
    #[error("ESCAPE takes one character, and the pattern may not end with it")]
    BadEscape,
    #[error("the document is not JSON")]
    NotJson(#[source] serde_json::Error),
}

/// Why a typed getter has no answer. NULL is an answer (`Ok(None)`), not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GetError {
    #[error("the result has no column `{0}`")]
    NoColumn(String),
    #[error("column `{column}` holds {holds}, which is not {wanted}")]
    WrongType { column: String, holds: String, wanted: &'static str },
}
