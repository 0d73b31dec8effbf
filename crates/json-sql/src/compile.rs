//! Expressions made ready to run: columns and parameters become numbered slots, constant patterns are
//! compiled, aggregates and grouping keys are split off. Done once per query.

use crate::ast::{
    Aggregate, Arith, Case, Column, Compare, Expr, Function, Letters, Like, Literal, Over, Sense,
    Type,
};
use crate::like::Pattern;
use crate::value::Cell;

#[derive(Debug, Clone)]
pub(crate) enum Node {
    Const(Cell<'static>),
    Slot(usize),
    Param(usize),
    Now,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Neg(Box<Node>),
    Compare(Compare, Box<Node>, Box<Node>),
    Any(Compare, Box<Node>, Box<Node>),
    Arith(Arith, Box<Node>, Box<Node>),
    Concat(Box<Node>, Box<Node>),
    In(Box<Node>, Vec<Node>, Sense),
    Between(Box<Node>, Box<(Node, Node)>, Sense),
    Like(Box<LikeNode>),
    IsNull(Box<Node>, Sense),
    IsBool(Box<Node>, bool, Sense),
    Case(Box<CaseNode>),
    Call(Function, Vec<Node>),
    Cast(Box<Node>, Type),
}

#[derive(Debug, Clone)]
pub(crate) struct LikeNode {
    pub(crate) text: Node,
    pub(crate) pattern: PatternNode,
    pub(crate) letters: Letters,
    pub(crate) sense: Sense,
}

#[derive(Debug, Clone)]
pub(crate) enum PatternNode {
    Ready(Pattern),
    Computed { pattern: Node, escape: Option<String> },
}

#[derive(Debug, Clone)]
pub(crate) struct CaseNode {
    pub(crate) subject: Option<Node>,
    pub(crate) arms: Vec<(Node, Node)>,
    pub(crate) otherwise: Option<Node>,
}

/// An aggregate and what it runs over; `over: None` counts rows.
#[derive(Debug, Clone)]
pub(crate) struct AggregateNode {
    pub(crate) aggregate: Aggregate,
    pub(crate) over: Option<Node>,
    pub(crate) distinct: bool,
}

/// Collects the slots while it lowers.
#[derive(Debug, Default)]
pub(crate) struct Lower {
    pub(crate) columns: Vec<Column>,
    pub(crate) params: Vec<String>,
    /// When set, what is lowered reads the values of a group, not the columns of a row.
    pub(crate) grouping: Option<Grouping>,
}

impl Lower {
    pub(crate) fn all(&mut self, exprs: &[Expr]) -> Vec<Node> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn boxed(&mut self, expr: &Expr) -> Box<Node> {
        Box::new(self.expr(expr))
    }

    pub(crate) fn expr(&mut self, expr: &Expr) -> Node {
        if let Some(slot) = self.grouping.as_mut().and_then(|grouping| grouping.slot(expr)) {
            return Node::Slot(slot);
        }
        match expr {
            Expr::Literal(literal) => Node::Const(constant(literal)),
            Expr::Column(column) => Node::Slot(self.slot(column)),
            Expr::Param(name) => Node::Param(self.param(name)),
            Expr::And(items) => Node::And(self.all(items)),
            Expr::Or(items) => Node::Or(self.all(items)),
            Expr::Not(x) => Node::Not(self.boxed(x)),
            Expr::Neg(x) => Node::Neg(self.boxed(x)),
            Expr::Compare(op, a, b) => Node::Compare(*op, self.boxed(a), self.boxed(b)),
            Expr::Any(op, a, b) => Node::Any(*op, self.boxed(a), self.boxed(b)),
            Expr::Arith(op, a, b) => Node::Arith(*op, self.boxed(a), self.boxed(b)),
            Expr::Concat(a, b) => Node::Concat(self.boxed(a), self.boxed(b)),
            Expr::In(x, list, sense) => Node::In(self.boxed(x), self.all(list), *sense),
            Expr::Between(x, ends, sense) => {
                let ends = (self.expr(&ends.0), self.expr(&ends.1));
                Node::Between(self.boxed(x), Box::new(ends), *sense)
            }
            Expr::Like(like) => Node::Like(Box::new(self.like(like))),
            Expr::IsNull(x, sense) => Node::IsNull(self.boxed(x), *sense),
            Expr::IsBool(x, wanted, sense) => Node::IsBool(self.boxed(x), *wanted, *sense),
            Expr::Case(case) => Node::Case(Box::new(self.case(case))),
            Expr::Call(Function::Now, _) => Node::Now,
            Expr::Call(function, items) => Node::Call(*function, self.all(items)),
            Expr::Cast(x, kind) => Node::Cast(self.boxed(x), *kind),
            // The parser lets no aggregate through to here; NULL matches nothing.
            Expr::Aggregate(..) => Node::Const(Cell::Null),
        }
    }

    fn slot(&mut self, column: &Column) -> usize {
        find_or_push(&mut self.columns, column)
    }

    fn param(&mut self, name: &str) -> usize {
        find_or_push(&mut self.params, &name.to_owned())
    }

    fn like(&mut self, like: &Like) -> LikeNode {
        let escape = match &like.escape {
            Some(Expr::Literal(Literal::Text(escape))) => Some(escape.clone()),
            _ => None,
        };
        let ready = match &like.pattern {
            Expr::Literal(Literal::Text(pattern)) => {
                Pattern::compile(pattern, escape.as_deref(), like.letters).ok()
            }
            _ => None,
        };
        let pattern = match ready {
            Some(pattern) => PatternNode::Ready(pattern),
            None => PatternNode::Computed { pattern: self.expr(&like.pattern), escape },
        };
        LikeNode { text: self.expr(&like.text), pattern, letters: like.letters, sense: like.sense }
    }

    fn case(&mut self, case: &Case) -> CaseNode {
        CaseNode {
            subject: case.subject.as_ref().map(|subject| self.expr(subject)),
            arms: case.arms.iter().map(|(a, b)| (self.expr(a), self.expr(b))).collect(),
            otherwise: case.otherwise.as_ref().map(|otherwise| self.expr(otherwise)),
        }
    }
}

fn find_or_push<T: PartialEq + Clone>(items: &mut Vec<T>, wanted: &T) -> usize {
    if let Some(found) = items.iter().position(|item| item == wanted) {
        return found;
    }
    items.push(wanted.clone());
    items.len() - 1
}

fn constant(literal: &Literal) -> Cell<'static> {
    match literal {
        Literal::Null => Cell::Null,
        Literal::Bool(flag) => Cell::Bool(*flag),
        Literal::Int(number) => Cell::Int(*number),
        Literal::Float(number) => Cell::Float(*number),
        Literal::Text(text) => Cell::from(text.clone()),
        Literal::Time(time) => Cell::Time(*time),
        Literal::Interval(interval) => Cell::Interval(*interval),
    }
}

/// The keys and aggregates of a grouped query, found again inside its output expressions.
#[derive(Debug, Default)]
pub(crate) struct Grouping {
    pub(crate) keys: Vec<Expr>,
    pub(crate) aggregates: Vec<Expr>,
}

impl Grouping {
    /// The slot of a group's values that holds `expr`: keys first, then aggregates.
    fn slot(&mut self, expr: &Expr) -> Option<usize> {
        if let Some(key) = self.keys.iter().position(|key| key == expr) {
            return Some(key);
        }
        matches!(expr, Expr::Aggregate(..))
            .then(|| self.keys.len() + find_or_push(&mut self.aggregates, expr))
    }
}

impl AggregateNode {
    pub(crate) fn of(expr: &Expr, lower: &mut Lower) -> Option<Self> {
        let Expr::Aggregate(aggregate, over) = expr else { return None };
        let (over, distinct) = match &**over {
            Over::Rows => (None, false),
            Over::All(x) => (Some(lower.expr(x)), false),
            Over::Distinct(x) => (Some(lower.expr(x)), true),
        };
        Some(Self { aggregate: *aggregate, over, distinct })
    }
}
