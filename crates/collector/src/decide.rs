//! PURE. What of everything that arrived is worth an alert, to whom, and when. The same reading
//! at the same time always gives the same alerts under the same ids.
//!
//! A group is an incident in one space. It holds only members routed there, so one alert is one
//! message and no team sees another's accounts. Everything that is not worth an alert by itself
//! is recorded and rides on the next one.

mod accounts;
mod alert;
pub mod fit;
mod news;
mod standing;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use model::Alert;
use model::ids::{AccountId, IncidentId, SpaceName};
use model::words::Status;
use rules::Rules;
use state::group::Group;
use state::member::{Member, Routing};
use state::store::Reading;

use news::News;
use standing::Standing;

/// What to say now, each with the state its group has once it is said, and when to look again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decision {
    pub alerts: Vec<(Alert, Group)>,
    pub next: Option<Timestamp>,
}

impl Decision {
    fn look_again(&mut self, at: Timestamp) {
        self.next = Some(self.next.map_or(at, |next| next.min(at)));
    }
}

pub fn decide(incident: &IncidentId, reading: &Reading, rules: &Rules, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    for space in spaces(reading) {
        let told = reading.groups.iter().find(|group| group.space == *space);
        let scene = Scene { incident, reading, rules, now, space };
        scene.decide(told, &mut decision);
    }
    decision
}

/// Every space any member was routed to, in a stable order.
fn spaces(reading: &Reading) -> BTreeSet<&SpaceName> {
    let routed = reading.members.iter().flat_map(|member| member.spaces());
    routed.map(|to| &to.space).collect()
}

/// What one group's decision is made from.
pub(crate) struct Scene<'a> {
    pub(crate) incident: &'a IncidentId,
    pub(crate) reading: &'a Reading,
    pub(crate) rules: &'a Rules,
    pub(crate) now: Timestamp,
    pub(crate) space: &'a SpaceName,
}

impl<'a> Scene<'a> {
    fn decide(&self, told: Option<&Group>, decision: &mut Decision) {
        let members = self.members(told, told.and_then(|group| group.after));
        let Some(mut standing) = Standing::of(&members, told, self.now) else { return };
        if let Some(resolved) = told.and_then(|group| group.resolved)
            && standing.reopens(resolved)
        {
            return self.reopen(told, resolved, decision);
        }
        match told {
            None => self.say(news::first(&standing, self), &standing, &Episode::FIRST, decision),
            Some(group) => {
                if group.resolved.is_some() {
                    // Whatever is older than the resolution cannot undo it.
                    standing.status = Status::Resolved;
                }
                let news = news::since(group, &standing, self);
                self.say(news, &standing, &Episode::Same(group), decision);
            }
        }
    }

    /// Opening again after it was resolved is a new episode with a thread of its own; what is
    /// not newer than the resolution stays in the old one.
    fn reopen(&self, told: Option<&Group>, resolved: Timestamp, decision: &mut Decision) {
        let members = self.members(None, Some(resolved));
        let Some(standing) = Standing::of(&members, None, self.now) else { return };
        let (number, version) = told.map_or((0, 0), |group| (group.episode, group.version));
        let episode = Episode::New { number: number + 1, version, after: Some(resolved) };
        self.say(news::first(&standing, self), &standing, &episode, decision);
    }

    fn say(
        &self,
        news: News,
        standing: &Standing<'_>,
        episode: &Episode<'_>,
        decision: &mut Decision,
    ) {
        match news {
            News::Nothing { look_again } => {
                if let Some(at) = look_again.or_else(|| standing.ends_later(self.now)) {
                    decision.look_again(at);
                }
            }
            News::Worth { kind, changes, since, due } if due <= self.now => {
                let said = alert::Said { kind, changes, since };
                decision.alerts.push(alert::compose(self, standing, episode, said));
                if let Some(at) = standing.ends_later(self.now) {
                    decision.look_again(at);
                }
            }
            News::Worth { due, .. } => decision.look_again(due),
        }
    }

    /// The members of this group: those routed here, and whatever else concerns their accounts,
    /// since an incident is resolved where it was opened. A silence holds only for accounts that
    /// were not announced before it.
    fn members(&self, told: Option<&Group>, after: Option<Timestamp>) -> Vec<&'a Arc<Member>> {
        let of_episode = |member: &&Arc<Member>| after.is_none_or(|after| member.moment > after);
        let all = || self.reading.members.iter().filter(of_episode);
        let ours: HashSet<&AccountId> = all()
            .filter(|member| !member.is_public() && member.goes_to(self.space))
            .map(|member| &member.account)
            .collect();
        let announced = |account: &AccountId| {
            let hash = model::fingerprint::of(account.as_str());
            told.is_some_and(|group| group.accounts.contains(hash))
        };
        all()
            .filter(|member| {
                member.goes_to(self.space)
                    || (ours.contains(&member.account)
                        && !member.is_public()
                        && (matches!(member.routing, Routing::To(_)) || announced(&member.account)))
            })
            .collect()
    }
}

/// Which episode an alert belongs to.
pub(crate) enum Episode<'a> {
    New { number: u32, version: u64, after: Option<Timestamp> },
    Same(&'a Group),
}

impl Episode<'_> {
    const FIRST: Self = Self::New { number: 1, version: 0, after: None };
}

/// Upcoming and open are both unresolved.
pub(crate) fn is_resolved(status: &Status) -> bool {
    *status == Status::Resolved
}
