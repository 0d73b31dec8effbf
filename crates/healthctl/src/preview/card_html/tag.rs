//! PURE. One tag or one entity at the start of a text.

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// Names in lower case, values with entities decoded.
    Open {
        name: String,
        attributes: Vec<(String, String)>,
    },
    Close(String),
}

/// Reads a tag from a text that starts with `<`; the number is how many bytes it took.
pub(super) fn read(text: &str) -> Option<(Tag, usize)> {
    let after = text.strip_prefix('<')?;
    let (closing, after) = match after.strip_prefix('/') {
        Some(after) => (true, after),
        None => (false, after),
    };
    if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let end = end_of_tag(after)?;
    let taken = text.len() - after.len() + end + 1;
    let inside = &after[..end];
    let name_end = inside.find(char::is_whitespace).unwrap_or(inside.len());
    // `<br/>` is `<br>`; `<users/all>` is one name that nobody knows.
    let name = inside[..name_end].trim_end_matches('/').to_ascii_lowercase();
    let tag = if closing {
        Tag::Close(name)
    } else {
        Tag::Open { name, attributes: attributes(&inside[name_end..]) }
    };
    Some((tag, taken))
}

/// The first `>` outside quotes; a quote that never closes holds nothing back.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    quote.and_then(|_| text.find('>'))
}

fn attributes(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if text.is_empty() {
            return found;
        }
        let name_end = text
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_whitespace() || *c == '=')
            .map_or(text.len(), |(at, _)| at);
        let name = text[..name_end].to_ascii_lowercase();
        text = text[name_end..].trim_start();
        let value = match text.strip_prefix('=') {
            Some(after) => {
                let (value, rest) = value(after.trim_start());
                text = rest;
                decoded(value)
            }
            None => String::new(),
        };
        found.push((name, value));
    }
}

fn value(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    if let Some(quote) = quote {
        let inside = &text[1..];
        return inside.split_once(quote).unwrap_or((inside, ""));
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, len) = entity(rest).unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[len..];
    }
    out.push_str(rest);
    out
}

/// Reads an entity from a text that starts with `&`; the number is how many bytes it took.
pub(super) fn entity(text: &str) -> Option<(char, usize)> {
    // The longest, `&#x10FFFF;`, has ten bytes.
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = text.get(1..end)?;
    let decoded = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => numeric(name.strip_prefix('#')?)?,
    };
    Some((decoded, end + 1))
}

fn numeric(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
}
