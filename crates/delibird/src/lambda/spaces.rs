//! The webhooks as Secrets Manager keeps them: read on the first message, again every few
//! minutes, and at once when a webhook stops working, since somebody may just have replaced it.
//!
//! What cannot be read leaves the webhooks as they were. Of a document with one bad webhook the
//! others count.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_secretsmanager::Client;
use function::Secret;
use function::aws::Failed;
use jiff::{SignedDuration, Timestamp};
use model::ids::SpaceName;

use crate::chat::webhook::{Hosts, Patience, WebhookUrl};
use crate::chat::{ChatError, ChatTransport, Fingerprint, Post, Posted, Webhooks};

/// A replaced webhook that still works is noticed after this.
const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// A space that is dead for good is not a reason to ask more often.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// Where the webhooks are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub spaces: String,
    pub bootstrap: Option<String>,
}

/// The space of whatever has no route, and of the webhook of the first day.
const DEFAULT: &str = "default";

pub struct SecretSpaces {
    client: Client,
    kept: Kept,
    http: reqwest::Client,
    hosts: Hosts,
    clock: fn() -> Timestamp,
    log: fn(&str),
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    webhooks: Option<Arc<Spaces>>,
    /// When they were last asked for.
    asked: Option<Timestamp>,
}

/// All webhooks at a time.
struct Spaces {
    webhooks: Webhooks,
    /// Stands for every space.
    only: Option<SpaceName>,
}

/// Without what is secret and without the clients, which print their configuration.
impl fmt::Debug for SecretSpaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretSpaces").field("kept", &self.kept).finish_non_exhaustive()
    }
}

/// Why a secret gave no webhooks. Never quotes it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Unusable {
    #[error("Secrets Manager gave no answer: {0}")]
    Unanswered(String),
    #[error("the secret of the spaces is not a JSON object of names and webhooks")]
    NotSpaces,
}

impl SecretSpaces {
    pub fn new(
        client: Client,
        kept: Kept,
        http: reqwest::Client,
        hosts: Hosts,
        clock: fn() -> Timestamp,
        log: fn(&str),
    ) -> Self {
        Self { client, kept, http, hosts, clock, log, known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Nobody panics while holding it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The webhooks, asked for again when they are older than `age`.
    async fn spaces(&self, age: SignedDuration) -> Result<Arc<Spaces>, ChatError> {
        let now = (self.clock)();
        {
            let mut known = self.known();
            let fresh = known.asked.is_some_and(|asked| now.duration_since(asked) < age);
            if let (Some(webhooks), true) = (&known.webhooks, fresh) {
                return Ok(Arc::clone(webhooks));
            }
            // Others of the same batch go on with what is known meanwhile.
            known.asked = Some(now);
        }
        match self.read().await {
            Ok(spaces) => {
                let spaces = Arc::new(spaces);
                self.known().webhooks = Some(Arc::clone(&spaces));
                Ok(spaces)
            }
            Err(unusable) => {
                self.say(&unusable.to_string());
                let mut known = self.known();
                if known.webhooks.is_none() {
                    known.asked = None;
                }
                let reason = unusable.to_string();
                known.webhooks.clone().ok_or(ChatError::Unknown { reason })
            }
        }
    }

    async fn read(&self) -> Result<Spaces, Unusable> {
        let configured = match self.secret(&self.kept.spaces).await? {
            Some(secret) => named(&secret).ok_or(Unusable::NotSpaces)?,
            None => BTreeMap::new(),
        };
        let mut by_space = BTreeMap::new();
        for (space, text) in &configured {
            self.take(&mut by_space, space, text);
        }
        let default = SpaceName::from(DEFAULT);
        let mut only = None;
        if let Some(arn) = &self.kept.bootstrap
            && !by_space.contains_key(&default)
            && let Some(text) = self.secret(arn).await?
        {
            only = by_space.is_empty().then(|| default.clone());
            self.take(&mut by_space, &default, &text);
        }
        let webhooks = Webhooks::new(self.http.clone(), by_space, Patience::default());
        Ok(Spaces { webhooks, only })
    }

    fn take(
        &self,
        by_space: &mut BTreeMap<SpaceName, Secret<WebhookUrl>>,
        space: &SpaceName,
        text: &Secret<String>,
    ) {
        match WebhookUrl::parse(space, text, self.hosts) {
            Ok(webhook) => drop(by_space.insert(space.clone(), webhook)),
            Err(fault) => self.say(&fault.to_string()),
        }
    }

    /// Nothing when the secret has no value yet: templates make it empty.
    async fn secret(&self, arn: &str) -> Result<Option<Secret<String>>, Unusable> {
        let read = self.client.get_secret_value().secret_id(arn).send().await;
        let value = match read {
            Ok(read) => read.secret_string.filter(|text| !text.trim().is_empty()),
            Err(error) => match Failed::from(&error) {
                Failed { code, .. } if code == "ResourceNotFoundException" => None,
                Failed { code, .. } => return Err(Unusable::Unanswered(code)),
            },
        };
        Ok(value.map(Secret::new))
    }

    fn say(&self, reason: &str) {
        let message = "a webhook cannot be used";
        let line = serde_json::json!({"level": "error", "message": message, "reason": reason});
        (self.log)(&line.to_string());
    }
}

/// The parser's own error would quote the document.
fn named(secret: &Secret<String>) -> Option<BTreeMap<SpaceName, Secret<String>>> {
    let spaces: BTreeMap<String, String> = serde_json::from_str(secret.expose()).ok()?;
    Some(spaces.into_iter().map(|(name, url)| (SpaceName(name), Secret::new(url))).collect())
}

impl Spaces {
    fn name<'a>(&'a self, space: &'a SpaceName) -> &'a SpaceName {
        self.only.as_ref().unwrap_or(space)
    }
}

impl ChatTransport for SecretSpaces {
    async fn post(&self, space: &SpaceName, post: &Post) -> Result<Posted, ChatError> {
        let spaces = self.spaces(FRESH).await?;
        spaces.webhooks.post(spaces.name(space), post).await
    }

    async fn webhook(&self, space: &SpaceName) -> Result<Option<Fingerprint>, ChatError> {
        let spaces = self.spaces(FRESH).await?;
        Ok(spaces.webhooks.fingerprint(spaces.name(space)))
    }

    async fn reread(&self) -> Result<(), ChatError> {
        self.spaces(PAUSE).await.map(drop)
    }
}
