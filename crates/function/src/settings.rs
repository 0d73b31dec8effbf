//! Settings, strictly: every fault is found before the function refuses to start, and a secret
//! is never quoted in one. Nothing here reads the environment; `main.rs` passes a lookup.
//!
//! There are no defaults in here: what may be absent is `Option`, and its meaning is documented
//! by the crate that reads it.

use std::convert::Infallible;
use std::fmt;

use crate::Secret;

/// Collects settings and what is wrong with them.
pub struct Reader<L> {
    lookup: L,
    faults: Vec<Fault>,
}

/// One setting that keeps the function from starting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub key: &'static str,
    pub problem: String,
}

/// Everything that is wrong, in the order it was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings are not usable: ")?;
        for (index, Fault { key, problem }) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{key} {problem}")?;
        }
        Ok(())
    }
}

impl<L: Fn(&str) -> Option<String>> Reader<L> {
    pub fn new(lookup: L) -> Self {
        Self { lookup, faults: Vec::new() }
    }

    /// A setting that must be there. `None` only after a fault was noted.
    pub fn required<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        match self.text(key) {
            None => self.fault(key, "is not set"),
            Some(text) if text.trim().is_empty() => self.fault(key, "is empty"),
            Some(text) => return self.parsed(key, text, parse),
        }
        None
    }

    /// A setting that may be absent; set but wrong is a fault. Blank is absent: templates and
    /// emulators set what they have no value for.
    pub fn optional<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(key).filter(|text| !text.trim().is_empty())?;
        self.parsed(key, text, parse)
    }

    /// A secret that must be there, as it is.
    pub fn required_secret(&mut self, key: &'static str) -> Option<Secret<String>> {
        self.required(key, |text| Ok::<_, Infallible>(Secret::new(text)))
    }

    pub fn optional_secret(&mut self, key: &'static str) -> Option<Secret<String>> {
        self.optional(key, |text| Ok::<_, Infallible>(Secret::new(text)))
    }

    /// For what only shows once several settings are taken together.
    pub fn fault(&mut self, key: &'static str, problem: impl fmt::Display) {
        self.faults.push(Fault { key, problem: problem.to_string() });
    }

    /// The settings when all were read without a fault.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, Faults> {
        match settings {
            Some(settings) if self.faults.is_empty() => Ok(settings),
            _ => Err(Faults(self.faults)),
        }
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        (self.lookup)(key)
    }

    fn parsed<T, E: fmt::Display>(
        &mut self,
        key: &'static str,
        text: String,
        parse: impl FnOnce(String) -> Result<T, E>,
    ) -> Option<T> {
        parse(text).map_err(|problem| self.fault(key, problem)).ok()
    }
}

/// Any text that is not blank.
pub fn text(text: String) -> Result<String, Infallible> {
    Ok(text)
}

/// Why a value is not one of its kind. The value is named: none of these is a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("is not an http or https URL: {0}")]
    NotAUrl(String),
    #[error("is not an ARN of {service}: {found}")]
    NotAnArn { service: &'static str, found: String },
    /// Not named: whoever mistakes the one for the other sets the secret itself.
    #[error("is not an ARN of secretsmanager")]
    NotASecret,
    #[error("is not a whole number from {from} to {to}: {found}")]
    NotInRange { from: i64, to: i64, found: String },
}

/// An absolute URL with a host.
pub fn url(text: String) -> Result<String, Problem> {
    let parsed = text.parse::<::http::Uri>().ok();
    let usable = parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
    });
    if usable { Ok(text) } else { Err(Problem::NotAUrl(text)) }
}

/// `arn:<partition>:<service>:<region>:<account>:<name>`.
pub fn arn(service: &'static str) -> impl FnOnce(String) -> Result<String, Problem> {
    move |text| {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", _, named, _, _, rest] if *named == service && !rest.is_empty() => Ok(text),
            _ => Err(Problem::NotAnArn { service, found: text }),
        }
    }
}

/// The ARN of a secret.
pub fn secret_arn(text: String) -> Result<String, Problem> {
    arn("secretsmanager")(text).map_err(|_| Problem::NotASecret)
}

pub fn whole(from: i64, to: i64) -> impl FnOnce(String) -> Result<i64, Problem> {
    move |text| match text.trim().parse() {
        Ok(number) if (from..=to).contains(&number) => Ok(number),
        _ => Err(Problem::NotInRange { from, to, found: text }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults, Reader, arn, url, whole};
    use crate::Secret;

    fn reader(given: &'static [(&str, &str)]) -> Reader<impl Fn(&str) -> Option<String>> {
        Reader::new(move |key: &str| {
            given.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn every_fault_is_listed_at_once_and_no_secret_is_quoted() {
        let mut from = reader(&[
            ("QUEUE", "queue"),
            ("TOPIC", "arn:aws:sqs:us-east-1:1:alerts"),
            ("TIMEOUT", "0"),
            ("TOKEN", "hunter2"),
            ("KEY", " "),
        ]);
        from.required("QUEUE", url);
        from.required("TOPIC", arn("sns"));
        from.required("TIMEOUT", whole(1, 900));
        from.required("TABLE", super::text);
        let token = from.required_secret("TOKEN");
        from.required_secret("KEY");
        let Faults(faults) = from.finish(token).unwrap_err();
        let fault = |key, problem: &str| Fault { key, problem: problem.to_owned() };
        assert_eq!(
            faults,
            [
                fault("QUEUE", "is not an http or https URL: queue"),
                fault("TOPIC", "is not an ARN of sns: arn:aws:sqs:us-east-1:1:alerts"),
                fault("TIMEOUT", "is not a whole number from 1 to 900: 0"),
                fault("TABLE", "is not set"),
                fault("KEY", "is empty"),
            ]
        );
        let told = Faults(faults[3..].to_vec()).to_string();
        assert_eq!(told, "the settings are not usable: TABLE is not set; KEY is empty");
    }

    #[test]
    fn good_settings_are_given_as_their_types() {
        let mut from =
            reader(&[("QUEUE", "http://127.0.0.1:1/q"), ("TIMEOUT", "30"), ("PROXY", " ")]);
        let queue = from.required("QUEUE", url);
        let timeout = from.required("TIMEOUT", whole(1, 900));
        let absent = from.optional_secret("PROXY");
        let all = queue.zip(timeout).map(|(queue, timeout)| (queue, timeout, absent));
        let expected = ("http://127.0.0.1:1/q".to_owned(), 30, None::<Secret<String>>);
        assert_eq!(from.finish(all), Ok(expected));
    }
}
