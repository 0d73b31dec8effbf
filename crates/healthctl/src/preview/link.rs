//! PURE. The only links a preview makes: https, to a host, without a user name in front of it.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpsLink(String);

impl HttpsLink {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let scheme = text.get(..8)?;
        if !scheme.eq_ignore_ascii_case("https://") || text.contains(unsafe_in_a_link) {
            return None;
        }
        let authority = text[8..].split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let host = authority.split(':').next().unwrap_or_default();
        (!host.is_empty() && !authority.contains('@')).then(|| Self(text.to_owned()))
    }

    /// `openLink` converts http to https, says its documentation; `<a href>` is not said to.
    pub(super) fn upgraded(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.get(..7) {
            Some(scheme) if scheme.eq_ignore_ascii_case("http://") => {
                Self::parse(&format!("https://{}", &text[7..]))
            }
            _ => Self::parse(text),
        }
    }
}

fn unsafe_in_a_link(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Display for HttpsLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_a_host_is_a_link() {
        let rows = [
            ("https://example.com/a?b=c#d", true),
            (" HTTPS://example.com ", true),
            ("https://예시.kr/길", true),
            ("http://example.com", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("//example.com", false),
            ("https://", false),
            ("https:///path", false),
            ("https://aws.amazon.com@evil.example", false),
            ("https://a b", false),
            ("java\nscript:alert(1)", false),
            ("https://example.com/\u{202e}gpj.exe", false),
        ];
        for (text, is_link) in rows {
            assert_eq!(HttpsLink::parse(text).is_some(), is_link, "{text:?}");
        }
    }

    #[test]
    fn open_link_turns_http_into_https() {
        let link = HttpsLink::upgraded("http://example.com/a").unwrap();
        assert_eq!(link.to_string(), "https://example.com/a");
        assert_eq!(HttpsLink::upgraded("javascript:x"), None);
    }
}
