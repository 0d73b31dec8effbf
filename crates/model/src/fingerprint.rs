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
    let mut rest = text.as_bytes();
    // Into a buffer of known size: the hash is several times faster on one long input.
    let mut folded = Folded { bytes: Vec::with_capacity(rest.len() + 1), in_masked: false };
    while let [byte, after @ ..] = rest {
        let stays = if folded.in_masked || (*byte == b' ' && folded.at_start()) {
            0
        } else {
            verbatim(rest)
        };
        if stays == 0 {
            folded.push(*byte);
            rest = after;
        } else {
            folded.bytes.extend_from_slice(&rest[..stays]);
            rest = &rest[stays..];
        }
    }
    folded.push(b' ');
    xxh3_64(&folded.bytes)
}

/// How many bytes stand in the folded text as they are: no digit, and no blank but single
/// spaces. Prose is mostly that, and whole chunks of it are passed without a branch for each byte.
fn verbatim(text: &[u8]) -> usize {
    const CHUNK: usize = 32;
    let odd = |(byte, before): (&u8, &u8)| {
        u8::from(byte.wrapping_sub(b'0') < 10)
            | u8::from(byte.wrapping_sub(b'\t') < 5)
            | (u8::from(*byte == b' ') & u8::from(*before == b' '))
    };
    let [first, after @ ..] = text else { return 0 };
    if odd((first, &0)) != 0 {
        return 0;
    }
    let chunks = after.chunks_exact(CHUNK).zip(text.chunks_exact(CHUNK));
    let stays = chunks.take_while(|(chunk, before)| {
        chunk.iter().zip(*before).fold(0, |any, pair| any | odd(pair)) == 0
    });
    let passed = CHUNK * stays.count();
    let mut tail = after[passed..].iter().zip(&text[passed..]);
    let end = tail.position(|(byte, before)| {
        !PLAIN[usize::from(*byte)] && (*byte != b' ' || *before == b' ')
    });
    1 + end.map_or(after.len(), |end| passed + end)
}

/// Neither digits nor blanks; the vertical tab, which ends a chunk, is none.
const PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] = !byte.is_ascii_whitespace() && !byte.is_ascii_digit();
        byte += 1;
    }
    plain
};

struct Folded {
    bytes: Vec<u8>,
    /// The token that is being read was masked already.
    in_masked: bool,
}

impl Folded {
    /// No token has begun.
    fn at_start(&self) -> bool {
        self.bytes.last().is_none_or(|byte| *byte == b' ')
    }

    fn push(&mut self, byte: u8) {
        if byte.is_ascii_whitespace() {
            if !self.at_start() {
                self.bytes.push(b' ');
            }
            self.in_masked = false;
        } else if byte.is_ascii_digit() && !self.in_masked {
            let start = self.bytes.iter().rposition(|known| *known == b' ').map_or(0, |at| at + 1);
            self.bytes.truncate(start);
            self.bytes.push(b'#');
            self.in_masked = true;
        } else if !self.in_masked {
            self.bytes.push(byte);
        }
    }
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
    use proptest::prelude::*;

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

    /// One byte after the other, as the stored format was first defined.
    fn masked_plainly(text: &str) -> u64 {
        let mut folded = Vec::new();
        for token in text.split_ascii_whitespace() {
            let masked = token.bytes().any(|byte| byte.is_ascii_digit());
            folded.extend_from_slice(if masked { b"#" } else { token.as_bytes() });
            folded.push(b' ');
        }
        xxh3_64(&folded)
    }

    proptest! {
        #[test]
        fn a_text_is_masked_alike_wherever_its_chunks_end(
            text in "([a-c]{0,12}[ ]{1,2}|[a-c]{30,70}|[ \\t\\n\\x0b\\x0c\\r]|[0-9]{1,3}|한글){0,40}",
        ) {
            prop_assert_eq!(masked(&text), masked_plainly(&text));
        }
    }

    #[test]
    fn hashes_are_part_of_the_stored_format() {
        assert_eq!(of("111122223333"), 5_063_535_350_241_183_802);
        assert_eq!(masked("Instance i-1 will retire."), 2_490_759_190_282_758_186);
    }
}
