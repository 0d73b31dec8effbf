//! PURE. The few ways in which anything fails here. The names are what Lambda reports as the
//! error type, so alarms and the runbook may rely on them.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A setting is missing or wrong; the function refuses to start.
    Settings,
    /// The other side asks for less at a time.
    Throttled,
    /// No answer, or one that says the other side is broken. The work may have been done.
    Unanswered,
    /// A permission, a resource or a credential is missing: a human can repair it without us.
    Misconfigured,
    /// The request itself is not acceptable and never will be.
    Refused,
    /// What was handed to us, or what we stored, cannot be read.
    Unreadable,
    /// The function ran out of time.
    Deadline,
}

impl Class {
    /// Stable: a change here breaks alarms.
    pub fn error_type(self) -> &'static str {
        match self {
            Self::Settings => "Settings",
            Self::Throttled => "Throttled",
            Self::Unanswered => "Unanswered",
            Self::Misconfigured => "Misconfigured",
            Self::Refused => "Refused",
            Self::Unreadable => "Unreadable",
            Self::Deadline => "Deadline",
        }
    }

    /// Whether the same attempt may succeed later, if need be after a repair.
    pub fn retryable(self) -> bool {
        match self {
            Self::Throttled | Self::Unanswered | Self::Misconfigured | Self::Deadline => true,
            Self::Settings | Self::Refused | Self::Unreadable => false,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.error_type())
    }
}

/// Work that must come back, and why. The reason holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Failure {
    pub class: Class,
    pub reason: String,
}
