//! A value that must not be seen: no `Display`, a `Debug` that says nothing, no `Serialize`.

use std::fmt;

/// Wraps a secret from the moment it is read. [`Secret::expose`] is the only way out, so every use
/// can be found by its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(value)
    }

    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
