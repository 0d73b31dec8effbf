//! Why a message is not in its space, by situation. No variant can hold a webhook URL, its key
//! or its token.

use std::fmt;
use std::time::Duration;

use function::http::Unanswered;
use model::ids::SpaceName;

#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// 429. `retry_after` is what Chat asked for last, if it said so.
    #[error("Google Chat asks for a slower pace")]
    Throttled { retry_after: Option<Duration> },

    /// Another 4xx: this message will never be accepted as it is.
    #[error("Google Chat refused the message (HTTP {status}): {reason}")]
    Rejected { status: u16, reason: Reason },

    /// 401, 403, 404 or 410: the webhook was deleted, its key is wrong, or the space is closed.
    #[error("the webhook of the space does not work any more (HTTP {status})")]
    Gone { status: u16 },

    /// No usable answer, see [`Unanswered`]. When ambiguous the message may be in the space.
    #[error("Google Chat gave no answer")]
    Unreachable(#[source] Unanswered),

    /// 5xx, or a status Chat does not document: it is Chat, but it does not work now.
    #[error("Google Chat is not available (HTTP {status})")]
    Unavailable { status: u16, retry_after: Option<Duration> },

    /// Where the webhooks are kept gave none, and none are known from before.
    #[error("the webhooks cannot be read: {reason}")]
    Unknown { reason: String },

    /// No webhook is configured under this name.
    #[error("space {space} has no webhook")]
    UnknownSpace { space: SpaceName },
}

impl ChatError {
    /// True when the same message may get through later, to the same space.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::Unreachable(_)
            | Self::Unavailable { .. }
            | Self::Unknown { .. } => true,
            Self::Rejected { .. } | Self::Gone { .. } | Self::UnknownSpace { .. } => false,
        }
    }

    /// True when the message may be in the space all the same.
    pub fn ambiguous(&self) -> bool {
        match self {
            Self::Unreachable(lost) => lost.ambiguous,
            // A front end that gave up waiting for the back end.
            Self::Unavailable { .. } => true,
            Self::Throttled { .. }
            | Self::Rejected { .. }
            | Self::Gone { .. }
            | Self::Unknown { .. }
            | Self::UnknownSpace { .. } => false,
        }
    }

    /// How long Chat asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Unavailable { retry_after, .. } => *retry_after,
            Self::Rejected { .. }
            | Self::Gone { .. }
            | Self::Unreachable(_)
            | Self::Unknown { .. }
            | Self::UnknownSpace { .. } => None,
        }
    }
}

/// Google's words about a refused message: one line, bounded, and without any part of the
/// webhook even where Google quotes the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// Enough for a field path and what is wrong with it.
const REASON_CHARS: usize = 300;

impl Reason {
    /// `secrets` are removed in every spelling given; so is whatever looks like a key or a token.
    pub fn new(text: &str, secrets: &[&str]) -> Self {
        let mut text = text.to_owned();
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, "[secret]");
        }
        for name in ["key", "token"] {
            text = without_parameter(&text, name);
        }
        let line: Vec<&str> = text
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|w| !w.is_empty())
            .collect();
        let line = line.join(" ");
        match line.char_indices().nth(REASON_CHARS) {
            None => Self(line),
            Some((end, _)) => Self(format!("{}…", &line[..end])),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Blanks the value of `name=value` up to the end of a query parameter, wherever it stands.
fn without_parameter(text: &str, name: &str) -> String {
    let needle = format!("{name}=");
    let mut parts = text.split(needle.as_str());
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let ends = |c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '<' | '>' | ')');
        let rest = part.find(ends).map_or("", |end| &part[end..]);
        clean.push_str(&needle);
        clean.push_str("[secret]");
        clean.push_str(rest);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn a_reason_is_one_bounded_line_without_secrets() {
        let long = "é".repeat(400);
        let cut = format!("{}…", "é".repeat(300));
        let rows = [
            ("as Google says it", "Unknown name \"x\"", "Unknown name \"x\""),
            ("empty", "", ""),
            ("several lines", "a\n\tb\u{7}c\r\n", "a b c"),
            ("long", &long, &cut),
            ("quotes the token", "token s3cr3t is bad", "token [secret] is bad"),
            ("encoded", "token s3cr%33t is bad", "token [secret] is bad"),
            (
                "a key we do not know",
                "at ?key=other&token=x y",
                "at ?key=[secret]&token=[secret] y",
            ),
            ("to the end", "at ?token=x", "at ?token=[secret]"),
        ];
        for (name, text, expected) in rows {
            let reason = Reason::new(text, &["", "s3cr3t", "s3cr%33t"]).to_string();
            assert_eq!(reason, expected, "{name}");
        }
    }
}
