//! PURE. What is posted for an alert: the card in its thread, at the top of the space, or both,
//! each under an id that is the same whoever sends it and however often.

use jiff::Timestamp;
use model::Alert;
use model::alert::Place;
use model::ids::{AlertId, IncidentId, ThreadKey};
use model::words::{Change, Kind};

use crate::card::Message;
use crate::limits::{self, Cut};
use crate::render::{Circumstances, Occasion, render_for};

/// One message to post.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// Chat drops a second message under the same id.
    pub request_id: AlertId,
    /// Nothing for a message at the top of the space.
    pub thread: Option<String>,
    pub copy: PostCopy,
    pub message: Message,
    /// The JSON of `message`.
    pub body: Vec<u8>,
    pub cut: Cut,
}

/// Whether a post stands for its alert or repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostCopy {
    None,
    /// The short second post at the top of the space.
    Top,
}

/// The messages of one alert, the one that stands for it first.
pub fn posts(alert: &Alert, now: Timestamp) -> Vec<Post> {
    posts_for(alert, now, Occasion::Usual)
}

pub fn posts_for(
    alert: &Alert,
    now: Timestamp,
    circumstances: impl Into<Circumstances>,
) -> Vec<Post> {
    let rendered = render_for(alert, now, circumstances);
    let mut own = Post {
        request_id: alert.alert_id.clone(),
        thread: thread_key(&alert.thread),
        copy: PostCopy::None,
        message: rendered.message,
        body: rendered.body,
        cut: rendered.cut,
    };
    match place(alert) {
        Place::Thread => vec![own],
        Place::Top => {
            own.thread = None;
            own.message.thread = None;
            own.body = limits::bytes(&own.message);
            vec![own]
        }
        Place::Both => {
            let copy = own.top_copy(alert);
            vec![own, copy]
        }
    }
}

impl Post {
    /// Short: the header, what a phone shows, and the buttons' row with the text above it.
    fn top_copy(&self, alert: &Alert) -> Self {
        let mut message = self.message.clone();
        message.thread = None;
        message.text = Some(message.fallback_text.clone());
        for card in &mut message.cards_v2 {
            card.card_id = format!("top-{}", alert.seq);
            card.card.sections.truncate(1);
        }
        Self {
            request_id: alert.alert_id.derived("top"),
            thread: None,
            copy: PostCopy::Top,
            body: limits::bytes(&message),
            message,
            cut: self.cut,
        }
    }

    /// The same without a card, for a server that refuses the card.
    pub fn as_text(&self) -> Message {
        let text = self.message.text.clone();
        Message {
            text: Some(text.unwrap_or_else(|| self.message.fallback_text.clone())),
            cards_v2: Vec::new(),
            ..self.message.clone()
        }
    }
}

/// Where the routes want later messages of a thread; the first is always at the top by itself.
fn place(alert: &Alert) -> Place {
    let announce = &alert.target.announce;
    match alert.kind {
        Kind::Update if is_escalated(alert) || is_passed_on(alert) => announce.escalated,
        Kind::Update => announce.update,
        Kind::Resolved => announce.resolved,
        _ => Place::Thread,
    }
}

/// The severity moved, and to where it has never been higher: it rose.
pub(crate) fn is_escalated(alert: &Alert) -> bool {
    alert.kind == Kind::Update
        && alert.changes.contains(&Change::Severity)
        && alert.severity >= alert.max_severity
}

/// Nobody has taken it in hand where it was opened, and this space, which knew it, is called.
pub(crate) fn is_passed_on(alert: &Alert) -> bool {
    alert.kind == Kind::Update && alert.changes.contains(&Change::Escalated)
}

/// The first alert of a thread opens it, the second is update 1.
pub(crate) fn update_number(alert: &Alert) -> u32 {
    alert.seq.saturating_sub(1).max(1)
}

/// Chat takes at most 4,000 characters; nothing for an empty key.
/// <https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages#Thread>
pub(crate) fn thread_key(thread: &ThreadKey) -> Option<String> {
    const LONGEST: usize = 4_000;
    let key = thread.as_str();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:/#".contains(&b);
    let plain = key.len() <= LONGEST && key.bytes().all(plain);
    match key {
        "" => None,
        key if plain => Some(key.to_owned()),
        key => Some(ThreadKey::of(&IncidentId::from(key), 1).0),
    }
}
