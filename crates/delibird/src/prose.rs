//! PURE. AWS's description made readable without losing a word of it: the language chosen,
//! literal `\n` read as line ends, lists bulleted, the first paragraph that says something told
//! from the rest, local times put beside foreign ones, and the links in it found.

mod languages;
mod links;
mod stamps;
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
    let (told, language) = compose(&tidied, clock.words.locale);
    let language = language.map_or_else(|| text.language.clone(), |own| own.tag().to_owned());
    Story {
        language,
        lead: localized(told.lead, clock, about),
        rest: localized(told.rest, clock, about),
    }
}

/// The story, and its language where the text itself shows it.
fn compose(tidied: &str, locale: Locale) -> (Told, Option<Locale>) {
    let mut told = Told { lead: String::new(), rest: String::with_capacity(tidied.len()) };
    if languages::holds_korean(tidied) {
        let all: Vec<&str> = paragraphs(tidied).collect();
        if let Some(both) = languages::both(&all, locale) {
            told.add(both.own.into_iter());
            let other = if locale == Locale::Ko { Locale::En } else { Locale::Ko };
            told.more(languages::title(other));
            both.other.into_iter().for_each(|paragraph| told.more(paragraph));
            return (told, Some(locale));
        }
    }
    told.add(paragraphs(tidied));
    (told, None)
}

/// A story while it is written down.
struct Told {
    lead: String,
    rest: String,
}

impl Told {
    fn add<'a>(&mut self, mut paragraphs: impl Iterator<Item = &'a str>) {
        for paragraph in paragraphs.by_ref() {
            if is_preamble(paragraph) {
                self.more(paragraph);
                continue;
            }
            if !self.lead.is_empty() {
                self.lead.push(if is_mark(&self.lead) { ' ' } else { '\n' });
            }
            self.lead.push_str(paragraph);
            if columns(&self.lead) >= LEAD_COLUMNS {
                break;
            }
        }
        if self.lead.is_empty() {
            std::mem::swap(&mut self.lead, &mut self.rest);
        }
        paragraphs.for_each(|paragraph| self.more(paragraph));
    }

    fn more(&mut self, paragraph: &str) {
        if !self.rest.is_empty() {
            self.rest.push_str("\n\n");
        }
        self.rest.push_str(paragraph);
    }
}

fn localized(text: String, clock: &Clock, about: Timestamp) -> String {
    let text = match times::with_local(&text, clock, about) {
        Cow::Borrowed(_) => text,
        Cow::Owned(localized) => localized,
    };
    match stamps::with_local(&text, clock) {
        Cow::Borrowed(_) => text,
        Cow::Owned(localized) => localized,
    }
}

/// What AWS puts above the news itself; it goes with the rest.
fn is_preamble(paragraph: &str) -> bool {
    let level = paragraph.starts_with("Current severity level:") && !paragraph.contains('\n');
    level || is_greeting(paragraph) || languages::is_pointer(paragraph)
}

/// `[RESOLVED]`, which belongs before what it marks.
fn is_mark(text: &str) -> bool {
    text.starts_with('[') && text.ends_with(']') && !text.contains('\n')
}

fn tidy(text: &str) -> Cow<'_, str> {
    let tidied = match clean(text) {
        cleaned if memchr::memchr(b'\\', cleaned.as_bytes()).is_none() => cleaned,
        cleaned => Cow::Owned(unescaped(&cleaned)),
    };
    let mut after_ends = memchr::memchr_iter(b'\n', tidied.as_bytes()).map(|at| &tidied[at + 1..]);
    if item(&tidied).is_some() || after_ends.any(|rest| item(rest).is_some()) {
        return Cow::Owned(bulleted(&tidied));
    }
    tidied
}

/// What follows the mark of an item; plain text has two of them, and Chat draws neither.
fn item(line: &str) -> Option<&str> {
    line.strip_prefix("* ").or_else(|| line.strip_prefix("- "))
}

/// The marks of lists become bullets, and keep to their lines.
fn bulleted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            out.push('\n');
        }
        match item(line) {
            Some(item) => {
                out.push_str("• ");
                out.push_str(item.trim_start());
            }
            None => out.push_str(line),
        }
    }
    out
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
        rest = rest.trim_start_matches(|c: char| c.is_whitespace());
        if rest.is_empty() {
            return None;
        }
        let (paragraph, after) = split_at_blank_line(rest);
        rest = after;
        Some(paragraph.trim())
    })
}

fn split_at_blank_line(text: &str) -> (&str, &str) {
    for at in memchr::memchr_iter(b'\n', text.as_bytes()) {
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
            (
                format!("Hello,\\n\\n{long}\\n\\nA\\nB\\n \\nC"),
                long.to_owned(),
                "Hello,\n\nA\nB\n\nC",
            ),
            (format!("안녕하세요,\r\n\r\n{long}"), long.to_owned(), "안녕하세요,"),
            (format!("{long}\n\n* one\n- two\n-3"), long.to_owned(), "• one\n• two\n-3"),
            (format!("[RESOLVED]\n\n{long}\n\nx"), format!("[RESOLVED] {long}"), "x"),
            (
                format!("Current severity level: Degraded\n\n{long}\n\nx"),
                long.to_owned(),
                "Current severity level: Degraded\n\nx",
            ),
            ("Hello world. It broke.".to_owned(), "Hello world. It broke.".to_owned(), ""),
            ("said \\\"no\\\" at C:\\new".to_owned(), "said \"no\" at C:\\new".to_owned(), ""),
            ("Hello,".to_owned(), "Hello,".to_owned(), ""),
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

    const TWICE: &str = "English follows Korean | 한국어 버전 뒤에 영어 버전이 있습니다\n\n\
        2024년 10월 1일부터는 새로운 시작 구성을 만들 수 없습니다. 그 전에 시작 템플릿으로 옮겨 주세요.\n\n\
        [1] https://docs.aws.amazon.com/ko/\n\n\
        Starting on October 1, 2024 you can no longer create new launch configurations.\n\n\
        Please move to launch templates before then.";

    #[test]
    fn of_a_text_in_two_languages_the_readers_part_goes_first() {
        let text = Text { language: "en_US".to_owned(), text: TWICE.to_owned() };
        let now = "2026-11-21T00:30:00Z".parse().unwrap();
        let ko = tell(&text, &Clock::new(now, "UTC", &crate::catalogue::KO), now);
        assert_eq!(ko.language, "ko");
        assert!(ko.lead.starts_with("2024년 10월 1일부터는"), "{}", ko.lead);
        assert!(ko.rest.starts_with("English follows Korean"), "{}", ko.rest);
        assert!(ko.rest.contains("\n\n── English ──\n\nStarting on"), "{}", ko.rest);
        let en = tell(&text, &Clock::new(now, "UTC", &EN), now);
        assert_eq!(en.language, "en");
        assert!(en.lead.starts_with("Starting on October 1"), "{}", en.lead);
        assert!(en.rest.contains("── 한국어 ──\n\nEnglish follows Korean"), "{}", en.rest);
    }

    #[test]
    fn korean_prose_with_english_names_is_one_text() {
        let text = "Amazon EC2 Auto Scaling 시작 구성이 더 이상 지원되지 않습니다. 아래를 확인해 주세요.\n\n\
            AWS Management Console, AWS CLI, AWS SDK and Amazon CloudFormation are affected by this.\n\n\
            문의 사항이 있으면 AWS Support에 연락해 주세요.";
        let story = told(text);
        assert_eq!(format!("{}\n\n{}", story.lead, story.rest), text);
    }

    proptest::proptest! {
        #[test]
        fn every_item_of_a_list_gets_its_bullet(text in "([*-] |[*-]|[a-c ]|\n){0,24}") {
            let bulleted = |line: &str| match item(line) {
                Some(item) => format!("• {}", item.trim_start()),
                None => line.to_owned(),
            };
            let lines: Vec<String> = text.split('\n').map(bulleted).collect();
            proptest::prop_assert_eq!(tidy(&text), lines.join("\n"));
        }
    }

    #[test]
    fn no_word_is_lost() {
        let texts = [
            TWICE,
            "Hello,\\n\\nWe see errors at 10:00 PM PST.\\n\\n* a\\n* b\\n\\nSincerely,\\nAmazon Web Services",
            "Current severity level: Degraded\n\n[RESOLVED]\n\nshort\n\nDear Customer,\n\nlong enough to be the lead of all this text, we hope.",
        ];
        for text in texts {
            for words in [&EN, &crate::catalogue::KO] {
                let now = "2026-11-21T00:30:00Z".parse().unwrap();
                let given = Text { language: "en_US".to_owned(), text: text.to_owned() };
                let story = tell(&given, &Clock::new(now, "Asia/Seoul", words), now);
                let shown = format!("{} {}", story.lead, story.rest);
                for word in text.replace("\\n", " ").split_whitespace().filter(|word| *word != "*")
                {
                    let found = shown.contains(word.trim_end_matches('.'));
                    assert!(found, "{word} of {text}");
                }
            }
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
