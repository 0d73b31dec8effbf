//! PURE. A member as an item of about one kilobyte: short names, no absent fields, and a long
//! list of entities in pieces of its own. 1,500 of them are read for one decision.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use model::ids::{AccountId, CommunicationId, EventArn, IncidentId, Region, Service, TypeCode};
use model::summary::Metric;
use model::words::{Actionability, Category, Scope, Severity, Source, StatusCode, Subject};
use model::{Entity, Text, When};
use serde::{Deserialize, Serialize};

use super::{Item, body, item, json, string, text, unreadable, with};
use crate::dynamodb::keys::{self, Key};
use crate::member::{Member, MemberKey, Notified, Routing, SCHEMA, Texts};
use crate::store::{Reading, Result};

/// Lists up to this many bytes stay in the member: a request less, for the same capacity. Some
/// forty resources fit.
const INLINE: usize = 4 * 1024;
/// Half of what an item may hold, since a list may be cut within an entity but not a character.
const PIECE: usize = 200 * 1024;

const LIST: &str = "list";
const PIECES: &str = "pieces";

/// What is written for a member: the pieces of its list, if any, before the member itself.
pub(crate) struct MemberItem {
    pub(crate) pieces: Vec<Item>,
    pub(crate) member: Item,
}

impl MemberItem {
    pub(crate) fn of(incident: &IncidentId, mut member: Member) -> Result<Self> {
        let expires = keys::keep_member(&member);
        let key = keys::member(incident, &member.key);
        let list = json(&member.entities)?;
        if list.len() <= INLINE {
            let member = with(item(key, expires), keys::BODY, text(json(&Short::from(member))?));
            return Ok(Self { pieces: Vec::new(), member });
        }
        member.entities = Vec::new();
        let name = keys::digest(list.as_bytes());
        let pieces: Vec<Item> = cut(&list)
            .enumerate()
            .map(|(place, piece)| {
                let key = keys::entities(&key, &name, place);
                with(item(key, keys::keep_list(expires)), keys::BODY, text(piece))
            })
            .collect();
        let body = json(&Short::from(member))?;
        let member = with(item(key, expires), keys::BODY, text(body));
        let member = with(member, LIST, text(name));
        let member = with(member, PIECES, super::number(&pieces.len()));
        Ok(Self { pieces, member })
    }
}

fn cut(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = after;
        Some(piece)
    })
}

/// What arrived for an incident, gathered from its shards in any order.
#[derive(Default)]
pub(crate) struct Arrived {
    members: Vec<(Member, Option<Elsewhere>)>,
    pieces: HashMap<(String, String), String>,
    copies: Vec<Notified>,
    texts: Vec<Arc<Texts>>,
}

/// Where the entities of a member are.
struct Elsewhere {
    key: Key,
    list: String,
    pieces: usize,
    item: crate::store::StateError,
}

impl Arrived {
    pub(crate) fn add(&mut self, item: &Item) -> Result<()> {
        let sort = string(item, keys::SORT)?;
        if sort.starts_with(keys::MEMBER) {
            let member = body::<Short>(item)?.into();
            self.members.push((member, elsewhere(item)?));
        } else if sort.starts_with(keys::ENTITIES) {
            let place = (string(item, keys::PARTITION)?.to_owned(), sort.to_owned());
            self.pieces.insert(place, string(item, keys::BODY)?.to_owned());
        } else if sort.starts_with(keys::COPY) {
            self.copies.push(body(item)?);
        } else if sort.starts_with(keys::TEXTS) {
            self.texts.push(Arc::new(body(item)?));
        }
        Ok(())
    }

    /// In order of arrival, as one machine keeps them. Pieces without a member belong to a
    /// worker that died before it put one.
    pub(crate) fn into_reading(self) -> Result<Reading> {
        let Self { members, pieces, mut copies, texts } = self;
        let mut whole = Vec::with_capacity(members.len());
        for (mut member, elsewhere) in members {
            if let Some(elsewhere) = elsewhere {
                member.entities = elsewhere.gather(&pieces)?;
            }
            whole.push(Arc::new(member));
        }
        whole.sort_by(|a, b| (a.received, &a.key).cmp(&(b.received, &b.key)));
        copies.sort_unstable();
        Ok(Reading { members: whole, copies, texts, groups: Vec::new() })
    }
}

impl Elsewhere {
    fn gather(self, pieces: &HashMap<(String, String), String>) -> Result<Vec<Entity>> {
        let mut list = String::new();
        for place in 0..self.pieces {
            let Key { partition, sort } = keys::entities(&self.key, &self.list, place);
            let Some(piece) = pieces.get(&(partition, sort)) else { return Err(self.item) };
            list.push_str(piece);
        }
        serde_json::from_str(&list).map_err(|_| self.item)
    }
}

fn elsewhere(item: &Item) -> Result<Option<Elsewhere>> {
    if !item.contains_key(LIST) {
        return Ok(None);
    }
    let key = Key {
        partition: string(item, keys::PARTITION)?.to_owned(),
        sort: string(item, keys::SORT)?.to_owned(),
    };
    Ok(Some(Elsewhere {
        key,
        list: string(item, LIST)?.to_owned(),
        pieces: super::integer(item, PIECES)?,
        item: unreadable(item),
    }))
}

macro_rules! short {
    ($($(#[$with:meta])* $field:ident: $type:ty = $name:literal),+ $(,)?) => {
        /// A member under one- and two-letter names. The names are the format: a new field gets
        /// a new one and a default.
        #[derive(Serialize, Deserialize)]
        struct Short {$(
            #[serde(rename = $name)]
            $(#[$with])*
            $field: $type,
        )+}

        impl From<Member> for Short {
            fn from(member: Member) -> Self {
                Self { $($field: member.$field),+ }
            }
        }

        impl From<Short> for Member {
            fn from(short: Short) -> Self {
                Self { schema: SCHEMA, $($field: short.$field),+ }
            }
        }
    };
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

short! {
    key: MemberKey = "k",
    communication: String = "c",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    real_communication: Option<CommunicationId> = "rc",
    account: AccountId = "a",
    page: u32 = "p",
    pages: u32 = "ps",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arn: Option<EventArn> = "n",
    source: Source = "s",
    service: Service = "v",
    type_code: TypeCode = "t",
    category: Category = "g",
    subject: Subject = "u",
    scope: Scope = "o",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<Region> = "r",
    status: StatusCode = "st",
    #[serde(default, skip_serializing_if = "is_false")]
    says_resolved: bool = "sr",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<When> = "b",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<When> = "e",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated: Option<When> = "l",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deadline: Option<Timestamp> = "d",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<Timestamp> = "ti",
    moment: Timestamp = "m",
    received: Timestamp = "rv",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    actionability: Option<Actionability> = "ac",
    severity: Severity = "sv",
    #[serde(default, skip_serializing_if = "String::is_empty")]
    rule: String = "ru",
    #[serde(default, skip_serializing_if = "String::is_empty")]
    config_version: String = "cv",
    text: u64 = "x",
    #[serde(default, skip_serializing_if = "String::is_empty")]
    texts: String = "xs",
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    own_texts: Vec<Text> = "xo",
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity> = "i",
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metric: Option<Box<Metric>> = "mt",
    #[serde(default, skip_serializing_if = "is_false")]
    stale: bool = "old",
    health: bool = "h",
    routing: Routing = "w",
}
