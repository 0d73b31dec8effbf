//! PURE. From an event and what the rules say of it to the member that is stored, and the texts
//! it shares with others.

use jiff::{SignedDuration, Timestamp};
use model::words::Category;
use model::{HealthEvent, Text, fingerprint};
use rules::{Destination, Judgement};
use state::member::{Member, MemberKey, Routed, Routing, SCHEMA, Texts};

/// Older than this on arrival is history: told, but never as new.
const STALE: SignedDuration = SignedDuration::from_hours(24);

/// `text` is the masked one: see [`fingerprint::masked`].
pub fn member(
    event: HealthEvent,
    text: u64,
    judgement: Judgement,
    config_version: &str,
    received: Timestamp,
) -> (Member, Option<Texts>) {
    let communication = event.communication_key();
    let routing = routing(judgement.destination);
    let old = event.time.is_some_and(|time| received.duration_since(time) > STALE);
    let words = Words::of(&event);
    let mut member = Member {
        schema: SCHEMA,
        key: key(&event, &communication, &routing),
        account: event.affected_account(),
        subject: event.subject(),
        says_resolved: event.says_resolved(),
        deadline: event.deadline(),
        moment: event.moment().unwrap_or(received),
        text,
        texts: String::new(),
        own_texts: Vec::new(),
        health: event.has_health_shape(),
        stale: event.replay.is_some() || old,
        real_communication: event.communication,
        communication: communication.clone(),
        page: event.page,
        pages: event.pages,
        arn: event.arn,
        source: event.source,
        service: event.service,
        type_code: event.type_code,
        category: event.category,
        scope: event.scope,
        region: event.region,
        status: event.status,
        start: event.start,
        end: event.end,
        updated: event.updated,
        time: event.time,
        received,
        actionability: event.actionability,
        severity: judgement.severity,
        rule: judgement.rule,
        config_version: config_version.to_owned(),
        entities: event.entities,
        metric: event.metric,
        routing,
    };
    match words {
        Words::Own => {
            member.own_texts = event.texts;
            (member, None)
        }
        Words::Shared(key) => {
            member.texts.clone_from(&key);
            (member, Some(Texts { key, texts: event.texts }))
        }
        Words::None => (member, None),
    }
}

/// Texts of more bytes than this are never kept with their member, which should stay small.
const OWN: usize = 4 * 1024;
/// So many of its resources are looked for in a text.
const NAMED: usize = 3;

/// Where the texts of a member are kept.
enum Words {
    None,
    /// With their member: they name its account or resources, so that nobody says the same, and
    /// a write is spared.
    Own,
    /// Once, by what they say: a campaign says the same under a communication for each account.
    Shared(String),
}

impl Words {
    fn of(event: &HealthEvent) -> Self {
        if event.texts.is_empty() {
            return Self::None;
        }
        if is_own(event) {
            return Self::Own;
        }
        let hash =
            |Text { language, text }: &Text| format!("{language}:{:016x}", fingerprint::of(text));
        Self::Shared(event.texts.iter().map(hash).collect::<Vec<_>>().join(" "))
    }
}

fn is_own(event: &HealthEvent) -> bool {
    let planned =
        matches!(event.category, Category::ScheduledChange | Category::AccountNotification);
    if !planned || event.is_public() {
        return false;
    }
    let bytes: usize = event.texts.iter().map(|text| text.text.len()).sum();
    let account = event.affected_account();
    let names = |text: &str| {
        let resources = event.entities.iter().take(NAMED).map(|entity| entity.id.as_str());
        let mut names = resources.chain([account.as_str()]).filter(|name| !name.is_empty());
        names.any(|name| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some())
    };
    bytes <= OWN && event.texts.iter().all(|text| names(&text.text))
}

fn routing(destination: Destination) -> Routing {
    match destination {
        Destination::To(spaces) => {
            Routing::To(spaces.into_iter().map(|(space, route)| Routed { space, route }).collect())
        }
        Destination::Silenced { reason, rule } => Routing::Silenced { reason, rule },
    }
}

/// (communication, account, page). PUBLIC events name no account: there the page is told once
/// for each set of spaces that its copies are routed to. The ARN counts too, because AWS sends
/// one communication to one account under several ARNs, each with resources of its own.
fn key(event: &HealthEvent, communication: &str, routing: &Routing) -> MemberKey {
    let page = event.page;
    let whose = if event.is_public() {
        match routing {
            Routing::Silenced { .. } => "silenced".to_owned(),
            Routing::To(spaces) => spaces
                .iter()
                .map(|to| format!("{}/{}", to.space, to.route.as_deref().unwrap_or("")))
                .collect::<Vec<_>>()
                .join(","),
        }
    } else {
        let arn = event.arn.as_ref().map_or(0, |arn| fingerprint::of(arn.as_str()));
        format!("{}#{arn:016x}", event.affected_account())
    };
    MemberKey([communication, &whose, &page.to_string()].join("#"))
}
