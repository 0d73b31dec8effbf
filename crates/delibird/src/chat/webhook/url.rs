//! An incoming webhook's URL: parsed once, strictly, because everything posted goes there and
//! everybody who knows it can post.

use std::collections::BTreeMap;

use function::Secret;
use function::http::is_loopback;
use model::ids::{AlertId, SpaceName};
use reqwest::Url;

/// The only host Google hands out webhooks for.
/// <https://developers.google.com/workspace/chat/quickstart/webhooks>
const GOOGLE: &str = "chat.googleapis.com";

/// Without it Chat ignores `threadKey` and opens a new thread for every message.
/// <https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create>
const REPLY_OPTION: (&str, &str) = ("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD");

/// Which hosts a webhook may name. Functions deployed to AWS say [`Hosts::Google`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    Google,
    /// Also a fake on this machine, in clear text: for `healthctl` and tests.
    GoogleOrLoopback,
}

/// Has neither `Debug` nor `Display`; it lives in a [`Secret`].
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    /// Without a query.
    endpoint: Url,
    key: String,
    token: String,
}

/// A change detector for one webhook: equal means the same webhook. Safe to log and store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Of what stands in for a webhook.
    pub fn of(name: &str) -> Self {
        Self(name.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is wrong with a configured webhook. Names the space, never what was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the webhook of space {space} {fault}")]
pub struct WebhookFault {
    pub space: SpaceName,
    pub fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("is not a URL")]
    NotAUrl,
    #[error("is not https")]
    NotHttps,
    #[error("is not at {GOOGLE}")]
    ForeignHost,
    #[error("carries a user name or password")]
    UserInfo,
    #[error("is not of the form /v1/spaces/<id>/messages")]
    Path,
    #[error("has no key")]
    NoKey,
    #[error("has no token")]
    NoToken,
}

/// Reads all configured webhooks, or says everything that is wrong with them.
pub fn read_all<'a>(
    configured: impl IntoIterator<Item = (&'a SpaceName, &'a Secret<String>)>,
    hosts: Hosts,
) -> Result<BTreeMap<SpaceName, Secret<WebhookUrl>>, Vec<WebhookFault>> {
    let mut webhooks = BTreeMap::new();
    let mut faults = Vec::new();
    for (space, text) in configured {
        match WebhookUrl::parse(space, text, hosts) {
            Ok(webhook) => drop(webhooks.insert(space.clone(), webhook)),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(webhooks) } else { Err(faults) }
}

impl WebhookUrl {
    /// Takes the URL as Chat's dialog shows it. Parameters other than key and token are dropped:
    /// a `threadKey` somebody appended would put every message into one thread.
    pub fn parse(
        space: &SpaceName,
        text: &Secret<String>,
        hosts: Hosts,
    ) -> Result<Secret<Self>, WebhookFault> {
        let parsed = Self::read(text.expose(), hosts);
        parsed.map(Secret::new).map_err(|fault| WebhookFault { space: space.clone(), fault })
    }

    fn read(text: &str, hosts: Hosts) -> Result<Self, Fault> {
        let mut endpoint = Url::parse(text.trim()).map_err(|_| Fault::NotAUrl)?;
        let local =
            hosts == Hosts::GoogleOrLoopback && endpoint.host_str().is_some_and(is_loopback);
        match endpoint.scheme() {
            "https" => {}
            "http" if local => {}
            _ => return Err(Fault::NotHttps),
        }
        let google = endpoint.host_str() == Some(GOOGLE) && endpoint.port().is_none();
        if !google && !local {
            return Err(Fault::ForeignHost);
        }
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return Err(Fault::UserInfo);
        }
        if !is_messages_path(&endpoint) {
            return Err(Fault::Path);
        }
        let key = parameter(&endpoint, "key").ok_or(Fault::NoKey)?;
        let token = parameter(&endpoint, "token").ok_or(Fault::NoToken)?;
        endpoint.set_query(None);
        endpoint.set_fragment(None);
        Ok(Self { endpoint, key, token })
    }

    /// Where one message is posted. Repeating the id makes a repeated post harmless, where Chat
    /// honours it.
    pub fn request(&self, id: &AlertId) -> Secret<Url> {
        let mut url = self.endpoint.clone();
        url.query_pairs_mut()
            .append_pair("key", &self.key)
            .append_pair("token", &self.token)
            .append_pair(REPLY_OPTION.0, REPLY_OPTION.1)
            .append_pair("requestId", id.as_str());
        Secret::new(url)
    }

    /// A thread belongs to the webhook that opened it, so a changed fingerprint means that old
    /// threads cannot be answered. Twelve digits of a SHA-1 over URL, key and token: enough to
    /// see a change, too few to find a token by.
    pub fn fingerprint(&self) -> Fingerprint {
        let whole = format!("{}\n{}\n{}", self.endpoint, self.key, self.token);
        let hash = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, whole.as_bytes());
        Fingerprint(hash.simple().to_string()[..12].to_owned())
    }

    /// Every spelling in which a server could quote the secret parts back.
    pub(super) fn spellings(&self) -> Vec<String> {
        let encoded = |text: &str| {
            let mut url = self.endpoint.clone();
            url.query_pairs_mut().append_pair("", text);
            url.query().map(|query| query.trim_start_matches('=').to_owned())
        };
        let parts = [&self.token, &self.key];
        let raw = parts.into_iter().cloned();
        let mut all: Vec<String> =
            raw.chain(parts.into_iter().filter_map(|p| encoded(p))).collect();
        all.push(self.endpoint.to_string());
        all
    }
}

fn is_messages_path(url: &Url) -> bool {
    let path: Vec<&str> = url.path().split('/').collect();
    matches!(path.as_slice(), ["", "v1", "spaces", id, "messages"] if !id.is_empty())
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs().filter(|(key, _)| key == name);
    pairs.next().map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
