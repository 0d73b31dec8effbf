//! PURE. The records of a posted body: one document, an array, a `PutEvents` body, or NDJSON.
//!
//! What a record is, `model::read` decides; this file only takes a body apart, so that each
//! record goes on alone, as bytes, the way a queue would carry it.

use model::{HealthEvent, Unreadable};
use serde::Serialize;

/// A record that can be read: its own bytes, and what they say.
#[derive(Clone, Debug)]
pub struct Record {
    pub raw: Vec<u8>,
    pub event: HealthEvent,
}

/// A record that cannot; counted among all records of the body, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    pub index: usize,
    pub error: String,
}

#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) records: Vec<Record>,
    pub(super) rejected: Vec<Rejected>,
}

/// A body that parses whole is one document or array, otherwise each line is one.
pub(super) fn sort(body: &[u8]) -> Sorted {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
    let mut sorted = Sorted::default();
    if body.is_empty() {
        return sorted;
    }
    if is_json(body) {
        sorted.document(body);
        return sorted;
    }
    for line in body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if !line.is_empty() {
            sorted.document(line);
        }
    }
    sorted
}

fn is_json(document: &[u8]) -> bool {
    !matches!(model::read(document).as_slice(), [Err(Unreadable::NotJson(_))])
}

impl Sorted {
    fn document(&mut self, document: &[u8]) {
        // Only what parses may be taken apart: the parser has bounded its depth.
        let pieces = if is_json(document) { split(document) } else { vec![document] };
        for piece in pieces {
            let index = self.records.len() + self.rejected.len();
            match model::read(piece).into_iter().next() {
                Some(Ok(event)) => self.records.push(Record { raw: piece.to_vec(), event }),
                Some(Err(error)) => {
                    self.rejected.push(Rejected { index, error: error.to_string() });
                }
                None => {}
            }
        }
    }
}

/// The records inside a JSON document, as `model::read` would find them.
fn split(document: &[u8]) -> Vec<&[u8]> {
    let inside = match document.first() {
        Some(b'[') => Some(document),
        Some(b'{') => entries(document),
        _ => None,
    };
    match inside.map(members) {
        // An object with no entry is a record too: one that gets refused.
        Some(list) if !list.is_empty() || document.starts_with(b"[") => {
            list.into_iter().flat_map(split).collect()
        }
        _ => vec![document],
    }
}

/// The list under `Entries` of a `PutEvents` body.
fn entries(object: &[u8]) -> Option<&[u8]> {
    members(object).into_iter().find_map(|member| {
        let value = member.strip_prefix(b"\"Entries\"")?.trim_ascii_start().strip_prefix(b":")?;
        Some(value.trim_ascii()).filter(|value| value.starts_with(b"["))
    })
}

/// What stands between the commas of an array or object that is known to be JSON.
fn members(container: &[u8]) -> Vec<&[u8]> {
    let inside = &container[1..container.len().saturating_sub(1).max(1)];
    let mut found = Vec::new();
    let (mut start, mut depth, mut in_text, mut escaped) = (0, 0_usize, false, false);
    for (at, byte) in inside.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push(inside[start..at].trim_ascii());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = inside[start..].trim_ascii();
    if !last.is_empty() {
        found.push(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Accepted pieces as text, then `index: error` of the others.
    fn check(body: &str, records: &[&str], rejected: &[&str]) {
        let sorted = sort(body.as_bytes());
        let raw: Vec<_> =
            sorted.records.iter().map(|record| String::from_utf8_lossy(&record.raw)).collect();
        assert_eq!(raw, records, "{body}");
        let errors: Vec<_> =
            sorted.rejected.iter().map(|r| format!("{}: {}", r.index, r.error)).collect();
        assert_eq!(errors, rejected, "{body}");
    }

    const A: &str = r#"{"source":"aws.health","detail":{"eventArn":"a,]}\"["}}"#;
    const B: &str = r#"{"eventTypeCode":"B"}"#;

    #[test]
    fn every_form_of_a_body_is_taken_apart() {
        check(A, &[A], &[]);
        check(&format!("\u{feff} {A}\n"), &[A], &[]);
        check(&format!("[{A} , {B}]"), &[A, B], &[]);
        check(&format!("[[{A}],{B},[]]"), &[A, B], &[]);
        check(&format!("{{\"Entries\" : [{A},{B}], \"EndpointId\":\"x\"}}"), &[A, B], &[]);
        check(&format!("[{{\"Entries\":[{A}]}},{B}]"), &[A, B], &[]);
        check(&format!("{A}\n\n  {B}\r\n[{A},{B}]"), &[A, B, A, B], &[]);
        let entry =
            r#"{"Source":"custom.health","DetailType":"x","Detail":"{\"eventArn\":\"a\"}"}"#;
        check(&format!("{{\"Entries\":[{entry}]}}"), &[entry], &[]);
    }

    #[test]
    fn a_record_with_a_broken_escape_is_still_a_record() {
        let broken = r#"{"eventTypeCode":"B \ud800","n":"\""}"#;
        check(&format!("[{broken},{B}]"), &[broken, B], &[]);
    }

    #[test]
    fn each_unreadable_record_is_named_by_its_place() {
        let no_record = "no AWS Health record: expected `source`, `detail`, `eventArn`, \
                         `eventTypeCode` or `Entries`";
        check(
            &format!("[{A}, 1, {{}}, {B}]"),
            &[A, B],
            &["1: expected a JSON object, found a number", &format!("2: {no_record}")],
        );
        check("[]", &[], &[]);
        check("", &[], &[]);
        check(r#"{"Entries":[]}"#, &[], &["0: `Entries` is empty"]);
    }

    #[test]
    fn a_bad_line_does_not_spoil_its_neighbours() {
        let sorted = sort(format!("{A}\n{{oops\n{B}").as_bytes());
        assert_eq!(sorted.records.len(), 2);
        assert_eq!(sorted.rejected.len(), 1);
        assert_eq!(sorted.rejected[0].index, 1);
        assert!(sorted.rejected[0].error.starts_with("not JSON: "));
    }
}
