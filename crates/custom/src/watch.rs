//! Thresholds over the store: each series' standing is one document, changed by compare-and-set.
//!
//! A change and the notice of it are written together, then the notice is put on the bus, then it
//! is taken out of the document. Whoever dies in between leaves it there, and a [`Watch::sweep`]
//! puts it on the bus again under the same id. For that, and because silence sends no request, a
//! second kind of document in one drawer says which series to look at, and when: it is written
//! before the change it is about.

mod due;

use futures_util::stream::{self, StreamExt};
use jiff::{SignedDuration, Timestamp};
use rules::Rules;
use rules::rule::Threshold;
use state::StateError;
use state::document::{Document, DocumentKey, DocumentStore, Draft, Written};

use self::due::Due;
use crate::bus::{BusError, EventBus};
use crate::metric::Batch;
use crate::threshold::event::{Event, Place};
use crate::threshold::standing::{self, Standing};
use crate::threshold::{self, Concern, Series, State};

/// Series that are looked at at once: a request may hold a thousand.
const ABREAST: usize = 16;
/// Two requests rarely meet on a series; who loses this often has met a broken store.
const TRIES: usize = 10;
/// A series that broke is remembered for longer than the collector remembers its breaches: the
/// number of a breach must never come again while anybody knows it.
const KEEP: SignedDuration = SignedDuration::from_hours(24 * 400);

/// Where thresholds are kept and told, for one invocation.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'a, S, B> {
    pub store: &'a S,
    pub bus: &'a B,
    pub rules: &'a Rules,
    pub place: &'a Place,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Watched {
    /// Events put on the bus.
    pub told: usize,
    /// Values of which nobody knows what the thresholds say.
    pub unjudged: usize,
    /// The first failure; what is saved but not told is told by a sweep.
    pub failure: Option<WatchError>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    #[error(transparent)]
    State(#[from] StateError),
    #[error(transparent)]
    Bus(#[from] BusError),
    /// A sweep tells it.
    #[error("a change is saved and not told yet: {0}")]
    Untold(Box<WatchError>),
    #[error("a series changed {TRIES} times while it was looked at")]
    Contended,
    #[error("the thresholds were not judged in time")]
    OutOfTime,
    #[error("a standing cannot be written as JSON")]
    Unwritable,
}

impl WatchError {
    fn untold(self) -> Self {
        Self::Untold(Box::new(self))
    }
}

type Result<T> = std::result::Result<T, WatchError>;

/// What became of the notices of a standing.
struct Told {
    count: usize,
    /// None is left in the document.
    cleared: bool,
}

/// A standing and the version it was read under; 0 when there was none.
struct Read {
    standing: Standing,
    version: u64,
}

impl<S: DocumentStore, B: EventBus> Watch<'_, S, B> {
    /// Judges every value of a batch. A value that fails does not keep its neighbours from it.
    pub async fn batch(&self, batch: &Batch, now: Timestamp) -> Watched {
        let concerns = threshold::concerns(&self.rules.thresholds, batch, now);
        let mut watched = Watched { unjudged: concerns.unanswered, ..Watched::default() };
        let judged = concerns.found.into_iter().map(|concern| self.observe(concern, now));
        // Collected, since a stream over a closure cannot leave its thread.
        let mut judged = stream::iter(judged.collect::<Vec<_>>()).buffer_unordered(ABREAST);
        while let Some(result) = judged.next().await {
            match result {
                Ok(told) => watched.told += told,
                Err(error) => {
                    watched.unjudged += usize::from(!matches!(error, WatchError::Untold(_)));
                    watched.failure.get_or_insert(error);
                }
            }
        }
        watched
    }

    /// Looks at every series that is due: silent ones, and changes nobody was told of. A series that
    /// fails, or of which nobody can read when it is due, does not keep its neighbours from it.
    pub async fn sweep(&self, now: Timestamp) -> Result<Watched> {
        let mut watched = Watched::default();
        let mut due = Vec::new();
        for (name, document) in self.store.documents(due::DRAWER).await? {
            match Due::read(&name, &document) {
                Ok(known) if known.at <= now => due.push((name, document.version)),
                Ok(_) => {}
                Err(error) => {
                    watched.failure.get_or_insert(error);
                }
            }
        }
        let looks = due.iter().map(|(name, version)| self.look_and_note(name, *version, now));
        let mut looks = stream::iter(looks.collect::<Vec<_>>()).buffer_unordered(ABREAST);
        while let Some(looked) = looks.next().await {
            match looked {
                Ok(told) => watched.told += told,
                Err(error) => {
                    watched.failure.get_or_insert(error);
                }
            }
        }
        Ok(watched)
    }

    /// A failure leaves the series due.
    async fn look_and_note(&self, name: &str, version: u64, now: Timestamp) -> Result<usize> {
        let (told, next) = self.look(name, now).await?;
        // Who wrote a time meanwhile knows better.
        due::write(self.store, name, Due::at(next), version, now).await?;
        Ok(told)
    }

    async fn observe(&self, concern: Concern<'_>, now: Timestamp) -> Result<usize> {
        let Concern { threshold, series, point } = concern;
        let name = series.name();
        for _ in 0..TRIES {
            let read = self.read(&name, &series, now).await?;
            let mut next = read.standing.clone().observe(threshold, point, now);
            let version = if worth_writing(&read.standing, &next, threshold) {
                if let Some(at) = next.look_at(Some(threshold), now)
                    && !next.is_watched(at, now)
                {
                    due::no_later(self.store, &name, at, now).await?;
                    next.due = Some(at);
                }
                match self.write(&name, &next, read.version, now).await? {
                    Some(version) => version,
                    None => continue,
                }
            } else {
                next = read.standing;
                read.version
            };
            let told = self.tell(&name, Read { standing: next, version }).await;
            return told.map(|told| told.count).map_err(WatchError::untold);
        }
        Err(WatchError::Contended)
    }

    /// How many events were put, and when to look again.
    async fn look(&self, name: &str, now: Timestamp) -> Result<(usize, Option<Timestamp>)> {
        for _ in 0..TRIES {
            let Some(read) = self.find(name).await? else { return Ok((0, None)) };
            let rule = &read.standing.series.rule;
            let threshold = self.rules.thresholds.iter().find(|known| known.name == *rule);
            let next = read.standing.clone().look(threshold, now);
            let version = if next == read.standing {
                read.version
            } else {
                match self.write(name, &next, read.version, now).await? {
                    Some(version) => version,
                    None => continue,
                }
            };
            let untold = next.look_at(threshold, now);
            let quiet = Standing { pending: Vec::new(), ..next.clone() }.look_at(threshold, now);
            let told = self.tell(name, Read { standing: next, version }).await?;
            return Ok((told.count, if told.cleared { quiet } else { untold }));
        }
        Err(WatchError::Contended)
    }

    /// Puts what is pending on the bus, then takes it out of the document.
    async fn tell(&self, name: &str, read: Read) -> Result<Told> {
        let Read { mut standing, version } = read;
        if standing.pending.is_empty() {
            return Ok(Told { count: 0, cleared: true });
        }
        for notice in &standing.pending {
            let event = Event::of(notice, &standing.series, self.place)
                .map_err(|_| WatchError::Unwritable)?;
            self.bus.put(&event).await?;
        }
        let count = std::mem::take(&mut standing.pending).len();
        let now = standing.heard;
        // When another change came first, it still holds them: whoever made it tells them once
        // more, under the same ids.
        let cleared = self.write(name, &standing, version, now).await?.is_some();
        Ok(Told { count, cleared })
    }

    async fn read(&self, name: &str, series: &Series, now: Timestamp) -> Result<Read> {
        let found = self.find(name).await?;
        let none = || Read { standing: Standing::new(series.clone(), now), version: 0 };
        Ok(found.unwrap_or_else(none))
    }

    async fn find(&self, name: &str) -> Result<Option<Read>> {
        let Some(Document { version, body }) = self.store.document(&key(name)).await? else {
            return Ok(None);
        };
        let standing: Option<Standing> = serde_json::from_str(&body).ok();
        let standing = standing.filter(|standing| standing.schema <= standing::SCHEMA);
        let unreadable = || StateError::Unreadable { item: format!("threshold {name}") };
        Ok(Some(Read { standing: standing.ok_or_else(unreadable)?, version }))
    }

    /// The version it has now; nothing when another change came first.
    async fn write(
        &self,
        name: &str,
        standing: &Standing,
        replaces: u64,
        now: Timestamp,
    ) -> Result<Option<u64>> {
        let body = serde_json::to_string(standing).map_err(|_| WatchError::Unwritable)?;
        let expires = now.checked_add(KEEP).unwrap_or(Timestamp::MAX);
        let draft = Draft { replaces, body, expires };
        match self.store.write_document(&key(name), draft).await? {
            Written::Done { version } => Ok(Some(version)),
            Written::Conflict => Ok(None),
        }
    }
}

/// A healthy series without `absent` is read, never written: most values are.
fn worth_writing(old: &Standing, new: &Standing, threshold: &Threshold) -> bool {
    let notable = |standing: &Standing| {
        standing.state != State::Normal || standing.points.iter().any(|point| point.breaks)
    };
    threshold.absent.is_some() || (old != new && (notable(old) || notable(new)))
}

/// A drawer of its own: hundreds of series may be written in a second.
fn key(name: &str) -> DocumentKey {
    DocumentKey::new(format!("threshold|{name}"), "standing")
}
