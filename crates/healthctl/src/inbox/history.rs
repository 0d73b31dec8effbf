//! PURE. The newest messages, numbered from one, and how many there ever were per space.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use model::ids::SpaceName;

use super::PostedMessage;

/// How many messages are kept; older ones are only counted.
pub const CAPACITY: usize = 10_000;

#[derive(Default)]
pub(super) struct History {
    kept: VecDeque<Arc<PostedMessage>>,
    /// Of the newest message.
    newest: u64,
    totals: BTreeMap<SpaceName, u64>,
}

/// A message with its number.
pub(super) type Numbered = (u64, Arc<PostedMessage>);

impl History {
    /// The number given to the message.
    pub(super) fn push(&mut self, message: PostedMessage) -> u64 {
        *self.totals.entry(message.space.clone()).or_default() += 1;
        if self.kept.len() == CAPACITY {
            self.kept.pop_front();
        }
        self.kept.push_back(Arc::new(message));
        self.newest += 1;
        self.newest
    }

    /// What came after a number, at most the `limit` newest of it, oldest first.
    pub(super) fn since(&self, number: u64, limit: usize) -> Vec<Numbered> {
        let missing = usize::try_from(self.newest.saturating_sub(number)).unwrap_or(usize::MAX);
        let count = missing.min(limit).min(self.kept.len());
        let newest_first = self.kept.iter().rev().zip((1..=self.newest).rev());
        let mut found: Vec<Numbered> = newest_first
            .take(count)
            .map(|(message, number)| (number, Arc::clone(message)))
            .collect();
        found.reverse();
        found
    }

    pub(super) fn get(&self, number: u64) -> Option<Arc<PostedMessage>> {
        let back = usize::try_from(self.newest.checked_sub(number)?).ok()?;
        let at = self.kept.len().checked_sub(back + 1)?;
        self.kept.get(at).cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<PostedMessage>> {
        self.kept.iter().cloned().collect()
    }

    pub(super) fn totals(&self) -> BTreeMap<SpaceName, u64> {
        self.totals.clone()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::tests::posted;

    fn numbers(found: &[Numbered]) -> Vec<u64> {
        found.iter().map(|(number, _)| *number).collect()
    }

    #[test]
    fn a_page_gets_what_it_missed_and_at_most_the_newest() {
        let mut history = History::default();
        for _ in 0..10 {
            history.push(posted("ops", "t"));
        }
        let rows: [(u64, usize, Vec<u64>); 5] = [
            (0, 3, vec![8, 9, 10]),
            (8, 100, vec![9, 10]),
            (10, 100, vec![]),
            (99, 100, vec![]),
            (0, 100, (1..=10).collect()),
        ];
        for (since, limit, expected) in rows {
            assert_eq!(numbers(&history.since(since, limit)), expected, "since {since}");
        }
    }

    #[test]
    fn beyond_its_capacity_the_oldest_are_only_counted() {
        let mut history = History::default();
        for _ in 0..CAPACITY + 5 {
            history.push(posted("ops", "t"));
        }
        assert_eq!(history.all().len(), CAPACITY);
        assert_eq!(history.totals()["ops"], CAPACITY as u64 + 5);
        assert!(history.get(5).is_none());
        assert!(history.get(6).is_some());
        assert!(history.get(CAPACITY as u64 + 5).is_some());
        assert!(history.get(CAPACITY as u64 + 6).is_none());
    }
}
