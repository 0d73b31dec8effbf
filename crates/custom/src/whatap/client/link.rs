//! One TCP connection to one collector: opened, written, watched, put aside.

use std::io::{self, ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, TcpStream as StdStream};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::super::servers::Server;
use super::super::wire::session::{HEADER, MAX_REPLY, body_length};
use super::SendError;
use super::cargo::Opened;

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
    /// Of all there was to send.
    pub(super) length: usize,
    pub(super) cause: io::Error,
}

impl WriteFailed {
    pub(super) fn ambiguous(self) -> SendError {
        let Self { sent, length, cause } = self;
        SendError::Ambiguous { sent, length, source: cause }
    }
}

pub(super) struct Link {
    stream: TcpStream,
    server: usize,
    /// None in the one-way mode.
    pub(super) session: Option<Opened>,
}

impl Link {
    pub(super) async fn open(index: usize, server: &Server, deadline: Instant) -> io::Result<Self> {
        let connect = TcpStream::connect((server.host.as_str(), server.port));
        let stream = timeout_at(deadline, connect).await.map_err(|_| timed_out())??;
        stream.set_nodelay(true)?;
        Ok(Self { stream, server: index, session: None })
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
        let length = frame.len();
        let mut sent = 0;
        while sent < frame.len() {
            let step = timeout_at(deadline, self.stream.write(&frame[sent..])).await;
            sent += match step.unwrap_or_else(|_| Err(timed_out())) {
                Ok(0) => {
                    let cause = ErrorKind::WriteZero.into();
                    return Err(WriteFailed { sent, length, cause });
                }
                Ok(written) => written,
                Err(cause) => return Err(WriteFailed { sent, length, cause }),
            };
        }
        Ok(())
    }

    /// The address we have on this connection; none of our own when it is no IPv4.
    pub(super) fn client(&self) -> Ipv4Addr {
        match self.stream.local_addr().map(|address| address.ip()) {
            Ok(IpAddr::V4(ip)) => ip,
            _ => Ipv4Addr::UNSPECIFIED,
        }
    }

    /// One frame there and one back.
    pub(super) async fn ask(&mut self, frame: &[u8], deadline: Instant) -> io::Result<Vec<u8>> {
        self.write(frame, deadline).await.map_err(|failed| failed.cause)?;
        timeout_at(deadline, self.reply()).await.unwrap_or_else(|_| Err(timed_out()))
    }

    async fn reply(&mut self) -> io::Result<Vec<u8>> {
        let mut reply = vec![0; HEADER];
        self.stream.read_exact(&mut reply).await?;
        // More than it may be is cut, and then is no answer.
        let body = body_length(&reply).min(MAX_REPLY);
        reply.resize(HEADER + body, 0);
        self.stream.read_exact(&mut reply[HEADER..]).await?;
        Ok(reply)
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
        let Self { stream, server, session } = self;
        let stream = stream.into_std().ok()?;
        Some(Parked { stream, server, session, since: Instant::now() })
    }
}

/// An idle connection, outside the runtime's readiness cache: that cache would still say "open" for
/// a peer that closed while nobody polled. Here the kernel itself is asked.
#[derive(Debug)]
pub(super) struct Parked {
    stream: StdStream,
    server: usize,
    session: Option<Opened>,
    since: Instant,
}

impl Parked {
    /// The connection again, if it is still young and the peer has not closed.
    pub(super) fn wake(mut self, idle: Duration) -> Option<Link> {
        if self.since.elapsed() > idle || !matches!(self.look(), Peer::Open) {
            return None;
        }
        let stream = TcpStream::from_std(self.stream).ok()?;
        Some(Link { stream, server: self.server, session: self.session })
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
