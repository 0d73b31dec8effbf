//! The clauses of a SELECT, and what they may say of each other: aliases, positions, grouping.

use super::rewrite::{Reach, Rewrite};
use super::{Parser, is_reserved, require_condition, require_plain};
use crate::ast::{
    Column, Direction, Expr, From, Item, Items, Literal, Nulls, OrderBy, Over, Path, Repeats,
    Scope, Segment, Select,
};
use crate::error::{ParseError, Problem, Span};
use crate::lex::Token;
use crate::suggest::nearest;

const CLAUSES: [&str; 8] = ["from", "where", "group", "having", "order", "limit", "offset", "join"];

impl Parser<'_> {
    pub(super) fn select(&mut self) -> Result<Select, ParseError> {
        if !self.at_word("select") {
            let error = self.expected("SELECT");
            return Err(error.hint("a query is SELECT columns FROM table [WHERE condition]"));
        }
        self.bump();
        let repeats = if self.eat_word("distinct") { Repeats::Dropped } else { Repeats::Kept };
        let items_at = self.span();
        let items = self.items()?;
        let from = self.from()?;
        let filter = self.filter()?;
        let (group_by, group_at) = self.group_by(&items)?;
        let having = self.having(&items)?;
        let order_at = self.span();
        let order_by = self.order_by(&items)?;
        let (limit, offset) = self.window()?;
        let select =
            Select { repeats, items, from, filter, group_by, having, order_by, limit, offset }
                .resolve();
        check_grouping(&select, self.sql, items_at, group_at)?;
        check_distinct(&select, order_at)?;
        Ok(select)
    }

    fn items(&mut self) -> Result<Items, ParseError> {
        if self.eat_symbol("*") {
            if self.symbol_ahead(0, ",") {
                let error = ParseError::unsupported("* beside other columns", self.span());
                return Err(error.hint("write * alone, or name every column"));
            }
            return Ok(Items::Star);
        }
        let mut items = vec![self.item()?];
        while self.eat_symbol(",") {
            items.push(self.item()?);
        }
        Ok(Items::List(items))
    }

    fn item(&mut self) -> Result<Item, ParseError> {
        if self.symbol_ahead(0, "*") {
            return Err(ParseError::unsupported("* beside other columns", self.span())
                .hint("write * alone, or name every column"));
        }
        let (first, start) = (self.peek().clone(), self.span().start);
        let before = self.at;
        let expr = self.expr()?;
        let written = self.sql[start..self.tokens[self.at - 1].span.end].to_owned();
        let written = match first {
            Token::Quoted(name) if self.at == before + 1 => name,
            _ => written,
        };
        let alias = self.alias()?;
        let name = alias.clone().unwrap_or(written);
        Ok(Item { expr, name, alias })
    }

    fn alias(&mut self) -> Result<Option<String>, ParseError> {
        let said = self.eat_word("as");
        match self.peek().clone() {
            Token::Word(word) if !is_reserved(&word) => {
                if !said {
                    self.refuse_misspelt(&word)?;
                }
                self.bump();
                Ok(Some(word))
            }
            Token::Quoted(name) => {
                self.bump();
                Ok(Some(name))
            }
            Token::Text(text) => {
                Err(self.expected("a name").hint(format!("an alias is a name: \"{text}\"")))
            }
            _ if said => Err(self.expected("a name")),
            _ => Ok(None),
        }
    }

    /// `FROM health wehre x = 1` would otherwise make `wehre` an alias.
    fn refuse_misspelt(&self, word: &str) -> Result<(), ParseError> {
        let lower = word.to_ascii_lowercase();
        if ["left", "right", "inner", "full", "cross", "natural", "over", "filter"]
            .contains(&&*lower)
        {
            return Err(self.unexpected_tail());
        }
        match nearest(&lower, CLAUSES) {
            Some(near) if word.len() >= 4 => Err(self.expected("the next clause").hint(format!(
                "did you mean {}? An alias near a keyword takes AS",
                near.to_uppercase()
            ))),
            _ => Ok(()),
        }
    }

    fn from(&mut self) -> Result<From, ParseError> {
        self.expect_word("from")?;
        let span = self.span();
        if self.symbol_ahead(0, "(") {
            return Err(ParseError::unsupported("a subquery", span).hint("FROM takes a table name"));
        }
        match self.peek() {
            Token::Word(word) if is_reserved(word) => return Err(self.expected("a table name")),
            Token::Word(_) | Token::Quoted(_) => {}
            _ => return Err(self.expected("a table name")),
        }
        let column = self.column()?;
        let Some((table, rest)) = column.path.split_first() else {
            return Err(self.expected("a table name"));
        };
        let (table, path) = (table.to_owned(), Path(rest.to_vec()));
        let alias = self.alias()?;
        if self.symbol_ahead(0, ",") {
            let error = ParseError::unsupported("a second table", self.span());
            return Err(error.hint("a query reads one table; `FROM table.path` unnests an array"));
        }
        Ok(From { table, path, alias, span: column.span })
    }

    fn filter(&mut self) -> Result<Option<Expr>, ParseError> {
        if !self.eat_word("where") {
            return Ok(None);
        }
        let span = self.span();
        let expr = self.expr()?;
        require_condition(&expr, span)?;
        require_plain(&expr, "WHERE", span)?;
        Ok(Some(expr))
    }

    fn group_by(&mut self, items: &Items) -> Result<(Vec<Expr>, Span), ParseError> {
        let start = self.span();
        let mut keys = Vec::new();
        if !self.eat_word("group") {
            return Ok((keys, start));
        }
        self.expect_word("by")?;
        loop {
            let span = self.span();
            let expr = self.expr()?;
            let expr = position(expr, items, span)?;
            let expr = rename(expr, items);
            require_plain(&expr, "GROUP BY", span)?;
            keys.push(expr);
            if !self.eat_symbol(",") {
                return Ok((keys, start));
            }
        }
    }

    fn having(&mut self, items: &Items) -> Result<Option<Expr>, ParseError> {
        if !self.eat_word("having") {
            return Ok(None);
        }
        let span = self.span();
        let expr = rename(self.expr()?, items);
        require_condition(&expr, span)?;
        Ok(Some(expr))
    }

    fn order_by(&mut self, items: &Items) -> Result<Vec<OrderBy>, ParseError> {
        let mut keys = Vec::new();
        if !self.eat_word("order") {
            return Ok(keys);
        }
        self.expect_word("by")?;
        loop {
            let span = self.span();
            let expr = position(self.expr()?, items, span)?;
            let expr = rename(expr, items);
            let direction = self.direction();
            let nulls = self.nulls(direction)?;
            keys.push(OrderBy { expr, direction, nulls });
            if !self.eat_symbol(",") {
                return Ok(keys);
            }
        }
    }

    fn direction(&mut self) -> Direction {
        if self.eat_word("desc") {
            return Direction::Descending;
        }
        self.eat_word("asc");
        Direction::Ascending
    }

    /// Unless said, NULL is the smallest value.
    fn nulls(&mut self, direction: Direction) -> Result<Nulls, ParseError> {
        if !self.eat_word("nulls") {
            return Ok(match direction {
                Direction::Ascending => Nulls::First,
                Direction::Descending => Nulls::Last,
            });
        }
        if self.eat_word("first") {
            return Ok(Nulls::First);
        }
        if self.eat_word("last") {
            return Ok(Nulls::Last);
        }
        Err(self.expected("FIRST or LAST"))
    }

    /// LIMIT and OFFSET, in either order.
    fn window(&mut self) -> Result<(Option<usize>, usize), ParseError> {
        let mut offset = None;
        if self.eat_word("offset") {
            offset = Some(self.count()?);
        }
        let limit = if self.eat_word("limit") { Some(self.count()?) } else { None };
        if offset.is_none() && self.eat_word("offset") {
            offset = Some(self.count()?);
        }
        Ok((limit, offset.unwrap_or(0)))
    }

    fn count(&mut self) -> Result<usize, ParseError> {
        let Token::Int(number) = *self.peek() else {
            return Err(self.expected("a whole number"));
        };
        self.bump();
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }
}

/// `ORDER BY 2` means the second output column.
fn position(expr: Expr, items: &Items, span: Span) -> Result<Expr, ParseError> {
    let Expr::Literal(literal) = &expr else { return Ok(expr) };
    let found = match (literal, items) {
        (Literal::Int(number), Items::List(items)) => usize::try_from(*number)
            .ok()
            .and_then(|number| items.get(number.checked_sub(1)?))
            .map(|item| item.expr.clone()),
        _ => None,
    };
    found.ok_or_else(|| {
        let said = crate::print::literal(literal);
        ParseError::new(Problem::BadOrdinal(said), span)
            .hint("name a column, or its position from 1")
    })
}

/// Puts the expression of an output column in place of its alias. Inside an aggregate a name is a
/// column of the rows, never of the output.
fn rename(expr: Expr, items: &Items) -> Expr {
    let Items::List(items) = items else { return expr };
    // `SELECT upper(s) AS s .. GROUP BY upper(s)` means that very expression.
    if !matches!(expr, Expr::Column(_)) && items.iter().any(|item| item.expr == expr) {
        return expr;
    }
    let mut place = |column: Column| {
        let named =
            |item: &&Item| item.alias.is_some() && item.alias.as_deref() == column.path.as_name();
        match items.iter().find(named) {
            Some(item) => item.expr.clone(),
            None => Expr::Column(column),
        }
    };
    Rewrite { reach: Reach::OutsideAggregates, column: &mut place }.expr(expr)
}

impl Select {
    /// Takes table names and aliases off the columns, so that `health.id` and `id` are one column.
    fn resolve(mut self) -> Self {
        let from = self.from.clone();
        let mut place = |column| Expr::Column(from.resolve(column));
        let mut rewrite = Rewrite { reach: Reach::Everything, column: &mut place };
        if let Items::List(items) = self.items {
            let resolved =
                items.into_iter().map(|item| Item { expr: rewrite.expr(item.expr), ..item });
            self.items = Items::List(resolved.collect());
        }
        self.filter = self.filter.map(|filter| rewrite.expr(filter));
        self.group_by = self.group_by.into_iter().map(|key| rewrite.expr(key)).collect();
        self.having = self.having.map(|having| rewrite.expr(having));
        let keys = self.order_by.into_iter();
        self.order_by = keys.map(|key| OrderBy { expr: rewrite.expr(key.expr), ..key }).collect();
        self
    }
}

impl From {
    /// The name an unnested element goes by: its alias, or the key it was found under.
    pub(crate) fn element_name(&self) -> Option<&str> {
        if self.path.segments().is_empty() || self.alias.is_some() {
            return self.alias.as_deref();
        }
        self.path.segments().iter().rev().find_map(|segment| match segment {
            Segment::Key(key) => Some(&**key),
            Segment::Index(_) => None,
        })
    }

    /// The row's name comes first, then the table's, which reaches the whole document.
    fn resolve(&self, column: Column) -> Column {
        let Some((first, rest)) = column.path.split_first() else { return column };
        if self.element_name() == Some(first) {
            return Column { path: Path(rest.to_vec()), ..column };
        }
        if !first.eq_ignore_ascii_case(&self.table) || rest.is_empty() {
            return column;
        }
        let scope = if self.path.segments().is_empty() { Scope::Row } else { Scope::Document };
        Column { path: Path(rest.to_vec()), scope, ..column }
    }
}

/// With groups, everything that is put out must be grouped by or aggregated.
fn check_grouping(
    select: &Select,
    sql: &str,
    items_at: Span,
    group_at: Span,
) -> Result<(), ParseError> {
    if !select.is_grouped() {
        return Ok(());
    }
    let Items::List(items) = &select.items else {
        let problem = Problem::Misplaced("* with groups".to_owned());
        return Err(ParseError::new(problem, items_at).hint("name the grouped columns"));
    };
    if select.group_by.is_empty()
        && select.having.as_ref().is_some_and(|having| !having.has_aggregate())
    {
        let problem = Problem::Misplaced("HAVING without groups".to_owned());
        return Err(ParseError::new(problem, group_at).hint("rows are filtered with WHERE"));
    }
    let outputs = items.iter().map(|item| &item.expr).chain(&select.having);
    for expr in outputs.chain(select.order_by.iter().map(|key| &key.expr)) {
        check_grouped(expr, &select.group_by, sql, items_at)?;
    }
    Ok(())
}

fn check_grouped(expr: &Expr, keys: &[Expr], sql: &str, span: Span) -> Result<(), ParseError> {
    if keys.contains(expr) {
        return Ok(());
    }
    match expr {
        Expr::Column(column) => {
            // As written: the path alone is empty for the row itself, and another column where the
            // table's name leads out of an unnested element.
            let written = &sql[column.span.start..column.span.end];
            let problem = Problem::NotGrouped(written.to_owned());
            Err(ParseError::new(problem, column.span)
                .hint(format!("GROUP BY {written}, or aggregate it: MIN({written})")))
        }
        Expr::Aggregate(_, over) => match &**over {
            Over::All(inner) | Over::Distinct(inner) => require_plain(inner, "an aggregate", span),
            Over::Rows => Ok(()),
        },
        _ => {
            let mut result = Ok(());
            expr.each_child(&mut |child| {
                if result.is_ok() {
                    result = check_grouped(child, keys, sql, span);
                }
            });
            result
        }
    }
}

/// After DISTINCT a row has only its output columns left to be ordered by.
fn check_distinct(select: &Select, span: Span) -> Result<(), ParseError> {
    if select.repeats == Repeats::Kept {
        return Ok(());
    }
    let put_out = |key: &OrderBy| match &select.items {
        Items::Star => true,
        Items::List(items) => items.iter().any(|item| item.expr == key.expr),
    };
    if select.order_by.iter().all(put_out) {
        return Ok(());
    }
    let problem =
        Problem::Misplaced("with DISTINCT, ordering by a column that is not put out".to_owned());
    Err(ParseError::new(problem, span).hint("select that column too"))
}

impl Select {
    pub(crate) fn is_grouped(&self) -> bool {
        let in_items = match &self.items {
            Items::Star => false,
            Items::List(items) => items.iter().any(|item| item.expr.has_aggregate()),
        };
        let in_order = self.order_by.iter().any(|key| key.expr.has_aggregate());
        !self.group_by.is_empty() || self.having.is_some() || in_items || in_order
    }
}
