//! PURE. Short stable hashes of texts and communications: what makes two records the same thing.
//!
//! XXH3 with 64 bits, whose values are fixed for all versions and platforms; they are stored, so
//! the algorithm is part of the state's format.

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::event::HealthEvent;

/// The 8-byte hash of one identifier.
pub fn of(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// Hashes a text with every token that holds a digit masked and all blanks folded, so that
/// instance ids, dates and account numbers do not make a new text.
pub fn masked(text: &str) -> u64 {
    let mut hash = Xxh3::new();
    for token in text.split_ascii_whitespace() {
        if token.bytes().any(|byte| byte.is_ascii_digit()) {
            hash.update(b"#");
        } else {
            hash.update(token.as_bytes());
        }
        hash.update(b" ");
    }
    hash.digest()
}

/// Stands in for a missing `communicationId`. Status, times, entity states and the text in the
/// preferred language make a communication; another language of it does not.
pub fn communication(event: &HealthEvent) -> u64 {
    let mut hash = Xxh3::new();
    let mut part = |bytes: &[u8]| {
        hash.update(bytes);
        hash.update(&[0]);
    };
    part(event.status.as_str().as_bytes());
    for when in [&event.start, &event.end, &event.updated] {
        part(when.as_ref().map(ToString::to_string).unwrap_or_default().as_bytes());
    }
    let mut entities: Vec<_> = event.entities.iter().collect();
    entities.sort_by(|a, b| a.id.cmp(&b.id));
    for entity in entities {
        part(entity.id.as_bytes());
        part(entity.status.as_str().as_bytes());
    }
    part(event.preferred_text().as_bytes());
    hash.digest()
}
