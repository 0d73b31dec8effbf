//! PURE. The one-way frame: a header with the project and a hash of its key, then one tag-count
//! pack. Everything is big-endian, no trailer, no checksum; frames follow each other on a socket.

mod bytes;
mod hash;
pub mod session;

use bytes::Buffer;

pub use self::hash::{hash32, hash64};
use crate::metric::{AccessKey, Batch};

/// The first byte of a frame: who speaks.
const ONE_WAY: u8 = 10;
/// The pack type of metrics with tags.
const TAG_COUNT: u16 = 0x1601;
const HEADER: usize = 22;

/// The type byte before a value. Numbers always go as `Double`: a field keeps one type for ever,
/// and it is what the original sent.
mod kind {
    pub(super) const DOUBLE: u8 = 40;
    pub(super) const TEXT: u8 = 50;
    pub(super) const MAP: u8 = 80;
}

/// One tag-count pack, already in wire order. [`frame_of`] builds it from a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack<'a> {
    pub pcode: i64,
    pub oid: i32,
    pub time_ms: i64,
    pub category: &'a str,
    pub tags: Vec<(&'a str, &'a str)>,
    pub datas: Vec<(&'a str, f64)>,
}

/// The frame of one request. The key must belong to the batch's project; see
/// [`AccessKey::belongs_to`].
pub fn frame_of(batch: &Batch, key: &AccessKey) -> Vec<u8> {
    Pack::of(batch).frame(hash64(key.text().expose().as_bytes()))
}

impl<'a> Pack<'a> {
    pub fn of(batch: &'a Batch) -> Self {
        Self {
            pcode: batch.pcode.get(),
            oid: oid(batch.host.as_str()),
            time_ms: batch.time.as_millisecond(),
            category: batch.category.as_str(),
            tags: batch.tags.iter().collect(),
            datas: batch.datas.iter().map(|data| (data.key.as_str(), data.value.get())).collect(),
        }
    }

    /// The pack behind a one-way header.
    pub fn frame(&self, licence_hash: i64) -> Vec<u8> {
        let mut buffer = Buffer::with_capacity(HEADER + self.size_hint());
        buffer.byte(ONE_WAY);
        buffer.byte(0);
        buffer.long(self.pcode);
        buffer.long(licence_hash);
        buffer.counted(|body| self.write(body));
        buffer.into_bytes()
    }

    /// The pack alone, as a secure session carries it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut buffer = Buffer::with_capacity(self.size_hint());
        self.write(&mut buffer);
        buffer.into_bytes()
    }

    fn write(&self, buffer: &mut Buffer) {
        buffer.short(TAG_COUNT);
        buffer.decimal(self.pcode);
        buffer.int(self.oid);
        buffer.long(self.time_ms);
        buffer.byte(0);
        buffer.text(self.category);
        let tags = self.tag_map();
        buffer.decimal(if self.tags.is_empty() { 0 } else { hash64(&tags) });
        buffer.raw(&tags);
        buffer.byte(kind::MAP);
        buffer.count(self.datas.len());
        for (key, value) in &self.datas {
            buffer.text(key);
            buffer.byte(kind::DOUBLE);
            buffer.double(*value);
        }
    }

    /// Written apart because the hash before it covers it, its own type byte included.
    fn tag_map(&self) -> Vec<u8> {
        let mut map = Buffer::with_capacity(64 * self.tags.len() + 8);
        map.byte(kind::MAP);
        map.count(self.tags.len());
        for (key, value) in &self.tags {
            map.text(key);
            map.byte(kind::TEXT);
            map.text(value);
        }
        map.into_bytes()
    }

    /// Upper bound of the pack, so that the buffer never grows.
    fn size_hint(&self) -> usize {
        let tags: usize = self.tags.iter().map(|(key, value)| key.len() + value.len() + 11).sum();
        let datas: usize = self.datas.iter().map(|(key, _)| key.len() + 14).sum();
        64 + self.category.len() + tags + datas
    }
}

/// The number of the object: a hash of its name, never 0, which WhaTap reads as "no object".
fn oid(name: &str) -> i32 {
    match hash32(name.as_bytes()) {
        0 => 1,
        hash => hash,
    }
}
