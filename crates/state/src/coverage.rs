//! Who has shown a sign of life: the last heartbeat of each account in each Region, and what is
//! missing of them when they are held against the accounts there should be.
//!
//! It says nothing of incidents: an account without any is as alive as its heartbeat.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::ids::{AccountId, Region};
use model::summary::{Coverage, Missing};
use serde::{Deserialize, Serialize};

use crate::document::{DocumentKey, DocumentStore, Draft, Written};
use crate::store::{Result, StateError};

const SCHEMA: u32 = 1;
/// All accounts report within minutes of each other when a rollout ends: a drawer each would be
/// as many requests to list, one for all a hot partition.
const DRAWERS: u64 = 8;
/// An account that left the organization is forgotten by itself.
const KEEP: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How often a write that lost a race is tried again. Two forwarders of one account and Region
/// race at most.
const TRIES: u32 = 4;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub account: AccountId,
    pub region: Region,
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    schema: u32,
    account: AccountId,
    region: Region,
    at: Timestamp,
}

/// Notes a heartbeat; an older one than is known changes nothing.
pub async fn note<S: DocumentStore>(store: &S, seen: &Seen) -> Result<()> {
    let key = key(seen);
    for _ in 0..TRIES {
        let there = store.document(&key).await?;
        if let Some(there) = &there
            && read(&key, &there.body)?.at >= seen.at
        {
            return Ok(());
        }
        let replaces = there.map_or(0, |there| there.version);
        let draft = Draft { replaces, body: body(seen)?, expires: seen.at + KEEP };
        if let Written::Done { .. } = store.write_document(&key, draft).await? {
            return Ok(());
        }
    }
    Err(StateError::Throttled { attempted: "noting a heartbeat" })
}

/// Every account and Region that ever reported, in order.
pub async fn all<S: DocumentStore>(store: &S) -> Result<Vec<Seen>> {
    let mut all = Vec::new();
    for shard in 0..DRAWERS {
        let drawer = drawer(shard);
        for (name, document) in store.documents(&drawer).await? {
            let kept = read(&DocumentKey::new(&*drawer, name), &document.body)?;
            all.push(Seen { account: kept.account, region: kept.region, at: kept.at });
        }
    }
    all.sort();
    Ok(all)
}

/// PURE. What is missing: an account and Region that never reported, or not since `since`.
pub fn compare(
    accounts: &BTreeSet<AccountId>,
    regions: &BTreeSet<Region>,
    seen: &[Seen],
    since: Timestamp,
) -> Coverage {
    let last: BTreeMap<(&AccountId, &Region), Timestamp> =
        seen.iter().map(|seen| ((&seen.account, &seen.region), seen.at)).collect();
    let expected =
        accounts.iter().flat_map(|account| regions.iter().map(move |region| (account, region)));
    let missing: Vec<Missing> = expected
        .filter_map(|(account, region)| {
            let last_seen = last.get(&(account, region)).copied();
            let alive = last_seen.is_some_and(|at| at >= since);
            let (account, region) = (account.clone(), region.clone());
            (!alive).then_some(Missing { account, region, last_seen })
        })
        .collect();
    let expected = model::alert::count(accounts.len() * regions.len());
    Coverage { expected, seen: expected - model::alert::count(missing.len()), missing }
}

fn key(seen: &Seen) -> DocumentKey {
    let shard = model::fingerprint::of(seen.account.as_str()) % DRAWERS;
    DocumentKey::new(drawer(shard), format!("{}|{}", seen.account, seen.region))
}

fn drawer(shard: u64) -> String {
    format!("heartbeat|{shard}")
}

fn body(seen: &Seen) -> Result<String> {
    let Seen { account, region, at } = seen.clone();
    serde_json::to_string(&Kept { schema: SCHEMA, account, region, at }).map_err(|error| {
        StateError::Refused { attempted: "encoding a heartbeat", reason: error.to_string() }
    })
}

fn read(key: &DocumentKey, body: &str) -> Result<Kept> {
    let kept: Option<Kept> = serde_json::from_str(body).ok();
    let kept = kept.filter(|kept| kept.schema <= SCHEMA);
    kept.ok_or_else(|| StateError::Unreadable { item: format!("{}/{}", key.drawer, key.name) })
}

#[cfg(test)]
mod tests {
    use super::{Coverage, Missing, Seen, all, compare, note};
    use crate::MemoryStore;
    use crate::document::{DocumentKey, DocumentStore, Draft};
    use crate::store::StateError;
    use jiff::Timestamp;

    fn seen(account: &str, region: &str, at: i64) -> Seen {
        let at = Timestamp::from_second(at).unwrap();
        Seen { account: account.into(), region: region.into(), at }
    }

    #[tokio::test]
    async fn the_newest_heartbeat_of_each_account_and_region_is_kept() {
        let store = MemoryStore::default();
        let beats = [
            seen("222233334444", "us-east-1", 10),
            seen("111122223333", "us-west-2", 10),
            seen("111122223333", "us-east-1", 20),
            seen("111122223333", "us-east-1", 15),
            seen("222233334444", "us-east-1", 30),
        ];
        for beat in &beats {
            note(&store, beat).await.unwrap();
        }
        let expected = [
            seen("111122223333", "us-east-1", 20),
            seen("111122223333", "us-west-2", 10),
            seen("222233334444", "us-east-1", 30),
        ];
        assert_eq!(all(&store).await.unwrap(), expected);
    }

    #[tokio::test]
    async fn an_entry_of_a_later_version_is_refused_not_guessed_at() {
        let store = MemoryStore::default();
        let beat = seen("111122223333", "us-east-1", 20);
        let body = r#"{"schema":2,"account":"111122223333","region":"us-east-1","at":"2026-01-01T00:00:00Z"}"#;
        let draft = Draft { replaces: 0, body: body.to_owned(), expires: beat.at };
        let key: DocumentKey = super::key(&beat);
        store.write_document(&key, draft).await.unwrap();
        let refused = note(&store, &beat).await;
        assert!(matches!(refused, Err(StateError::Unreadable { .. })), "{refused:?}");
    }

    #[test]
    fn what_never_reported_and_what_fell_silent_is_named() {
        let accounts = ["1", "2"].map(Into::into).into();
        let regions = ["us-east-1", "us-west-2"].map(Into::into).into();
        let beats = [
            seen("1", "us-east-1", 100),
            seen("1", "us-west-2", 40),
            seen("2", "us-east-1", 50),
            seen("9", "us-east-1", 100),
        ];
        let since = Timestamp::from_second(50).unwrap();
        let missing = |account: &str, region: &str, at: Option<i64>| Missing {
            account: account.into(),
            region: region.into(),
            last_seen: at.map(|at| Timestamp::from_second(at).unwrap()),
        };
        let expected = Coverage {
            expected: 4,
            seen: 2,
            missing: vec![missing("1", "us-west-2", Some(40)), missing("2", "us-west-2", None)],
        };
        assert_eq!(compare(&accounts, &regions, &beats, since), expected);
        let nobody = compare(&accounts, &[].into(), &beats, since);
        assert_eq!((nobody.expected, nobody.seen), (0, 0));
    }
}
