//! PURE. What can be wrong with a body. The types cannot hold text of the body: a path is made of
//! our own names and indexes, a message of our own words and numbers.

use std::borrow::Cow;
use std::fmt;

/// The stable name of a fault, for programs; the message beside it is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    BadJson,
    BadEncoding,
    UnsupportedMedia,
    TooLarge,
    WrongType,
    MissingField,
    EmptyDatas,
    TooMany,
    NotFinite,
    OutOfRange,
    DuplicateKey,
    ReservedTag,
    BadName,
    TooLong,
    BadPcode,
    BadCategory,
    BadTimestamp,
    BadAccessKey,
    PcodeMismatch,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadJson => "bad_json",
            Self::BadEncoding => "bad_encoding",
            Self::UnsupportedMedia => "unsupported_media",
            Self::TooLarge => "too_large",
            Self::WrongType => "wrong_type",
            Self::MissingField => "missing_field",
            Self::EmptyDatas => "empty_datas",
            Self::TooMany => "too_many",
            Self::NotFinite => "not_finite",
            Self::OutOfRange => "out_of_range",
            Self::DuplicateKey => "duplicate_key",
            Self::ReservedTag => "reserved_tag",
            Self::BadName => "bad_name",
            Self::TooLong => "too_long",
            Self::BadPcode => "bad_pcode",
            Self::BadCategory => "bad_category",
            Self::BadTimestamp => "bad_timestamp",
            Self::BadAccessKey => "bad_access_key",
            Self::PcodeMismatch => "pcode_mismatch",
        }
    }
}

/// Where in the body: prints as `datas[3].value`, and as nothing for the body itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    Body,
    Member(&'static str),
    Element { list: &'static str, index: usize },
    ElementMember { list: &'static str, index: usize, member: &'static str },
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Member(name) => f.write_str(name),
            Self::Element { list, index } => write!(f, "{list}[{index}]"),
            Self::ElementMember { list, index, member } => write!(f, "{list}[{index}].{member}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: Code,
    pub path: Path,
    pub message: Cow<'static, str>,
}

impl Fault {
    pub fn new(code: Code, path: Path, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, path, message: message.into() }
    }
}

/// The faults of one body, in the order they were found. Past [`Faults::CAP`] more are dropped: the
/// caller has enough to repair, and a hostile body cannot make the answer large.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub const CAP: usize = 20;

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// The value of `result`, or nothing and one fault more.
    pub(super) fn keep<T>(&mut self, result: Result<T, Fault>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(Fault { code, path, message }) => {
                self.add(code, path, message);
                None
            }
        }
    }

    pub(super) fn add(&mut self, code: Code, path: Path, message: impl Into<Cow<'static, str>>) {
        if self.0.len() < Self::CAP {
            self.0.push(Fault::new(code, path, message));
        }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
