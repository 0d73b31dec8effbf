//! The webhook transport against a Google Chat that has rules and fails: what is posted, what is
//! refused, how each failure is told, and that none of them tells a secret.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up is a failed test")]

mod adapters;
mod dev;
mod failures;
mod request_ids;
mod rules;
mod secrets;
mod tls;

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use delibird::chat::webhook::{Hosts, read_all};
use delibird::chat::{ChatError, ChatTransport, Post, Posted, Webhooks, webhook::Patience};
use function::Secret;
use function::http::{self, Egress};
use model::ids::SpaceName;
use serde_json::{Value, json};
use system_tests::chat_server::{ChatServer, Pace, RequestIds, Rules, SCHEMA, Schema};

static GOOGLE: LazyLock<Schema> = LazyLock::new(|| Schema::read(SCHEMA).unwrap());

/// Three tries in quick succession, and no short time-out that a loaded machine could miss.
const THREE_TRIES: Patience = Patience {
    per_try: Duration::from_secs(20),
    backoff: Duration::from_secs(5),
    tries: 3,
    first: Duration::from_millis(8),
    longest: Duration::from_millis(64),
};

/// All rules but the pace, which would only slow the tests down that are not about it.
fn unpaced() -> Rules {
    Rules { pace: Pace::Unlimited, ..Rules::of_google(GOOGLE.clone()) }
}

/// A Chat with the space `ops`, and the product's transport to it.
struct Scene {
    chat: ChatServer,
    webhooks: Webhooks,
}

impl Scene {
    async fn new(rules: Rules, patience: Patience) -> Self {
        let chat = ChatServer::start(rules).await.unwrap();
        let webhooks = webhooks([("ops", chat.webhook("ops"))], patience);
        Self { chat, webhooks }
    }

    async fn post(&self, id: &str, body: &Value) -> Result<Posted, ChatError> {
        self.webhooks.post(&"ops".into(), &post(id, body)).await
    }

    /// Requests that reached the space.
    fn tries(&self) -> usize {
        self.chat.ledger().received("ops").len()
    }
}

fn webhooks<const N: usize>(urls: [(&str, String); N], patience: Patience) -> Webhooks {
    let urls: BTreeMap<SpaceName, _> =
        urls.map(|(space, url)| (space.into(), Secret::new(url))).into();
    let client = http::client(&Egress::default()).unwrap();
    Webhooks::new(client, read_all(&urls, Hosts::GoogleOrLoopback).unwrap(), patience)
}

fn post(id: &str, body: &Value) -> Post {
    Post { request_id: id.into(), body: Bytes::from(body.to_string()) }
}

/// The smallest message, in a thread.
fn hello(thread: &str) -> Value {
    json!({"text": "hello", "thread": {"threadKey": thread}})
}

/// A result as one comparable line.
fn situation(result: &Result<Posted, ChatError>) -> String {
    let after = |wait: &Option<Duration>| wait.map_or(String::new(), |wait| format!(", {wait:?}"));
    match result {
        Ok(Posted { name: Some(_), thread: Some(_) }) => "posted".to_owned(),
        Ok(posted) => format!("posted, {posted:?}"),
        Err(ChatError::Throttled { retry_after }) => format!("throttled{}", after(retry_after)),
        Err(ChatError::Rejected { status, reason }) => format!("rejected {status}: {reason}"),
        Err(ChatError::Gone { status }) => format!("gone {status}"),
        Err(ChatError::Unreachable(lost)) if lost.ambiguous => {
            format!("unreachable, {:?}, ambiguous", lost.class)
        }
        Err(ChatError::Unreachable(lost)) => format!("unreachable, {:?}", lost.class),
        Err(ChatError::Unavailable { status, retry_after }) => {
            format!("unavailable {status}{}", after(retry_after))
        }
        Err(ChatError::UnknownSpace { space }) => format!("unknown space {space}"),
        Err(ChatError::Unknown { reason }) => format!("unknown, {reason}"),
    }
}
