//! PURE. JSON of which a few fields are wanted, pulled in the order it stands: texts are borrowed,
//! and looked through eight bytes at a time. It takes what it finds: whoever asks for an object
//! where a list stands is told so, and reads on behind it.
//!
//! It judges no number, which is `serde_json`'s work, and takes half of a surrogate pair for what
//! cannot be read. [`write`] is the way back.

mod text;
mod write;

use serde_json::{Map, Value};

use text::{escape, plain, simple};

pub use text::Raw;
pub use write::{to_string, write};

/// How deep objects and lists may stand in each other: the limit of `serde_json`.
const DEPTH: u8 = 128;

const CONTROL: &str = "control character (\\u0000-\\u001F) found while parsing a string";

/// Why a text is no JSON, in the words of `serde_json` as far as they name the place; lines and
/// columns from 1, in bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at line {line} column {column}")]
pub struct Malformed {
    reason: &'static str,
    line: usize,
    column: usize,
}

/// Reading ends here: [`Reader::whole`] says why and where, unless its caller had enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    List,
    Text,
    Number,
    Boolean,
    Null,
}

/// Whether a text holds any.
#[derive(Clone, Copy)]
enum Escapes {
    None,
    Some,
}

/// A place in a document. Every method takes exactly one value and leaves the reader behind it.
#[derive(Debug)]
pub struct Reader<'a> {
    document: &'a str,
    at: usize,
    depth: u8,
    reason: &'static str,
}

impl<'a> Reader<'a> {
    pub fn new(document: &'a str) -> Self {
        Self { document, at: 0, depth: 0, reason: "" }
    }

    /// One document, and nothing behind it.
    pub fn whole<T>(
        document: &'a str,
        take: impl FnOnce(&mut Self) -> Result<T, Stop>,
    ) -> Result<T, Malformed> {
        let mut reader = Self::new(document);
        let taken = take(&mut reader).and_then(|taken| match reader.peek() {
            // Whoever goes on where reading stopped has read nothing.
            _ if !reader.reason.is_empty() => Err(Stop),
            None => Ok(taken),
            Some(_) => reader.stop("trailing characters"),
        });
        taken.map_err(|Stop| reader.malformed())
    }

    /// What stands next, which is not taken.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, Stop> {
        Ok(match self.peek() {
            Some(b'"') => Kind::Text,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') => Kind::Null,
            Some(_) => return self.stop("expected value"),
            None => return self.stop("EOF while parsing a value"),
        })
    }

    /// Hands over each key, of which the value must be taken; false for anything but an object.
    #[inline]
    pub fn object(
        &mut self,
        mut take: impl FnMut(&mut Self, &str) -> Result<(), Stop>,
    ) -> Result<bool, Stop> {
        const ENDS: &str = "EOF while parsing an object";
        if self.kind()? != Kind::Object {
            return self.skip().map(|()| false);
        }
        self.enter()?;
        if self.peek() == Some(b'}') {
            return Ok(self.leave());
        }
        loop {
            match self.peek() {
                Some(b'"') => {}
                Some(_) => return self.stop("key must be a string"),
                None => return self.stop(ENDS),
            }
            let (key, escapes) = self.quoted()?;
            match self.peek() {
                Some(b':') => self.at += 1,
                Some(_) => return self.stop("expected `:`"),
                None => return self.stop(ENDS),
            }
            match escapes {
                Escapes::None => take(self, key)?,
                Escapes::Some => take(self, &Raw::Text(key).text())?,
            }
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => return Ok(self.leave()),
                Some(_) => return self.stop("expected `,` or `}`"),
                None => return self.stop(ENDS),
            }
            if self.peek() == Some(b'}') {
                return self.stop("trailing comma");
            }
        }
    }

    /// Hands over before each element, which must be taken; false for anything but a list.
    #[inline]
    pub fn list(
        &mut self,
        mut take: impl FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<bool, Stop> {
        const ENDS: &str = "EOF while parsing a list";
        if self.kind()? != Kind::List {
            return self.skip().map(|()| false);
        }
        self.enter()?;
        match self.peek() {
            Some(b']') => return Ok(self.leave()),
            Some(_) => {}
            None => return self.stop(ENDS),
        }
        loop {
            take(self)?;
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => return Ok(self.leave()),
                Some(_) => return self.stop("expected `,` or `]`"),
                None => return self.stop(ENDS),
            }
            if self.peek() == Some(b']') {
                return self.stop("trailing comma");
            }
        }
    }

    /// A text, or nothing for anything else.
    #[inline]
    pub fn text(&mut self) -> Result<Option<Raw<'a>>, Stop> {
        match self.kind()? {
            Kind::Text => self.quoted().map(|(text, _)| Some(Raw::Text(text))),
            _ => self.skip().map(|()| None),
        }
    }

    /// A text, a number or a boolean, or nothing for anything else.
    #[inline]
    pub fn scalar(&mut self) -> Result<Option<Raw<'a>>, Stop> {
        match self.kind()? {
            Kind::Text => self.quoted().map(|(text, _)| Some(Raw::Text(text))),
            Kind::Number | Kind::Boolean => self.json().map(|json| Some(Raw::Plain(json))),
            Kind::Object | Kind::List | Kind::Null => self.skip().map(|()| None),
        }
    }

    /// Any value, held as a whole. A number beyond all real ones is none.
    pub fn value(&mut self) -> Result<Value, Stop> {
        Ok(match self.kind()? {
            Kind::Text => Value::from(self.text()?.unwrap_or_default().text()),
            Kind::Object => {
                let mut found = Map::new();
                self.object(|reader, key| {
                    found.insert(key.to_owned(), reader.value()?);
                    Ok(())
                })?;
                Value::Object(found)
            }
            Kind::List => {
                let mut found = Vec::new();
                self.list(|reader| {
                    found.push(reader.value()?);
                    Ok(())
                })?;
                Value::Array(found)
            }
            Kind::Number => serde_json::from_str(self.json()?).unwrap_or_default(),
            Kind::Boolean => Value::from(self.json()? == "true"),
            Kind::Null => self.skip().map(|()| Value::Null)?,
        })
    }

    /// Any value, as it is written.
    pub fn json(&mut self) -> Result<&'a str, Stop> {
        self.kind()?;
        let start = self.at;
        self.skip()?;
        Ok(&self.document[start..self.at])
    }

    pub fn skip(&mut self) -> Result<(), Stop> {
        match self.kind()? {
            Kind::Text => self.quoted().map(|_| ()),
            Kind::Object => self.object(|reader, _| reader.skip()).map(|_| ()),
            Kind::List => self.list(Self::skip).map(|_| ()),
            Kind::Number => self.number(),
            Kind::Boolean if self.next() == Some(b't') => self.word("true"),
            Kind::Boolean => self.word("false"),
            Kind::Null => self.word("null"),
        }
    }

    #[inline]
    fn next(&self) -> Option<u8> {
        self.document.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            let next = self.next();
            match next {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                _ => return next,
            }
        }
    }

    fn enter(&mut self) -> Result<(), Stop> {
        self.at += 1;
        self.depth += 1;
        if self.depth == DEPTH { self.stop("recursion limit exceeded") } else { Ok(()) }
    }

    fn leave(&mut self) -> bool {
        self.at += 1;
        self.depth -= 1;
        true
    }

    #[inline]
    fn quoted(&mut self) -> Result<(&'a str, Escapes), Stop> {
        self.at += 1;
        let start = self.at;
        let mut escapes = Escapes::None;
        loop {
            self.at += plain(&self.document.as_bytes()[self.at..]);
            match self.next() {
                Some(b'"') => {
                    let text = &self.document[start..self.at];
                    self.at += 1;
                    return Ok((text, escapes));
                }
                Some(b'\\') => {
                    escapes = Escapes::Some;
                    self.at += self.escape()?;
                }
                Some(_) => return self.stop(CONTROL),
                None => return self.stop("EOF while parsing a string"),
            }
        }
    }

    /// How long the escape is that comes next.
    #[inline]
    fn escape(&mut self) -> Result<usize, Stop> {
        let rest = &self.document.as_bytes()[self.at..];
        if rest.get(1).is_some_and(|letter| simple(*letter).is_some()) {
            return Ok(2);
        }
        match escape(rest) {
            Ok(found) => Ok(found.bytes),
            Err(reason) => {
                self.at += 1;
                self.stop(reason)
            }
        }
    }

    fn number(&mut self) -> Result<(), Stop> {
        if self.next() == Some(b'-') {
            self.at += 1;
        }
        match self.next() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if let Some(b'0'..=b'9') = self.next() {
            return self.stop("invalid number");
        }
        if self.next() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.next() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.next() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Stop> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.next() {
            self.at += 1;
        }
        match self.next() {
            _ if self.at > start => Ok(()),
            Some(_) => self.stop("invalid number"),
            None => self.stop("EOF while parsing a value"),
        }
    }

    fn word(&mut self, word: &str) -> Result<(), Stop> {
        for expected in word.bytes() {
            match self.next() {
                Some(found) if found == expected => self.at += 1,
                Some(_) => return self.stop("expected ident"),
                None => return self.stop("EOF while parsing a value"),
            }
        }
        Ok(())
    }

    #[cold]
    fn stop<T>(&mut self, reason: &'static str) -> Result<T, Stop> {
        self.reason = reason;
        Err(Stop)
    }

    #[cold]
    fn malformed(&self) -> Malformed {
        let end = self.document.len().min(self.at + 1);
        let before = &self.document.as_bytes()[..self.at.min(end)];
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let column = end - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        Malformed { reason: self.reason, line, column }
    }
}

#[cfg(test)]
mod tests;
