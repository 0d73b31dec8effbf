//! PURE. What an incident says by the clock: reminders before a deadline.
//!
//! A reminder is planned from the deadline as it stands, so that a moved one is planned anew and
//! a settled one not at all; `course.reminded` tells which are over. Several that were missed are
//! one, since all of them say how much time is left now.

use jiff::{SignedDuration, Timestamp};
use model::words::Kind;
use state::group::Group;

use super::news::{self, News};
use super::standing::Standing;
use super::{Decision, Scene, escalation};

/// A due reminder takes over the news there is, unless that is the resolution.
pub(crate) fn reminded(
    group: &Group,
    standing: &Standing<'_>,
    news: News,
    scene: &Scene<'_>,
) -> News {
    let Some(planned) = planned(group, standing, scene).rev().find(|at| *at <= scene.now) else {
        return news;
    };
    let since = match &news {
        News::Worth { kind: Kind::Resolved, .. } => return news,
        News::Worth { since, .. } => *since,
        News::Nothing { .. } => planned,
    };
    let changes = news::changes(group, standing);
    News::Worth { kind: Kind::Reminder, changes, since, due: planned }
}

/// The reminders that are not over, the earliest first.
fn planned(
    group: &Group,
    standing: &Standing<'_>,
    scene: &Scene<'_>,
) -> std::vec::IntoIter<Timestamp> {
    let over = group.course.reminded.unwrap_or(group.last_alert);
    let open = group.resolved.is_none() && !standing.newest.is_public() && standing.is_campaign();
    let deadline = standing.deadline_after(scene.now).filter(|_| open);
    let Some((reminders, deadline)) = scene.rules.reminders.as_ref().zip(deadline) else {
        return Vec::new().into_iter();
    };
    let mut planned = reminders.planned(deadline, scene.zone);
    planned.retain(|at| *at > over);
    planned.into_iter()
}

/// When the clock calls next for a group that stands so.
pub(crate) fn wake(
    group: &Group,
    standing: &Standing<'_>,
    scene: &Scene<'_>,
    decision: &mut Decision,
) {
    if group.resolved.is_some() {
        return;
    }
    let reminder = planned(group, standing, scene).find(|at| *at > scene.now);
    let escalation = escalation::due(group, standing, scene).map(|(due, _)| due);
    let soon = scene.now + SignedDuration::from_secs(1);
    for at in reminder.into_iter().chain(escalation.filter(|due| *due > scene.now)) {
        decision.wake(at.max(soon));
    }
}
