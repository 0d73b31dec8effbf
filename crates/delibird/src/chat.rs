//! The port to Google Chat: one rendered message to one space, and what its failure means.
//!
//! Two implementations ship: [`webhook`] posts, [`recorder`] keeps. Neither knows cards, pace or
//! the order of a thread; that is decided before a message gets here.

pub mod error;
pub mod recorder;
pub mod webhook;

use std::fmt;

use bytes::Bytes;
use model::ids::{AlertId, SpaceName};

pub use error::{ChatError, Reason};
pub use recorder::Recorder;
pub use webhook::{Fingerprint, Webhooks};

/// Somewhere messages can be posted.
pub trait ChatTransport: Send + Sync {
    /// Posts once, as far as that can be known: after an ambiguous failure the same message is
    /// sent again under the same id, never under another.
    fn post(
        &self,
        space: &SpaceName,
        post: &Post,
    ) -> impl Future<Output = Result<Posted, ChatError>> + Send;

    /// Which webhook a space has now; none when it has none.
    fn webhook(
        &self,
        space: &SpaceName,
    ) -> impl Future<Output = Result<Option<Fingerprint>, ChatError>> + Send;

    /// Looks whether the webhooks were replaced, after one of them stopped working.
    fn reread(&self) -> impl Future<Output = Result<(), ChatError>> + Send;
}

/// A message as it goes over the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Post {
    /// Chat's `requestId`. Whoever posts the same thing again must use the same id.
    pub request_id: AlertId,
    /// The rendered JSON of a Chat `Message`. A `thread.threadKey` in it is always answered in
    /// the thread of that key, or opens it.
    pub body: Bytes,
}

/// No payload: a card names accounts and quotes AWS, and an id is enough to find it again.
impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.body.len();
        f.debug_struct("Post").field("request_id", &self.request_id).field("bytes", &bytes).finish()
    }
}

/// Chat accepted the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// `spaces/…/messages/…`; none when Chat's answer was cut after it said yes.
    pub name: Option<String>,
    /// `spaces/…/threads/…`, likewise. Tells a reply from a new thread.
    pub thread: Option<String>,
}
