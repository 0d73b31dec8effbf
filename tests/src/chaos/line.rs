//! PURE. What a function says of a record in its log.

use serde_json::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub function: String,
    pub decision: String,
    /// The id of the message.
    pub record: Option<String>,
    pub incident: Option<String>,
    pub reason: Option<String>,
}

impl Line {
    /// Nothing for lines that tell of something else, and for those that were cut by a kill.
    pub fn read(function: &str, line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        Some(Self {
            function: function.to_owned(),
            decision: text("decision")?,
            record: text("record"),
            incident: text("group"),
            reason: text("reason"),
        })
    }
}
