//! PURE. What stands between the quotes of a JSON text: where it ends, and what its escapes mean.

use std::borrow::Cow;

/// A text as it stands between its quotes, escapes and all, or a number or a boolean as it is
/// written. Equal are those that are written alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw<'a> {
    Text(&'a str),
    Plain(&'a str),
}

impl Default for Raw<'_> {
    fn default() -> Self {
        Self::Text("")
    }
}

impl<'a> Raw<'a> {
    /// A text without its quotes, anything else as its JSON.
    pub fn shown(json: &'a str) -> Cow<'a, str> {
        let text = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        text.map_or(Cow::Borrowed(json), |text| Self::Text(text).text())
    }

    /// Without quotes, but with all escapes.
    #[inline]
    pub fn written(self) -> &'a str {
        match self {
            Self::Text(written) | Self::Plain(written) => written,
        }
    }

    /// Whether it says nothing but white space.
    #[inline]
    pub fn is_blank(self) -> bool {
        match self {
            Self::Text(raw) => match raw.as_bytes().first() {
                Some(b'!'..=b'[' | b']'..=b'~') => false,
                _ => self.text().trim().is_empty(),
            },
            Self::Plain(_) => false,
        }
    }

    /// What it says. A real number loses the spelling of whoever wrote it: a library that knows
    /// no whole ones writes `2.0` and `1.7E9`.
    pub fn text(self) -> Cow<'a, str> {
        match self {
            Self::Text(raw) => match memchr::memchr(b'\\', raw.as_bytes()) {
                None => Cow::Borrowed(raw),
                Some(first) => Cow::Owned(unescaped(raw, first)),
            },
            Self::Plain(json) => match json.parse::<f64>() {
                Ok(real) if json.contains(['.', 'e', 'E']) && real.is_finite() => {
                    Cow::Owned(real.to_string())
                }
                _ => Cow::Borrowed(json),
            },
        }
    }
}

/// One byte in each of eight.
const EACH: u64 = u64::MAX / 0xff;
const HIGH: u64 = EACH << 7;

/// Marks the bytes that are zero. Of the bytes behind the first some may be marked in error.
#[inline]
fn zeros(bytes: u64) -> u64 {
    bytes.wrapping_sub(EACH) & !bytes & HIGH
}

#[inline]
fn backslashes(bytes: u64) -> u64 {
    zeros(bytes ^ (EACH * u64::from(b'\\')))
}

/// Marks quotes and all below the space, with the errors of [`zeros`]. Turning one bit puts the
/// quote where the space is and the space above it, so that one comparison finds both.
#[inline]
fn quotes_and_controls(bytes: u64) -> u64 {
    const TURNED: u64 = (b'"' ^ b' ') as u64;
    const SPACE: u64 = b' ' as u64;
    (bytes ^ (EACH * TURNED)).wrapping_sub(EACH * (SPACE + 1)) & !bytes & HIGH
}

/// Marks what ends a text, begins an escape or may not be there.
#[inline]
fn special(eight: u64) -> u64 {
    quotes_and_controls(eight) | backslashes(eight)
}

/// How many bytes stand before the first that ends a text, begins an escape or may not be there.
#[inline]
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk::<8>() {
        let marks = special(u64::from_le_bytes(*eight));
        if marks != 0 {
            return at + first(marks);
        }
        at += 8;
    }
    let rest = &bytes[at..];
    // Most texts end in the midst of eight and hold nothing special there: looked at once more
    // with some of what stands before.
    let last = match (bytes.last_chunk::<8>(), bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(last), ..) => special(u64::from_le_bytes(*last)),
        (None, Some(first), Some(last)) => {
            let [first, last] = [first, last].map(|four| u64::from(u32::from_le_bytes(*four)));
            special(first | last << 32)
        }
        _ => 1,
    };
    if last == 0 {
        return bytes.len();
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

#[inline]
fn first(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

/// What an escape stands for and how long it is.
pub(super) struct Escape {
    pub(super) means: char,
    pub(super) bytes: usize,
}

/// What a letter behind a backslash stands for; nothing for `u` and what is no escape.
#[inline]
pub(super) fn simple(letter: u8) -> Option<u8> {
    Some(match letter {
        b'"' | b'\\' | b'/' => letter,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'b' => 0x8,
        b'f' => 0xc,
        _ => return None,
    })
}

/// The escape that these bytes begin with, a backslash first, where it is not a [`simple`] one.
pub(super) fn escape(bytes: &[u8]) -> Result<Escape, &'static str> {
    match bytes.get(1) {
        Some(b'u') => unit(&bytes[2..]).map(|unit| spelled(unit, &bytes[6..])),
        Some(_) => Err("invalid escape"),
        None => Err("EOF while parsing a string"),
    }
}

/// `\u` and four digits, or twice that for what UTF-16 spells in two. Half of such a pair, which a
/// text that was cut in its midst ends with, stands for what cannot be read.
fn spelled(unit: u16, rest: &[u8]) -> Escape {
    if let Some(means) = char::from_u32(unit.into()) {
        return Escape { means, bytes: 6 };
    }
    let trailing = rest.strip_prefix(b"\\u").and_then(|digits| self::unit(digits).ok());
    let pair = trailing.and_then(|trailing| char::decode_utf16([unit, trailing]).next()?.ok());
    match pair {
        Some(means) => Escape { means, bytes: 12 },
        None => Escape { means: char::REPLACEMENT_CHARACTER, bytes: 6 },
    }
}

fn unit(digits: &[u8]) -> Result<u16, &'static str> {
    let Some(digits) = digits.first_chunk::<4>() else { return Err("EOF while parsing a string") };
    let mut unit = 0;
    for digit in digits {
        let value = char::from(*digit).to_digit(16).and_then(|value| u16::try_from(value).ok());
        unit = unit << 4 | value.ok_or("invalid escape")?;
    }
    Ok(unit)
}

/// Adds a text as it stands between quotes, escaped no further than it must be.
pub(super) fn escape_into(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 8);
    let mut at = plain(bytes);
    out.extend_from_slice(&bytes[..at]);
    while let Some(byte) = bytes.get(at) {
        let letter = match byte {
            b'"' | b'\\' => *byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x8 => b'b',
            0xc => b'f',
            _ => b'u',
        };
        out.extend_from_slice(&[b'\\', letter]);
        if letter == b'u' {
            let digit = |value: u8| b"0123456789abcdef"[usize::from(value & 0xf)];
            out.extend_from_slice(&[b'0', b'0', digit(byte >> 4), digit(*byte)]);
        }
        at += 1;
        at += copy(out, &bytes[at..], special, plain);
    }
}

/// Adds what stands before the next byte that is marked, and returns how much. Texts within texts
/// have an escape every few bytes: the first bytes are copied by eight, of which too many are
/// taken back; what is far is left to the search that looks for it.
#[inline]
fn copy(
    out: &mut Vec<u8>,
    bytes: &[u8],
    marks: impl Fn(u64) -> u64,
    search: impl Fn(&[u8]) -> usize,
) -> usize {
    const NEAR: usize = 4;
    let mut at = 0;
    for _ in 0..NEAR {
        let Some(eight) = bytes[at..].first_chunk::<8>() else { break };
        let marks = marks(u64::from_le_bytes(*eight));
        out.extend_from_slice(eight);
        if marks != 0 {
            out.truncate(out.len() - 8 + first(marks));
            return at + first(marks);
        }
        at += 8;
    }
    let far = at + search(&bytes[at..]);
    out.extend_from_slice(&bytes[at..far]);
    far
}

/// A text of which the first escape stands there.
fn unescaped(raw: &str, first_escape: usize) -> String {
    let bytes = raw.as_bytes();
    let mut text = Vec::with_capacity(bytes.len() + 8);
    text.extend_from_slice(&bytes[..first_escape]);
    let mut at = first_escape;
    while at < bytes.len() {
        if let Some(means) = bytes.get(at + 1).and_then(|letter| simple(*letter)) {
            text.push(means);
            at += 2;
        } else {
            // One that the reader refused would stand for itself.
            let (means, length) = escape(&bytes[at..]).map_or(('\\', 1), |e| (e.means, e.bytes));
            text.extend_from_slice(means.encode_utf8(&mut [0; 4]).as_bytes());
            at += length;
        }
        at += copy(&mut text, &bytes[at..], backslashes, |rest| {
            memchr::memchr(b'\\', rest).unwrap_or(rest.len())
        });
    }
    let lossy =
        |error: std::string::FromUtf8Error| String::from_utf8_lossy(error.as_bytes()).into_owned();
    String::from_utf8(text).unwrap_or_else(lossy)
}
