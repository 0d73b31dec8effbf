#![doc = include_str!("../README.md")]
//!
//! # Tour
//!
//! `lex` and `parse` turn text into `ast`, which `print` turns back; `compile` numbers columns and
//! parameters; `eval` runs the result over anything that has those numbers: a [`Row`], or what
//! `project` read from raw JSON. [`Condition`] is a WHERE alone, [`Query`] a whole SELECT.

mod ast;
mod lex;
mod parse;
mod print;

mod compile;
mod eval;

mod compare;
mod interval;
mod like;
mod time;
mod value;

mod condition;
mod keys;
mod limits;
mod params;
mod project;
mod query;
mod record;
mod row;

mod error;
mod suggest;

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
