//! PURE. What SQS and SNS take as text: both refuse characters that XML does not know, although
//! they carry JSON.

use std::borrow::Cow;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
fn is_refused(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// The same JSON, with such characters escaped. JSON itself escapes all but two of them, and
/// neither may stand outside a string.
pub fn json(json: &str) -> Cow<'_, str> {
    if json.contains(['\u{fffe}', '\u{ffff}']) {
        return Cow::Owned(json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"));
    }
    Cow::Borrowed(json)
}

/// An attribute: without such characters, cut to `longest` bytes; nothing when that leaves blank,
/// which neither service takes.
pub fn attribute(text: &str, longest: usize) -> Option<String> {
    let mut clean: String = text.chars().filter(|character| !is_refused(*character)).collect();
    clean.truncate(clean.floor_char_boundary(longest));
    (!clean.trim().is_empty()).then_some(clean)
}

/// Text that is not JSON, as a message body.
pub fn body(text: &str) -> Cow<'_, str> {
    if text.is_empty() {
        return Cow::Borrowed("(empty)");
    }
    if text.contains(is_refused) {
        return Cow::Owned(text.replace(is_refused, "\u{fffd}"));
    }
    Cow::Borrowed(text)
}

#[cfg(test)]
mod tests {
    use super::{attribute, body, json};

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"text": "a\u{fffe}b\u{ffff}\u{1}한"});
        let plain = value.to_string();
        let safe = json(&plain);
        assert!(!safe.contains(super::is_refused), "{safe}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).ok(), Some(value));
    }

    #[test]
    fn attributes_are_clean_short_and_never_blank() {
        let rows = [
            ("EC2", Some("EC2")),
            ("", None),
            (" \u{1}", None),
            ("E\u{0}C2", Some("EC2")),
            ("한국어한국어", Some("한국어")),
        ];
        for (text, expected) in rows {
            assert_eq!(attribute(text, 10).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_body_is_never_empty_nor_refused() {
        assert_eq!(body("{}"), "{}");
        assert_eq!(body(""), "(empty)");
        assert_eq!(body("a\u{b}b"), "a\u{fffd}b");
    }
}
