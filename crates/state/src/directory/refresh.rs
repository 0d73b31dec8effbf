//! A new list, asked of AWS Organizations: every account first, then their tags, those that were
//! never read or longest ago before the others, as far as time and permissions reach.

use std::collections::BTreeMap;

use function::aws::Failed;
use function::aws::organizations::Organizations;
use jiff::Timestamp;
use model::ids::AccountId;

use super::Account;

/// `known` is the list before, whose tags are kept until they are read again. No tags are asked
/// for after `until`.
pub async fn listed(
    organizations: &Organizations,
    known: Vec<Account>,
    until: Timestamp,
    clock: fn() -> Timestamp,
) -> Result<Vec<Account>, Failed> {
    let mut known: BTreeMap<AccountId, Account> =
        known.into_iter().map(|account| (account.id.clone(), account)).collect();
    let mut accounts = Vec::new();
    for listed in organizations.accounts().await? {
        let before = known.remove(&AccountId(listed.id.clone())).unwrap_or_default();
        accounts.push(Account {
            id: listed.id.into(),
            name: listed.name,
            ou: listed.ou,
            suspended: listed.suspended,
            ..before
        });
    }
    accounts.sort_by(|a, b| (a.tagged, &a.id).cmp(&(b.tagged, &b.id)));
    for account in &mut accounts {
        let now = clock();
        if now >= until {
            break;
        }
        // Denied or throttled for good: the others would be, too, and what was read is enough.
        let Ok(tags) = organizations.tags(account.id.as_str()).await else { break };
        account.tags = tags;
        account.tagged = Some(now);
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(accounts)
}
