//! One TCP connection to one collector: opened, written, watched, put aside.

use std::io::{self, ErrorKind, Read};
use std::net::TcpStream as StdStream;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::super::servers::Server;
use super::SendError;

/// Collectors have nothing to say in the one-way mode. What they say is read and dropped, so that
/// an end of stream behind it can be seen; one that talks on and on is simply alive.
const MAX_READS: usize = 64;

/// What the other side did, as far as our kernel knows.
pub(super) enum Peer {
    Open,
    Finished,
    Broken(io::Error),
}

/// A frame that did not go out whole.
pub(super) struct WriteFailed {
    pub(super) sent: usize,
    pub(super) cause: io::Error,
}

impl WriteFailed {
    pub(super) fn ambiguous(self, length: usize) -> SendError {
        SendError::Ambiguous { sent: self.sent, length, source: self.cause }
    }
}

pub(super) struct Link {
    stream: TcpStream,
    server: usize,
}

impl Link {
    pub(super) async fn open(index: usize, server: &Server, deadline: Instant) -> io::Result<Self> {
        let connect = TcpStream::connect((server.host.as_str(), server.port));
        let stream = timeout_at(deadline, connect).await.map_err(|_| timed_out())??;
        stream.set_nodelay(true)?;
        Ok(Self { stream, server: index })
    }

    pub(super) fn server(&self) -> usize {
        self.server
    }

    /// All of `frame`, or how much of it: the caller must know whether the first byte went.
    pub(super) async fn write(
        &mut self,
        frame: &[u8],
        deadline: Instant,
    ) -> Result<(), WriteFailed> {
        let mut sent = 0;
        while sent < frame.len() {
            let step = timeout_at(deadline, self.stream.write(&frame[sent..])).await;
            sent += match step.unwrap_or_else(|_| Err(timed_out())) {
                Ok(0) => return Err(WriteFailed { sent, cause: ErrorKind::WriteZero.into() }),
                Ok(written) => written,
                Err(cause) => return Err(WriteFailed { sent, cause }),
            };
        }
        Ok(())
    }

    /// Returns at the first sign of an end, else after `time`.
    pub(super) async fn watch(&self, time: Duration) -> Peer {
        // A timer of no length still sleeps until the next millisecond.
        if time.is_zero() {
            return Peer::Open;
        }
        timeout(time, self.ended()).await.unwrap_or(Peer::Open)
    }

    async fn ended(&self) -> Peer {
        for _ in 0..MAX_READS {
            if let Err(cause) = self.stream.readable().await {
                return Peer::Broken(cause);
            }
            match self.stream.try_read(&mut [0; 1024]) {
                Ok(0) => return Peer::Finished,
                Ok(_) => {}
                Err(cause) if passing(&cause) => {}
                Err(cause) => return Peer::Broken(cause),
            }
        }
        Peer::Open
    }

    /// Leaves the runtime: a function may be frozen for hours before the next frame. A connection
    /// that cannot be kept is closed, which costs only the next connect.
    pub(super) fn park(self) -> Option<Parked> {
        let stream = self.stream.into_std().ok()?;
        Some(Parked { stream, server: self.server, since: Instant::now() })
    }
}

/// An idle connection, outside the runtime's readiness cache: that cache would still say "open" for
/// a peer that closed while nobody polled. Here the kernel itself is asked.
#[derive(Debug)]
pub(super) struct Parked {
    stream: StdStream,
    server: usize,
    since: Instant,
}

impl Parked {
    /// The connection again, if it is still young and the peer has not closed.
    pub(super) fn wake(mut self, idle: Duration) -> Option<Link> {
        if self.since.elapsed() > idle || !matches!(self.look(), Peer::Open) {
            return None;
        }
        let stream = TcpStream::from_std(self.stream).ok()?;
        Some(Link { stream, server: self.server })
    }

    /// What the kernel knows now, without waiting.
    pub(super) fn look(&mut self) -> Peer {
        for _ in 0..MAX_READS {
            match self.stream.read(&mut [0; 1024]) {
                Ok(0) => return Peer::Finished,
                Ok(_) => {}
                Err(cause) if cause.kind() == ErrorKind::WouldBlock => return Peer::Open,
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(cause) => return Peer::Broken(cause),
            }
        }
        Peer::Open
    }
}

fn passing(cause: &io::Error) -> bool {
    matches!(cause.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

fn timed_out() -> io::Error {
    ErrorKind::TimedOut.into()
}
