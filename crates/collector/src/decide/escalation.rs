//! PURE. Who else is told when nobody takes an urgent alert in hand: the spaces that the route
//! names hear of the same members, and of everything that follows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::ids::SpaceName;
use model::words::{Change, Kind, Severity};
use rules::rule::Escalation;
use state::group::Group;

use super::news::News;
use super::standing::Standing;
use super::{Base, Decision, Scene, alert, is_resolved};

/// Why a space hears of members that were routed elsewhere.
pub(crate) struct Escalated<'a> {
    /// Where they were routed, the first first.
    pub(crate) origins: Vec<&'a SpaceName>,
    /// When it was opened in the first of them.
    pub(crate) since: Timestamp,
    pub(crate) mention: Option<&'a str>,
    /// Of the first origin: its thread is this one's.
    pub(crate) episode: u32,
    pub(crate) after: Option<Timestamp>,
    /// Somebody should take it in hand now; otherwise it is only followed.
    pub(crate) now: bool,
}

/// Every space that is escalated to, or was. What is due later wakes the clock.
pub(crate) fn find<'a>(
    base: &Base<'a>,
    decision: &mut Decision,
) -> BTreeMap<&'a SpaceName, Escalated<'a>> {
    let mut found: BTreeMap<&SpaceName, Escalated<'_>> = BTreeMap::new();
    for group in &base.reading.groups {
        let [first, ..] = group.course.escalated.as_slice() else { continue };
        let from = Escalated {
            origins: group.course.escalated.iter().collect(),
            since: group.course.escalated_since.unwrap_or(group.last_alert),
            mention: mention(base, first),
            episode: group.episode,
            after: group.after,
            now: false,
        };
        found.insert(&group.space, from);
    }
    if base.rules.routes.iter().all(|route| route.escalate.is_none()) {
        return found;
    }
    for group in &base.reading.groups {
        let scene = Scene { base: *base, space: &group.space, escalated: None };
        let members = scene.members(Some(group), group.after);
        let Some(standing) = Standing::of(&members, Some(group), base.now) else { continue };
        let Some((due, rule)) = due(group, &standing, &scene) else { continue };
        if due > base.now {
            decision.wake(due);
            continue;
        }
        for space in rule.spaces.iter().filter(|space| **space != group.space) {
            let since = group.opened().unwrap_or(group.last_alert);
            let to = found.entry(space).or_insert_with(|| Escalated {
                origins: Vec::new(),
                since,
                mention: None,
                episode: group.episode,
                after: group.after,
                now: false,
            });
            if !to.now {
                (to.episode, to.after) = (group.episode, group.after);
            }
            to.now = true;
            to.mention = to.mention.or(rule.mention.as_deref());
            if !to.origins.contains(&&group.space) {
                to.origins.push(&group.space);
            }
        }
    }
    found
}

fn mention<'a>(base: &Base<'a>, origin: &SpaceName) -> Option<&'a str> {
    let mut routes = base.rules.routes.iter().filter(|route| route.spaces.contains(origin));
    routes.find_map(|route| route.escalate.as_ref()).and_then(|rule| rule.mention.as_deref())
}

/// When a group is escalated, and how: it is open, urgent, out as a card, and in nobody's hand.
pub(crate) fn due<'a>(
    group: &Group,
    standing: &Standing<'_>,
    scene: &Scene<'a>,
) -> Option<(Timestamp, &'a Escalation)> {
    let urgent = group.course.urgent?;
    group.opened()?;
    let over = group.resolved.is_some() || is_resolved(&standing.status);
    if over || standing.severity < Severity::High {
        return None;
    }
    let route = alert::route(scene, standing)?;
    let route = scene.base.rules.routes.iter().find(|known| known.name == route)?;
    let rule = route.escalate.as_ref()?;
    let due = urgent.checked_add(rule.after).ok()?;
    match scene.said(group.episode) {
        None => Some((due, rule)),
        // Taken in hand; or asked to be left in peace, which ends.
        Some(ack) => ack.until.map(|until| (due.max(until), rule)),
    }
}

/// At once: it has waited long enough.
pub(crate) fn first(standing: &Standing<'_>, scene: &Scene<'_>) -> News {
    let kind = if standing.newest.health { Kind::Opened } else { Kind::Plain };
    News::Worth { kind, changes: Vec::new(), since: scene.now, due: scene.now }
}

/// Another space's members were escalated to where the incident is known already.
pub(crate) fn joined(group: &Group, news: News, scene: &Scene<'_>) -> News {
    let Some(from) = scene.escalated.as_ref().filter(|from| from.now) else { return news };
    let known = |origin: &&&SpaceName| group.course.escalated.contains(origin);
    if group.resolved.is_some() || from.origins.iter().all(|origin| known(&origin)) {
        return news;
    }
    let (kind, mut changes) = match news {
        News::Worth { kind, changes, .. } => (kind, changes),
        News::Nothing { .. } => (Kind::Update, Vec::new()),
    };
    if kind == Kind::Update {
        changes.insert(0, Change::Escalated);
    }
    News::Worth { kind, changes, since: scene.now, due: scene.now }
}
