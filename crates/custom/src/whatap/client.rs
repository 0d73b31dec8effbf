//! Delivers frames to the collectors of one project list over TCP.
//!
//! Once a byte of a frame was written it is never written again, here or elsewhere: the protocol
//! cannot tell a repeat, so a failure after that is [`SendError::Ambiguous`] and the caller's to
//! judge. Before that, fail-over is free. It keeps one connection and trusts it only after looking:
//! a peer that closed while we slept takes the next frame and loses it without an error. What no
//! look can show is a peer that closes while a frame is on its way to it.

mod link;
mod outcome;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use self::link::{Link, Parked, Peer, WriteFailed};
pub use self::outcome::{Connection, Delivery, SendError};
use self::outcome::{Misses, closed_before_write};
use super::servers::{Server, Servers};

/// How long each step may take. The whole stays below the 29 s of API Gateway with room for the
/// rest of the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// One connection attempt, name look-up included.
    pub connect: Duration,
    /// One frame into the kernel.
    pub write: Duration,
    /// Everything: all servers tried, all frames written.
    pub total: Duration,
    /// How long a new connection is watched for a reset, once before and once after its first
    /// frame. A kept connection is only looked at, which takes no time.
    pub settle: Duration,
    /// A kept connection older than this is not used: address translation forgets silent ones and
    /// drops what comes next without a word (a NAT gateway after 350 s).
    pub idle: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            write: Duration::from_secs(3),
            total: Duration::from_secs(8),
            settle: Duration::from_millis(20),
            idle: Duration::from_mins(1),
        }
    }
}

/// One per process; it may be shared, and keeps at most one idle connection.
#[derive(Debug)]
pub struct Client {
    servers: Servers,
    deadlines: Deadlines,
    kept: Mutex<Option<Parked>>,
    /// The server that answered last: a dead first one costs its deadline once, not every time.
    preferred: AtomicUsize,
}

impl Client {
    /// Connects to nobody yet.
    pub fn new(servers: Servers, deadlines: Deadlines) -> Self {
        Self { servers, deadlines, kept: Mutex::new(None), preferred: AtomicUsize::new(0) }
    }

    /// Hands one frame to one collector. `Ok` means accepted by a live connection, not stored.
    ///
    /// # Errors
    /// [`SendError::retryable`] says whether the same frame may be sent again without a double.
    pub async fn send(&self, frame: &[u8]) -> Result<Delivery, SendError> {
        let end = Instant::now() + self.deadlines.total;
        if let Some(link) = self.take_kept() {
            match self.write(link, Connection::Kept, frame, end).await {
                Err(failed) if failed.sent == 0 => {}
                done => return done.map_err(|failed| failed.ambiguous(frame.len())),
            }
        }
        let mut misses = Misses::default();
        for (index, server) in self.in_order() {
            if Instant::now() >= end {
                misses.out_of_time();
                break;
            }
            match self.try_server(index, server, frame, end).await {
                Err(failed) if failed.sent == 0 => misses.add(failed.cause),
                done => return done.map_err(|failed| failed.ambiguous(frame.len())),
            }
        }
        Err(misses.into_error())
    }

    /// All servers once, the preferred one first, then as listed.
    fn in_order(&self) -> impl Iterator<Item = (usize, &Server)> {
        let servers = self.servers.as_slice();
        let first = self.preferred.load(Ordering::Relaxed);
        (0..servers.len()).map(move |step| {
            let index = (first + step) % servers.len();
            (index, &servers[index])
        })
    }

    async fn try_server(
        &self,
        index: usize,
        server: &Server,
        frame: &[u8],
        end: Instant,
    ) -> Result<Delivery, WriteFailed> {
        let unsent = |cause| WriteFailed { sent: 0, cause };
        let deadline = end.min(Instant::now() + self.deadlines.connect);
        let link = Link::open(index, server, deadline).await.map_err(unsent)?;
        // A balancer without a collector behind it accepts, then resets.
        match link.watch(self.deadlines.settle).await {
            Peer::Open => self.write(link, Connection::New, frame, end).await,
            Peer::Finished => Err(unsent(closed_before_write())),
            Peer::Broken(cause) => Err(unsent(cause)),
        }
    }

    async fn write(
        &self,
        mut link: Link,
        connection: Connection,
        frame: &[u8],
        end: Instant,
    ) -> Result<Delivery, WriteFailed> {
        let deadline = end.min(Instant::now() + self.deadlines.write);
        link.write(frame, deadline).await?;
        let server = link.server();
        let after = |cause| WriteFailed { sent: frame.len(), cause };
        if connection == Connection::New
            && let Peer::Broken(cause) = link.watch(self.deadlines.settle).await
        {
            return Err(after(cause));
        }
        if let Some(mut parked) = link.park() {
            match parked.look() {
                Peer::Open => *self.slot() = Some(parked),
                // It read what we wrote (unread bytes would have made it a reset), but takes no more.
                Peer::Finished => {}
                Peer::Broken(cause) => return Err(after(cause)),
            }
        }
        self.preferred.store(server, Ordering::Relaxed);
        Ok(Delivery { server: self.servers.as_slice()[server].clone(), connection })
    }

    fn take_kept(&self) -> Option<Link> {
        let parked = self.slot().take()?;
        parked.wake(self.deadlines.idle)
    }

    fn slot(&self) -> MutexGuard<'_, Option<Parked>> {
        // The slot holds a whole connection or none; a panic elsewhere cannot leave half of one.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
