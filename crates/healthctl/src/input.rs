//! Records from files and stdin, each with the place it stands at, so that an unreadable one can
//! be found by the person who sent it.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use model::{HealthEvent, Unreadable};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// A record that cannot be read, as `file:line: reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What was read, in the order of the input.
#[derive(Debug, Default)]
pub struct Records {
    pub events: Vec<HealthEvent>,
    pub faults: Vec<Fault>,
}

/// The bytes of a file, or of stdin for `-` and for nothing.
pub fn bytes(path: Option<&Path>) -> anyhow::Result<(String, Vec<u8>)> {
    let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read stdin")?;
        return Ok(("-".to_owned(), bytes));
    };
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok((path.display().to_string(), bytes))
}

impl Records {
    /// Adds the records of a file, or of stdin for `-`. NDJSON is read line by line, so that its
    /// text and the records never fill the memory together.
    pub fn read_file(&mut self, path: &Path) -> anyhow::Result<()> {
        const AT_ONCE: usize = 1 << 18;
        if path.as_os_str() == "-" {
            let stdin = BufReader::with_capacity(AT_ONCE, std::io::stdin().lock());
            return self.read_from("-", stdin).context("cannot read stdin");
        }
        let name = path.display().to_string();
        let opened = File::open(path).map(|file| BufReader::with_capacity(AT_ONCE, file));
        let read = opened.and_then(|source| self.read_from(&name, source));
        read.with_context(|| format!("cannot read {name}"))
    }

    fn read_from(&mut self, file: &str, mut source: impl BufRead) -> io::Result<()> {
        let mut head = Vec::new();
        let first = next_line(&mut source, &mut head)?;
        let is_record = head[first..].starts_with(b"{") && parses_whole(&head[first..]);
        // A record on the first line and anything on a later one: this is NDJSON.
        if !is_record || next_line(&mut source, &mut head)? == head.len() {
            source.read_to_end(&mut head)?;
            self.read(file, &head);
            return Ok(());
        }
        let mut number = 0;
        let known = head.strip_prefix(BOM).unwrap_or(&head);
        for line in lines(known.strip_suffix(b"\n").unwrap_or(known)) {
            number += 1;
            self.line(file, number, line);
        }
        let mut line = head;
        loop {
            line.clear();
            if read_line(&mut source, &mut line)? == 0 {
                return Ok(());
            }
            number += 1;
            self.line(file, number, line.strip_suffix(b"\n").unwrap_or(&line));
        }
    }

    /// Adds the records of one file: one document when it parses whole, otherwise NDJSON.
    pub fn read(&mut self, file: &str, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return self.fault(file, 1, "empty: no record");
        }
        if parses_whole(bytes) {
            return self.document(file, bytes);
        }
        let before = (self.events.len(), self.faults.len());
        let mut all_broken = true;
        for (index, line) in lines(bytes).enumerate() {
            all_broken &= self.line(file, index + 1, line) == Line::Broken;
        }
        if all_broken {
            self.events.truncate(before.0);
            self.faults.truncate(before.1);
            self.broken_document(file, bytes);
        }
    }

    /// One line of NDJSON.
    fn line(&mut self, file: &str, number: usize, line: &[u8]) -> Line {
        let mut broken = Line::Broken;
        if line.trim_ascii().is_empty() {
            return broken;
        }
        for read in model::read(line) {
            if !matches!(read, Err(Unreadable::NotJson(_))) {
                broken = Line::Json;
            }
            self.take(file, number, read);
        }
        broken
    }

    fn document(&mut self, file: &str, bytes: &[u8]) {
        let start = bytes.len() - bytes.trim_ascii_start().len();
        let elements: Vec<&RawValue> = match bytes.get(start) {
            Some(b'[') => serde_json::from_slice(bytes).unwrap_or_default(),
            _ => Vec::new(),
        };
        if elements.is_empty() {
            for read in model::read(bytes) {
                self.take(file, line_at(bytes, start), read);
            }
        }
        for element in elements {
            let raw = element.get().as_bytes();
            let offset = raw.as_ptr().addr() - bytes.as_ptr().addr();
            for read in model::read(raw) {
                // Counting lines is for faults only: it would be quadratic over a large array.
                let line = if read.is_err() { line_at(bytes, offset) } else { 0 };
                self.take(file, line, read);
            }
        }
    }

    /// One pretty-printed document with a mistake in it: the mistake is named once, not per line.
    fn broken_document(&mut self, file: &str, bytes: &[u8]) {
        match serde_json::from_slice::<serde_json::Value>(bytes) {
            Err(error) => {
                let (line, reason) = (error.line().max(1), format!("not JSON: {error}"));
                self.fault(file, line, &reason);
            }
            Ok(_) => self.document(file, bytes),
        }
    }

    fn take(&mut self, file: &str, line: usize, read: Result<HealthEvent, Unreadable>) {
        match read {
            Ok(event) => self.events.push(event),
            Err(error) => self.fault(file, line, &error.to_string()),
        }
    }

    fn fault(&mut self, file: &str, line: usize, reason: &str) {
        self.faults.push(Fault { file: file.to_owned(), line, reason: reason.to_owned() });
    }
}

/// What a line of a file is, for all we know.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Json,
    /// Or blank.
    Broken,
}

/// Adds lines up to the next that is not blank, and returns where that one begins, without a
/// byte-order mark; at the end of the source, where it ends.
fn next_line(source: &mut impl BufRead, read: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        let mut start = read.len();
        if read_line(source, read)? == 0 {
            return Ok(start);
        }
        if start == 0 && read.starts_with(BOM) {
            start = BOM.len();
        }
        if !read[start..].trim_ascii().is_empty() {
            return Ok(start);
        }
    }
}

/// Adds bytes up to the end of the line, and returns how many. The standard library's looks for
/// it without the wide registers of the machine.
fn read_line(source: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let before = line.len();
    loop {
        let there = match source.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            there => there?,
        };
        let end = memchr::memchr(b'\n', there).map(|at| at + 1);
        let taken = end.unwrap_or(there.len());
        line.extend_from_slice(&there[..taken]);
        source.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(line.len() - before);
        }
    }
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    ends.map(move |end| &bytes[std::mem::replace(&mut start, end + 1)..end])
}

/// The first value is the whole input. For NDJSON this looks no further than its first line.
fn parses_whole(bytes: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    let first = values.next();
    let rest = bytes.get(values.byte_offset()..).unwrap_or_default();
    matches!(first, Some(Ok(_))) && rest.trim_ascii().is_empty()
}

fn line_at(bytes: &[u8], offset: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..offset]).count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = r#"{"source":"aws.health","detail":{"eventTypeCode":"A"}}"#;

    /// Whole and line by line, which must be the same.
    fn check(input: &str, events: usize, faults: &[&str]) {
        let (mut whole, mut by_line) = (Records::default(), Records::default());
        whole.read("f", input.as_bytes());
        by_line.read_from("f", input.as_bytes()).unwrap();
        for (how, records) in [("whole", whole), ("by line", by_line)] {
            let shown: Vec<String> = records.faults.iter().map(ToString::to_string).collect();
            assert_eq!(
                (records.events.len(), shown),
                (events, faults.iter().map(|s| (*s).to_owned()).collect()),
                "{how}: {input}"
            );
        }
    }

    #[test]
    fn every_form_of_a_file_is_read() {
        check(A, 1, &[]);
        check(&format!("\u{feff}[{A},\n{A}]\n"), 2, &[]);
        check(&format!("{A}\n\n{A}\r\n[{A}]"), 3, &[]);
        check(r#"{"Entries":[{"Source":"custom.health","Detail":"{}"}]}"#, 1, &[]);
        check(
            "{\n \"source\": \"x\",\n \"detail\": {\"eventTypeCode\": \"lone \\ud800\"}\n}",
            1,
            &[],
        );
    }

    #[test]
    fn an_unreadable_record_is_named_by_its_line_and_spoils_no_neighbour() {
        let no_record = "no AWS Health record: expected `source`, `detail`, `eventArn`, `eventTypeCode` or `Entries`";
        check(&format!("{A}\n{{}}\n{A}"), 2, &[&format!("f:2: {no_record}")]);
        check(&format!("[\n{A},\n3,\n{A}]"), 2, &["f:3: expected a JSON object, found a number"]);
        check(&format!("\u{feff}\n{A}\n\n{{}}\r\n{A}\n"), 2, &[&format!("f:4: {no_record}")]);
        check(
            &format!("[]\noops\n{A}"),
            1,
            &["f:1: an empty array: no record", "f:2: not JSON: expected value at line 1 column 1"],
        );
        check(
            &format!("{A}\n{{\"source\": \n"),
            1,
            &["f:2: not JSON: EOF while parsing a value at line 1 column 11"],
        );
        check(&format!("{A}\noops\n"), 1, &["f:2: not JSON: expected value at line 1 column 1"]);
        check("", 0, &["f:1: empty: no record"]);
        check("[]", 0, &["f:1: an empty array: no record"]);
        check(
            "{\n \"source\": \"x\",\n oops\n}",
            0,
            &["f:3: not JSON: key must be a string at line 3 column 2"],
        );
    }
}
