//! PURE. The secure session: frames only, for the mode that hides the numbers and proves the key.
//!
//! Not TLS: AES-128 block by block, no authentication, no fresh keys within a session. What the
//! collector sends after its first answer is never read, let alone acted on.

use std::fmt;
use std::net::Ipv4Addr;

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use jiff::Timestamp;

use super::bytes::Buffer;
use super::{Pack, oid};
use crate::metric::{AccessKey, Host, Pcode};

/// The first byte of our frames: an agent.
const AGENT: u8 = 1;
pub(crate) const HEADER: usize = 22;
const BLOCK: usize = 16;
/// An answer to [`key_reset`] is far shorter; more is no collector.
pub const MAX_REPLY: usize = HEADER + 1024;

mod flag {
    pub(super) const KEY_RESET: u8 = 0xff;
    pub(super) const TIME_SYNC: u8 = 0xfe;
    pub(super) const PLAIN: u8 = 0;
    pub(super) const HIDDEN: u8 = 1;
    pub(super) const ENCIPHERED: u8 = 2;
}

/// How a pack crosses the network. Ours go enciphered; the others are kept for the known frames of
/// WhaTap's own client, which show a pack without its cipher, and that each key of an answer is read
/// from its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    Plain,
    /// Exclusive-or with four bytes: against a glance, not against a reader.
    Hidden,
    Enciphered,
}

/// Why an answer opens no session. A wrong key shows as [`SessionFault::Content`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionFault {
    #[error("opening a secure session: the answer is not one frame")]
    Framing,
    #[error("opening a secure session: the answer is for another object")]
    OtherObject,
    #[error("opening a secure session: the answer does not decode under this access key")]
    Content,
}

impl SessionFault {
    /// The same key gets the same answer.
    pub fn retryable(self) -> bool {
        false
    }
}

/// The keys of one connection. Its `Debug` shows none of them.
pub struct Session {
    pcode: i64,
    oid: i32,
    transfer_key: i32,
    cipher: Aes128,
    hide_key: [u8; 4],
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("pcode", &self.pcode).finish_non_exhaustive()
    }
}

/// The first frame of a connection; the collector answers it.
pub fn key_reset(key: &AccessKey, pcode: Pcode, host: &Host, client: Ipv4Addr) -> Vec<u8> {
    let mut body = Buffer::default();
    body.text("hello");
    body.text(host.as_str());
    body.raw(&client.octets());
    let body = enciphered(&cipher(key), body.into_bytes());
    framed(flag::KEY_RESET, pcode.get(), oid(host.as_str()), 0, &body)
}

impl Session {
    /// Reads the answer to [`key_reset`].
    pub fn open(
        key: &AccessKey,
        pcode: Pcode,
        host: &Host,
        reply: &[u8],
    ) -> Result<Self, SessionFault> {
        let oid = oid(host.as_str());
        let body = body_for(pcode.get(), oid, reply)?;
        let plain = deciphered(&cipher(key), body);
        let (transfer_key, rest) = plain.split_first_chunk().ok_or(SessionFault::Content)?;
        let (&16, rest) = rest.split_first().ok_or(SessionFault::Content)? else {
            return Err(SessionFault::Content);
        };
        let (session_key, rest) = rest.split_first_chunk::<16>().ok_or(SessionFault::Content)?;
        let hide_key = *rest.first_chunk().ok_or(SessionFault::Content)?;
        Ok(Self {
            pcode: pcode.get(),
            oid,
            transfer_key: i32::from_be_bytes(*transfer_key),
            cipher: Aes128::new(&(*session_key).into()),
            hide_key,
        })
    }

    /// Whether packs of this object may go through it.
    pub fn is_for(&self, pcode: Pcode, host: &Host) -> bool {
        self.pcode == pcode.get() && self.oid == oid(host.as_str())
    }

    /// Due right after opening, then every few seconds.
    pub fn time_sync(&self, now: Timestamp) -> Vec<u8> {
        self.framed(flag::TIME_SYNC, &now.as_millisecond().to_be_bytes())
    }

    pub fn frame(&self, pack: &Pack<'_>, cover: Cover) -> Vec<u8> {
        let mut bytes = pack.bytes();
        match cover {
            Cover::Plain => self.framed(flag::PLAIN, &bytes),
            Cover::Hidden => {
                let key = self.hide_key.iter().cycle();
                bytes.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
                self.framed(flag::HIDDEN, &bytes)
            }
            Cover::Enciphered => self.framed(flag::ENCIPHERED, &enciphered(&self.cipher, bytes)),
        }
    }

    fn framed(&self, flag: u8, body: &[u8]) -> Vec<u8> {
        framed(flag, self.pcode, self.oid, self.transfer_key, body)
    }
}

fn framed(flag: u8, pcode: i64, oid: i32, transfer_key: i32, body: &[u8]) -> Vec<u8> {
    let mut buffer = Buffer::with_capacity(HEADER + body.len());
    buffer.byte(AGENT);
    buffer.byte(flag);
    buffer.long(pcode);
    buffer.int(oid);
    buffer.int(transfer_key);
    buffer.counted(|buffer| buffer.raw(body));
    buffer.into_bytes()
}

/// How long a body its header announces.
pub(crate) fn body_length(header: &[u8]) -> usize {
    let length = header.get(18..HEADER).and_then(<[u8]>::first_chunk).copied();
    length.map_or(0, |length| u32::from_be_bytes(length) as usize)
}

/// The body of a reply to this object. The first two bytes are the collector's own affair, and the
/// transfer key in the header is repeated inside.
fn body_for(pcode: i64, oid: i32, reply: &[u8]) -> Result<&[u8], SessionFault> {
    let (header, body) = reply.split_first_chunk::<HEADER>().ok_or(SessionFault::Framing)?;
    let length = body.len();
    let announced = u32::try_from(length).is_ok_and(|length| header[18..] == length.to_be_bytes());
    if !announced || reply.len() > MAX_REPLY || length % BLOCK != 0 {
        return Err(SessionFault::Framing);
    }
    if header[2..10] != pcode.to_be_bytes() || header[10..14] != oid.to_be_bytes() {
        return Err(SessionFault::OtherObject);
    }
    Ok(body)
}

fn cipher(key: &AccessKey) -> Aes128 {
    Aes128::new(&(*key.session_key().expose()).into())
}

/// Padded with zeros to whole blocks; a reader of packs stops before them.
fn enciphered(cipher: &Aes128, mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    for block in bytes.as_chunks_mut::<BLOCK>().0 {
        cipher.encrypt_block(block.into());
    }
    bytes
}

fn deciphered(cipher: &Aes128, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for block in bytes.as_chunks_mut::<BLOCK>().0 {
        cipher.decrypt_block(block.into());
    }
    bytes
}
