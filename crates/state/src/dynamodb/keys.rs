//! PURE. Where each item is: partition and sort keys, the names of the attributes, and for how
//! long an item is kept.
//!
//! What comes from the wire is hashed, so that no key is too long for DynamoDB and no odd
//! character joins two incidents. The clear text is an attribute of the item.

use jiff::{SignedDuration, Timestamp};
use model::ids::{IncidentId, SpaceName};

use crate::claim::Claim;
use crate::document::DocumentKey;
use crate::header::BatchId;
use crate::member::{Member, MemberKey, Notified};

pub const PARTITION: &str = "pk";
pub const SORT: &str = "sk";
/// The sparse index of headers that are due.
pub const DUE_INDEX: &str = "due";
pub const DUE_SHARD: &str = "due_shard";
pub const DUE: &str = "due";
/// Epoch seconds, for DynamoDB's own garbage collection only.
pub const EXPIRES: &str = "expires";
pub(crate) const SCHEMA: &str = "schema";
pub(crate) const BODY: &str = "body";
pub const INCIDENT: &str = "incident";
pub(crate) const ARRIVALS: &str = "arrivals";
pub(crate) const LEASE_TOKEN: &str = "lease_token";
pub(crate) const LEASE_UNTIL: &str = "lease_until";
pub(crate) const FROZEN: &str = "frozen";
pub(crate) const VERSION: &str = "version";
/// The sets of a group, 8 bytes a hash.
pub(crate) const SETS: [&str; 4] = ["accounts", "resources", "texts", "told"];

/// One partition takes about 1,000 writes a second; 2,000 copies of one incident may come in one.
pub(crate) const MEMBER_SHARDS: u64 = 10;
/// Index entries of all incidents that are due at once spread over so many partitions.
pub(crate) const DUE_SHARDS: u64 = 4;

pub(crate) const MEMBER: &str = "m|";
pub(crate) const ENTITIES: &str = "e|";
pub(crate) const COPY: &str = "c|";
pub(crate) const TEXTS: &str = "t|";
pub(crate) const GROUP: &str = "g|";
pub(crate) const DOCUMENT: &str = "d|";
pub(crate) const NAME: &str = "name";

/// Outlives every change that AWS announces; see the decision record.
const KEEP: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);
/// A member counts until this long after the last time it names.
const KEEP_MEMBER: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Frozen alerts are garbage as soon as they are out; a batch is retried for days at most.
const KEEP_FROZEN: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The full name of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) partition: String,
    pub(crate) sort: String,
}

/// 128 bits of SHA-256: names come from the wire, so collisions must not be made on purpose.
pub(crate) fn digest(text: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = ring::digest::digest(&ring::digest::SHA256, text);
    digest.as_ref().iter().take(16).fold(String::with_capacity(32), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

pub(crate) fn claim(claim: &Claim) -> Key {
    let partition = format!("claim|{}", digest(claim.0.as_bytes()));
    Key { partition, sort: "claim".to_owned() }
}

/// Header and groups.
pub(crate) fn incident(incident: &IncidentId) -> String {
    format!("incident|{}", digest(incident.0.as_bytes()))
}

pub(crate) fn header(of: &IncidentId) -> Key {
    Key { partition: incident(of), sort: "header".to_owned() }
}

pub(crate) fn group(of: &IncidentId, space: &SpaceName) -> Key {
    let sort = format!("{GROUP}{}", digest(space.0.as_bytes()));
    Key { partition: incident(of), sort }
}

pub(crate) fn outbox(incident: &IncidentId, batch: &BatchId) -> String {
    format!("outbox|{}", digest(format!("{incident}\n{batch}").as_bytes()))
}

/// All partitions that hold what arrived for an incident.
pub(crate) fn shards(incident: &IncidentId) -> impl Iterator<Item = String> + use<> {
    let incident = digest(incident.0.as_bytes());
    (0..MEMBER_SHARDS).map(move |shard| format!("arrived|{incident}|{shard}"))
}

pub(crate) fn member(incident: &IncidentId, key: &MemberKey) -> Key {
    arrived(incident, MEMBER, &digest(key.0.as_bytes()))
}

/// One piece of a member's long list of entities, named by the list's own hash too: a repeated
/// member that differs writes another list, never over the first.
pub(crate) fn entities(member: &Key, list: &str, piece: usize) -> Key {
    let name = member.sort.trim_start_matches(MEMBER);
    let sort = format!("{ENTITIES}{name}|{list}|{piece:04}");
    Key { partition: member.partition.clone(), sort }
}

pub(crate) fn copy(incident: &IncidentId, copy: &Notified) -> Key {
    let mut name = copy.account.0.clone();
    for space in &copy.spaces {
        name.push('\n');
        name.push_str(space.as_str());
    }
    arrived(incident, COPY, &digest(name.as_bytes()))
}

pub(crate) fn texts(incident: &IncidentId, key: &str) -> Key {
    arrived(incident, TEXTS, &digest(key.as_bytes()))
}

/// Drawers and names may come from the wire; the clear name is an attribute.
pub(crate) fn document(key: &DocumentKey) -> Key {
    Key { partition: drawer(&key.drawer), sort: document_name(&key.name) }
}

pub(crate) fn drawer(drawer: &str) -> String {
    format!("document|{}", digest(drawer.as_bytes()))
}

/// Short names stand for themselves, so that a drawer is listed in their order; a name that is
/// too long for a sort key keeps its beginning and its hash.
fn document_name(name: &str) -> String {
    const LONGEST: usize = 900;
    if name.len() <= LONGEST {
        return format!("{DOCUMENT}{name}");
    }
    let start = &name[..name.floor_char_boundary(LONGEST)];
    format!("{DOCUMENT}{start}|{}", digest(name.as_bytes()))
}

fn arrived(incident: &IncidentId, kind: &str, name: &str) -> Key {
    let shard = model::fingerprint::of(name) % MEMBER_SHARDS;
    let incident = digest(incident.0.as_bytes());
    Key { partition: format!("arrived|{incident}|{shard}"), sort: format!("{kind}{name}") }
}

pub(crate) fn due_shard(incident: &IncidentId) -> String {
    (model::fingerprint::of(incident.as_str()) % DUE_SHARDS).to_string()
}

pub(crate) fn keep(now: Timestamp) -> i64 {
    later(now, KEEP)
}

/// What was said outlives what was heard: without it an old update would be told as new, under
/// an id that delivery has seen.
pub(crate) fn keep_group(last_alert: Timestamp, deadline: Option<Timestamp>) -> i64 {
    later(deadline.map_or(last_alert, |deadline| deadline.max(last_alert)), KEEP)
}

pub(crate) fn keep_frozen(last_alert: Timestamp) -> i64 {
    later(last_alert, KEEP_FROZEN)
}

/// 90 days after the last time the member names, in any case no longer than a group is kept:
/// some ends are centuries away.
pub(crate) fn keep_member(member: &Member) -> i64 {
    let named = [&member.start, &member.end, &member.updated];
    let named = named.into_iter().filter_map(|when| when.as_ref().and_then(model::When::at));
    let last = named.chain(member.deadline).fold(member.received, Timestamp::max);
    later(last, KEEP_MEMBER).min(keep(member.received))
}

/// DynamoDB collects garbage in no order, and a member without its list could not be read.
pub(crate) fn keep_list(member: i64) -> i64 {
    member.saturating_add(KEEP_FROZEN.as_secs())
}

fn later(time: Timestamp, by: SignedDuration) -> i64 {
    time.as_second().saturating_add(by.as_secs())
}
