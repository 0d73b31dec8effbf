//! PURE. What people say of a thread: that it is in hand, or may be silent for a while. The thread
//! says so once, to everybody who reads it.

use model::ids::ThreadKey;
use model::summary::Acknowledged;
use model::words::Kind;
use state::group::Group;

use super::news::{self, News};
use super::standing::Standing;
use super::{Decision, Scene, rises};

/// Until the end of a snooze only a rise and the resolution are told.
pub(crate) fn snoozed(
    group: &Group,
    news: News,
    scene: &Scene<'_>,
    decision: &mut Decision,
) -> News {
    let Some(until) = scene.said(group.episode).and_then(|ack| ack.until) else {
        return news;
    };
    match &news {
        News::Worth { kind, changes, .. }
            if until > scene.now && *kind != Kind::Resolved && !rises(changes) =>
        {
            decision.wake(until);
            News::Nothing { look_again: None }
        }
        _ => news,
    }
}

/// A word that was not told yet is told at once, with whatever else is new; only a communication
/// whose pages are still coming is waited for. The resolution needs no one in hand any more.
pub(crate) fn taken(group: &Group, standing: &Standing<'_>, news: News, scene: &Scene<'_>) -> News {
    let Some(said) = scene.untold(group) else { return news };
    let due = standing.pages_until.map_or(said.at, |pages| pages.max(said.at));
    match news {
        News::Worth { kind, changes, since, due: planned } => {
            let due = if kind == Kind::Resolved { planned } else { planned.min(due) };
            News::Worth { kind, changes, since, due }
        }
        News::Nothing { .. } => {
            let changes = news::changes(group, standing);
            News::Worth { kind: Kind::Update, changes, since: scene.now, due }
        }
    }
}

impl Scene<'_> {
    /// What a person said last of this incident's thread of an episode.
    pub(crate) fn said(&self, episode: u32) -> Option<&Acknowledged> {
        let acknowledged = &self.circumstances.acknowledged;
        // The name of a thread is a hash, and in hardly any has somebody spoken.
        if acknowledged.is_empty() {
            return None;
        }
        acknowledged.get(&ThreadKey::of(self.incident, episode))
    }

    /// The same, when the thread has not said it yet.
    pub(crate) fn untold(&self, group: &Group) -> Option<&Acknowledged> {
        let said = self.said(group.episode).filter(|_| group.seq > 0 && group.resolved.is_none());
        said.filter(|said| group.course.acknowledged.is_none_or(|told| told < said.at))
    }
}
