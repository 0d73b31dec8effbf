//! PURE. The members that stand alone. Each returns `None` only after it has added a fault, except
//! an access key that the rules do not ask for.

use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;

use super::access_key::AccessKey;
use super::fault::{Code, Fault, Faults, Path};
use super::lists::{required, text_fault};
use super::number;
use super::text::{Category, Host};
use super::{AccessKeyIn, Pcode, json};

/// A resent value may be this old; beyond it a chart would change behind people's backs.
const OLDEST: SignedDuration = SignedDuration::from_hours(1);
/// Room for a caller's clock that runs ahead.
const NEWEST: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn host(raw: Option<&RawValue>, default: &Host, faults: &mut Faults) -> Option<Host> {
    let Some(raw) = raw else { return Some(default.clone()) };
    let path = Path::Member("host");
    let text = faults.keep(json::text(raw, path))?;
    if text.is_empty() {
        return Some(default.clone());
    }
    faults.keep(Host::new(text).map_err(|fault| text_fault(fault, path)))
}

/// An integer literal: `"123"` and `123.0` are refused, as is anything that is no project.
pub(super) fn pcode(raw: Option<&RawValue>, faults: &mut Faults) -> Option<Pcode> {
    let path = Path::Member("pcode");
    let raw = faults.keep(required(raw, path))?;
    let pcode = number::integer(raw).and_then(Pcode::new);
    faults.keep(pcode.ok_or_else(|| {
        Fault::new(Code::BadPcode, path, "must be a positive integer of at most 64 bits")
    }))
}

pub(super) fn category(
    raw: Option<&RawValue>,
    reserved: &[String],
    faults: &mut Faults,
) -> Option<Category> {
    let path = Path::Member("category");
    let raw = faults.keep(required(raw, path))?;
    let text = faults.keep(json::text(raw, path))?;
    faults.keep(
        Category::new(text, reserved)
            .map_err(|fault| Fault::new(Code::BadCategory, path, fault.to_string())),
    )
}

/// The project is inside the key, so a key of another project is caught before anything is sent.
pub(super) fn access_key(
    raw: Option<&RawValue>,
    rule: AccessKeyIn,
    pcode: Option<Pcode>,
    faults: &mut Faults,
) -> Option<AccessKey> {
    let path = Path::Member("whatapAccessKey");
    if raw.is_none() && rule == AccessKeyIn::Store {
        return None;
    }
    let raw = faults.keep(required(raw, path))?;
    let text = faults.keep(json::text(raw, path))?;
    let key = faults.keep(
        AccessKey::parse(&text)
            .map_err(|fault| Fault::new(Code::BadAccessKey, path, fault.to_string())),
    )?;
    if pcode.is_some_and(|pcode| !key.belongs_to(pcode)) {
        faults.add(Code::PcodeMismatch, path, "belongs to another project than pcode");
        return None;
    }
    Some(key)
}

pub(super) fn time(
    raw: Option<&RawValue>,
    now: Timestamp,
    faults: &mut Faults,
) -> Option<Timestamp> {
    let path = Path::Member("timestamp");
    let bad = |message| Fault::new(Code::BadTimestamp, path, message);
    let Some(raw) = raw else {
        return faults.keep(whole_milliseconds(now).ok_or_else(|| bad("is out of range")));
    };
    if json::kind(raw) != json::Kind::Number {
        faults.add(Code::WrongType, path, "must be a number");
        return None;
    }
    let given = number::integer(raw).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let given = faults.keep(given.ok_or_else(|| bad("must be whole milliseconds since 1970")))?;
    let ahead = given.duration_since(now);
    let inside = -OLDEST <= ahead && ahead <= NEWEST;
    faults.keep(
        inside.then_some(given).ok_or_else(|| {
            bad("must not be more than 1 hour in the past or 10 minutes in the future")
        }),
    )
}

/// What the wire carries, so that a batch reads back as it was sent.
fn whole_milliseconds(now: Timestamp) -> Option<Timestamp> {
    Timestamp::from_millisecond(now.as_millisecond()).ok()
}
