//! PURE. Identifiers as types, so that an account can never be passed where a Region is meant.
//!
//! None of them is validated: AWS owns their form, and a hand-made event with an odd account
//! id must still become a card. Comparing and hashing is by the exact text.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )+};
}

id! {
    /// An AWS account, twelve digits where AWS wrote it.
    AccountId,
    /// `arn:aws:health:…` of the event. Not unique to one account or Region.
    EventArn,
    /// `communicationId` without its `-<page>` suffix.
    CommunicationId,
    /// `ap-northeast-2`, or `global`.
    Region,
    /// `EC2`, `RDS`, `MULTIPLE_SERVICES`.
    Service,
    /// `AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED`.
    TypeCode,
    /// One thing that happened, whatever the number of accounts, Regions, pages and copies.
    IncidentId,
    /// The name of a Google Chat space as `routes.toml` uses it.
    SpaceName,
    /// Chat's `threadKey`: the hash of incident and episode.
    ThreadKey,
    /// UUID v5 of thread, space and sequence number: the same alert always has the same id.
    AlertId,
}

impl AccountId {
    /// Stands for an account-specific event that names no account at all.
    pub fn unknown() -> Self {
        Self("unknown".to_owned())
    }

    pub fn is_unknown(&self) -> bool {
        self.0 == "unknown"
    }
}

/// The namespace of every id we derive. Changing it would repeat every alert ever sent.
const NAMESPACE: uuid::Uuid = uuid::uuid!("5f0c7a2e-6d0b-5f4e-9a53-0d1f6d2c8b11");

impl ThreadKey {
    /// One thread per incident and episode; the key is short whatever the length of the ARN.
    pub fn of(incident: &IncidentId, episode: u32) -> Self {
        let name = format!("{incident}#{episode}");
        Self(uuid::Uuid::new_v5(&NAMESPACE, name.as_bytes()).simple().to_string())
    }
}

impl AlertId {
    /// Deterministic, so that a retry, a second worker and a standby hub agree on it.
    pub fn of(thread: &ThreadKey, space: &SpaceName, seq: u32) -> Self {
        let name = format!("{thread}\n{space}\n{seq}");
        Self(uuid::Uuid::new_v5(&NAMESPACE, name.as_bytes()).hyphenated().to_string())
    }

    /// The id of a second post that belongs to this alert, such as its top-level copy.
    #[must_use]
    pub fn derived(&self, purpose: &str) -> Self {
        let own = uuid::Uuid::parse_str(&self.0).unwrap_or(NAMESPACE);
        Self(uuid::Uuid::new_v5(&own, purpose.as_bytes()).hyphenated().to_string())
    }
}
