//! PURE. What one group, an incident in one space, has been told so far: a bounded summary from
//! which the next decision tells what is new. Written only together with the alert it describes.

use jiff::Timestamp;
use model::ids::SpaceName;
use model::words::{Severity, Status};
use serde::{Deserialize, Serialize};

/// The largest number of hashes kept of each kind: 64 KB, far below an item's limit. Beyond it
/// nothing new of that kind is told.
pub const MAX_HASHES: usize = 8_000;

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Group {
    pub schema: u32,
    pub space: SpaceName,
    /// Grows with every commit, so that a slow worker's write cannot undo a later one.
    pub version: u64,
    pub episode: u32,
    /// Alerts sent in this episode.
    pub seq: u32,
    /// Members up to this moment belong to earlier episodes.
    pub after: Option<Timestamp>,
    /// Set once the episode was announced resolved: the newest moment it covered.
    pub resolved: Option<Timestamp>,
    pub status: Status,
    pub severity: Severity,
    pub max_severity: Severity,
    pub deadline: Option<Timestamp>,
    /// Hashes of the accounts told.
    pub accounts: Hashes,
    /// Hashes of the resources told; for issues the impaired ones.
    pub resources: Hashes,
    /// Masked hashes of the texts told.
    pub texts: Hashes,
    /// Hashes of (account, communication) whose pages are no longer news.
    pub told: Hashes,
    /// The latest arrival the last alert knew of.
    pub seen: Timestamp,
    pub last_alert: Timestamp,
    /// How many updates in a row only counted more accounts.
    pub growth: u32,
    /// Absent in items written before it was kept.
    #[serde(default)]
    pub course: Course,
}

impl Group {
    /// When the first card of this episode went out. Earlier releases kept only the last alert.
    pub fn opened(&self) -> Option<Timestamp> {
        self.course.opened.or((self.seq > 0).then_some(self.last_alert))
    }

    /// A card of the incident went out here, in whatever episode.
    pub fn has_passed(&self) -> bool {
        self.course.passed || self.seq > 0
    }
}

/// How an episode went so far, for what is said by the clock and for what an update is held
/// against. Every field may be absent in items of an earlier release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Course {
    /// What the last alert counted.
    pub counted: Option<Counted>,
    /// When the episode was first told here, be it by a digest.
    pub told: Option<Timestamp>,
    /// When its first card went out.
    pub opened: Option<Timestamp>,
    /// When its resolution was told.
    pub ended: Option<Timestamp>,
    /// Since when it has been told as high or critical.
    pub urgent: Option<Timestamp>,
    /// A card of the incident went out here, in this episode or an earlier one.
    pub passed: bool,
    /// Reminders that were planned up to then are over.
    pub reminded: Option<Timestamp>,
    /// The spaces that it was escalated from, the first first.
    pub escalated: Vec<SpaceName>,
    /// When it was opened in the first of them.
    pub escalated_since: Option<Timestamp>,
    /// The last word of a person that was told: when it was said.
    pub acknowledged: Option<Timestamp>,
    /// Of the state of a board: which digests went out.
    pub digests: Option<Box<Digests>>,
}

/// Which digests a space has had. The board keeps it in the place of a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Digests {
    /// The last one by the clock, by its planned time; before the first, when the board began.
    pub last: Timestamp,
    /// The end of the last quiet hours that were told, and in how many messages.
    #[serde(default)]
    pub quiet: Option<(Timestamp, u32)>,
    #[serde(default)]
    pub storm: Option<Storming>,
}

/// A storm that is, or was, told in one thread.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Storming {
    /// When the first was folded.
    pub began: Timestamp,
    pub seq: u32,
    /// When its last digest went out.
    pub last: Timestamp,
}

/// The totals of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Counted {
    pub accounts: u32,
    pub resources: u32,
}

/// A sorted set of 8-byte hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hashes(Vec<u64>);

impl Hashes {
    pub fn contains(&self, hash: u64) -> bool {
        self.0.binary_search(&hash).is_ok()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().copied()
    }

    /// True when no more can be remembered, so that absence proves nothing.
    pub fn is_full(&self) -> bool {
        self.0.len() >= MAX_HASHES
    }
}

impl FromIterator<u64> for Hashes {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        let mut sorted: Vec<u64> = hashes.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        sorted.truncate(MAX_HASHES);
        Self(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::{Course, Group};

    #[test]
    fn a_group_of_an_earlier_release_is_read() {
        let old = r#"{"schema":1,"space":"ops","version":3,"episode":1,"seq":3,"after":null,
            "resolved":null,"status":"open","severity":"high","max_severity":"critical",
            "deadline":null,"accounts":[1],"resources":[],"texts":[],"told":[],
            "seen":"2026-03-02T10:00:00Z","last_alert":"2026-03-02T10:00:10Z","growth":0}"#;
        let read: Group = serde_json::from_str(old).unwrap();
        assert_eq!((read.version, read.course), (3, Course::default()));
    }
}
