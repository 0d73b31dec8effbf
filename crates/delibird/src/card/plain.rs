//! PURE. One plain line, for places where Chat promises no markup: header, button, menu item.

use std::borrow::Cow;

use serde::Serialize;

use super::clean::{clean, cut_columns, is_plain};

/// Without `<`, `>`, newlines and controls, and no wider than it was allowed to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PlainLine(String);

impl PlainLine {
    pub fn new(text: &str, columns: usize) -> Self {
        Self(cut_columns(&one_line(text, &['<', '>']), columns).into_owned())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Clean text with blanks folded and some characters dropped, which must go first: what they
/// parted may combine.
pub(super) fn one_line(text: &str, dropped: &[char]) -> String {
    if is_one_line(text, dropped) {
        return text.to_owned();
    }
    let kept: Cow<'_, str> = if text.contains(dropped) {
        Cow::Owned(text.replace(dropped, ""))
    } else {
        Cow::Borrowed(text)
    };
    let text = clean(&kept);
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// One already, as nearly all are: words with single blanks between, and nothing to drop. What is
/// dropped is ASCII and no blank.
#[inline]
fn is_one_line(text: &str, dropped: &[char]) -> bool {
    let mut before = ' ';
    let fits = text.chars().all(|c| {
        let before = std::mem::replace(&mut before, c);
        match c {
            ' ' => before != ' ',
            '!'..='~' => !dropped.contains(&c),
            _ => is_plain(c) && !c.is_whitespace(),
        }
    });
    fits && (before != ' ' || text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_without_brackets_and_no_wider_than_allowed() {
        let rows = [
            ("EC2 · Operational issue", 60, "EC2 · Operational issue"),
            ("a\nb\r\n<users/all>\tc\0", 60, "a b users/all c"),
            ("x < y > z", 60, "x y z"),
            ("위험 위험 위험", 7, "위험 …"),
            ("< >", 10, ""),
            ("c\u{1136C}<\u{ECA}", 10, "c\u{ECA}\u{1136C}"),
        ];
        for (given, limit, expected) in rows {
            let expected = expected.replace(" …", "…");
            assert_eq!(PlainLine::new(given, limit).as_str(), expected, "{given:?}");
        }
    }
}
