//! The access keys kept on our side, read again when they are old or a project is not among them,
//! so that a key that was added or rotated is in use without a deployment.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use function::Secret;
use jiff::{SignedDuration, Timestamp};

use crate::keys::AccessKeys;
use crate::metric::Pcode;

/// How long a rotated key may still be used.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// How often an unknown project, or a failure, makes us ask again.
const PATIENCE: SignedDuration = SignedDuration::from_secs(15);

/// The secret, or what to say in the log, with nothing of the secret in it.
pub type Fetched = Result<Secret<String>, String>;

/// Reads through `K`, which fetches the secret.
#[derive(Debug)]
pub struct Known<K> {
    fetch: K,
    seen: Mutex<Seen>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    keys: Option<Arc<AccessKeys>>,
    /// When the keys were read.
    read: Option<Timestamp>,
    asked: Option<Timestamp>,
}

impl Seen {
    fn is_enough(&self, pcode: Pcode, now: Timestamp) -> bool {
        let within =
            |at: Option<Timestamp>, time| at.is_some_and(|at| now.duration_since(at) < time);
        let knows = self.keys.as_ref().is_some_and(|keys| keys.knows(pcode));
        (knows && within(self.read, FRESH)) || within(self.asked, PATIENCE)
    }
}

impl<K, F> Known<K>
where
    K: Fn() -> F + Send + Sync,
    F: Future<Output = Fetched> + Send,
{
    pub fn new(fetch: K) -> Self {
        Self { fetch, seen: Mutex::default() }
    }

    /// The keys, old ones rather than none; and what an operator must hear.
    pub async fn keys(
        &self,
        pcode: Pcode,
        now: Timestamp,
    ) -> (Option<Arc<AccessKeys>>, Option<String>) {
        let seen = self.seen().clone();
        if seen.is_enough(pcode, now) {
            return (seen.keys, None);
        }
        self.seen().asked = Some(now);
        let secret = match (self.fetch)().await {
            Ok(secret) => secret,
            Err(reason) => return (seen.keys, Some(reason)),
        };
        match AccessKeys::parse(&secret) {
            Ok(keys) => {
                let trouble = unusable(&keys);
                let keys = Some(Arc::new(keys));
                *self.seen() = Seen { keys: keys.clone(), read: Some(now), asked: Some(now) };
                (keys, trouble)
            }
            Err(error) => (seen.keys, Some(error.to_string())),
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unusable(keys: &AccessKeys) -> Option<String> {
    let projects = keys.unusable();
    let named: Vec<String> = projects.iter().take(10).map(ToString::to_string).collect();
    (!named.is_empty()).then(|| format!("no access key of its project: {}", named.join(", ")))
}
