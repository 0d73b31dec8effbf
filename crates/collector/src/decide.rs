//! PURE. What of everything that arrived is worth an alert, to whom, and when. The same reading
//! at the same time always gives the same alerts under the same ids.
//!
//! A group is an incident in one space. It holds only members routed there, so one alert is one
//! message and no team sees another's accounts. Everything that is not worth an alert by itself
//! is recorded and rides on the next one. What is said by the clock ([`clock`], [`escalation`])
//! or because a person spoke ([`hand`]) is decided here as news is; what must not be said now is
//! held ([`gate`]) for the board.

mod accounts;
mod alert;
mod clock;
mod entry;
mod escalation;
pub mod fit;
mod gate;
mod hand;
mod news;
mod standing;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Alert;
use model::ids::{AccountId, IncidentId, SpaceName, ThreadKey};
use model::summary::Acknowledged;
use model::words::{Change, Status};
use rules::Rules;
use state::board::{Cover, Entry};
use state::group::Group;
use state::member::{Member, Routing};
use state::store::Reading;

use escalation::Escalated;
use gate::Gate;
use news::News;
use standing::Standing;

/// What to say now, and when to look again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    pub alerts: Vec<Said>,
    /// When news is due.
    pub next: Option<Timestamp>,
    /// When something is to be said, or done, by the clock.
    pub clock: Option<Timestamp>,
    /// What changed without an alert and should be on a board before the next digest.
    pub refresh: Vec<(SpaceName, Entry)>,
}

/// An alert with what is true once it is out.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub alert: Alert,
    pub after: Group,
    /// None for a digest.
    pub entry: Option<Entry>,
    /// Of a digest.
    pub covers: Vec<Cover>,
    pub weight: Weight,
}

/// Whether an alert makes a storm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It passes whatever the number of others.
    Free,
    Counted,
}

/// What a decision depends on besides members and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// What people did about threads of the incident.
    pub acknowledged: BTreeMap<ThreadKey, Acknowledged>,
    /// Spaces that have had as many alerts as they take one by one.
    pub storming: BTreeSet<SpaceName>,
}

impl Decision {
    fn look_again(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }

    fn wake(&mut self, at: Timestamp) {
        self.clock = Some(self.clock.map_or(at, |clock| clock.min(at)));
    }

    /// When the incident is due again for whatever reason.
    pub fn due(&self) -> Option<Timestamp> {
        self.next.into_iter().chain(self.clock).min()
    }
}

pub fn decide(
    incident: &IncidentId,
    reading: &Reading,
    rules: &Rules,
    circumstances: &Circumstances,
    now: Timestamp,
) -> Decision {
    let mut decision = Decision::default();
    let zone = TimeZone::get(&rules.zone).unwrap_or(TimeZone::UTC);
    let base = Base { incident, reading, rules, circumstances, now, zone: &zone };
    let mut escalated = escalation::find(&base, &mut decision);
    let spaces: BTreeSet<&SpaceName> = routed(reading).chain(escalated.keys().copied()).collect();
    for space in spaces {
        let told = reading.groups.iter().find(|group| group.space == *space);
        let scene = Scene { base, space, escalated: escalated.remove(&space) };
        scene.decide(told, &mut decision);
    }
    decision
}

/// Every space any member was routed to.
fn routed(reading: &Reading) -> impl Iterator<Item = &SpaceName> {
    let routed = reading.members.iter().flat_map(|member| member.spaces());
    routed.map(|to| &to.space)
}

/// What all groups of an incident are decided from.
#[derive(Clone, Copy)]
pub(crate) struct Base<'a> {
    pub(crate) incident: &'a IncidentId,
    pub(crate) reading: &'a Reading,
    pub(crate) rules: &'a Rules,
    pub(crate) circumstances: &'a Circumstances,
    pub(crate) now: Timestamp,
    /// Of `[defaults]`: clocks go by it.
    pub(crate) zone: &'a TimeZone,
}

/// What one group's decision is made from.
pub(crate) struct Scene<'a> {
    pub(crate) base: Base<'a>,
    pub(crate) space: &'a SpaceName,
    /// The space hears of other spaces' members because nobody took them in hand.
    pub(crate) escalated: Option<Escalated<'a>>,
}

impl<'a> std::ops::Deref for Scene<'a> {
    type Target = Base<'a>;

    fn deref(&self) -> &Base<'a> {
        &self.base
    }
}

impl<'a> Scene<'a> {
    fn decide(&self, told: Option<&Group>, decision: &mut Decision) {
        let members = self.members(told, told.and_then(|group| group.after));
        let Some(mut standing) = Standing::of(&members, told, self.now) else { return };
        if let Some(group) = told
            && let Some(resolved) = group.resolved
            && standing.reopens(resolved)
        {
            return self.reopen(group, resolved, decision);
        }
        let Some(group) = told else {
            let number = self.escalated.as_ref().map_or(1, |from| from.episode);
            let after = self.escalated.as_ref().and_then(|from| from.after);
            let episode = Episode::New { number, before: None, after };
            return self.say(self.first(&standing), &standing, &episode, decision);
        };
        if group.resolved.is_some() {
            // Whatever is older than the resolution cannot undo it.
            standing.status = Status::Resolved;
        }
        let news = news::since(group, &standing, self);
        let news = escalation::joined(group, news, self);
        let news = clock::reminded(group, &standing, news, self);
        let news = hand::snoozed(group, news, self, decision);
        let news = hand::taken(group, &standing, news, self);
        self.say(news, &standing, &Episode::Same(group), decision);
    }

    /// Opening again after it was resolved is a new episode with a thread of its own; what is
    /// not newer than the resolution stays in the old one.
    fn reopen(&self, group: &Group, resolved: Timestamp, decision: &mut Decision) {
        let number = match &self.escalated {
            // It was escalated then; whether it is now is for the clock to say.
            Some(from) if from.now => from.episode.max(group.episode + 1),
            Some(_) if !self.is_routed() => return,
            _ => group.episode + 1,
        };
        let members = self.members(None, Some(resolved));
        let Some(standing) = Standing::of(&members, None, self.now) else { return };
        let episode = Episode::New { number, before: Some(group), after: Some(resolved) };
        self.say(self.first(&standing), &standing, &episode, decision);
    }

    fn first(&self, standing: &Standing<'_>) -> News {
        match &self.escalated {
            Some(_) if !self.is_routed() => escalation::first(standing, self),
            _ => news::first(standing, self),
        }
    }

    /// Members were routed to this space by the rules, not only escalated to it.
    pub(crate) fn is_routed(&self) -> bool {
        self.reading.members.iter().any(|member| member.goes_to(self.space))
    }

    fn say(
        &self,
        news: News,
        standing: &Standing<'_>,
        episode: &Episode<'_>,
        decision: &mut Decision,
    ) {
        match news {
            News::Worth { kind, changes, since, due } if due <= self.now => {
                let gate = Gate::of(self, standing, episode, &kind);
                let said = alert::Worth { kind, changes, since, gate };
                let said = alert::compose(self, standing, episode, said);
                clock::wake(&said.after, standing, self, decision);
                decision.alerts.push(said);
                if let Some(at) = standing.ends_later(self.now) {
                    decision.look_again(at);
                }
            }
            later => {
                let ends = standing.ends_later(self.now);
                let at = match later {
                    News::Nothing { look_again } => look_again.or(ends),
                    // Its end may come first, and that waits for nobody.
                    News::Worth { due, .. } => Some(ends.map_or(due, |ends| ends.min(due))),
                };
                if let Some(at) = at {
                    decision.look_again(at);
                }
                if let Episode::Same(group) = episode {
                    clock::wake(group, standing, self, decision);
                    entry::refresh(group, standing, self, decision);
                }
            }
        }
    }

    /// Whether a member belongs here: routed here, or to a space that was escalated to here.
    pub(crate) fn takes(&self, member: &Member) -> bool {
        self.hears_of(|space| member.goes_to(space))
    }

    /// Whether something went to this space, or to one that was escalated to here.
    pub(crate) fn hears_of(&self, went_to: impl Fn(&SpaceName) -> bool) -> bool {
        let origins = self.escalated.iter().flat_map(|from| from.origins.iter());
        went_to(self.space) || origins.into_iter().any(|origin| went_to(origin))
    }

    /// The members of this group: those routed here, and whatever else concerns their accounts, or
    /// everybody where one of those is PUBLIC, since an incident is resolved where it was opened. A
    /// silence holds only for what was not announced before it.
    fn members(&self, told: Option<&Group>, after: Option<Timestamp>) -> Vec<&'a Arc<Member>> {
        let of_episode = |member: &&Arc<Member>| after.is_none_or(|after| member.moment > after);
        let all = || self.base.reading.members.iter().filter(of_episode);
        let ours: HashSet<&AccountId> = all()
            .filter(|member| !member.is_public() && self.takes(member))
            .map(|member| &member.account)
            .collect();
        let is_public = all().any(|member| member.is_public() && self.takes(member));
        let announced = |account: &AccountId| {
            let hash = model::fingerprint::of(account.as_str());
            told.is_some_and(|group| group.accounts.contains(hash))
        };
        all()
            .filter(|member| {
                let (concerns, announced) = if member.is_public() {
                    (is_public, told.is_some())
                } else {
                    (ours.contains(&member.account), announced(&member.account))
                };
                let audible = matches!(member.routing, Routing::To(_)) || announced;
                self.takes(member) || (concerns && audible)
            })
            .collect()
    }
}

/// Which episode an alert belongs to.
pub(crate) enum Episode<'a> {
    New { number: u32, before: Option<&'a Group>, after: Option<Timestamp> },
    Same(&'a Group),
}

impl<'a> Episode<'a> {
    pub(crate) fn number(&self) -> u32 {
        match self {
            Self::New { number, .. } => *number,
            Self::Same(group) => group.episode,
        }
    }

    /// The group as it was, in whatever episode.
    pub(crate) fn before(&self) -> Option<&'a Group> {
        match self {
            Self::New { before, .. } => *before,
            Self::Same(group) => Some(group),
        }
    }

    /// The group as it was told in this episode.
    pub(crate) fn told(&self) -> Option<&'a Group> {
        match self {
            Self::New { .. } => None,
            Self::Same(group) => Some(group),
        }
    }
}

/// Upcoming and open are both unresolved.
pub(crate) fn is_resolved(status: &Status) -> bool {
    *status == Status::Resolved
}

/// More urgent than it ever was.
pub(crate) fn rises(changes: &[Change]) -> bool {
    changes.contains(&Change::Severity)
}
