//! PURE. JSON as some senders break it: bytes that are no UTF-8, and a byte-order mark.

use std::borrow::Cow;

/// Nothing when there is nothing to repair.
pub(super) fn repaired(document: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(document);
    match text.strip_prefix('\u{feff}') {
        Some(rest) => Some(rest.to_owned()),
        None if matches!(text, Cow::Owned(_)) => Some(text.into_owned()),
        None => None,
    }
}
