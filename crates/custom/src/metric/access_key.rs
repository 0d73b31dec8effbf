//! PURE. The WhaTap access key: read locally, so that a key of another project never leaves.
//!
//! Three dash-separated tokens, each one 64-bit number; their bytes hold the project, then the
//! 16-byte key of the secure session, then padding. The one-way mode sends only a hash of the text.

use std::fmt;

use super::Pcode;
use function::Secret;

/// Far longer than any key seen (43), short enough that a body cannot make us work.
const MAX_BYTES: usize = 256;

/// An access key that decodes. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    text: Secret<String>,
    pcode: i64,
    session_key: Secret<[u8; 16]>,
}

/// A text that is no access key. Says where reading stopped, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error("is longer than an access key")]
    TooLong,
    #[error("is no access key: part {part} does not decode")]
    Token { part: usize },
    #[error("is no access key: its content does not decode")]
    Content,
}

impl AccessKey {
    /// The key as WhaTap shows it: with dashes, case kept, no blanks around.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        if text.len() > MAX_BYTES {
            return Err(KeyFault::TooLong);
        }
        let mut bytes = Vec::with_capacity(24);
        for (index, token) in text.split('-').enumerate() {
            let number = hexa32(token).ok_or(KeyFault::Token { part: index + 1 })?;
            bytes.extend(number.to_be_bytes());
        }
        let (pcode, rest) = decimal(&bytes).ok_or(KeyFault::Content)?;
        let session_key = blob(rest).and_then(|blob| blob.try_into().ok());
        let session_key = session_key.ok_or(KeyFault::Content)?;
        Ok(Self {
            text: Secret::new(text.to_owned()),
            pcode,
            session_key: Secret::new(session_key),
        })
    }

    pub fn belongs_to(&self, pcode: Pcode) -> bool {
        self.pcode == pcode.get()
    }

    /// The key as it was given; what the one-way mode hashes.
    pub fn text(&self) -> &Secret<String> {
        &self.text
    }

    /// The AES key that opens a secure session.
    pub fn session_key(&self) -> &Secret<[u8; 16]> {
        &self.session_key
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey([redacted])")
    }
}

/// `x` and base 32 (0-9a-v) for a positive number, `z` for a negative one, else decimal.
fn hexa32(token: &str) -> Option<i64> {
    let magnitude = |digits: &str| {
        let plain = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'v').contains(&b));
        plain.then(|| u64::from_str_radix(digits, 32).ok()).flatten()
    };
    match token.as_bytes().first()? {
        b'x' => i64::try_from(magnitude(&token[1..])?).ok(),
        b'z' => 0_i64.checked_sub_unsigned(magnitude(&token[1..])?),
        b'0'..=b'9' => token.parse().ok(),
        _ => None,
    }
}

/// One width byte (0 to 5, or 8), then that many bytes.
fn decimal(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (&width, rest) = bytes.split_first()?;
    if !matches!(width, 0..=5 | 8) {
        return None;
    }
    let (digits, rest) = rest.split_at_checked(usize::from(width))?;
    let sign = if digits.first().is_some_and(|b| b & 0x80 != 0) { -1 } else { 0 };
    Some((digits.iter().fold(sign, |number, &b| number << 8 | i64::from(b)), rest))
}

/// The short form only: the key is 16 bytes.
fn blob(bytes: &[u8]) -> Option<&[u8]> {
    let (&length, rest) = bytes.split_first()?;
    rest.get(..usize::from(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_signed_number() {
        let rows: [(&str, Option<i64>); 19] = [
            ("0", Some(0)),
            ("9", Some(9)),
            ("xa", Some(10)),
            ("xv", Some(31)),
            ("x10", Some(32)),
            ("x15lk7", Some(1_234_567)),
            ("z1", Some(-1)),
            ("za", Some(-10)),
            ("x7vvvvvvvvvvvv", Some(i64::MAX)),
            ("z7vvvvvvvvvvvv", Some(-i64::MAX)),
            ("z8000000000000", Some(i64::MIN)),
            ("x8000000000000", None),
            ("z8000000000001", None),
            ("", None),
            ("x", None),
            ("xw", None),
            ("xA", None),
            ("x+1", None),
            ("와탭", None),
        ];
        for (token, number) in rows {
            assert_eq!(hexa32(token), number, "{token}");
        }
    }

    #[test]
    fn a_number_inside_the_key_may_have_any_width() {
        let rows: [(&[u8], Option<i64>); 8] = [
            (&[0], Some(0)),
            (&[1, 0], Some(0)),
            (&[1, 0xff], Some(-1)),
            (&[2, 0xff, 0x7f], Some(-129)),
            (&[5, 0x7f, 0xff, 0xff, 0xff, 0xff], Some((1 << 39) - 1)),
            (&[8, 0x80, 0, 0, 0, 0, 0, 0, 0], Some(i64::MIN)),
            (&[6, 0, 0, 0, 0, 0, 0], None),
            (&[3, 1, 2], None),
        ];
        for (bytes, number) in rows {
            assert_eq!(decimal(bytes).map(|(number, _)| number), number, "{bytes:?}");
        }
    }
}
