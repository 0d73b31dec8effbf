//! The paths a query needs, read straight from JSON text. The text is scanned once; what no path asks
//! for is skipped without being built. Skipped parts are checked as far as skipping needs.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
    value::MapAccessDeserializer, value::SeqAccessDeserializer,
};
use serde_json::Value;

use crate::ast::{Column, Segment};
use crate::row::lookup;
use crate::value::Cell;

/// Paths merged into a tree, so that a common beginning is walked once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Projection {
    root: Branch,
    slots: usize,
}

#[derive(Debug, Clone, Default)]
struct Branch {
    /// The slots whose path ends here.
    ends: Vec<usize>,
    keys: Vec<(Box<str>, Branch)>,
    positions: Vec<(usize, Branch)>,
    /// Every slot here and below.
    all: Vec<usize>,
}

impl Projection {
    /// Slot `i` of the answer is what stands under the path of column `i`.
    pub(crate) fn of(columns: &[Column]) -> Self {
        let mut projection = Self { slots: columns.len(), ..Self::default() };
        for (slot, column) in columns.iter().enumerate() {
            projection.root.insert(column.path.segments(), slot);
        }
        projection
    }

    /// Reads one document. A key that is written twice counts the last time, as in a parsed document.
    pub(crate) fn read<'de>(&self, json: &'de [u8]) -> Result<Vec<Cell<'de>>, serde_json::Error> {
        let mut slots = vec![Cell::Null; self.slots];
        // Checking the whole text at once is cheaper than each of its strings.
        let json = std::str::from_utf8(json).map_err(Error::custom)?;
        let mut deserializer = serde_json::Deserializer::from_str(json);
        Seed { branch: &self.root, slots: &mut slots }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(slots)
    }
}

impl Branch {
    fn insert(&mut self, path: &[Segment], slot: usize) {
        self.all.push(slot);
        match path.split_first() {
            None => self.ends.push(slot),
            Some((Segment::Key(key), rest)) => {
                let found = self.keys.iter().position(|(known, _)| known == key);
                let index = found.unwrap_or_else(|| {
                    self.keys.push((key.clone(), Self::default()));
                    self.keys.len() - 1
                });
                self.keys[index].1.insert(rest, slot);
            }
            Some((Segment::Index(position), rest)) => {
                let found = self.positions.iter().position(|(known, _)| known == position);
                let index = found.unwrap_or_else(|| {
                    self.positions.push((*position, Self::default()));
                    self.positions.len() - 1
                });
                self.positions[index].1.insert(rest, slot);
            }
        }
    }

    /// Answers every slot here and below from a value that had to be built anyway.
    fn fill(&self, value: &Value, path: &mut Vec<Segment>, slots: &mut [Cell<'_>]) {
        for slot in &self.ends {
            slots[*slot] = lookup(value, path).into_cell();
        }
        for (key, branch) in &self.keys {
            path.push(Segment::Key(key.clone()));
            branch.fill(value, path, slots);
            path.pop();
        }
        for (position, branch) in &self.positions {
            path.push(Segment::Index(*position));
            branch.fill(value, path, slots);
            path.pop();
        }
    }

    fn clear(&self, slots: &mut [Cell<'_>]) {
        for slot in &self.all {
            slots[*slot] = Cell::Null;
        }
    }
}

impl Cell<'_> {
    /// As [`Cell::into_owned`], but a list that a path gathered stays a list.
    fn into_cell(self) -> Cell<'static> {
        match self {
            Self::List(items) => Cell::List(items.into_iter().map(Cell::into_cell).collect()),
            other => other.into_owned(),
        }
    }
}

struct Seed<'a, 'de> {
    branch: &'a Branch,
    slots: &'a mut [Cell<'de>],
}

impl<'de> DeserializeSeed<'de> for Seed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Seed<'_, 'de> {
    fn scalar(self, cell: &Cell<'de>) {
        for slot in &self.branch.ends {
            self.slots[*slot] = cell.clone();
        }
    }

    fn built(self, value: Value) {
        self.branch.fill(&value, &mut Vec::new(), self.slots);
        if let [slot] = self.branch.ends.as_slice() {
            self.slots[*slot] = Cell::owned(value);
        }
    }
}

impl<'de> Visitor<'de> for Seed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.scalar(&Cell::Bool(flag));
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.scalar(&Cell::Int(number));
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.scalar(&Cell::number(&number.into()));
        Ok(())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.scalar(&Cell::from(number));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        self.scalar(&Cell::Text(Cow::Borrowed(text)));
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.scalar(&Cell::from(text.to_owned()));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if !self.branch.ends.is_empty() {
            let value = Value::deserialize(MapAccessDeserializer::new(map))?;
            self.built(value);
            return Ok(());
        }
        while let Some(found) = map.next_key_seed(KeySeed { branch: self.branch })? {
            match found {
                Some(branch) => {
                    branch.clear(self.slots);
                    map.next_value_seed(Seed { branch, slots: &mut *self.slots })?;
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if !self.branch.ends.is_empty() || !self.branch.positions.is_empty() {
            let value = Value::deserialize(SeqAccessDeserializer::new(seq))?;
            self.built(value);
            return Ok(());
        }
        let Self { branch, slots } = self;
        let mut lists: Vec<Vec<Cell<'de>>> = branch.all.iter().map(|_| Vec::new()).collect();
        while seq.next_element_seed(Seed { branch, slots: &mut *slots })?.is_some() {
            for (slot, list) in branch.all.iter().zip(&mut lists) {
                gather(std::mem::replace(&mut slots[*slot], Cell::Null), list);
            }
        }
        for (slot, list) in branch.all.iter().zip(lists) {
            slots[*slot] = Cell::List(list);
        }
        Ok(())
    }
}

/// What one element of an array has under a path, added to what the others had: as [`lookup`] does it.
fn gather<'de>(found: Cell<'de>, list: &mut Vec<Cell<'de>>) {
    match found {
        Cell::List(more) => list.extend(more),
        Cell::Json(json) if json.is_array() => match json.into_owned() {
            Value::Array(more) => {
                list.extend(more.into_iter().map(|item| -> Cell<'de> { Cell::owned(item) }));
            }
            other => list.push(Cell::owned(other)),
        },
        cell => list.push(cell),
    }
}

struct KeySeed<'a> {
    branch: &'a Branch,
}

impl<'de, 'a> DeserializeSeed<'de> for KeySeed<'a> {
    type Value = Option<&'a Branch>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for KeySeed<'a> {
    type Value = Option<&'a Branch>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.branch.keys.iter().find(|(known, _)| **known == *key).map(|(_, branch)| branch))
    }
}

/// The keys of an object in the order they are written, or the value when it is no object.
pub(crate) fn entries(
    json: &[u8],
) -> Result<Result<Vec<(String, Value)>, Value>, serde_json::Error> {
    if json.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return serde_json::from_slice(json).map(Err);
    }
    let written: Entries = serde_json::from_slice(json)?;
    Ok(Ok(written.0))
}

struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries: Vec<(String, Value)> = Vec::new();
        let mut places = HashMap::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if let Some(place) = places.get(&key) {
                entries[*place] = (key, value);
            } else {
                places.insert(key.clone(), entries.len());
                entries.push((key, value));
            }
        }
        Ok(Entries(entries))
    }
}
