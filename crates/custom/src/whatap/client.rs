//! Delivers frames to the collectors of one project list over TCP, in the one-way mode or through a
//! secure session that each new connection opens first.
//!
//! Once a byte of a frame was written it is never written again, here or elsewhere: the protocol
//! cannot tell a repeat, so a failure after that is [`SendError::Ambiguous`] and the caller's to
//! judge. Before that, fail-over is free. It keeps one connection and trusts it only after looking:
//! a peer that closed while we slept takes the next frame and loses it without an error. What no
//! look can show is a peer that closes while a frame is on its way to it.

mod cargo;
mod link;
mod outcome;

use std::io::ErrorKind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use self::cargo::{Cargo, Secured};
use self::link::{Link, Parked, Peer, WriteFailed};
pub use self::outcome::{Connection, Delivery, SendError};
use self::outcome::{Misses, closed_before_write};
use super::servers::{Server, Servers};
use super::wire;
use crate::metric::{AccessKey, Batch};

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

/// How values cross the network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// A hash of the key in front of each pack, everything readable.
    #[default]
    OneWay,
    /// Each connection begins with a session that proves the key and enciphers what follows.
    Secure,
}

/// One per process; it may be shared, and keeps at most one idle connection.
#[derive(Debug)]
pub struct Client {
    servers: Servers,
    deadlines: Deadlines,
    mode: Mode,
    kept: Mutex<Option<Parked>>,
    /// The server that answered last: a dead first one costs its deadline once, not every time.
    preferred: AtomicUsize,
}

impl Client {
    /// Connects to nobody yet.
    pub fn new(servers: Servers, deadlines: Deadlines) -> Self {
        let (kept, preferred) = (Mutex::new(None), AtomicUsize::new(0));
        Self { servers, deadlines, mode: Mode::OneWay, kept, preferred }
    }

    #[must_use]
    pub fn in_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// Hands the values of one request to one collector, in the mode of this client. The key must
    /// belong to the batch's project.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub async fn deliver(
        &self,
        batch: &Batch,
        key: &AccessKey,
        now: Timestamp,
    ) -> Result<Delivery, SendError> {
        match self.mode {
            Mode::OneWay => self.send(&wire::frame_of(batch, key)).await,
            Mode::Secure => {
                let secured = Secured { batch, key, now };
                self.carry(Cargo::Secured(secured)).await
            }
        }
    }

    /// Hands one frame to one collector. `Ok` means accepted by a live connection, not stored.
    ///
    /// # Errors
    /// [`SendError::retryable`] says whether the same frame may be sent again without a double.
    pub async fn send(&self, frame: &[u8]) -> Result<Delivery, SendError> {
        self.carry(Cargo::Frame(frame)).await
    }

    async fn carry(&self, cargo: Cargo<'_>) -> Result<Delivery, SendError> {
        let end = Instant::now() + self.deadlines.total;
        if let Some(link) = self.take_kept().filter(|link| cargo.may_take(link)) {
            match self.write(link, Connection::Kept, cargo, end).await {
                Err(failed) if failed.sent == 0 => {}
                done => return done.map_err(WriteFailed::ambiguous),
            }
        }
        let mut misses = Misses::default();
        for (index, server) in self.in_order() {
            if Instant::now() >= end {
                misses.out_of_time();
                break;
            }
            match self.try_server(index, server, cargo, end).await {
                Err(failed) if failed.sent == 0 => misses.add(failed.cause),
                done => return done.map_err(WriteFailed::ambiguous),
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
        cargo: Cargo<'_>,
        end: Instant,
    ) -> Result<Delivery, WriteFailed> {
        let unsent = |cause| WriteFailed { sent: 0, length: 0, cause };
        let deadline = end.min(Instant::now() + self.deadlines.connect);
        let mut link = Link::open(index, server, deadline).await.map_err(unsent)?;
        // A balancer without a collector behind it accepts, then resets.
        match link.watch(self.deadlines.settle).await {
            Peer::Open => {}
            Peer::Finished => return Err(unsent(closed_before_write())),
            Peer::Broken(cause) => return Err(unsent(cause)),
        }
        let deadline = end.min(Instant::now() + self.deadlines.write);
        cargo.prepare(&mut link, deadline).await.map_err(unsent)?;
        self.write(link, Connection::New, cargo, end).await
    }

    async fn write(
        &self,
        mut link: Link,
        connection: Connection,
        cargo: Cargo<'_>,
        end: Instant,
    ) -> Result<Delivery, WriteFailed> {
        let deadline = end.min(Instant::now() + self.deadlines.write);
        let unready = || WriteFailed { sent: 0, length: 0, cause: ErrorKind::NotConnected.into() };
        let bytes = cargo.bytes(&link).ok_or_else(unready)?;
        let length = bytes.len();
        link.write(&bytes, deadline).await?;
        let server = link.server();
        let after = |cause| WriteFailed { sent: length, length, cause };
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
