//! PURE. From an event and what the rules say of it to the member that is stored, and the texts
//! it shares with the other members of its communication.

use jiff::{SignedDuration, Timestamp};
use model::{HealthEvent, fingerprint};
use rules::{Destination, Judgement};
use state::member::{Member, MemberKey, Routed, Routing, SCHEMA, Texts};

/// Older than this on arrival is history: told, but never as new.
const STALE: SignedDuration = SignedDuration::from_hours(24);

pub fn member(
    event: HealthEvent,
    judgement: Judgement,
    config_version: &str,
    received: Timestamp,
) -> (Member, Texts) {
    let communication = event.communication_key();
    let routing = routing(judgement.destination);
    let old = event.time.is_some_and(|time| received.duration_since(time) > STALE);
    let member = Member {
        schema: SCHEMA,
        key: key(&event, &communication, &routing),
        account: event.affected_account(),
        subject: event.subject(),
        says_resolved: event.says_resolved(),
        deadline: event.deadline(),
        moment: event.moment().unwrap_or(received),
        text: fingerprint::masked(event.preferred_text()),
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
    (member, Texts { communication, texts: event.texts })
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
    MemberKey(format!("{communication}#{whose}#{page}"))
}
