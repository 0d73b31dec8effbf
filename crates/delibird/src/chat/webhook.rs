//! Posts to Google Chat through incoming webhooks: one try, and up to a few seconds of backoff
//! for what may pass by itself. Whatever takes longer is returned, so that the queue and not the
//! function does the waiting.
//!
//! It does not pace: one message a second per space is kept by whoever calls it.

mod answer;
mod patience;
mod url;

use std::collections::BTreeMap;
use std::fmt;

use function::Secret;
use function::http::Unanswered;
use model::ids::SpaceName;
use reqwest::header::CONTENT_TYPE;
use tokio::time::Instant;

use super::{ChatError, ChatTransport, Post, Posted};
pub use patience::Patience;
pub use url::{Fault, Fingerprint, Hosts, WebhookFault, WebhookUrl, read_all};

/// The webhooks of all spaces, behind one client.
pub struct Webhooks {
    client: reqwest::Client,
    by_space: BTreeMap<SpaceName, Secret<WebhookUrl>>,
    patience: Patience,
}

/// The client is left out: it prints its proxy.
impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks")
            .field("by_space", &self.by_space)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl Webhooks {
    pub fn new(
        client: reqwest::Client,
        by_space: BTreeMap<SpaceName, Secret<WebhookUrl>>,
        patience: Patience,
    ) -> Self {
        Self { client, by_space, patience }
    }

    /// Which webhook a space has now; none when it has none.
    pub fn fingerprint(&self, space: &SpaceName) -> Option<Fingerprint> {
        self.by_space.get(space).map(|webhook| webhook.expose().fingerprint())
    }

    async fn try_once(&self, webhook: &WebhookUrl, post: &Post) -> Result<Posted, ChatError> {
        let sent = self
            .client
            .post(webhook.request(&post.request_id).expose().clone())
            .timeout(self.patience.per_try)
            .header(CONTENT_TYPE, "application/json; charset=UTF-8")
            .body(post.body.clone())
            .send()
            .await;
        match sent {
            Ok(response) => answer::read(response, webhook).await,
            Err(error) => Err(ChatError::Unreachable(Unanswered::from(error))),
        }
    }
}

impl ChatTransport for Webhooks {
    async fn webhook(&self, space: &SpaceName) -> Result<Option<Fingerprint>, ChatError> {
        Ok(self.fingerprint(space))
    }

    /// These were given once and for all.
    async fn reread(&self) -> Result<(), ChatError> {
        Ok(())
    }

    async fn post(&self, space: &SpaceName, post: &Post) -> Result<Posted, ChatError> {
        let Some(webhook) = self.by_space.get(space) else {
            return Err(ChatError::UnknownSpace { space: space.clone() });
        };
        let mut failing_since = None;
        let mut retry = 0;
        loop {
            let error = match self.try_once(webhook.expose(), post).await {
                Err(error) if error.retryable() => error,
                settled => return settled,
            };
            let now = Instant::now();
            let spent = now.duration_since(*failing_since.get_or_insert(now));
            let asked = error.retry_after();
            let Some(wait) = self.patience.wait(retry, spent, asked, &post.request_id) else {
                return Err(error);
            };
            tokio::time::sleep(wait).await;
            retry += 1;
        }
    }
}
