//! PURE. What a caller sends, as typed values: one request is one [`Batch`], all or nothing.
//!
//! [`parse`] accepts the body of the original service unchanged plus an optional `timestamp`, and
//! reports every fault at once. Nothing is coerced, nothing is repaired, and no fault carries text
//! from the body. It does not know where the numbers go, nor which HTTP status a fault becomes.

mod access_key;
mod fault;
mod fields;
mod json;
mod lists;
mod number;
mod tags;
mod text;

use jiff::Timestamp;

pub use self::access_key::{AccessKey, KeyFault};
pub use self::fault::{Code, Fault, Faults, Path};
pub use self::number::Finite;
pub use self::tags::Tags;
pub use self::text::{Category, DataKey, Host, TagKey, TagValue, TextFault};

/// Bytes of a decoded body; more is refused before it is read.
pub const MAX_BODY: usize = 1024 * 1024;
/// Values of one request. The wire knows no limit; this one keeps a frame far below 5 MiB.
pub const MAX_DATAS: usize = 1000;
/// Tags of one request, an `oname` of the caller's own included.
pub const MAX_TAGS: usize = 30;

/// Category prefixes of WhaTap's own metrics: a custom value among them would spoil their charts.
pub const BUILT_IN_CATEGORIES: [&str; 4] = ["#", "app_", "server_", "kube_"];

/// What one installation decides about the requests it takes.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The object name of a request without `host`.
    pub default_host: Host,
    pub access_key: AccessKeyIn,
    /// Categories that start with one of these are refused.
    pub reserved_categories: Vec<String>,
}

/// Where the WhaTap access key of a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessKeyIn {
    /// The body must carry it, as in the original service.
    Body,
    /// Kept for the project on our side; one in the body is still checked against `pcode`.
    Store,
}

/// A request that can be sent as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    pub pcode: Pcode,
    /// `None` only when the rules keep the key elsewhere and the body had none. When present it
    /// belongs to `pcode`.
    pub access_key: Option<AccessKey>,
    pub category: Category,
    pub host: Host,
    /// The caller's `timestamp`, else `now`; whole milliseconds.
    pub time: Timestamp,
    /// In wire order: sorted, with `oname`.
    pub tags: Tags,
    /// At least one, keys unique, in the caller's order.
    pub datas: Vec<Data>,
}

/// One value of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    pub key: DataKey,
    pub value: Finite,
}

/// A WhaTap project, always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pcode(i64);

impl Pcode {
    pub fn new(pcode: i64) -> Option<Self> {
        (pcode > 0).then_some(Self(pcode))
    }

    pub fn get(self) -> i64 {
        self.0
    }
}

/// Reads a request body. `now` becomes the time of a body without `timestamp` and bounds one with.
///
/// # Errors
/// Every fault found, at most [`Faults::CAP`] of them, in the order `datas`, `tags`, then the
/// single members.
pub fn parse(body: &[u8], rules: &Rules, now: Timestamp) -> Result<Batch, Faults> {
    let document = json::Document::read(body)?;
    let mut faults = Faults::default();
    let datas = lists::datas(document.datas, &mut faults);
    let host = fields::host(document.host, &rules.default_host, &mut faults);
    let tags = lists::tags(document.tags, host.as_ref(), &mut faults);
    let pcode = fields::pcode(document.pcode, &mut faults);
    let access_key = fields::access_key(document.access_key, rules.access_key, pcode, &mut faults);
    let category = fields::category(document.category, &rules.reserved_categories, &mut faults);
    let time = fields::time(document.timestamp, now, &mut faults);
    match (datas, host, tags, pcode, category, time) {
        (Some(datas), Some(host), Some(tags), Some(pcode), Some(category), Some(time))
            if faults.is_empty() =>
        {
            Ok(Batch { pcode, access_key, category, host, time, tags, datas })
        }
        _ => Err(faults),
    }
}
