//! SQL over JSON documents: compile once, run many times, never fail open.

mod ast;
mod compare;
mod compile;
mod condition;
mod error;
mod eval;
mod interval;
mod keys;
mod lex;
mod like;
mod limits;
mod params;
mod parse;
mod print;
mod project;
mod query;
mod record;
mod row;
mod suggest;
mod time;
mod value;

pub use ast::{Column, Path, Scope, Segment};
pub use condition::Condition;
pub use error::{EvalError, GetError, ParseError, Problem, Span};
pub use interval::Interval;
pub use keys::keys;
pub use lex::MAX_SQL_BYTES;
pub use limits::Limits;
pub use params::Params;
pub use parse::MAX_DEPTH;
pub use query::{Execution, Flow, Query};
pub use record::Record;
pub use row::{Row, lookup};
pub use suggest::nearest;
pub use time::parse_timestamp;
pub use value::Cell;
