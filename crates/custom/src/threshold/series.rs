//! PURE. What tells one series of values from the next, under one threshold.

use model::fingerprint;
use rules::rule::Threshold;
use serde::{Deserialize, Serialize};

use crate::metric::{Batch, Data, Tags};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The threshold's name.
    pub rule: String,
    pub key: String,
    pub category: String,
    pub host: String,
    pub pcode: i64,
    /// Besides the host, in the order of their keys.
    pub tags: Vec<(String, String)>,
}

impl Series {
    pub(super) fn of(threshold: &Threshold, batch: &Batch, data: &Data) -> Self {
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        Self {
            rule: threshold.name.clone(),
            key: data.key.as_str().to_owned(),
            category: batch.category.as_str().to_owned(),
            host: batch.host.as_str().to_owned(),
            pcode: batch.pcode.get(),
            tags: batch.tags.given().map(owned).collect(),
        }
    }

    /// `<rule>/<key>/<tag hash>`. The hash covers project, category and host too: the same tags
    /// under another of these are another series.
    pub fn name(&self) -> String {
        let own = [
            ("pcode", &*self.pcode.to_string()),
            ("category", &self.category),
            (Tags::ONAME, &self.host),
        ]
        .map(|(key, value)| written(key, value));
        let tags = self.tags.iter().map(|(key, value)| written(key, value));
        let hash = fingerprint::of(&own.into_iter().chain(tags).collect::<String>());
        format!("{}/{}/{hash:016x}", self.rule, self.key)
    }
}

/// With its length before each text, no two sets are written alike.
fn written(key: &str, value: &str) -> String {
    format!("{}:{key}{}:{value}", key.len(), value.len())
}
