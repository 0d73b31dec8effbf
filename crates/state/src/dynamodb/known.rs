//! What this process has seen in the table and can never change: which incident a claim belongs
//! to, and that a member, a text or a copy is there. It spares the reads and writes of repeats.
//!
//! It is bounded: two generations, the older of which is dropped when the younger is full. What
//! it forgot costs a request, nothing else. Absence proves nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::ids::IncidentId;

use super::keys::Key;

/// At about 250 bytes each, both generations stay below 4 MB.
const GENERATION: usize = 8_000;

/// Facts by the name of their item.
#[derive(Debug, Default)]
pub(crate) struct Known {
    facts: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Name, Fact>,
    old: HashMap<Name, Fact>,
}

#[derive(Clone, Debug)]
enum Fact {
    IsThere,
    BelongsTo(IncidentId),
}

/// Keys are hashes of their own, so that 64 bits of them would do for a table; 128 do for a fact.
type Name = (u64, u64);

fn name(key: &Key) -> Name {
    (model::fingerprint::of(&key.partition), model::fingerprint::of(&key.sort))
}

impl Known {
    pub(crate) fn incident(&self, claim: &Key) -> Option<IncidentId> {
        match self.get(claim)? {
            Fact::BelongsTo(incident) => Some(incident),
            Fact::IsThere => None,
        }
    }

    pub(crate) fn holds(&self, item: &Key) -> bool {
        self.get(item).is_some()
    }

    pub(crate) fn note_claim(&self, claim: &Key, incident: &IncidentId) {
        self.note(claim, Fact::BelongsTo(incident.clone()));
    }

    pub(crate) fn note_item(&self, item: &Key) {
        self.note(item, Fact::IsThere);
    }

    fn note(&self, item: &Key, fact: Fact) {
        let mut facts = self.facts();
        if facts.young.len() >= GENERATION {
            facts.old = std::mem::take(&mut facts.young);
        }
        facts.young.insert(name(item), fact);
    }

    fn get(&self, item: &Key) -> Option<Fact> {
        let facts = self.facts();
        let name = name(item);
        facts.young.get(&name).or_else(|| facts.old.get(&name)).cloned()
    }

    fn facts(&self) -> MutexGuard<'_, Generations> {
        // Nothing panics while it holds the lock, so a poisoned one still guards whole maps.
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use model::ids::IncidentId;

    use super::{GENERATION, Known};
    use crate::dynamodb::keys::Key;

    fn key(n: usize) -> Key {
        Key { partition: format!("p{n}"), sort: "s".to_owned() }
    }

    #[test]
    fn what_was_noted_is_known_and_the_oldest_are_forgotten() {
        let known = Known::default();
        for n in 0..3 * GENERATION {
            known.note_claim(&key(n), &IncidentId(n.to_string()));
        }
        assert!(!known.holds(&key(0)));
        let last = 3 * GENERATION - 1;
        assert_eq!(known.incident(&key(last)), Some(IncidentId(last.to_string())));
        let kept = (0..3 * GENERATION).filter(|n| known.holds(&key(*n))).count();
        assert_eq!(kept, 2 * GENERATION);
    }
}
