//! A whole SELECT: parsed and compiled once, run over any number of documents.

mod execution;
mod group;
mod sink;

pub use execution::{Execution, Flow};

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::ast::{Column, Direction, Expr, From, Items, Nulls, Path, Repeats, Select};
use crate::compile::{AggregateNode, Grouping, Lower, Node};
use crate::error::{EvalError, ParseError, Problem};
use crate::limits::Limits;
use crate::params::Params;
use crate::parse::parse_select;
use crate::project::Projection;
use crate::record::Record;
use crate::suggest::nearest;

/// A compiled query.
///
/// ```
/// use json_sql::{Params, Query};
///
/// let health = serde_json::json!({ "id": "7b", "detail": { "service": "EC2", "statusCode": "open" } });
/// let query = Query::parse("SELECT id, detail.service FROM health WHERE detail.statusCode = :status")?;
/// let now = jiff::Timestamp::UNIX_EPOCH;
/// let rows = query.run(&health, now, &Params::new().with("status", "open"))?;
/// assert_eq!(rows[0].get_str("detail.service")?.as_deref(), Some("EC2"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    from: From,
    columns: Vec<Column>,
    params: Vec<String>,
    projection: Projection,
    filter: Option<Node>,
    output: Output,
    order: Vec<OrderNode>,
    names: Arc<[String]>,
    repeats: Repeats,
    limit: Option<usize>,
    offset: usize,
}

#[derive(Debug, Clone)]
enum Output {
    /// `SELECT *`: the document's own keys.
    Star,
    Rows(Vec<Node>),
    Groups(Groups),
}

/// Keys and aggregates read rows; everything else reads the values of a group.
#[derive(Debug, Clone)]
struct Groups {
    keys: Vec<Node>,
    aggregates: Vec<AggregateNode>,
    having: Option<Node>,
    items: Vec<Node>,
}

#[derive(Debug, Clone)]
struct OrderNode {
    node: Node,
    direction: Direction,
    nulls: Nulls,
}

impl Query {
    pub fn parse(sql: &str) -> Result<Self, ParseError> {
        let select = parse_select(sql)?;
        let mut lower = Lower::default();
        let filter = select.filter.as_ref().map(|filter| lower.expr(filter));
        let (output, order) = if select.is_grouped() {
            grouped(&select, &mut lower)
        } else {
            plain(&select, &mut lower)
        };
        let names = match &select.items {
            Items::Star => Arc::default(),
            Items::List(items) => items.iter().map(|item| item.name.clone()).collect(),
        };
        Ok(Self {
            from: select.from,
            projection: Projection::of(&lower.columns),
            columns: lower.columns,
            params: lower.params,
            filter,
            output,
            order,
            names,
            repeats: select.repeats,
            limit: select.limit,
            offset: select.offset,
        })
    }

    /// The table's name as the query writes it. Table names compare without regard to case.
    pub fn table(&self) -> &str {
        &self.from.table
    }

    /// Whether the query reads one of the `known` tables; the error has the position and the nearest.
    pub fn require_table<'a>(
        &self,
        known: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Result<(), ParseError> {
        if known.clone().into_iter().any(|name| name.eq_ignore_ascii_case(&self.from.table)) {
            return Ok(());
        }
        let error = ParseError::new(Problem::UnknownTable(self.from.table.clone()), self.from.span);
        Err(match nearest(&self.from.table, known) {
            Some(near) => error.hint(format!("did you mean {near}?")),
            None => error,
        })
    }

    /// The path that is unnested, empty when each document is a row.
    pub fn unnested(&self) -> &Path {
        &self.from.path
    }

    /// The columns it reads, without repeats.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The parameters that must be bound.
    pub fn parameters(&self) -> &[String] {
        &self.params
    }

    /// The names of the output columns; None for `*`, where each document brings its own.
    pub fn output_columns(&self) -> Option<&[String]> {
        match self.output {
            Output::Star => None,
            _ => Some(&self.names),
        }
    }

    /// Runs over one document: an array at its root is rows, anything else is one row.
    pub fn run(
        &self,
        document: &Value,
        now: Timestamp,
        params: &Params,
    ) -> Result<Vec<Record>, EvalError> {
        let mut execution = self.execution(now, params, Limits::default())?;
        let mut records = Vec::new();
        execution.push(document, &mut records)?;
        execution.finish(&mut records)?;
        Ok(records)
    }

    /// Starts a run that is fed documents one at a time. Fails when a parameter is not bound.
    pub fn execution(
        &self,
        now: Timestamp,
        params: &Params,
        limits: Limits,
    ) -> Result<Execution<'_>, EvalError> {
        Ok(Execution::new(self, now, params.bind(&self.params)?, limits))
    }
}

impl std::str::FromStr for Query {
    type Err = ParseError;

    fn from_str(sql: &str) -> Result<Self, ParseError> {
        Self::parse(sql)
    }
}

fn plain(select: &Select, lower: &mut Lower) -> (Output, Vec<OrderNode>) {
    let output = match &select.items {
        Items::Star => Output::Star,
        Items::List(items) => {
            Output::Rows(items.iter().map(|item| lower.expr(&item.expr)).collect())
        }
    };
    (output, order(select, lower))
}

fn grouped(select: &Select, lower: &mut Lower) -> (Output, Vec<OrderNode>) {
    let keys = lower.all(&select.group_by);
    lower.grouping = Some(Grouping { keys: select.group_by.clone(), aggregates: Vec::new() });
    let items = match &select.items {
        Items::Star => Vec::new(),
        Items::List(items) => items.iter().map(|item| lower.expr(&item.expr)).collect(),
    };
    let having = select.having.as_ref().map(|having| lower.expr(having));
    let order = order(select, lower);
    let found: Vec<Expr> =
        lower.grouping.take().map(|grouping| grouping.aggregates).unwrap_or_default();
    let aggregates = found.iter().filter_map(|expr| AggregateNode::of(expr, lower)).collect();
    (Output::Groups(Groups { keys, aggregates, having, items }), order)
}

fn order(select: &Select, lower: &mut Lower) -> Vec<OrderNode> {
    let node = |key: &crate::ast::OrderBy| OrderNode {
        node: lower.expr(&key.expr),
        direction: key.direction,
        nulls: key.nulls,
    };
    select.order_by.iter().map(node).collect()
}
