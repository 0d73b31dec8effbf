//! What a query says, before anything is resolved: plain data, made by the parser and printed back
//! by the printer. Two expressions are equal when they say the same, wherever they stand.

use jiff::Timestamp;

use crate::error::Span;
use crate::interval::Interval;

/// One step of a path: into an object by key, or into an array by position (from 0).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    Key(Box<str>),
    Index(usize),
}

/// A dotted path into a document. The empty path is the document itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub struct Path(pub Vec<Segment>);

impl Path {
    /// The path of plain keys, `Path::of(&["detail", "service"])`.
    pub fn of(keys: &[&str]) -> Self {
        Self(keys.iter().map(|key| Segment::Key((*key).into())).collect())
    }

    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The name, when the path is a single key: what a typed row matches its short names on.
    pub fn as_name(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Segment::Key(key)] => Some(key),
            _ => None,
        }
    }

    /// The first key and what follows it, when the path begins with a key.
    pub fn split_first(&self) -> Option<(&str, &[Segment])> {
        match self.0.split_first() {
            Some((Segment::Key(key), rest)) => Some((key, rest)),
            _ => None,
        }
    }
}

/// What a column's path begins at. They differ only when a query unnests an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The row: the document, or the unnested element.
    Row,
    /// The document that encloses the unnested element.
    Document,
}

/// A column a query reads.
#[derive(Debug, Clone)]
pub struct Column {
    pub path: Path,
    pub scope: Scope,
    pub span: Span,
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.scope == other.scope
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Time(Timestamp),
    Interval(Interval),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arith {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Coalesce,
    Lower,
    Upper,
    Length,
    Trim,
    Replace,
    Substring,
    Abs,
    Round,
    Now,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Integer,
    Real,
    Boolean,
    Timestamp,
    Date,
    Interval,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

/// What an aggregate runs over. `Rows` is `COUNT(*)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Over {
    Rows,
    All(Expr),
    Distinct(Expr),
}

/// Whether the words said NOT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    Is,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    Exact,
    Folded,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Like {
    pub(crate) text: Expr,
    pub(crate) pattern: Expr,
    pub(crate) escape: Option<Expr>,
    pub(crate) letters: Letters,
    pub(crate) sense: Sense,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Case {
    pub(crate) subject: Option<Expr>,
    pub(crate) arms: Vec<(Expr, Expr)>,
    pub(crate) otherwise: Option<Expr>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Literal(Literal),
    Column(Column),
    Param(String),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Neg(Box<Expr>),
    Compare(Compare, Box<Expr>, Box<Expr>),
    Any(Compare, Box<Expr>, Box<Expr>),
    Arith(Arith, Box<Expr>, Box<Expr>),
    Concat(Box<Expr>, Box<Expr>),
    In(Box<Expr>, Vec<Expr>, Sense),
    Between(Box<Expr>, Box<(Expr, Expr)>, Sense),
    Like(Box<Like>),
    IsNull(Box<Expr>, Sense),
    IsBool(Box<Expr>, bool, Sense),
    Case(Box<Case>),
    Call(Function, Vec<Expr>),
    Cast(Box<Expr>, Type),
    Aggregate(Aggregate, Box<Over>),
}

impl Expr {
    /// `a AND (b AND c)` says the same as `a AND b AND c`: one flat list, so that a long chain is
    /// not a deep tree.
    pub(crate) fn and(left: Self, right: Self) -> Self {
        Self::And(chain(left, right, |expr| match expr {
            Self::And(items) => Ok(items),
            other => Err(other),
        }))
    }

    pub(crate) fn or(left: Self, right: Self) -> Self {
        Self::Or(chain(left, right, |expr| match expr {
            Self::Or(items) => Ok(items),
            other => Err(other),
        }))
    }

    /// Calls `visit` on every part that stands directly under this one.
    pub(crate) fn each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Self::Literal(_) | Self::Column(_) | Self::Param(_) => {}
            Self::And(items) | Self::Or(items) | Self::Call(_, items) => {
                items.iter().for_each(visit);
            }
            Self::Not(x)
            | Self::Neg(x)
            | Self::IsNull(x, _)
            | Self::IsBool(x, ..)
            | Self::Cast(x, _) => visit(x),
            Self::Compare(_, a, b)
            | Self::Any(_, a, b)
            | Self::Arith(_, a, b)
            | Self::Concat(a, b) => {
                visit(a);
                visit(b);
            }
            Self::In(x, list, _) => {
                visit(x);
                list.iter().for_each(visit);
            }
            Self::Between(x, ends, _) => {
                visit(x);
                visit(&ends.0);
                visit(&ends.1);
            }
            Self::Like(like) => {
                visit(&like.text);
                visit(&like.pattern);
                like.escape.iter().for_each(visit);
            }
            Self::Case(case) => {
                case.subject.iter().for_each(&mut *visit);
                for (when, then) in &case.arms {
                    visit(when);
                    visit(then);
                }
                case.otherwise.iter().for_each(visit);
            }
            Self::Aggregate(_, over) => match &**over {
                Over::Rows => {}
                Over::All(x) | Over::Distinct(x) => visit(x),
            },
        }
    }

    /// Calls `visit` on every column in it, in the order they are written.
    pub(crate) fn each_column<'a>(&'a self, visit: &mut dyn FnMut(&'a Column)) {
        if let Self::Column(column) = self {
            visit(column);
        }
        self.each_child(&mut |child| child.each_column(visit));
    }

    pub(crate) fn has_aggregate(&self) -> bool {
        let mut found = matches!(self, Self::Aggregate(..));
        self.each_child(&mut |child| found = found || child.has_aggregate());
        found
    }
}

fn chain(left: Expr, right: Expr, open: impl Fn(Expr) -> Result<Vec<Expr>, Expr>) -> Vec<Expr> {
    let mut items = open(left).unwrap_or_else(|single| vec![single]);
    match open(right) {
        Ok(more) => items.extend(more),
        Err(single) => items.push(single),
    }
    items
}

/// One output column: its name and what it is made of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) expr: Expr,
    pub(crate) name: String,
    pub(crate) alias: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Items {
    Star,
    List(Vec<Item>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    First,
    Last,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OrderBy {
    pub(crate) expr: Expr,
    pub(crate) direction: Direction,
    pub(crate) nulls: Nulls,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeats {
    Kept,
    Dropped,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct From {
    pub(crate) table: String,
    pub(crate) path: Path,
    pub(crate) alias: Option<String>,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Select {
    pub(crate) repeats: Repeats,
    pub(crate) items: Items,
    pub(crate) from: From,
    pub(crate) filter: Option<Expr>,
    pub(crate) group_by: Vec<Expr>,
    pub(crate) having: Option<Expr>,
    pub(crate) order_by: Vec<OrderBy>,
    pub(crate) limit: Option<usize>,
    pub(crate) offset: usize,
}
