//! PURE. The closed vocabularies of AWS Health, each open at the end: a word AWS adds tomorrow
//! is kept as `Other` and shown, never refused.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal $(| $alias:literal)*),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($variant,)+
            Other(String),
        }

        impl $name {
            /// Reads the word in any case; nearly always it comes as AWS writes it.
            pub fn parse(word: &str) -> Self {
                match word {
                    $($word => return Self::$variant,)+
                    _ => {}
                }
                let word = word.trim();
                $(if word.eq_ignore_ascii_case($word) $(|| word.eq_ignore_ascii_case($alias))* {
                    return Self::$variant;
                })+
                Self::Other(word.to_owned())
            }

            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(Heard(Self::parse))
            }
        }
    )+};
}

/// Reads a text without keeping it.
pub(crate) struct Heard<T>(pub(crate) fn(&str) -> T);

impl<T> Visitor<'_> for Heard<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok((self.0)(text))
    }
}

words! {
    /// Who speaks. Only `aws.health` is AWS itself.
    Source {
        AwsHealth = "aws.health",
        CustomHealth = "custom.health",
        CustomMetrics = "custom.metrics",
        CustomHeartbeat = "custom.heartbeat",
    }
    /// `eventTypeCategory`.
    Category {
        Issue = "issue",
        AccountNotification = "accountNotification",
        ScheduledChange = "scheduledChange" | "plannedChange",
        Investigation = "investigation",
    }
    /// `eventScopeCode`. PUBLIC names no affected account: AWS merely told everyone with a rule.
    Scope {
        AccountSpecific = "ACCOUNT_SPECIFIC",
        Public = "PUBLIC",
    }
    /// `statusCode`. Resolution is not only `closed`: see [`crate::HealthEvent::is_resolved`].
    StatusCode {
        Open = "open",
        Upcoming = "upcoming",
        Closed = "closed",
    }
    /// Where a thing stands, as an alert says it.
    Status {
        Open = "open",
        Upcoming = "upcoming",
        Resolved = "resolved",
    }
    /// The state of one affected resource.
    EntityStatus {
        Impaired = "IMPAIRED",
        Pending = "PENDING",
        Unknown = "UNKNOWN",
        Unimpaired = "UNIMPAIRED",
        Resolved = "RESOLVED",
    }
    Actionability {
        Required = "ACTION_REQUIRED",
        MayBeRequired = "ACTION_MAY_BE_REQUIRED",
        Informational = "INFORMATIONAL",
    }
    /// The documents say OPERATIONAL, every sample says OPERATIONS.
    Persona {
        Operations = "OPERATIONS" | "OPERATIONAL",
        Security = "SECURITY",
        Billing = "BILLING",
    }
    /// Decides the layout of the card.
    Subject {
        Issue = "issue",
        Scheduled = "scheduled",
        Notice = "notice",
        Investigation = "investigation",
        Security = "security",
        Metric = "metric",
        Unknown = "unknown",
    }
    /// Why a message is posted.
    Kind {
        Opened = "opened",
        Update = "update",
        Resolved = "resolved",
        Reminder = "reminder",
        Digest = "digest",
        Plain = "plain",
    }
    /// What moved since the group was last told.
    Change {
        Text = "text",
        Status = "status",
        Severity = "severity",
        Accounts = "accounts",
        Resources = "resources",
        Deadline = "deadline",
        // Nobody took it in hand elsewhere, and this space knew of it already.
        Escalated = "escalated",
    }
}

impl EntityStatus {
    /// Nothing is left to do or to suffer for this resource.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Resolved | Self::Unimpaired)
    }
}

/// Ordered from calm to urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    High,
    Critical,
}

impl Severity {
    pub fn parse(word: &str) -> Option<Self> {
        let levels = [Self::Info, Self::Warning, Self::High, Self::Critical];
        levels.into_iter().find(|level| word.trim().eq_ignore_ascii_case(level.as_str()))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// One step more urgent; critical stays critical.
    #[must_use]
    pub fn raised(self) -> Self {
        match self {
            Self::Info => Self::Warning,
            Self::Warning => Self::High,
            Self::High | Self::Critical => Self::Critical,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
