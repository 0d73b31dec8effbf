//! WhaTap's intake: TCP port 6600, binary, no answer to a frame.
//!
//! [`wire`] lays out the bytes of the one-way mode ([`wire::session`] those of the secure one),
//! [`servers`] reads the list a project is given, [`client`] delivers. "Delivered" means that the
//! kernel took the bytes and the peer had not closed: the protocol has no acknowledgement, so
//! nothing here claims that a value was stored.

pub mod client;
pub mod servers;
pub mod wire;
