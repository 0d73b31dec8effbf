//! Expressions back into text, in one canonical form: what is printed parses to the same expression.

use std::fmt;

use crate::ast::{
    Aggregate, Arith, Case, Compare, Expr, Function, Letters, Like, Literal, Over, Path, Segment,
    Sense, Type,
};
use crate::lex::{Token, lex};
use crate::parse::is_reserved;

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(&name(key, i == 0))?;
                }
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A key as it must be written: quoted when it is no plain word, or a reserved one at the start.
fn name(key: &str, first: bool) -> String {
    let plain = match lex(key).as_deref() {
        Ok([word, _end]) => word.token == Token::Word(key.to_owned()),
        _ => false,
    };
    if plain && !(first && is_reserved(key)) {
        return key.to_owned();
    }
    format!("\"{}\"", key.replace('"', "\"\""))
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(crate) fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Bool(true) => "TRUE".to_owned(),
        Literal::Bool(false) => "FALSE".to_owned(),
        Literal::Int(number) => number.to_string(),
        Literal::Float(number) => format!("{number:?}"),
        Literal::Text(value) => text(value),
        Literal::Time(time) => format!("timestamp '{time}'"),
        Literal::Interval(interval) => format!("interval '{interval}'"),
    }
}

impl Compare {
    pub(crate) fn symbol(self) -> &'static str {
        match self {
            Self::Eq => "=",
            Self::Ne => "<>",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

fn arith(arith: Arith) -> &'static str {
    match arith {
        Arith::Add => "+",
        Arith::Sub => "-",
        Arith::Mul => "*",
        Arith::Div => "/",
        Arith::Rem => "%",
    }
}

fn function(function: Function) -> &'static str {
    match function {
        Function::Coalesce => "COALESCE",
        Function::Lower => "LOWER",
        Function::Upper => "UPPER",
        Function::Length => "LENGTH",
        Function::Trim => "TRIM",
        Function::Replace => "REPLACE",
        Function::Substring => "SUBSTRING",
        Function::Abs => "ABS",
        Function::Round => "ROUND",
        Function::Now => "NOW",
    }
}

fn kind(kind: Type) -> &'static str {
    match kind {
        Type::Text => "text",
        Type::Integer => "integer",
        Type::Real => "real",
        Type::Boolean => "boolean",
        Type::Timestamp => "timestamp",
        Type::Date => "date",
        Type::Interval => "interval",
    }
}

fn aggregate(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Count => "COUNT",
        Aggregate::Sum => "SUM",
        Aggregate::Avg => "AVG",
        Aggregate::Min => "MIN",
        Aggregate::Max => "MAX",
    }
}

fn not(sense: Sense) -> &'static str {
    match sense {
        Sense::Is => "",
        Sense::Not => "NOT ",
    }
}

/// An operand: in parentheses unless it is a single word, call or path. More than needed, never less.
struct Operand<'a>(&'a Expr);

impl fmt::Display for Operand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::Literal(_)
            | Expr::Param(_)
            | Expr::Column(_)
            | Expr::Case(_)
            | Expr::Call(..)
            | Expr::Cast(..)
            | Expr::Aggregate(..) => write!(f, "{}", self.0),
            other => write!(f, "({other})"),
        }
    }
}

/// An operand where a value is meant: a lone quoted column stands in parentheses there.
struct Value<'a>(&'a Expr);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::Column(column) if column.path.as_name().is_some() => {
                let written = column.path.to_string();
                if written.starts_with('"') {
                    write!(f, "({written})")
                } else {
                    f.write_str(&written)
                }
            }
            other => write!(f, "{}", Operand(other)),
        }
    }
}

struct Joined<'a>(&'a [Expr], &'static str);

impl fmt::Display for Joined<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, item) in self.0.iter().enumerate() {
            let join = if i == 0 { "" } else { self.1 };
            match item {
                Expr::And(_) | Expr::Or(_) => write!(f, "{join}({item})")?,
                _ => write!(f, "{join}{item}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(value) => f.write_str(&literal(value)),
            Self::Column(column) => write!(f, "{}", column.path),
            Self::Param(name) => write!(f, ":{name}"),
            Self::And(items) => write!(f, "{}", Joined(items, " AND ")),
            Self::Or(items) => write!(f, "{}", Joined(items, " OR ")),
            // A chain of either must not come out deeper than it was written.
            Self::Not(x) if matches!(**x, Self::Not(_)) => write!(f, "NOT {x}"),
            Self::Not(x) => write!(f, "NOT {}", Operand(x)),
            Self::Neg(x) => match &**x {
                // Apart, since two of them begin a comment.
                Self::Neg(_) => write!(f, "- {x}"),
                Self::Literal(_) => write!(f, "-({x})"),
                x => write!(f, "-{}", Operand(x)),
            },
            Self::Compare(op, a, b) => write!(f, "{} {} {}", Operand(a), op.symbol(), Value(b)),
            Self::Any(op, a, b) => write!(f, "{} {} ANY({b})", Operand(a), op.symbol()),
            Self::Arith(op, a, b) => write!(f, "{} {} {}", Operand(a), arith(*op), Operand(b)),
            Self::Concat(a, b) => write!(f, "{} || {}", Operand(a), Operand(b)),
            Self::In(x, list, sense) => {
                write!(f, "{} {}IN (", Operand(x), not(*sense))?;
                for (i, item) in list.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { ", " }, Value(item))?;
                }
                f.write_str(")")
            }
            Self::Between(x, ends, sense) => {
                let (low, high) = (Value(&ends.0), Value(&ends.1));
                write!(f, "{} {}BETWEEN {low} AND {high}", Operand(x), not(*sense))
            }
            Self::Like(like) => like.fmt(f),
            Self::IsNull(x, sense) => write!(f, "{} IS {}NULL", Operand(x), not(*sense)),
            Self::IsBool(x, wanted, sense) => {
                let wanted = if *wanted { "TRUE" } else { "FALSE" };
                write!(f, "{} IS {}{wanted}", Operand(x), not(*sense))
            }
            Self::Case(case) => case.fmt(f),
            Self::Call(called, items) => {
                write!(f, "{}({})", function(*called), Joined(items, ", "))
            }
            Self::Cast(x, to) => write!(f, "CAST({x} AS {})", kind(*to)),
            Self::Aggregate(called, over) => match &**over {
                Over::Rows => write!(f, "{}(*)", aggregate(*called)),
                Over::All(x) => write!(f, "{}({x})", aggregate(*called)),
                Over::Distinct(x) => write!(f, "{}(DISTINCT {x})", aggregate(*called)),
            },
        }
    }
}

impl fmt::Display for Like {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.letters {
            Letters::Exact => "LIKE",
            Letters::Folded => "ILIKE",
        };
        let (x, pattern) = (Operand(&self.text), Value(&self.pattern));
        write!(f, "{x} {}{word} {pattern}", not(self.sense))?;
        match &self.escape {
            Some(escape) => write!(f, " ESCAPE {}", Value(escape)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CASE")?;
        if let Some(subject) = &self.subject {
            write!(f, " {}", Operand(subject))?;
        }
        for (when, then) in &self.arms {
            match self.subject {
                Some(_) => write!(f, " WHEN {} THEN {}", Value(when), Value(then))?,
                None => write!(f, " WHEN {when} THEN {}", Value(then))?,
            }
        }
        if let Some(otherwise) = &self.otherwise {
            write!(f, " ELSE {}", Value(otherwise))?;
        }
        f.write_str(" END")
    }
}
