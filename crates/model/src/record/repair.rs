//! PURE. JSON as some senders break it: bytes that are no UTF-8, a byte-order mark, and escapes of
//! half a surrogate pair, which no parser takes.

/// Nothing when there is nothing to repair.
pub(super) fn repaired(document: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(document);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let taken = match (surrogate(escape), surrogate(escape.get(6..).unwrap_or(""))) {
            (Some(true), Some(false)) => {
                out.push_str(&escape[..12]);
                12
            }
            (Some(_), _) => {
                out.push_str("\\ufffd");
                6
            }
            (None, _) => {
                let length = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&escape[..length]);
                length
            }
        };
        rest = &escape[taken..];
    }
    out.push_str(rest);
    (out.as_bytes() != document).then_some(out)
}

/// `\ud8xx` is the leading half of a pair (true), `\udcxx` the trailing one (false).
fn surrogate(escape: &str) -> Option<bool> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(true),
        0xdc00..=0xdfff => Some(false),
        _ => None,
    }
}
