//! One request from its body to everywhere it goes: to WhaTap when collectors are configured, to
//! CloudWatch as lines for the log, and past the thresholds.
//!
//! WhaTap and the thresholds are asked at the same time, since neither waits for the other's
//! health: a collector that is down must not silence an alert, and a store that is down must not
//! cost a value. CloudWatch gets what WhaTap got or may have got, so that a caller who repeats a
//! failed request does not count it twice there.

use std::time::Duration;

use futures_util::future;
use jiff::Timestamp;
use rules::Rules;
use state::document::DocumentStore;

use crate::bus::EventBus;
use crate::emf;
use crate::keys::{self, Kept};
use crate::metric::{self, AccessKey, Batch};
use crate::respond::Outcome;
use crate::threshold::event::Place;
use crate::watch::{Watch, WatchError, Watched};
use crate::whatap::client::{Client, SendError};

/// As long as WhaTap may take in all, within a function time-out of 15 s.
const THRESHOLDS: Duration = Duration::from_secs(8);

/// Everything a request is handed to.
#[derive(Debug)]
pub struct Intake<S, B> {
    pub store: S,
    pub bus: B,
    /// None where no collectors are configured: values go to CloudWatch alone.
    pub whatap: Option<Client>,
    pub reading: metric::Rules,
    /// The CloudWatch namespace of the callers' values.
    pub namespace: String,
}

/// What one call works with.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    pub kept: Kept<'a>,
    pub rules: &'a Rules,
    pub place: &'a Place,
    pub now: Timestamp,
}

/// What became of a request.
#[derive(Debug)]
pub struct Taken {
    pub outcome: Outcome,
    /// None when it could not be read.
    pub batch: Option<Batch>,
    /// Metric documents for standard output.
    pub documents: emf::Documents,
    pub watched: Watched,
    /// Why WhaTap did not take it.
    pub lost: Option<SendError>,
}

impl Taken {
    fn refused(outcome: Outcome, batch: Option<Batch>) -> Self {
        let documents = emf::Documents::default();
        Self { outcome, batch, documents, watched: Watched::default(), lost: None }
    }
}

impl<S: DocumentStore, B: EventBus> Intake<S, B> {
    pub fn read(&self, body: &[u8], now: Timestamp) -> Result<Batch, Outcome> {
        metric::parse(body, &self.reading, now).map_err(Outcome::Invalid)
    }

    pub async fn take(&self, batch: Result<Batch, Outcome>, setting: Setting<'_>) -> Taken {
        let batch = match batch {
            Ok(batch) => batch,
            Err(outcome) => return Taken::refused(outcome, None),
        };
        let key = match self.key(&batch, setting.kept) {
            Ok(key) => key,
            Err(outcome) => return Taken::refused(outcome, Some(batch)),
        };
        let (sent, watched) =
            future::join(self.send(&batch, key.as_ref(), setting.now), self.watch(&batch, setting))
                .await;
        let outcome = match &sent {
            Ok(()) if watched.unjudged > 0 => Outcome::AcceptedUnjudged(batch.datas.len()),
            Ok(()) => Outcome::Accepted(batch.datas.len()),
            Err(error) => Outcome::from(error),
        };
        let documents = match &sent {
            Ok(()) | Err(SendError::Ambiguous { .. }) => emf::documents(&batch, &self.namespace),
            Err(_) => Ok(emf::Documents::default()),
        };
        // Every number of a batch is finite and every text is UTF-8: it always is a document.
        let documents = documents.unwrap_or_default();
        Taken { outcome, batch: Some(batch), documents, watched, lost: sent.err() }
    }

    fn key(&self, batch: &Batch, kept: Kept<'_>) -> Result<Option<AccessKey>, Outcome> {
        self.whatap.as_ref().map(|_| keys::key_for(batch, kept)).transpose()
    }

    async fn send(
        &self,
        batch: &Batch,
        key: Option<&AccessKey>,
        now: Timestamp,
    ) -> Result<(), SendError> {
        match (&self.whatap, key) {
            (Some(client), Some(key)) => client.deliver(batch, key, now).await.map(drop),
            _ => Ok(()),
        }
    }

    async fn watch(&self, batch: &Batch, setting: Setting<'_>) -> Watched {
        let Setting { rules, place, now, .. } = setting;
        let watch = Watch { store: &self.store, bus: &self.bus, rules, place };
        let watched = tokio::time::timeout(THRESHOLDS, watch.batch(batch, now)).await;
        watched.unwrap_or_else(|_| Watched {
            unjudged: batch.datas.len(),
            failure: Some(WatchError::OutOfTime),
            ..Watched::default()
        })
    }

    /// Looks after silent series, and tells what nobody was told.
    pub async fn sweep(&self, setting: Setting<'_>) -> Result<Watched, WatchError> {
        let Setting { rules, place, now, .. } = setting;
        Watch { store: &self.store, bus: &self.bus, rules, place }.sweep(now).await
    }
}
