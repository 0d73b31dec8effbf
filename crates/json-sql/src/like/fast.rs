//! Patterns without `_`: pieces that must follow each other, found by byte searches.

use memchr::{memchr2, memmem};

use super::Part;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fast {
    /// What stands between the `%`.
    pieces: Vec<Piece>,
    open_start: bool,
    open_end: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    bytes: Vec<u8>,
    /// Where its rarest byte is: the one to look for.
    rarest: usize,
}

/// How bytes are compared.
pub(super) trait Bytes {
    fn same(a: &[u8], b: &[u8]) -> bool;
    fn find(text: &[u8], piece: &Piece) -> Option<usize>;
}

pub(super) struct Exact;

/// For texts of ASCII; the piece is in small letters.
pub(super) struct AsciiFolded;

impl Bytes for Exact {
    fn same(a: &[u8], b: &[u8]) -> bool {
        a == b
    }

    fn find(text: &[u8], piece: &Piece) -> Option<usize> {
        memmem::find(text, &piece.bytes)
    }
}

impl Bytes for AsciiFolded {
    fn same(a: &[u8], b: &[u8]) -> bool {
        a.eq_ignore_ascii_case(b)
    }

    fn find(text: &[u8], piece: &Piece) -> Option<usize> {
        let Piece { bytes, rarest } = piece;
        let byte = bytes[*rarest];
        // The rarest byte of a match is no nearer to either end than it is within the piece.
        let mut from = *rarest;
        let end = text.len().checked_sub(bytes.len() - rarest)? + 1;
        while from < end {
            let found = memchr2(byte, byte.to_ascii_uppercase(), &text[from..end])?;
            let start = from + found - rarest;
            if text[start..start + bytes.len()].eq_ignore_ascii_case(bytes) {
                return Some(start);
            }
            from += found + 1;
        }
        None
    }
}

impl Fast {
    /// Nothing when there is a `_` in it.
    pub(super) fn of(parts: &[Part]) -> Option<Self> {
        let mut pieces = Vec::new();
        for piece in parts.split(|part| *part == Part::Any).filter(|piece| !piece.is_empty()) {
            let text: Option<String> = piece
                .iter()
                .map(|part| match part {
                    Part::Char(c) => Some(*c),
                    Part::One | Part::Any => None,
                })
                .collect();
            pieces.push(Piece::of(text?.into_bytes()));
        }
        Some(Self {
            pieces,
            open_start: parts.first() == Some(&Part::Any),
            open_end: parts.last() == Some(&Part::Any),
        })
    }

    /// The first place of each piece is as good as any later one.
    pub(super) fn matches<B: Bytes>(&self, text: &[u8]) -> bool {
        let (mut text, mut pieces) = (text, self.pieces.as_slice());
        if !self.open_start {
            let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
            if rest.is_empty() && !self.open_end && text.len() != first.bytes.len() {
                return false;
            }
            match text.split_at_checked(first.bytes.len()) {
                Some((start, after)) if B::same(start, &first.bytes) => text = after,
                _ => return false,
            }
            pieces = rest;
        }
        if !self.open_end
            && let Some((last, rest)) = pieces.split_last()
        {
            let Some(at) = text.len().checked_sub(last.bytes.len()) else { return false };
            if !B::same(&text[at..], &last.bytes) {
                return false;
            }
            (text, pieces) = (&text[..at], rest);
        }
        for piece in pieces {
            let Some(at) = B::find(text, piece) else { return false };
            text = &text[at + piece.bytes.len()..];
        }
        true
    }
}

impl Piece {
    fn of(bytes: Vec<u8>) -> Self {
        let rarest = (0..bytes.len()).max_by_key(|at| rank(bytes[*at])).unwrap_or_default();
        Self { bytes, rarest }
    }
}

/// The letters of English from the most frequent on; whatever is none of them is rarer.
fn rank(byte: u8) -> usize {
    const FREQUENT: &[u8] = b" etaoinsrhldcumfpgwybvkxjqz";
    FREQUENT.iter().position(|letter| *letter == byte).unwrap_or(FREQUENT.len())
}
