//! PURE. What became of one record, as one line of the log. Names are the same in every function;
//! the runbook's queries use them. What was decided and by what an operator finds the record
//! again is each function's own: no field holds what a payload says.

use serde::Serialize;

use crate::failure::Class;

/// One line. `error` asks for a human, `warn` tells that something was taken care of.
#[derive(Clone, Debug, Serialize)]
pub struct Line<'a, D, F> {
    pub level: Level,
    pub message: &'static str,
    pub decision: D,
    pub request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<&'a str>,
    #[serde(flatten)]
    pub facts: F,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Alerts published, ticks sent by a sweep, or messages posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

/// Of every line of this kind.
pub const MESSAGE: &str = "outcome";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Info,
    Warn,
    Error,
}

impl<D: Serialize, F: Serialize> Line<'_, D, F> {
    /// Text, numbers and fixed words: nothing that JSON cannot hold.
    pub fn written(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

/// The only line of a function that refuses to start.
pub fn not_started(reason: &str) -> String {
    let error_type = Class::Settings.error_type();
    let message = "the function does not start";
    serde_json::json!({"level": "error", "message": message, "error_type": error_type,
        "reason": reason})
    .to_string()
}
