//! GROUP BY and the aggregates. Only the state of each group is kept, never its rows.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::Groups;
use crate::ast::Aggregate;
use crate::compare::{Key, sort};
use crate::compile::AggregateNode;
use crate::error::EvalError;
use crate::eval::{Eval, Source, float_of, numeric};
use crate::value::Cell;

/// The groups met so far, in the order they were met.
pub(super) struct Accumulator<'q> {
    plan: &'q Groups,
    index: HashMap<Vec<Key>, usize>,
    groups: Vec<Group>,
    /// Groups and distinct values together.
    kept: usize,
    limit: usize,
}

struct Group {
    keys: Vec<Cell<'static>>,
    states: Vec<State>,
}

impl<'q> Accumulator<'q> {
    pub(super) fn new(plan: &'q Groups, limit: usize) -> Self {
        let mut accumulator =
            Self { plan, index: HashMap::new(), groups: Vec::new(), kept: 0, limit };
        // Without GROUP BY there is one group, also of no rows.
        if plan.keys.is_empty() {
            accumulator.index.insert(Vec::new(), 0);
            accumulator.groups.push(Group::new(plan, Vec::new()));
        }
        accumulator
    }

    pub(super) fn add<'a, S: Source + ?Sized>(
        &mut self,
        eval: &Eval<'a, S>,
    ) -> Result<(), EvalError>
    where
        'q: 'a,
    {
        let plan: &'q Groups = self.plan;
        let mut cells = Vec::with_capacity(plan.keys.len());
        for key in &plan.keys {
            cells.push(eval.value(key)?);
        }
        let group = self.group(cells)?;
        for (index, aggregate) in plan.aggregates.iter().enumerate() {
            let cell = match &aggregate.over {
                None => Cell::Bool(true),
                Some(node) => eval.value(node)?,
            };
            if !cell.is_null() && self.groups[group].states[index].add(aggregate, &cell) {
                self.keep_one()?;
            }
        }
        Ok(())
    }

    fn keep_one(&mut self) -> Result<(), EvalError> {
        self.kept += 1;
        if self.kept > self.limit {
            return Err(EvalError::TooManyRows { limit: self.limit });
        }
        Ok(())
    }

    fn group(&mut self, cells: Vec<Cell<'_>>) -> Result<usize, EvalError> {
        let key: Vec<Key> = cells.iter().map(Key::of).collect();
        if let Some(found) = self.index.get(&key) {
            return Ok(*found);
        }
        self.keep_one()?;
        let keys = cells.into_iter().map(Cell::into_owned).collect();
        self.groups.push(Group::new(self.plan, keys));
        self.index.insert(key, self.groups.len() - 1);
        Ok(self.groups.len() - 1)
    }

    /// The values of each group: its keys, then its aggregates.
    pub(super) fn finish(self) -> impl Iterator<Item = Vec<Cell<'static>>> {
        let plan = self.plan;
        self.groups.into_iter().map(move |group| {
            let mut cells = group.keys;
            let states = plan.aggregates.iter().zip(group.states);
            cells.extend(states.map(|(aggregate, state)| state.finish(aggregate.aggregate)));
            cells
        })
    }
}

impl Group {
    fn new(plan: &Groups, keys: Vec<Cell<'static>>) -> Self {
        Self { keys, states: plan.aggregates.iter().map(State::new).collect() }
    }
}

/// What one aggregate remembers of a group.
struct State {
    count: i64,
    whole: i128,
    fraction: f64,
    all_whole: bool,
    best: Option<Cell<'static>>,
    seen: Option<HashSet<Key>>,
}

impl State {
    fn new(aggregate: &AggregateNode) -> Self {
        let seen = aggregate.distinct.then(HashSet::new);
        Self { count: 0, whole: 0, fraction: 0.0, all_whole: true, best: None, seen }
    }

    /// Takes a value that is not NULL; says whether it had to be remembered.
    fn add(&mut self, aggregate: &AggregateNode, cell: &Cell<'_>) -> bool {
        if self.seen.as_mut().is_some_and(|seen| !seen.insert(Key::of(cell))) {
            return false;
        }
        match aggregate.aggregate {
            Aggregate::Count => self.count += 1,
            Aggregate::Sum | Aggregate::Avg => self.sum(cell),
            Aggregate::Min => self.keep(cell, Ordering::Less),
            Aggregate::Max => self.keep(cell, Ordering::Greater),
        }
        self.seen.is_some()
    }

    fn sum(&mut self, cell: &Cell<'_>) {
        match numeric(cell) {
            Cell::Int(int) => {
                self.whole += i128::from(int);
                self.count += 1;
            }
            other => {
                if let Some(float) = float_of(&other) {
                    self.fraction += float;
                    self.all_whole = false;
                    self.count += 1;
                }
            }
        }
    }

    fn keep(&mut self, cell: &Cell<'_>, better: Ordering) {
        if self.best.as_ref().is_none_or(|best| sort(cell, best) == better) {
            self.best = Some(cell.clone().into_owned());
        }
    }

    /// A sum of integers that leaves 64 bits becomes a float.
    #[expect(
        clippy::cast_precision_loss,
        reason = "documented: beyond 64 bits, and AVG, are floats"
    )]
    fn finish(self, aggregate: Aggregate) -> Cell<'static> {
        let total = || self.whole as f64 + self.fraction;
        match aggregate {
            Aggregate::Count => Cell::Int(self.count),
            Aggregate::Min | Aggregate::Max => self.best.unwrap_or(Cell::Null),
            Aggregate::Sum | Aggregate::Avg if self.count == 0 => Cell::Null,
            Aggregate::Avg => Cell::from(total() / self.count as f64),
            Aggregate::Sum => match i64::try_from(self.whole) {
                Ok(exact) if self.all_whole => Cell::Int(exact),
                _ => Cell::from(total()),
            },
        }
    }
}
