//! PURE. `datas` and `tags`: each element judged on its own, then against those before it.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::value::RawValue;

use super::fault::{Code, Fault, Faults, Path};
use super::json::{self, Elements, Pair};
use super::number::Finite;
use super::tags::Tags;
use super::text::{DataKey, Host, TagKey, TagValue, TextFault};
use super::{Data, MAX_DATAS, MAX_TAGS};

pub(super) fn datas(raw: Option<&RawValue>, faults: &mut Faults) -> Option<Vec<Data>> {
    let raw = faults.keep(required(raw, Path::Member("datas")))?;
    let elements = faults.keep(elements(raw, "datas", MAX_DATAS))?;
    if elements.is_empty() {
        faults.add(Code::EmptyDatas, Path::Member("datas"), "needs at least one value");
        return None;
    }
    let mut datas = Vec::with_capacity(elements.len());
    let mut seen = HashSet::with_capacity(elements.len());
    for (index, raw) in elements.into_iter().enumerate() {
        let at = Element { list: "datas", index };
        let Some(pair) = faults.keep(Pair::read(raw, at.path())) else { continue };
        let key = faults.keep(key(&pair, at, &mut seen, DataKey::new));
        let value = faults.keep(data_value(&pair, at));
        if let (Some(key), Some(value)) = (key, value) {
            datas.push(Data { key, value });
        }
    }
    Some(datas)
}

/// No list and an empty one both mean: only the object name.
pub(super) fn tags(
    raw: Option<&RawValue>,
    host: Option<&Host>,
    faults: &mut Faults,
) -> Option<Tags> {
    let elements = match raw {
        Some(raw) => faults.keep(elements(raw, "tags", MAX_TAGS))?,
        None => Vec::new(),
    };
    let mut tags = Vec::with_capacity(elements.len());
    let mut seen = HashSet::with_capacity(elements.len());
    for (index, raw) in elements.into_iter().enumerate() {
        let at = Element { list: "tags", index };
        let Some(pair) = faults.keep(Pair::read(raw, at.path())) else { continue };
        let key = faults.keep(key(&pair, at, &mut seen, TagKey::new));
        let value = faults.keep(tag_value(&pair, at));
        if let (Some(key), Some(value)) = (key, value) {
            if let Some(host) = host {
                faults.keep(own_name(&key, &value, host, at));
            }
            tags.push((key, value));
        }
    }
    host.map(|host| Tags::new(tags, host))
}

#[derive(Clone, Copy)]
struct Element {
    list: &'static str,
    index: usize,
}

impl Element {
    fn path(self) -> Path {
        Path::Element { list: self.list, index: self.index }
    }

    fn member(self, member: &'static str) -> Path {
        Path::ElementMember { list: self.list, index: self.index, member }
    }
}

pub(super) fn required(raw: Option<&RawValue>, path: Path) -> Result<&RawValue, Fault> {
    raw.ok_or_else(|| Fault::new(Code::MissingField, path, "is required"))
}

/// Elements past the limit are counted, not judged: the caller has to cut the list first.
fn elements<'a>(
    raw: &'a RawValue,
    list: &'static str,
    limit: usize,
) -> Result<Vec<&'a RawValue>, Fault> {
    let elements = Elements::read(raw, Path::Member(list))?;
    if elements.count > limit {
        let message = format!("{} elements, at most {limit} are taken", elements.count);
        return Err(Fault::new(Code::TooMany, Path::Member(list), message));
    }
    Ok(elements.first)
}

fn key<'a, K>(
    pair: &Pair<'a>,
    at: Element,
    seen: &mut HashSet<Cow<'a, str>>,
    new: impl FnOnce(Cow<'a, str>) -> Result<K, TextFault>,
) -> Result<K, Fault> {
    let path = at.member("key");
    let text = json::text(required(pair.key, path)?, path)?;
    let key = new(text.clone()).map_err(|fault| text_fault(fault, path))?;
    if seen.insert(text) {
        return Ok(key);
    }
    Err(Fault::new(Code::DuplicateKey, path, "is given earlier in the list"))
}

fn data_value(pair: &Pair<'_>, at: Element) -> Result<Finite, Fault> {
    let path = at.member("value");
    Finite::read(required(pair.value, path)?)
        .map_err(|(code, message)| Fault::new(code, path, message))
}

fn tag_value(pair: &Pair<'_>, at: Element) -> Result<TagValue, Fault> {
    let path = at.member("value");
    let text = json::text(required(pair.value, path)?, path)?;
    TagValue::new(text).map_err(|fault| text_fault(fault, path))
}

/// `oname` is ours to write; a caller may repeat the host there, not contradict it.
fn own_name(key: &TagKey, value: &TagValue, host: &Host, at: Element) -> Result<(), Fault> {
    if key.as_str() != Tags::ONAME || value.as_str() == host.as_str() {
        return Ok(());
    }
    let message = "oname is taken from host and must not differ from it";
    Err(Fault::new(Code::ReservedTag, at.member("value"), message))
}

pub(super) fn text_fault(fault: TextFault, path: Path) -> Fault {
    let code = match fault {
        TextFault::TooLong { .. } => Code::TooLong,
        TextFault::Blank | TextFault::Control => Code::BadName,
        TextFault::Reserved => Code::BadCategory,
    };
    Fault::new(code, path, fault.to_string())
}
