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
    // One pass into a buffer of known size: the hash is several times faster on one long input.
    let mut folded = vec![0; text.len() + 1];
    let (mut start, mut end, mut digit) = (0, 0, false);
    for byte in text.bytes().chain([b' ']) {
        if !byte.is_ascii_whitespace() {
            digit |= byte.is_ascii_digit();
            folded[end] = byte;
            end += 1;
        } else if end > start {
            if digit {
                folded[start] = b'#';
                end = start + 1;
            }
            folded[end] = b' ';
            end += 1;
            (start, digit) = (end, false);
        }
    }
    xxh3_64(&folded[..end])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_blanks_make_no_new_text() {
        let rows = [
            ("i-0123 failed at 10:20.", "i-0456  failed\nat 11:30. ", true),
            ("a failed", "b failed", false),
            ("", "  \n", true),
            ("x1", "y2", true),
            ("한글 3개", "한글 40개", true),
            ("ab c", "a bc", false),
        ];
        for (one, other, same) in rows {
            assert_eq!(masked(one) == masked(other), same, "{one:?} {other:?}");
        }
    }

    #[test]
    fn hashes_are_part_of_the_stored_format() {
        assert_eq!(of("111122223333"), 5_063_535_350_241_183_802);
        assert_eq!(masked("Instance i-1 will retire."), 2_490_759_190_282_758_186);
    }
}
