//! PURE. Where a click may lead: https only, no user information, no character that could end
//! an attribute. Links that do not fit are left out, never mended.

use serde::Serialize;

/// An absolute https URL, in ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct HttpsUrl(String);

/// Why a text is no link we would show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHttps {
    #[error("a link must begin with https://")]
    Scheme,
    #[error("a link needs a plain host name, without user information")]
    Host,
    #[error("a link may hold no blank, control character, quote, angle bracket or backslash")]
    Character,
    #[error("a link may have at most {LONGEST} characters")]
    Length,
}

/// A longer link spends the card's bytes on what nobody reads.
const LONGEST: usize = 2_000;

impl HttpsUrl {
    pub fn parse(text: &str) -> Result<Self, NotHttps> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(NotHttps::Length);
        }
        let (scheme, rest) = text.split_at_checked(8).ok_or(NotHttps::Scheme)?;
        if !scheme.eq_ignore_ascii_case("https://") {
            return Err(NotHttps::Scheme);
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        check_authority(authority)?;
        if !path.bytes().all(|byte| STANDS[usize::from(byte)]) && path.contains(is_forbidden) {
            return Err(NotHttps::Character);
        }
        let mut url = String::with_capacity(text.len());
        url.push_str("https://");
        url.push_str(&authority.to_ascii_lowercase());
        if path.is_ascii() {
            url.push_str(path);
        } else {
            for c in path.chars() {
                if c.is_ascii() { url.push(c) } else { encode_char(&mut url, c) }
            }
        }
        if url.len() > LONGEST { Err(NotHttps::Length) } else { Ok(Self(url)) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn host(&self) -> &str {
        let rest = &self.0["https://".len()..];
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        authority.split(':').next().unwrap_or(authority)
    }

    /// What follows the host, without its query and fragment.
    pub fn path(&self) -> &str {
        let rest = &self.0["https://".len()..];
        let path = rest.find('/').map_or("", |at| &rest[at..]);
        path.split(['?', '#']).next().unwrap_or(path)
    }
}

/// A blank, a control character, or what could end an attribute.
fn is_forbidden(c: char) -> bool {
    c.is_control() || c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '\\' | '`')
}

/// The bytes that may stand in a link wherever they are met: nearly all of nearly every one.
const STANDS: [bool; 256] = {
    let mut stands = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        stands[byte as usize] = !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'\\' | b'`');
        byte += 1;
    }
    stands
};

fn check_authority(authority: &str) -> Result<(), NotHttps> {
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let named = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        && !host.is_empty()
        && !host.starts_with(['.', '-'])
        && !host.contains("..");
    let numbered = port.len() <= 5 && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    if named && numbered { Ok(()) } else { Err(NotHttps::Host) }
}

/// Percent-encodes everything but unreserved characters, for one part of a URL.
pub fn encode_component(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 24);
    for c in text.chars() {
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '_' | '.' | '~' => out.push(c),
            _ => encode_char(&mut out, c),
        }
    }
    out
}

fn encode_char(out: &mut String, c: char) {
    const HEX: [u8; 16] = *b"0123456789ABCDEF";
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        out.push('%');
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_https_links_are_links() {
        let rows = [
            ("https://docs.aws.amazon.com/a?b=c#d", Ok("https://docs.aws.amazon.com/a?b=c#d")),
            ("HTTPS://Example.COM/Path", Ok("https://example.com/Path")),
            ("https://wiki.example.com/런북", Ok("https://wiki.example.com/%EB%9F%B0%EB%B6%81")),
            ("https://host:8443/x", Ok("https://host:8443/x")),
            ("http://example.com", Err(NotHttps::Scheme)),
            ("javascript:alert(1)", Err(NotHttps::Scheme)),
            ("data:text/html,x", Err(NotHttps::Scheme)),
            ("https://user:pw@example.com/", Err(NotHttps::Host)),
            ("https://aws.amazon.com@evil.example/", Err(NotHttps::Host)),
            ("https:///nohost", Err(NotHttps::Host)),
            ("https://аws.example/", Err(NotHttps::Host)),
            ("https://example.com/\" onclick=", Err(NotHttps::Character)),
            ("https://example.com\\@evil/", Err(NotHttps::Host)),
        ];
        for (given, expected) in rows {
            let parsed = HttpsUrl::parse(given);
            assert_eq!(parsed.as_ref().map(HttpsUrl::as_str).map_err(|e| *e), expected, "{given}");
        }
        assert_eq!(
            HttpsUrl::parse(&format!("https://a/{}", "x".repeat(2_000))),
            Err(NotHttps::Length)
        );
    }

    #[test]
    fn a_component_keeps_only_unreserved_characters() {
        assert_eq!(
            encode_component("arn:aws:health::event/EC2"),
            "arn%3Aaws%3Ahealth%3A%3Aevent%2FEC2"
        );
    }
}
