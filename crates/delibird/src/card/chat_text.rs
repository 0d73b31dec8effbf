//! PURE. The `text` of a message, where Chat reads `*bold*`, `<url|label>` and mentions and has
//! no documented escape. A mention can only be made from a [`Mention`].

use serde::Serialize;

use super::plain::one_line;

/// Marked up by Chat's own rules, so text from elsewhere is defused rather than escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ChatText(String);

/// Who is called. A webhook can name a user only by the numeric id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mention {
    All,
    User(String),
}

impl Mention {
    /// Reads `all` and `users/<digits>`; anything else calls nobody.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "all" || text == "users/all" {
            return Some(Self::All);
        }
        let id = text.strip_prefix("users/")?;
        let numeric = !id.is_empty() && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_digit());
        numeric.then(|| Self::User(id.to_owned()))
    }
}

impl ChatText {
    /// One line that formats nothing, links nothing and calls nobody.
    pub fn defused(text: &str) -> Self {
        const BREAK: char = '\u{200B}';
        let line = one_line(text, &['<', '>', '`']);
        let mut out = String::with_capacity(line.len() + 24);
        let mut rest = &*line;
        let may_mean = |byte: u8| matches!(byte, b'*' | b'_' | b'~' | b'.' | b'@' | b':');
        while let Some(at) = rest.bytes().position(may_mean) {
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            let byte = rest.as_bytes()[at];
            let next = after.chars().next();
            out.push_str(before);
            // `1,240.5` is a number; no address ends in one.
            let in_number = out.ends_with(|c: char| c.is_ascii_digit())
                && next.is_some_and(|c| c.is_ascii_digit());
            let joins = next.is_some_and(|next| !next.is_whitespace());
            let breaks = match byte {
                b'.' => joins && !in_number,
                b'@' => joins,
                b':' => next == Some('/'),
                _ => true,
            };
            out.push(char::from(byte));
            if breaks {
                out.push(BREAK);
            }
            rest = after;
        }
        out.push_str(rest);
        Self(out)
    }

    /// Our own words, which hold no markup.
    pub(crate) fn literal(text: &str) -> Self {
        Self(text.to_owned())
    }

    #[must_use]
    pub fn then(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// The mention goes first, where it is seen.
    #[must_use]
    pub fn calling(self, mention: Option<&Mention>) -> Self {
        match mention {
            None => self,
            Some(Mention::All) => Self(format!("<users/all> {}", self.0)),
            Some(Mention::User(id)) => Self(format!("<users/{id}> {}", self.0)),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_calls_nobody_and_formats_nothing() {
        let rows = [
            ("payments-prod", "payments-prod"),
            ("<users/all> *x* `y`", "users/all *\u{200B}x*\u{200B} y"),
            (
                "<https://evil|https://health.aws>",
                "https:\u{200B}//evil|https:\u{200B}//health.\u{200B}aws",
            ),
            ("a_b~c", "a_\u{200B}b~\u{200B}c"),
            ("mail me@example.com now.", "mail me@\u{200B}example.\u{200B}com now."),
            ("two\nlines", "two lines"),
            ("1,240.5 at 7.example", "1,240.5 at 7.\u{200B}example"),
        ];
        for (given, expected) in rows {
            assert_eq!(ChatText::defused(given).as_str(), expected, "{given}");
        }
    }

    #[test]
    fn only_all_and_numeric_users_can_be_called() {
        let rows = [
            ("all", Some(Mention::All)),
            ("users/123", Some(Mention::User("123".into()))),
            ("users/all", Some(Mention::All)),
            ("users/", None),
            ("users/a@example.com", None),
            ("users/1> <users/2", None),
            ("everyone", None),
        ];
        for (given, expected) in rows {
            assert_eq!(Mention::parse(given), expected, "{given}");
        }
    }
}
