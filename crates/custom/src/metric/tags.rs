//! PURE. The tags of a batch as WhaTap identifies a series by them.

use super::text::{Host, TagKey, TagValue};

/// Sorted by the bytes of the key, `oname` among them. WhaTap tells series apart by a hash over the
/// tags as written, so the same set must always be written in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags(Vec<(String, String)>);

impl Tags {
    /// The tag every sender adds: the object name.
    pub const ONAME: &str = "oname";

    /// `tags` with unique keys; an `oname` among them gives way to `host`.
    pub(super) fn new(tags: Vec<(TagKey, TagValue)>, host: &Host) -> Self {
        let own = (Self::ONAME.to_owned(), host.as_str().to_owned());
        let given = tags
            .into_iter()
            .filter(|(key, _)| key.as_str() != Self::ONAME)
            .map(|(key, value)| (key.into_string(), value.into_string()));
        let mut all: Vec<_> = given.chain([own]).collect();
        all.sort_unstable();
        Self(all)
    }

    /// Key and value, in wire order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// What the caller added to the object name.
    pub fn given(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().filter(|(key, _)| *key != Self::ONAME)
    }
}
