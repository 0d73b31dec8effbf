//! PURE. Links in prose. Only those to AWS's own pages are offered as buttons: a description may
//! be written by anyone who can put an event on a bus, and a button lends it our name.

use crate::card::HttpsUrl;

/// Every distinct https link, in the order of the text.
pub fn links(text: &str) -> Vec<HttpsUrl> {
    let mut found: Vec<HttpsUrl> = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), "https://") {
        let Ok(url) = HttpsUrl::parse(candidate(&text[at..])) else { continue };
        if !found.contains(&url) {
            found.push(url);
        }
    }
    found
}

/// Ends at a blank or at the first character no URL holds, such as a Korean particle.
fn candidate(text: &str) -> &str {
    let stops = |c: char| {
        !c.is_ascii()
            || c.is_whitespace()
            || c.is_control()
            || matches!(c, '<' | '>' | '"' | '\'' | '|' | '`' | '\\')
    };
    let mut url = &text[..text.find(stops).unwrap_or(text.len())];
    loop {
        let unbalanced = url.ends_with(')') && url.matches(')').count() > url.matches('(').count();
        if unbalanced || url.ends_with(['.', ',', ';', ':', '!', '?', ']', '}', '*', '_']) {
            url = &url[..url.len() - 1];
        } else {
            return url;
        }
    }
}

/// Hosts AWS alone writes on; `*.amazonaws.com` holds everybody's buckets.
pub fn is_of_aws(url: &HttpsUrl) -> bool {
    const HOSTS: [&str; 6] = [
        "aws.amazon.com",
        "docs.amazonaws.cn",
        "console.amazonaws.cn",
        "console.amazonaws-us-gov.com",
        "repost.aws",
        "health.aws",
    ];
    let host = url.host();
    HOSTS.iter().any(|known| {
        host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_where_a_person_would_end_it() {
        let rows: [(&str, &[&str]); 8] = [
            ("see https://docs.aws.amazon.com/a).", &["https://docs.aws.amazon.com/a"]),
            ("(https://a.example/x_(y))", &["https://a.example/x_(y)"]),
            ("문서는 https://docs.aws.amazon.com/b입니다", &["https://docs.aws.amazon.com/b"]),
            (
                "<https://evil.example|https://health.aws.amazon.com>",
                &["https://evil.example", "https://health.aws.amazon.com"],
            ),
            ("http://plain.example javascript:alert(1) data:text/html,x", &[]),
            ("https://user:pw@host.example/ https://", &[]),
            ("https://a.example https://a.example.", &["https://a.example"]),
            ("[1] https://a.example/?q=1&r=2#frag, next", &["https://a.example/?q=1&r=2#frag"]),
        ];
        for (text, expected) in rows {
            let found = links(text);
            assert_eq!(found.iter().map(HttpsUrl::as_str).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn only_pages_aws_alone_can_write_count_as_its_own() {
        let rows = [
            ("https://docs.aws.amazon.com/x", true),
            ("https://aws.amazon.com/support", true),
            ("https://repost.aws/q", true),
            ("https://evil.s3.amazonaws.com/x", false),
            ("https://notaws.amazon.com.evil.example/", false),
            ("https://xaws.amazon.com/", false),
        ];
        for (url, expected) in rows {
            assert_eq!(is_of_aws(&HttpsUrl::parse(url).unwrap()), expected, "{url}");
        }
    }
}
