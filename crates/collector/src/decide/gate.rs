//! PURE. Whether an alert goes out as a message of its own, or is held for a digest: by its age,
//! by quiet hours, or because the space is in a storm.

use model::canary;
use model::words::{Kind, Severity, Subject};
use state::board::{Held, HeldBy};

use super::standing::Standing;
use super::{Episode, Scene, Weight};

pub(crate) enum Gate {
    Pass(Weight),
    Hold(Held),
}

impl Gate {
    pub(crate) fn of(
        scene: &Scene<'_>,
        standing: &Standing<'_>,
        episode: &Episode<'_>,
        kind: &Kind,
    ) -> Self {
        let before = episode.before();
        let announced = episode.told().is_some_and(|group| group.seq > 0);
        let ends = *kind == Kind::Resolved && announced;
        let security = standing.newest.subject == Subject::Security;
        // A canary that waits for the morning says that the chain is broken.
        let canary = scene.space.as_str() == canary::SPACE;
        // Whoever spoke waits to see it.
        let spoken = episode.told().is_some_and(|group| scene.untold(group).is_some());
        if security || ends || canary || spoken || scene.escalated.is_some() {
            return Self::Pass(Weight::Free);
        }
        if let Some(digest) = &scene.rules.digest
            && *kind != Kind::Reminder
            && is_old(standing, episode)
            && let Some(until) = digest.next(scene.now, scene.zone)
        {
            return Self::hold(HeldBy::Age, scene, until);
        }
        let most = episode.told().map_or(standing.severity, |group| group.max_severity);
        if standing.severity.max(most) == Severity::Critical {
            return Self::Pass(Weight::Free);
        }
        let quiet = scene.rules.quiet_hours.as_ref();
        if !before.is_some_and(state::group::Group::has_passed)
            && let Some(until) = quiet.and_then(|quiet| quiet.end(scene.now, scene.zone))
        {
            return Self::hold(HeldBy::QuietHours, scene, until);
        }
        if scene.circumstances.storming.contains(scene.space) {
            return Self::hold(HeldBy::Storm, scene, scene.now + scene.rules.pace.group_wait);
        }
        Self::Pass(Weight::Counted)
    }

    fn hold(by: HeldBy, scene: &Scene<'_>, until: jiff::Timestamp) -> Self {
        Self::Hold(Held { by, since: scene.now, until, told: false })
    }
}

/// Nothing of what is new came in time: a replay, or more than a day late.
fn is_old(standing: &Standing<'_>, episode: &Episode<'_>) -> bool {
    let seen = episode.told().map(|group| group.seen);
    let new = standing.members.iter().filter(|member| seen.is_none_or(|s| member.received > s));
    let mut new = new.peekable();
    new.peek().is_some() && new.all(|member| member.stale)
}
