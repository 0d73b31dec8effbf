//! PURE. AWS's description made readable without losing a word of it: the language chosen,
//! literal `\n` read as line ends, greetings dropped, the first paragraph told from the rest,
//! local times put beside foreign ones, and the links in it found.

mod links;
mod times;

use std::borrow::Cow;

use jiff::Timestamp;
use model::Text;

use crate::card::{clean, columns};
use crate::catalogue::Locale;
use crate::clock::Clock;

pub use links::{is_of_aws, links};

/// A first paragraph shorter than this says too little alone: `[RESOLVED]`.
const LEAD_COLUMNS: usize = 60;

/// One description, ready to be laid out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// The language AWS tagged it with.
    pub language: String,
    pub lead: String,
    /// What follows the lead, paragraphs parted by a blank line.
    pub rest: String,
}

impl Story {
    pub fn is_empty(&self) -> bool {
        self.lead.is_empty()
    }
}

/// The reader's language, else English, else whatever there is.
pub fn choose(texts: &[Text], locale: Locale) -> Option<&Text> {
    let of = |tag: &str| {
        let matches = |text: &&Text| {
            text.language.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(tag))
        };
        texts.iter().filter(|text| !text.text.trim().is_empty()).find(matches)
    };
    of(locale.tag())
        .or_else(|| of("en"))
        .or_else(|| texts.iter().find(|t| !t.text.trim().is_empty()))
}

/// `about`: a moment of the event, to know which day a clock time in the text belongs to.
pub fn tell(text: &Text, clock: &Clock, about: Timestamp) -> Story {
    let tidied = tidy(&text.text);
    let mut paragraphs = paragraphs(&tidied);
    let mut lead = String::new();
    let mut rest = String::with_capacity(tidied.len());
    for paragraph in paragraphs.by_ref() {
        if is_preamble(paragraph) {
            rest.push_str(paragraph);
            continue;
        }
        if !lead.is_empty() {
            lead.push(if is_mark(&lead) { ' ' } else { '\n' });
        }
        lead.push_str(paragraph);
        if columns(&lead) >= LEAD_COLUMNS {
            break;
        }
    }
    if lead.is_empty() {
        std::mem::swap(&mut lead, &mut rest);
    }
    for paragraph in paragraphs {
        if !rest.is_empty() {
            rest.push_str("\n\n");
        }
        rest.push_str(paragraph);
    }
    Story {
        language: text.language.clone(),
        lead: localized(lead, clock, about),
        rest: localized(rest, clock, about),
    }
}

fn localized(text: String, clock: &Clock, about: Timestamp) -> String {
    match times::with_local(&text, clock, about) {
        Cow::Borrowed(_) => text,
        Cow::Owned(localized) => localized,
    }
}

/// What AWS puts above the news itself; it goes with the rest.
fn is_preamble(paragraph: &str) -> bool {
    paragraph.starts_with("Current severity level:") && !paragraph.contains('\n')
}

/// `[RESOLVED]`, which belongs before what it marks.
fn is_mark(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']') && !text.contains('\n')
}

fn tidy(text: &str) -> Cow<'_, str> {
    match clean(text) {
        cleaned if !cleaned.contains('\\') => cleaned,
        cleaned => Cow::Owned(unescaped(&cleaned)),
    }
}

/// Descriptions are often escaped twice: a backslash and an `n` stand for the end of a line.
/// A path like `C:\new` is left alone.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let meant = match after.as_bytes().first() {
            _ if out.ends_with(':') => None,
            Some(b'n') => Some("\n"),
            Some(b't') => Some(" "),
            Some(b'r') => Some(""),
            Some(b'"') => Some("\""),
            Some(b'/') => Some("/"),
            _ => None,
        };
        out.push_str(meant.unwrap_or("\\"));
        rest = if meant.is_some() { &after[1..] } else { after };
    }
    out.push_str(rest);
    out
}

fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace());
            if rest.is_empty() {
                return None;
            }
            let (paragraph, after) = split_at_blank_line(rest);
            rest = after;
            let paragraph = paragraph.trim();
            if !is_greeting(paragraph) {
                return Some(paragraph);
            }
        }
    })
}

fn split_at_blank_line(text: &str) -> (&str, &str) {
    for (at, _) in text.match_indices('\n') {
        let after = &text[at + 1..];
        let blank = after.trim_start_matches([' ', '\t']);
        if blank.is_empty() || blank.starts_with('\n') {
            return (&text[..at], blank);
        }
    }
    (text, "")
}

/// `Hello,` or `안녕하세요,` as a paragraph of its own.
fn is_greeting(paragraph: &str) -> bool {
    const OPENINGS: [&str; 6] = ["hello", "hi", "dear", "greetings", "안녕하세요", "안녕하십니까"];
    if paragraph.len() > 60 {
        return false;
    }
    let words = paragraph.trim_end_matches([',', '.', '!', ':', ' ']);
    if words.contains(['.', '!', '?', '\n', ':', '[']) {
        return false;
    }
    let lower = words.to_lowercase();
    OPENINGS.iter().any(|opening| {
        lower.strip_prefix(opening).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with([' ', ',']) && rest.split(' ').count() <= 6
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::EN;

    fn told(text: &str) -> Story {
        let now = "2026-11-21T00:30:00Z".parse().unwrap();
        let text = Text { language: "en_US".to_owned(), text: text.to_owned() };
        tell(&text, &Clock::new(now, "Asia/Seoul", &EN), now)
    }

    #[test]
    fn the_first_paragraph_is_told_from_the_rest() {
        let long = "We are investigating increased API error rates in the AP-NORTHEAST-2 Region.";
        let rows = [
            (format!("{long}\n\nMore."), long.to_owned(), "More."),
            (format!("Hello,\\n\\n{long}\\n\\nA\\nB\\n \\nC"), long.to_owned(), "A\nB\n\nC"),
            (format!("안녕하세요,\r\n\r\n{long}"), long.to_owned(), ""),
            (format!("[RESOLVED]\n\n{long}\n\nx"), format!("[RESOLVED] {long}"), "x"),
            (
                format!("Current severity level: Degraded\n\n{long}\n\nx"),
                long.to_owned(),
                "Current severity level: Degraded\n\nx",
            ),
            ("Hello world. It broke.".to_owned(), "Hello world. It broke.".to_owned(), ""),
            ("said \\\"no\\\" at C:\\new".to_owned(), "said \"no\" at C:\\new".to_owned(), ""),
            ("Hello,".to_owned(), String::new(), ""),
        ];
        for (given, lead, rest) in rows {
            let story = told(&given);
            assert_eq!(
                (story.lead.as_str(), story.rest.as_str()),
                (lead.as_str(), rest),
                "{given}"
            );
        }
    }

    #[test]
    fn the_readers_language_is_chosen_then_english_then_any() {
        let text =
            |language: &str, text: &str| Text { language: language.into(), text: text.into() };
        let all = [text("ja_JP", "日"), text("en_US", "e"), text("ko_KR", "한"), text("ko", " ")];
        let rows = [
            (&all[..], Locale::Ko, Some("한")),
            (&all[..], Locale::En, Some("e")),
            (&all[..2], Locale::Ko, Some("e")),
            (&all[..1], Locale::Ko, Some("日")),
            (&all[3..], Locale::Ko, None),
        ];
        for (texts, locale, expected) in rows {
            assert_eq!(choose(texts, locale).map(|text| text.text.as_str()), expected);
        }
    }
}
