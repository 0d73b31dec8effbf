//! What is delivered: a one-way frame, or a pack that only a secure session can carry.

use std::borrow::Cow;
use std::io;

use jiff::Timestamp;
use tokio::time::Instant;

use super::link::Link;
use crate::metric::{AccessKey, Batch};
use crate::whatap::wire::Pack;
use crate::whatap::wire::session::{Cover, Session, key_reset};

#[derive(Debug, Clone, Copy)]
pub(super) enum Cargo<'a> {
    /// Complete, for any connection of the one-way mode.
    Frame(&'a [u8]),
    Secured(Secured<'a>),
}

/// Values for a secure session. The key must belong to the batch's project; see
/// [`AccessKey::belongs_to`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Secured<'a> {
    pub(super) batch: &'a Batch,
    pub(super) key: &'a AccessKey,
    pub(super) now: Timestamp,
}

/// The session of a connection, and for whom it was opened.
#[derive(Debug)]
pub(super) struct Opened {
    session: Session,
    key: AccessKey,
}

impl Cargo<'_> {
    /// Whether a kept connection is in the right mode, and its session one of this object and key.
    pub(super) fn may_take(self, link: &Link) -> bool {
        match (self, &link.session) {
            (Self::Frame(_), None) => true,
            (Self::Secured(Secured { batch, key, .. }), Some(opened)) => {
                opened.key == *key && opened.session.is_for(batch.pcode, &batch.host)
            }
            _ => false,
        }
    }

    /// What a new connection needs before it takes the first frame. Nothing of the values is sent.
    pub(super) async fn prepare(self, link: &mut Link, deadline: Instant) -> io::Result<()> {
        let Self::Secured(Secured { batch: Batch { pcode, host, .. }, key, .. }) = self else {
            return Ok(());
        };
        let hello = key_reset(key, *pcode, host, link.client());
        let reply = link.ask(&hello, deadline).await?;
        let session = Session::open(key, *pcode, host, &reply).map_err(io::Error::other)?;
        link.session = Some(Opened { session, key: key.clone() });
        Ok(())
    }

    /// The bytes for this connection, once it is prepared: a session is told the time before each
    /// pack.
    pub(super) fn bytes(&self, link: &Link) -> Option<Cow<'_, [u8]>> {
        Some(match (self, &link.session) {
            (Self::Secured(Secured { batch, now, .. }), Some(Opened { session, .. })) => {
                let mut bytes = session.time_sync(*now);
                bytes.extend(session.frame(&Pack::of(batch), Cover::Enciphered));
                Cow::Owned(bytes)
            }
            (Self::Frame(frame), None) => Cow::Borrowed(frame),
            _ => return None,
        })
    }
}
