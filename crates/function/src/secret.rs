//! A value that may be used but never shown.
//!
//! It keeps secrets out of logs, errors and panics. It does not wipe memory: whoever reads the
//! memory of a function also reads its environment and its role's credentials.

use std::fmt;

/// Wraps a secret from the moment it is read.
///
/// `Debug` and `Display` print a fixed word, whatever `T` can print, and there is no
/// `Serialize`. [`Secret::expose`] is the only way in, and easy to search for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The caller answers for where it goes.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[derive(Debug)]
    struct Settings {
        #[expect(dead_code, reason = "read by the derived Debug only")]
        token: Secret<String>,
    }

    #[test]
    fn a_secret_is_never_printed_not_even_by_what_holds_it() {
        let secret = Secret::new("hunter2".to_owned());
        let settings = Settings { token: secret.clone() };
        assert_eq!(secret.to_string(), "[secret]");
        assert_eq!(format!("{secret:?} {secret:#?} {secret:>20}"), "[secret] [secret] [secret]");
        assert_eq!(format!("{settings:?}"), "Settings { token: [secret] }");
    }

    #[test]
    fn a_secret_is_exposed_on_purpose_only() {
        assert_eq!(Secret::from("hunter2").expose(), &"hunter2");
    }
}
