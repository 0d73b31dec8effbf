//! PURE. Who may speak for whom. A record that claims another account's trouble without being
//! allowed to is dead-lettered with the reason, never shown: it may be forged.

use std::collections::BTreeSet;

use crate::event::HealthEvent;
use crate::ids::AccountId;
use crate::words::Source;

/// Which senders may speak for accounts other than their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// One machine, where whoever posts an event is the operator.
    Everyone,
    /// The delegated administrator and the management account.
    Only(BTreeSet<AccountId>),
}

/// Why a record is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "account {sender} may not speak for account {claimed} with source {source_name}; \
     add it to `trusted_accounts` if it is the delegated administrator"
)]
pub struct Untrusted {
    pub sender: AccountId,
    pub claimed: AccountId,
    pub source_name: Source,
}

impl Trust {
    pub fn check(&self, event: &HealthEvent) -> Result<(), Untrusted> {
        let Self::Only(trusted) = self else { return Ok(()) };
        let (Some(sender), Some(claimed)) = (&event.sender, &event.account) else { return Ok(()) };
        if sender == claimed || trusted.contains(sender) {
            return Ok(());
        }
        Err(Untrusted {
            sender: sender.clone(),
            claimed: claimed.clone(),
            source_name: event.source.clone(),
        })
    }
}
