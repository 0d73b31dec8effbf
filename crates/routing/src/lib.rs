//! The routing document the function works by: looked for at most once a minute, after the events
//! of an invocation rather than before them, and taken over only when it can be used. No event
//! ever fails or waits long because of it. The collector and the intake of metrics share it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rules::{Problem, Rules};
use state::DocumentStore;
use state::configuration::{self, InForce, Number};

/// How often it is looked for.
const EVERY: SignedDuration = SignedDuration::from_mins(1);
/// What an idle function last saw so long ago is looked at before its next event.
const STALE: SignedDuration = SignedDuration::from_mins(5);
/// How long an event waits for that, as far as its function has the time.
pub const PATIENCE: Duration = Duration::from_secs(3);
/// How many versions back are tried by a function that starts while a bad one is in force.
const BACK: usize = 5;
/// How many problems of a document a log line names.
const NAMED: usize = 3;

/// What this process has seen of it.
#[derive(Debug, Default)]
pub struct Watch(Mutex<Seen>);

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    looked: Option<Timestamp>,
    /// An answer came, be it that nothing was published.
    answered: bool,
    number: Option<Number>,
}

/// Around the events of an invocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Before,
    After,
}

/// What a look comes to.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// What is in force here still is.
    Same,
    /// This version is from now on.
    Rules(Number, Box<Rules>),
    /// What is in force here stays so, or an earlier version is from now on.
    Unusable { reason: String, earlier: Option<(Number, Box<Rules>)> },
}

impl Watch {
    /// Whether to look now; whoever is told so looks.
    pub fn is_due(&self, moment: Moment, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let patience = match moment {
            Moment::Before if seen.answered => STALE,
            Moment::Before | Moment::After => EVERY,
        };
        let due = seen.looked.is_none_or(|looked| now.duration_since(looked) >= patience);
        if due {
            seen.looked = Some(now);
        }
        due
    }

    pub async fn look<D: DocumentStore>(&self, store: &D) -> Found {
        let have = self.0.lock().unwrap_or_else(PoisonError::into_inner).number;
        let (found, answered) = look(store, have).await;
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.answered |= answered;
        if let Found::Rules(number, _) | Found::Unusable { earlier: Some((number, _)), .. } = &found
        {
            seen.number = Some(*number);
        }
        found
    }
}

async fn look<D: DocumentStore>(store: &D, have: Option<Number>) -> (Found, bool) {
    let unusable = |reason: String| Found::Unusable { reason, earlier: None };
    let pointer = match configuration::in_force(store).await {
        Ok(Some(pointer)) => pointer,
        Ok(None) if have.is_none() => return (Found::Same, true),
        Ok(None) => return (unusable("what says which version is in force is gone".into()), true),
        Err(error) => return (unusable(error.to_string()), false),
    };
    if have == Some(pointer.number) {
        return (Found::Same, true);
    }
    let found = match usable(store, pointer.number).await {
        Ok(rules) => Found::Rules(pointer.number, rules),
        Err(reason) if have.is_some() => unusable(reason),
        Err(reason) => Found::Unusable { reason, earlier: earlier(store, &pointer).await },
    };
    (found, true)
}

/// The one that was in force before, for a process that has none to keep.
async fn earlier<D: DocumentStore>(store: &D, pointer: &InForce) -> Option<(Number, Box<Rules>)> {
    let mut tried = vec![pointer.number];
    for number in pointer.switches.iter().map(|switch| switch.number) {
        if tried.contains(&number) {
            continue;
        }
        if let Ok(rules) = usable(store, number).await {
            return Some((number, rules));
        }
        tried.push(number);
        if tried.len() > BACK {
            break;
        }
    }
    None
}

async fn usable<D: DocumentStore>(store: &D, number: Number) -> Result<Box<Rules>, String> {
    let text = configuration::text(store, number).await.map_err(|error| error.to_string())?;
    let rules = Rules::parse(&text, &number.to_string());
    rules.map(Box::new).map_err(|problems| told(number, &problems))
}

fn told(number: Number, problems: &[Problem]) -> String {
    let named: Vec<String> = problems.iter().take(NAMED).map(ToString::to_string).collect();
    let rest = problems.len().saturating_sub(NAMED);
    let rest = if rest == 0 { String::new() } else { format!("; and {rest} more") };
    format!("{number} cannot be used: {}{rest}", named.join("; "))
}

#[cfg(test)]
mod tests;
