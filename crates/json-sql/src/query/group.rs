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
        // Every value before any is counted: a row may fail at its last one.
        let mut cells = Vec::with_capacity(plan.keys.len() + plan.aggregates.len());
        for key in &plan.keys {
            cells.push(eval.value(key)?);
        }
        for aggregate in &plan.aggregates {
            cells.push(aggregate.over.as_ref().map_or(Ok(Cell::Bool(true)), |x| eval.value(x))?);
        }
        let (keys, values) = cells.split_at(plan.keys.len());
        let key: Vec<Key> = keys.iter().map(Key::of).collect();
        let found = self.index.get(&key).copied();
        self.room(found, values)?;
        let group = found.unwrap_or_else(|| self.open(key, keys));
        let states = self.groups[group].states.iter_mut();
        for (aggregate, (state, cell)) in plan.aggregates.iter().zip(states.zip(values)) {
            if !cell.is_null() && state.add(aggregate, cell) {
                self.kept += 1;
            }
        }
        Ok(())
    }

    /// Fails when the row brings more new groups and distinct values than may still be kept.
    fn room(&self, found: Option<usize>, values: &[Cell<'_>]) -> Result<(), EvalError> {
        // Looking each value up twice is left to the rows near the limit.
        if self.kept + 1 + values.len() <= self.limit {
            return Ok(());
        }
        let states = found.map(|group| &self.groups[group].states);
        let remembered = |(index, cell): &(usize, &Cell<'_>)| {
            let distinct = self.plan.aggregates[*index].distinct && !cell.is_null();
            distinct && states.is_none_or(|states| !states[*index].has_seen(cell))
        };
        let new =
            usize::from(found.is_none()) + values.iter().enumerate().filter(remembered).count();
        if self.kept + new > self.limit {
            return Err(EvalError::TooManyRows { limit: self.limit });
        }
        Ok(())
    }

    fn open(&mut self, key: Vec<Key>, cells: &[Cell<'_>]) -> usize {
        self.kept += 1;
        let keys = cells.iter().map(|cell| cell.clone().into_owned()).collect();
        self.groups.push(Group::new(self.plan, keys));
        self.index.insert(key, self.groups.len() - 1);
        self.groups.len() - 1
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

    fn has_seen(&self, cell: &Cell<'_>) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.contains(&Key::of(cell)))
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
