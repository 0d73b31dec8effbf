//! How a delivery ends. Three failures, because three things can be said to the caller: nobody was
//! there, nobody was there in time, or it may have arrived.

use std::io;

use super::super::servers::Server;

/// A frame that a live connection took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub server: Server,
    pub connection: Connection,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    New,
    Kept,
}

/// A frame that no connection took whole. No variant holds any part of it.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("connecting to a collector: none of {tried} took the frame, nothing was sent")]
    Unreachable { tried: usize, source: io::Error },
    #[error("connecting to a collector: out of time after {tried}, nothing was sent")]
    TimedOut { tried: usize },
    #[error("writing to a collector: broke off after {sent} of {length} bytes, may have arrived")]
    Ambiguous { sent: usize, length: usize, source: io::Error },
}

impl SendError {
    /// Whether the same frame may be sent again without the risk of counting it twice.
    pub fn retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Ambiguous { .. } => false,
        }
    }
}

/// The servers that took nothing.
#[derive(Default)]
pub(super) struct Misses {
    tried: usize,
    out_of_time: bool,
    last: Option<io::Error>,
}

impl Misses {
    pub(super) fn add(&mut self, cause: io::Error) {
        self.tried += 1;
        if cause.kind() == io::ErrorKind::TimedOut {
            self.out_of_time();
        }
        self.last = Some(cause);
    }

    pub(super) fn out_of_time(&mut self) {
        self.out_of_time = true;
    }

    /// One silent server among refusing ones makes it a matter of time: it may be the live one.
    pub(super) fn into_error(self) -> SendError {
        match (self.out_of_time, self.last) {
            (false, Some(source)) => SendError::Unreachable { tried: self.tried, source },
            _ => SendError::TimedOut { tried: self.tried },
        }
    }
}

pub(super) fn closed_before_write() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "closed before anything was written")
}
