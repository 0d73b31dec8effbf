//! The same expression with its columns replaced: aliases by what they stand for, qualified names by
//! plain ones.

use crate::ast::{Case, Column, Expr, Like, Literal, Over};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Everything,
    OutsideAggregates,
}

pub(super) struct Rewrite<'a> {
    pub(super) reach: Reach,
    pub(super) column: &'a mut dyn FnMut(Column) -> Expr,
}

impl Rewrite<'_> {
    /// In place: the box is used again.
    fn boxed(&mut self, mut expr: Box<Expr>) -> Box<Expr> {
        *expr = self.expr(std::mem::replace(&mut *expr, Expr::Literal(Literal::Null)));
        expr
    }

    fn all(&mut self, items: Vec<Expr>) -> Vec<Expr> {
        items.into_iter().map(|item| self.expr(item)).collect()
    }

    pub(super) fn expr(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Column(column) => (self.column)(column),
            Expr::And(items) => Expr::And(self.all(items)),
            Expr::Or(items) => Expr::Or(self.all(items)),
            Expr::Not(x) => Expr::Not(self.boxed(x)),
            Expr::Neg(x) => Expr::Neg(self.boxed(x)),
            Expr::Compare(op, a, b) => Expr::Compare(op, self.boxed(a), self.boxed(b)),
            Expr::Any(op, a, b) => Expr::Any(op, self.boxed(a), self.boxed(b)),
            Expr::Arith(op, a, b) => Expr::Arith(op, self.boxed(a), self.boxed(b)),
            Expr::Concat(a, b) => Expr::Concat(self.boxed(a), self.boxed(b)),
            Expr::In(x, list, sense) => Expr::In(self.boxed(x), self.all(list), sense),
            Expr::Between(x, ends, sense) => {
                let ends = (self.expr(ends.0), self.expr(ends.1));
                Expr::Between(self.boxed(x), Box::new(ends), sense)
            }
            Expr::Like(like) => {
                let Like { text, pattern, escape, letters, sense } = *like;
                let (text, pattern) = (self.expr(text), self.expr(pattern));
                Expr::Like(Box::new(Like { text, pattern, escape, letters, sense }))
            }
            Expr::IsNull(x, sense) => Expr::IsNull(self.boxed(x), sense),
            Expr::IsBool(x, wanted, sense) => Expr::IsBool(self.boxed(x), wanted, sense),
            Expr::Case(case) => Expr::Case(Box::new(self.case(*case))),
            Expr::Call(function, items) => Expr::Call(function, self.all(items)),
            Expr::Cast(x, kind) => Expr::Cast(self.boxed(x), kind),
            Expr::Aggregate(aggregate, over) if self.reach == Reach::Everything => {
                let over = match *over {
                    Over::Rows => Over::Rows,
                    Over::All(x) => Over::All(self.expr(x)),
                    Over::Distinct(x) => Over::Distinct(self.expr(x)),
                };
                Expr::Aggregate(aggregate, Box::new(over))
            }
            // An aggregate that is not to be reached, a constant or a parameter.
            Expr::Aggregate(..) | Expr::Literal(_) | Expr::Param(_) => expr,
        }
    }

    fn case(&mut self, case: Case) -> Case {
        Case {
            subject: case.subject.map(|subject| self.expr(subject)),
            arms: case.arms.into_iter().map(|(a, b)| (self.expr(a), self.expr(b))).collect(),
            otherwise: case.otherwise.map(|otherwise| self.expr(otherwise)),
        }
    }
}
