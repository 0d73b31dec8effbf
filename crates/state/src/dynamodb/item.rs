//! PURE. Items and what they mean, both ways. Every item carries the number of its format; a
//! number from the future is refused, never guessed at.

mod member;

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use model::ids::IncidentId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::{self, Key};
use crate::board::{Cover, Entry};
use crate::group::{Group, Hashes};
use crate::header::{BatchId, Header, Lease, Token};
use crate::member::{SCHEMA, Texts};
use crate::outbox::{Attributes, Frozen};
use crate::store::{Result, StateError};

pub(crate) use member::{Arrived, MemberItem};

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: &impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Nanoseconds: a due time that lost any would compare as another.
pub(crate) fn moment(time: Timestamp) -> AttributeValue {
    number(&time.as_nanosecond())
}

/// The bare item: its key, its format and when it is garbage.
pub(crate) fn item(key: Key, expires: i64) -> Item {
    HashMap::from([
        (keys::PARTITION.to_owned(), text(key.partition)),
        (keys::SORT.to_owned(), text(key.sort)),
        (keys::SCHEMA.to_owned(), number(&SCHEMA)),
        (keys::EXPIRES.to_owned(), number(&expires)),
    ])
}

pub(crate) fn with(mut item: Item, name: &str, value: AttributeValue) -> Item {
    item.insert(name.to_owned(), value);
    item
}

pub(crate) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| StateError::Refused {
        attempted: "encoding an item",
        reason: error.to_string(),
    })
}

/// Texts are kept once and shown in part, so that a text nobody could read is cut, not refused.
const MAX_TEXTS: usize = 300 * 1024;

pub(crate) fn texts(key: Key, mut texts: Texts, expires: i64) -> Result<Item> {
    let mut budget = 128 * 1024;
    let mut body = json(&texts)?;
    while body.len() > MAX_TEXTS && budget > 0 {
        for one in &mut texts.texts {
            one.text.truncate(one.text.floor_char_boundary(budget));
        }
        budget /= 2;
        body = json(&texts)?;
    }
    Ok(with(item(key, expires), keys::BODY, text(body)))
}

/// The four sets are bytes of their own: as JSON they would burst the item.
pub(crate) fn group(key: Key, mut group: Group) -> Result<Item> {
    let expires = keys::keep_group(group.last_alert, group.deadline);
    let mut item = with(item(key, expires), keys::VERSION, number(&group.version));
    for (name, set) in keys::SETS.into_iter().zip(sets(&mut group)) {
        item.insert(name.to_owned(), bytes(&std::mem::take(set)));
    }
    Ok(with(item, keys::BODY, text(json(&group)?)))
}

fn sets(group: &mut Group) -> [&mut Hashes; 4] {
    [&mut group.accounts, &mut group.resources, &mut group.texts, &mut group.told]
}

fn bytes(hashes: &Hashes) -> AttributeValue {
    let bytes: Vec<u8> = hashes.iter().flat_map(u64::to_be_bytes).collect();
    AttributeValue::B(Blob::new(bytes))
}

pub(crate) fn read_group(item: &Item) -> Result<Group> {
    let mut group: Group = body(item)?;
    for (name, set) in keys::SETS.into_iter().zip(sets(&mut group)) {
        let bytes = match item.get(name) {
            Some(AttributeValue::B(bytes)) => bytes.as_ref(),
            _ => return Err(unreadable(item)),
        };
        let (hashes, []) = bytes.as_chunks::<8>() else { return Err(unreadable(item)) };
        *set = hashes.iter().map(|hash| u64::from_be_bytes(*hash)).collect();
    }
    Ok(group)
}

/// A frozen alert is two items, since an alert and a full group may exceed one. Nothing points
/// to either before both are there.
pub(crate) fn frozen(partition: &str, place: u64, frozen: Frozen) -> Result<[Item; 2]> {
    let expires = keys::keep_frozen(frozen.after.last_alert);
    let key =
        |part: &str| Key { partition: partition.to_owned(), sort: format!("{place:020}|{part}") };
    let label = Label {
        batch: frozen.batch,
        attributes: frozen.attributes,
        entry: frozen.entry,
        covers: frozen.covers,
    };
    let alert = with(item(key("alert"), expires), keys::BODY, text(json(&label)?));
    let alert = with(alert, ALERT, text(frozen.alert));
    let alert = with(alert, ALERT_ID, text(frozen.alert_id.0));
    let after = with(group(key("group"), frozen.after)?, keys::EXPIRES, number(&expires));
    Ok([alert, after])
}

const ALERT: &str = "alert";
const ALERT_ID: &str = "alert_id";

#[derive(Serialize, serde::Deserialize)]
struct Label {
    batch: BatchId,
    attributes: Attributes,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<Box<Entry>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    covers: Vec<Cover>,
}

pub(crate) fn read_frozen(alert: &Item, after: &Item) -> Result<Frozen> {
    let label: Label = body(alert)?;
    Ok(Frozen {
        schema: SCHEMA,
        batch: label.batch,
        alert_id: string(alert, ALERT_ID)?.into(),
        alert: string(alert, ALERT)?.to_owned(),
        attributes: label.attributes,
        after: read_group(after)?,
        entry: label.entry,
        covers: label.covers,
    })
}

pub(crate) fn read_header(item: &Item) -> Result<Header> {
    check(item)?;
    let lease = match item.get(keys::LEASE_TOKEN) {
        None => None,
        Some(_) => Some(Lease {
            token: Token(string(item, keys::LEASE_TOKEN)?.to_owned()),
            until: time(item, keys::LEASE_UNTIL)?,
        }),
    };
    Ok(Header {
        arrivals: integer(item, keys::ARRIVALS)?,
        due: item.get(keys::DUE).map(|_| time(item, keys::DUE)).transpose()?,
        lease,
        frozen: match item.get(keys::FROZEN) {
            None => None,
            Some(_) => Some(BatchId(string(item, keys::FROZEN)?.to_owned())),
        },
    })
}

/// Also of what the index holds, which is hardly more.
pub(crate) fn incident(item: &Item) -> Result<IncidentId> {
    string(item, keys::INCIDENT).map(IncidentId::from)
}

pub(crate) fn claim(item: &Item) -> Result<IncidentId> {
    check(item)?;
    incident(item)
}

pub(crate) fn body<T: DeserializeOwned>(item: &Item) -> Result<T> {
    check(item)?;
    serde_json::from_str(string(item, keys::BODY)?).map_err(|_| unreadable(item))
}

/// A format of the future may mean something else by the same names.
pub(crate) fn check(item: &Item) -> Result<()> {
    let schema: u32 = integer(item, keys::SCHEMA)?;
    if schema > SCHEMA { Err(unreadable(item)) } else { Ok(()) }
}

pub(crate) fn string<'a>(item: &'a Item, name: &str) -> Result<&'a str> {
    match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        _ => Err(unreadable(item)),
    }
}

pub(crate) fn integer<T: std::str::FromStr>(item: &Item, name: &str) -> Result<T> {
    let Some(AttributeValue::N(number)) = item.get(name) else { return Err(unreadable(item)) };
    number.parse().map_err(|_| unreadable(item))
}

pub(crate) fn time(item: &Item, name: &str) -> Result<Timestamp> {
    let nanoseconds: i128 = integer(item, name)?;
    Timestamp::from_nanosecond(nanoseconds).map_err(|_| unreadable(item))
}

/// Names the item by its keys, which hold hashes only.
pub(crate) fn unreadable(item: &Item) -> StateError {
    let part = |name| match item.get(name) {
        Some(AttributeValue::S(text)) => text.as_str(),
        _ => "?",
    };
    let item = format!("{} {}", part(keys::PARTITION), part(keys::SORT));
    StateError::Unreadable { item }
}
