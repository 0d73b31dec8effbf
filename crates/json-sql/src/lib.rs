//! SQL over JSON documents: compile once, run many times, never fail open.

mod ast;
mod compare;
mod compile;
mod condition;
mod error;
mod eval;
mod interval;
mod lex;
mod like;
mod limits;
mod parse;
mod print;
mod row;
mod suggest;
mod time;
mod value;

pub use ast::{Column, Path, Segment};
pub use condition::Condition;
pub use error::{EvalError, GetError, ParseError, Problem, Span};
pub use interval::Interval;
pub use lex::MAX_SQL_BYTES;
pub use limits::Limits;
pub use parse::MAX_DEPTH;
pub use row::{Row, lookup};
pub use suggest::nearest;
pub use time::parse_timestamp;
pub use value::Cell;
