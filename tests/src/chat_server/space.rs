//! Spaces, their webhooks and threads: what Google remembers between two requests.

use std::collections::HashMap;
use std::time::Duration;

use hyper::{Method, Uri};
use serde_json::{Value, json};

use super::answer::Answer;
use super::fault::{Fault, Faults};
use super::ledger::{Ledger, Message, Outcome};
use super::rules::{self, Pace, RequestIds, Rules};

/// The parameters of a request, read before its body.
pub(super) struct Call {
    pub(super) at: Duration,
    /// As the test calls the space; what the path says while no such space is known.
    pub(super) space: String,
    pub(super) request_id: Option<String>,
    /// From the path; none when it is not the path of a webhook.
    id: Option<String>,
    key: String,
    token: String,
    reply_option: String,
}

impl Call {
    pub(super) fn read(method: &Method, uri: &Uri, at: Duration) -> Self {
        let query = uri.query().unwrap_or_default().as_bytes();
        let query: HashMap<_, _> = form_urlencoded::parse(query).into_owned().collect();
        let parameter = |name: &str| query.get(name).cloned().unwrap_or_default();
        let path: Vec<&str> = uri.path().split('/').collect();
        let id = match path.as_slice() {
            ["", "v1", "spaces", id, "messages"] if method == Method::POST => Some(*id),
            _ => None,
        };
        Self {
            at,
            space: uri.path().to_owned(),
            request_id: query.get("requestId").cloned(),
            id: id.map(str::to_owned),
            key: parameter("key"),
            token: parameter("token"),
            reply_option: parameter("messageReplyOption"),
        }
    }
}

#[derive(Default)]
pub(super) struct Spaces {
    pub(super) ledger: Ledger,
    by_id: HashMap<String, Space>,
}

/// A space belongs to people; its name here is what the test calls it.
pub(super) struct Space {
    pub(super) faults: Faults,
    name: String,
    id: String,
    webhooks: Vec<Webhook>,
    last_write: Option<Duration>,
    messages: u32,
    threads: u32,
}

/// Threads and request ids belong to the webhook that made them.
struct Webhook {
    key: String,
    token: String,
    deleted: bool,
    threads: HashMap<String, String>,
    request_ids: HashMap<String, (String, Value)>,
}

/// Why a request is answered with an error.
type Refusal = (u16, String);

impl Spaces {
    pub(super) fn open(&mut self, name: &str) -> &mut Space {
        let known = self.by_id.values().find(|space| space.name == name);
        let id = known.map_or_else(|| format!("AAQA{:04}", self.by_id.len()), |s| s.id.clone());
        self.by_id.entry(id.clone()).or_insert_with(|| Space::new(name, id))
    }

    /// Finds out whose call it is, and what is to go wrong with it.
    pub(super) fn arrive(&mut self, call: &mut Call) -> Option<Fault> {
        let space = self.by_id.get_mut(call.id.as_ref()?)?;
        call.space.clone_from(&space.name);
        space.faults.next()
    }

    /// What Chat makes of a message, and what it says.
    pub(super) fn post(&mut self, rules: &Rules, call: &Call, body: &[u8]) -> (Outcome, Answer) {
        let space = call.id.as_ref().and_then(|id| self.by_id.get_mut(id));
        let posted = space.map(|space| space.post(rules, call, body));
        match posted.unwrap_or_else(|| Err((404, "Requested entity was not found.".to_owned()))) {
            Ok((outcome, message)) => (outcome, Answer::message(message)),
            Err((status, reason)) => {
                let answer = Answer::error(status, &reason);
                (Outcome::Refused { status, reason }, answer)
            }
        }
    }
}

impl Space {
    fn new(name: &str, id: String) -> Self {
        let mut space = Self {
            faults: Faults::Never,
            name: name.to_owned(),
            id,
            webhooks: Vec::new(),
            last_write: None,
            messages: 0,
            threads: 0,
        };
        space.add_webhook();
        space
    }

    /// Its token has to be escaped in a URL, as Google's have.
    pub(super) fn add_webhook(&mut self) {
        let number = self.webhooks.len();
        self.webhooks.push(Webhook {
            key: format!("AIzaSyFake{}", self.id),
            token: format!("fAkE/{}+{number}-hunter2=", self.id),
            deleted: false,
            threads: HashMap::new(),
            request_ids: HashMap::new(),
        });
    }

    pub(super) fn delete_webhooks(&mut self) {
        for webhook in &mut self.webhooks {
            webhook.deleted = true;
        }
    }

    /// Path and query of the newest webhook.
    pub(super) fn path(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(webhook) = self.webhooks.last() {
            query.append_pair("key", &webhook.key).append_pair("token", &webhook.token);
        }
        format!("/v1/spaces/{}/messages?{}", self.id, query.finish())
    }

    fn post(
        &mut self,
        rules: &Rules,
        call: &Call,
        body: &[u8],
    ) -> Result<(Outcome, Value), Refusal> {
        let webhook = self.authorize(call)?;
        self.keep_pace(rules.pace, call.at)?;
        let known = &self.webhooks[webhook].request_ids;
        if let Some((name, answer)) = call.request_id.as_ref().and_then(|id| known.get(id)) {
            return Ok((Outcome::Repeated { name: name.clone() }, answer.clone()));
        }
        let body = rules::read(&rules.schema, body).map_err(|reason| (400, reason))?;
        let (thread, reply) = self.thread(webhook, call, &body["thread"])?;
        self.messages += 1;
        let name = format!("spaces/{}/messages/{:04}", self.id, self.messages);
        let answer = answered(&body, &name, &thread);
        if let (Some(id), RequestIds::Honoured) = (&call.request_id, rules.request_ids) {
            let known = &mut self.webhooks[webhook].request_ids;
            known.insert(id.clone(), (name.clone(), answer.clone()));
        }
        let (request_id, at) = (call.request_id.clone(), call.at);
        Ok((Outcome::Posted(Message { name, thread, reply, request_id, at, body }), answer))
    }

    fn authorize(&self, call: &Call) -> Result<usize, Refusal> {
        let refuse = |status, why: &str| Err((status, why.to_owned()));
        if !self.webhooks.iter().any(|webhook| webhook.key == call.key) {
            return refuse(401, "Request had invalid authentication credentials.");
        }
        match self.webhooks.iter().position(|webhook| webhook.token == call.token) {
            None => refuse(403, "The caller does not have permission"),
            Some(index) if self.webhooks[index].deleted => {
                refuse(404, "Requested entity was not found.")
            }
            Some(index) => Ok(index),
        }
    }

    /// Every write that gets here counts, whatever becomes of it.
    fn keep_pace(&mut self, pace: Pace, at: Duration) -> Result<(), Refusal> {
        if let (Pace::Every(gap), Some(last)) = (pace, self.last_write)
            && at.saturating_sub(last) < gap
        {
            return Err((429, "Resource has been exhausted (e.g. check quota).".to_owned()));
        }
        self.last_write = Some(at);
        Ok(())
    }

    /// The thread of a message, and whether it was there before. Without an option that allows a
    /// reply, Chat ignores the key and opens a new thread.
    fn thread(
        &mut self,
        webhook: usize,
        call: &Call,
        wanted: &Value,
    ) -> Result<(String, bool), Refusal> {
        let or_fail = match call.reply_option.as_str() {
            "" | "MESSAGE_REPLY_OPTION_UNSPECIFIED" => return Ok((self.new_thread(), false)),
            "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD" => false,
            "REPLY_MESSAGE_OR_FAIL" => true,
            other => return Err((400, format!("Invalid value for messageReplyOption: {other:?}"))),
        };
        let key = wanted["threadKey"].as_str();
        let threads = &self.webhooks[webhook].threads;
        let named = wanted["name"].as_str().map(str::to_owned);
        let known = match key {
            Some(key) => threads.get(key).cloned(),
            None => named.filter(|name| threads.values().any(|thread| thread == name)),
        };
        match (known, key) {
            (Some(thread), _) => Ok((thread, true)),
            (None, _) if or_fail => Err((404, "The thread was not found.".to_owned())),
            (None, key) => {
                let thread = self.new_thread();
                let key = key.unwrap_or(&thread).to_owned();
                self.webhooks[webhook].threads.insert(key, thread.clone());
                Ok((thread, false))
            }
        }
    }

    fn new_thread(&mut self) -> String {
        self.threads += 1;
        format!("spaces/{}/threads/{:04}", self.id, self.threads)
    }
}

/// The message as it was sent, with the two names only Chat knows.
fn answered(body: &Value, name: &str, thread: &str) -> Value {
    let mut answer = body.clone();
    answer["name"] = json!(name);
    answer["thread"]["name"] = json!(thread);
    answer
}
