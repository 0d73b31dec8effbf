//! PURE. Text from elsewhere made fit to be shown: no controls, no bidirectional overrides, no
//! invisible characters, composed, with a cap on stacked marks; and cut only between graphemes.
//!
//! Nothing here knows of markup: escaping is the next step, in the newtypes.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// Marks stacked on one character; Vietnamese and Hebrew need two or three.
const MARKS: usize = 3;

/// Newline and tab stay; CR, CRLF, U+2028 and U+2029 become newlines.
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_printable_ascii(text.as_bytes()) || text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut marks = 0;
    let capped = move |c: &char| {
        marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
        marks <= MARKS
    };
    Cow::Owned(visible(text).nfc().filter(capped).collect())
}

/// Without a branch for each byte, so that it runs as fast as memory.
fn is_printable_ascii(bytes: &[u8]) -> bool {
    bytes.chunks(64).all(|chunk| {
        let odd =
            |byte: &u8| u8::from(byte.wrapping_sub(b' ') > b'~' - b' ') & u8::from(*byte != b'\n');
        chunk.iter().map(odd).fold(0, |all, odd| all | odd) == 0
    })
}

/// What most texts are made of, none of which needs composing or taking out.
pub(super) fn is_plain(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\n' | '\t'
        | '\u{00A1}'..='\u{00AC}' | '\u{00AE}'..='\u{00FF}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2190}'..='\u{2328}'
        | '\u{232B}'..='\u{27BF}'
        | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{1F300}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}')
}

fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    let mut after_return = false;
    let mut before_joiner = false;
    text.chars().filter_map(move |c| {
        let ends_crlf = after_return && c == '\n';
        after_return = c == '\r';
        // A joiner only joins pictures; between letters it is an invisible character.
        let joins = c == '\u{200D}' && before_joiner;
        before_joiner =
            is_picture(c) || (before_joiner && matches!(c, '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}'));
        match c {
            '\n' if ends_crlf => None,
            '\r' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\n' | '\t' => Some(c),
            '\u{200D}' => joins.then_some(c),
            _ if c.is_control() || is_invisible(c) => None,
            _ => Some(c),
        }
    })
}

fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Bidirectional controls, zero-width characters, fillers, tags and variation selectors that
/// select nothing: each hides or reorders what a person would read.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0D}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Display columns: an East Asian character or an emoji takes two.
pub fn columns(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(grapheme_columns).sum()
}

fn grapheme_columns(grapheme: &str) -> usize {
    if grapheme.contains('\u{FE0F}') {
        return 2;
    }
    grapheme.chars().map(char_columns).max().unwrap_or(0)
}

fn char_columns(c: char) -> usize {
    match c {
        '\u{200B}'..='\u{200D}' | '\u{FE0E}' => 0,
        _ if c.is_ascii() => 1,
        _ if is_combining_mark(c) => 0,
        '\u{1100}'..='\u{115F}'
        | '\u{231A}'..='\u{231B}'
        | '\u{23E9}'..='\u{23F3}'
        | '\u{2614}'..='\u{2615}'
        | '\u{26A1}'
        | '\u{2705}'
        | '\u{274C}'
        | '\u{2E80}'..='\u{303E}'
        | '\u{3041}'..='\u{A4CF}'
        | '\u{A960}'..='\u{A97C}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE6F}'
        | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}'
        | '\u{1F000}'..='\u{1FAFF}'
        | '\u{20000}'..='\u{3FFFD}' => 2,
        _ => 1,
    }
}

/// A family of many emoji is one grapheme of two columns and any number of bytes.
const BYTES_PER_COLUMN: usize = 8;

/// At most `limit` columns, an ellipsis included when something was cut.
pub fn cut_columns(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let whole = text.len();
    let text = cut_bytes(text, limit * BYTES_PER_COLUMN);
    if text.len() == whole && columns(text) <= limit {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_columns(grapheme);
        if used > limit {
            break;
        }
        end = at + grapheme.len();
    }
    Cow::Owned(format!("{}…", text[..end].trim_end()))
}

/// A family with skin tones has about fifty bytes.
const LONGEST_GRAPHEME: usize = 128;

/// Bytes a text takes once it stands in card HTML within JSON.
pub fn cost(text: &str) -> usize {
    // Counting each kind by itself lets the compiler compare many bytes at once.
    let count = |wanted: fn(u8) -> bool| text.bytes().filter(|byte| wanted(*byte)).count();
    text.len()
        + 4 * count(|byte| byte == b'&')
        + 3 * count(|byte| matches!(byte, b'<' | b'>' | b'\n'))
        + count(|byte| matches!(byte, b'"' | b'\\'))
}

fn byte_cost(byte: u8) -> usize {
    match byte {
        b'&' => "&amp;".len(),
        b'<' | b'>' => "&lt;".len(),
        b'\n' => "<br>".len(),
        b'"' | b'\\' => 2,
        _ => 1,
    }
}

/// The longest start that costs at most `limit` and ends between graphemes.
pub fn cut_cost(text: &str, limit: usize) -> &str {
    // No byte costs more than an ampersand.
    if text.len().saturating_mul("&amp;".len()) <= limit || cost(text) <= limit {
        return text;
    }
    let mut left = limit;
    let fits = text.bytes().take_while(|byte| {
        let cost = byte_cost(*byte);
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    });
    cut_bytes(text, fits.count())
}

/// The longest start of at most `limit` bytes that ends between graphemes.
pub fn cut_bytes(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    let floor = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    if text.is_ascii() {
        return &text[..floor];
    }
    let mut cursor = GraphemeCursor::new(floor, text.len(), true);
    if cursor.is_boundary(text, 0) == Ok(true) {
        return &text[..floor];
    }
    let before = cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0);
    // Thousands of joined emoji are one grapheme that nobody would miss.
    if floor - before > LONGEST_GRAPHEME { &text[..floor] } else { &text[..before] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_text_is_taken_out() {
        let rows = [
            ("plain text\nand\ttab", "plain text\nand\ttab"),
            ("a\r\nb\rc\u{2028}d\u{2029}e", "a\nb\nc\nd\ne"),
            ("nul\0 bel\u{7} del\u{7f} c1\u{85}\u{9b}", "nul bel del c1"),
            ("gpj.\u{202E}exe\u{2066}x\u{2069}", "gpj.exex"),
            ("ze\u{200B}ro\u{200C}wi\u{FEFF}dth\u{2060}\u{AD}", "zerowidth"),
            ("a\u{200D}b", "ab"),
            ("👨\u{200D}👩\u{200D}👧 ⚠\u{FE0F} 🇰🇷", "👨\u{200D}👩\u{200D}👧 ⚠\u{FE0F} 🇰🇷"),
            ("\u{1112}\u{1161}\u{11AB}글", "한글"),
            ("tag\u{E0041}\u{E0042}s", "tags"),
        ];
        for (given, expected) in rows {
            assert_eq!(clean(given), expected, "{given:?}");
        }
        let stacked = format!("z{}", "\u{0301}".repeat(60));
        assert!(clean(&stacked).chars().count() <= 1 + MARKS);
    }

    #[test]
    fn the_fast_path_takes_only_what_the_slow_one_would_leave_alone() {
        for c in (0..=0x10_FFFF).filter_map(char::from_u32).filter(|c| is_plain(*c)) {
            let text = format!("a{c}");
            let slow: String = visible(&text).nfc().collect();
            assert_eq!(slow, text, "{c:?}");
            assert!(!is_combining_mark(c), "{c:?}");
        }
        for byte in 0..=255_u8 {
            let plain = matches!(byte, b' '..=b'~' | b'\n');
            assert_eq!(is_printable_ascii(&[b'a', byte]), plain, "{byte}");
        }
    }

    #[test]
    fn a_cut_falls_between_graphemes_and_says_so() {
        let rows = [
            ("short", 10, "short"),
            ("abcdefghij", 5, "abcd…"),
            ("가나다라", 5, "가나…"),
            ("가나다라", 8, "가나다라"),
            ("👨\u{200D}👩\u{200D}👧👨\u{200D}👩\u{200D}👧", 3, "👨\u{200D}👩\u{200D}👧…"),
        ];
        for (given, limit, expected) in rows {
            assert_eq!(cut_columns(given, limit), expected, "{given}");
            assert!(columns(&cut_columns(given, limit)) <= limit.max(1), "{given}");
        }
        assert_eq!(cut_bytes("가나다", 7), "가나");
        assert_eq!(cut_bytes("e\u{0301}x", 2), "");
        assert_eq!(cut_bytes("🇰🇷🇰🇷", 9), "🇰🇷");
    }
}
