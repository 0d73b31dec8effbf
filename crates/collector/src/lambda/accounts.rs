//! What the organization says of its accounts, as the function knows it: read from the table when
//! another list counts, and, where it may ask AWS Organizations, renewed by the sweep at most once
//! an hour. No event ever waits for either.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use function::aws::organizations::Organizations;
use jiff::{SignedDuration, Timestamp};
use rules::{AccountEntry, Organization};
use state::directory::{self, Account, refresh};
use state::{DocumentStore, StateError};

/// Organizations is asked no more often.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The longest a sweep spends on it. Tags that are left take their turn in the hours after.
const LONGEST: SignedDuration = SignedDuration::from_secs(15);

/// What this process knows of the accounts, and whom it may ask.
#[derive(Debug, Default)]
pub struct Accounts {
    /// None where the function may not ask, or should not.
    pub organizations: Option<Organizations>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    list: String,
    organization: Arc<Organization>,
}

/// What became of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Listed {
    /// So many accounts.
    Done(usize),
    /// The old list keeps counting.
    Kept(String),
}

impl Accounts {
    pub fn asking(organizations: Option<Organizations>) -> Self {
        Self { organizations, ..Self::default() }
    }

    pub(super) fn organization(&self) -> Arc<Organization> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&known.organization)
    }

    /// Reads the list that counts, when it is another than is known.
    pub(super) async fn look<D: DocumentStore>(
        &self,
        store: &D,
    ) -> Result<Option<Arc<Organization>>, StateError> {
        let stamp = directory::stamp(store).await?;
        let same = |known: &Mutex<Known>| {
            known.lock().unwrap_or_else(PoisonError::into_inner).list == stamp.list
        };
        if same(&self.known) {
            return Ok(None);
        }
        // Replaced while it was read: the next look finds the new one.
        let Some(accounts) = directory::list(store, &stamp).await? else { return Ok(None) };
        let organization = Arc::new(accounts.into_iter().map(entry).collect());
        let known = Known { list: stamp.list, organization: Arc::clone(&organization) };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(Some(organization))
    }

    /// Asks Organizations, when it is time to and this process is the one that does. `left` is
    /// what the invocation can spare.
    pub(super) async fn renew<D: DocumentStore>(
        &self,
        store: &D,
        left: SignedDuration,
        clock: fn() -> Timestamp,
    ) -> Result<Option<Listed>, StateError> {
        let Some(organizations) = &self.organizations else { return Ok(None) };
        let now = clock();
        let Some(turn) = directory::turn(store, EVERY, now).await? else { return Ok(None) };
        let before = directory::list(store, turn.stamp()).await?.unwrap_or_default();
        let left = left.min(LONGEST);
        let limit = Duration::try_from(left).unwrap_or_default();
        // The last call before `until` still ends in time.
        let until = now + left / 2;
        let list = refresh::listed(organizations, before, until, clock);
        let trouble = match tokio::time::timeout(limit, list).await {
            Ok(Ok(accounts)) => {
                let stamp = turn.publish(store, &accounts, clock()).await?;
                return Ok(Some(Listed::Done(stamp.accounts)));
            }
            Ok(Err(failed)) => format!("AWS Organizations: {}", failed.code),
            Err(_) => {
                "AWS Organizations takes too long for a function; run healthctl accounts sync"
                    .to_owned()
            }
        };
        turn.give_up(store, trouble.clone(), clock()).await?;
        Ok(Some(Listed::Kept(trouble)))
    }
}

fn entry(account: Account) -> (model::ids::AccountId, AccountEntry) {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let entry = AccountEntry {
        name: some(account.name),
        ou: some(account.ou),
        owner: owner(&account.tags),
        tags: account.tags,
        suspended: account.suspended,
    };
    (account.id, entry)
}

/// Tags are written as people write them.
fn owner(tags: &BTreeMap<String, String>) -> Option<String> {
    let owner = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case("owner"));
    owner.map(|(_, owner)| owner.clone()).filter(|owner| !owner.is_empty())
}
