//! PURE. What the function was invoked with: a request of either kind of API Gateway, or the
//! schedule's sweep.

use serde::Deserialize;

use crate::respond::gateway::Event;

#[derive(Debug)]
pub enum Invocation {
    Request(Event),
    Sweep,
}

/// The constant input of the schedule.
pub const SWEEP: &str = "sweep";

impl Invocation {
    /// What is neither is a request without a method, and is answered as one.
    pub fn read(payload: &str) -> Self {
        let task = serde_json::from_str(payload).ok().and_then(|Task { task }| task);
        if task == Some(SWEEP) {
            return Self::Sweep;
        }
        Self::Request(serde_json::from_str(payload).unwrap_or_default())
    }
}

#[derive(Deserialize)]
struct Task<'a> {
    #[serde(default)]
    task: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_schedule_sweeps() {
        assert!(matches!(Invocation::read(r#"{"task":"sweep"}"#), Invocation::Sweep));
        for payload in [r#"{"task":"other"}"#, r#"{"task":1}"#, "[]", "nonsense", "{}"] {
            let Invocation::Request(event) = Invocation::read(payload) else { panic!("{payload}") };
            assert!(event.into_body().is_err(), "{payload}");
        }
        let payload = r#"{"httpMethod":"POST","body":"b","task":null}"#;
        let Invocation::Request(event) = Invocation::read(payload) else { panic!("a request") };
        assert_eq!(event.into_body(), Ok(b"b".to_vec()));
    }
}
