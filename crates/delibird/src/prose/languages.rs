//! PURE. Descriptions that hold the same text twice, in Korean and in English, one after the
//! other: the reader's part goes first, the other one follows under its name.

use super::is_greeting;
use crate::card::columns;
use crate::catalogue::Locale;

/// Less than this is a caption, not a translation.
const SUBSTANTIAL: usize = 60;

/// One description in two languages.
pub(super) struct Both<'a> {
    pub(super) own: Vec<&'a str>,
    pub(super) other: Vec<&'a str>,
}

/// Told apart only where the language changes once and both parts are more than a caption.
pub(super) fn both<'a>(paragraphs: &[&'a str], locale: Locale) -> Option<Both<'a>> {
    let languages: Vec<Option<Locale>> = paragraphs.iter().map(|text| language(text)).collect();
    let first = languages.iter().flatten().next().copied()?;
    let turn = languages.iter().position(|found| found.is_some_and(|found| found != first))?;
    if languages[turn..].contains(&Some(first)) {
        return None;
    }
    // A greeting opens what it stands before.
    let greetings = paragraphs[..turn].iter().rev().take_while(|text| is_greeting(text)).count();
    let (one, two) = paragraphs.split_at(turn - greetings);
    let width = |part: &[&str]| part.iter().map(|text| columns(text)).sum::<usize>();
    if width(one) < SUBSTANTIAL || width(two) < SUBSTANTIAL {
        return None;
    }
    let (own, other) = if first == locale { (one, two) } else { (two, one) };
    Some(Both { own: own.to_vec(), other: other.to_vec() })
}

/// Whether there can be two languages at all: cheap, for most texts are English.
pub(super) fn holds_korean(text: &str) -> bool {
    !text.is_ascii() && text.contains(is_hangul)
}

/// `English follows Korean | ...`: says where the other language is, and nothing else.
pub(super) fn is_pointer(paragraph: &str) -> bool {
    const LONGEST: usize = 200;
    if paragraph.len() > LONGEST {
        return false;
    }
    let joined: String = paragraph.chars().filter(|c| c.is_alphanumeric()).collect();
    let joined = joined.to_lowercase();
    let english = joined.contains("english") && joined.contains("korean");
    let korean = joined.contains("한국어") && (joined.contains("영어") || joined.contains("영문"));
    english || korean
}

/// The name of the part that follows, in that language.
pub(super) fn title(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "── English ──",
        Locale::Ko => "── 한국어 ──",
    }
}

/// Korean texts are full of English names; English ones hold no Hangul. Nothing for a link, a
/// number, a line.
fn language(paragraph: &str) -> Option<Locale> {
    const WORDS: usize = 4;
    if is_pointer(paragraph) {
        return None;
    }
    let hangul = paragraph.chars().filter(|c| is_hangul(*c)).count();
    if hangul > 0 {
        return Some(Locale::Ko);
    }
    let letters = |word: &&str| word.chars().filter(char::is_ascii_alphabetic).count() >= 2;
    let plain = paragraph.split_whitespace().filter(|word| !word.contains("://"));
    (plain.filter(letters).count() >= WORDS).then_some(Locale::En)
}

fn is_hangul(c: char) -> bool {
    matches!(c, '가'..='힣' | 'ㄱ'..='ㆎ')
}
