//! PURE. A claim ties something AWS names (an ARN, a communication, a campaign) to the incident
//! it belongs to. Claims are never changed or removed while the incident lives: the first wins.

use std::fmt;

/// The item key of a claim. Only built by the collector, which knows what makes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Claim(pub String);

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
