//! PURE. One table of the document, read key by key. What is wrong with a key is noted and the
//! reading goes on, so that a person who edits hears of everything at once.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;

/// The text that is read and what was found wrong with it so far.
pub(super) struct Faults<'t> {
    pub(super) text: &'t str,
    pub(super) found: Vec<Problem>,
    /// Sound, and yet hardly meant.
    pub(super) doubts: Vec<Problem>,
}

impl Faults<'_> {
    pub(super) fn note(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.found.push(Problem { line: self.line(span.start), what: what.into() });
    }

    pub(super) fn doubt(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.doubts.push(Problem { line: self.line(span.start), what: what.into() });
    }

    pub(super) fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }
}

/// A table with its heading as a person would name it.
pub(super) struct Section<'a> {
    pub(super) name: String,
    table: &'a DeTable<'a>,
    pub(super) span: Range<usize>,
}

impl<'a> Section<'a> {
    pub(super) fn root(table: &'a Spanned<DeTable<'a>>) -> Self {
        Self { name: "the document".to_owned(), table: table.get_ref(), span: 0..0 }
    }

    pub(super) fn keys(
        &self,
    ) -> impl Iterator<Item = (Spanned<&'a str>, &'a Spanned<DeValue<'a>>)> {
        self.table.iter().map(|(key, value)| (Spanned::new(key.span(), &**key.get_ref()), value))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Every key that is not among the known ones is a fault.
    pub(super) fn only(&self, faults: &mut Faults<'_>, known: &[&str]) {
        for (key, _) in self.keys().filter(|(key, _)| !known.contains(key.get_ref())) {
            let hint = near(key.get_ref(), known)
                .unwrap_or_else(|| format!("known in {} are {}", self.name, known.join(", ")));
            faults.note(&key.span(), format!("unknown key `{}`; {hint}", key.get_ref()));
        }
    }

    /// As [`Section::only`], of the document itself. A key that belongs into a table often
    /// stands above it.
    pub(super) fn only_tables(&self, faults: &mut Faults<'_>, known: &[&str], defaults: &[&str]) {
        for (key, _) in self.keys().filter(|(key, _)| !known.contains(key.get_ref())) {
            let name = *key.get_ref();
            if defaults.contains(&name) {
                let what = format!("`{name}` stands in no table; write it below [defaults]");
                faults.note(&key.span(), what);
                continue;
            }
            let hint =
                near(name, known).unwrap_or_else(|| format!("known are {}", known.join(", ")));
            faults.note(&key.span(), format!("unknown table `{name}`; {hint}"));
        }
    }

    fn get<T>(
        &self,
        faults: &mut Faults<'_>,
        key: &str,
        expected: &str,
        of: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let value = self.table.get(key)?;
        if let Some(read) = of(value.get_ref()) {
            return Some(Spanned::new(value.span(), read));
        }
        let found = value.get_ref().type_str();
        faults.note(&value.span(), format!("`{key}` is {expected}, not {}", article(found)));
        None
    }

    /// A text that says something.
    pub(super) fn text(&self, faults: &mut Faults<'_>, key: &str) -> Option<Spanned<&'a str>> {
        let text = self.get(faults, key, "a text in quotes", DeValue::as_str)?;
        if text.get_ref().trim().is_empty() {
            faults.note(&text.span(), format!("`{key}` is empty"));
            return None;
        }
        Some(text)
    }

    pub(super) fn required(&self, faults: &mut Faults<'_>, key: &str) -> Option<Spanned<&'a str>> {
        self.require(faults, key);
        self.text(faults, key)
    }

    pub(super) fn require(&self, faults: &mut Faults<'_>, key: &str) {
        if !self.has(key) {
            faults.note(&self.span, format!("{} lacks `{key}`", self.name));
        }
    }

    pub(super) fn flag(&self, faults: &mut Faults<'_>, key: &str) -> Option<bool> {
        self.get(faults, key, "true or false", DeValue::as_bool).map(Spanned::into_inner)
    }

    /// A whole number above zero.
    pub(super) fn count(&self, faults: &mut Faults<'_>, key: &str) -> Option<u32> {
        let read = |value: &DeValue<'_>| {
            let number = value.as_integer()?;
            let digits = number.as_str().replace('_', "");
            u32::from_str_radix(&digits, number.radix()).ok().filter(|count| *count > 0)
        };
        self.get(faults, key, "a whole number above 0", read).map(Spanned::into_inner)
    }

    /// Any whole number.
    pub(super) fn integer(&self, faults: &mut Faults<'_>, key: &str) -> Option<Spanned<i64>> {
        let read = |value: &DeValue<'_>| {
            let number = value.as_integer()?;
            i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()
        };
        self.get(faults, key, "a whole number", read)
    }

    pub(super) fn datetime(
        &self,
        faults: &mut Faults<'_>,
        key: &str,
    ) -> Option<Spanned<toml::value::Datetime>> {
        let expected = "a date without quotes, such as 2027-01-01";
        self.get(faults, key, expected, |value| value.as_datetime().copied())
    }

    /// A list of texts that say something; blank ones are faults.
    pub(super) fn texts(
        &self,
        faults: &mut Faults<'_>,
        key: &str,
    ) -> Option<Spanned<Vec<Spanned<&'a str>>>> {
        let expected = "a list of texts, such as [\"a\", \"b\"]";
        let list = self.get(faults, key, expected, DeValue::as_array)?;
        let mut texts = Vec::with_capacity(list.get_ref().len());
        for item in *list.get_ref() {
            match item.get_ref().as_str() {
                Some(text) if !text.trim().is_empty() => {
                    texts.push(Spanned::new(item.span(), text));
                }
                Some(_) => faults.note(&item.span(), format!("`{key}` holds an empty text")),
                None => faults.note(&item.span(), format!("`{key}` is {expected}")),
            }
        }
        let whole = texts.len() == list.get_ref().len();
        whole.then(|| Spanned::new(list.span(), texts))
    }

    pub(super) fn table(&self, faults: &mut Faults<'_>, key: &str) -> Option<Section<'a>> {
        let expected = format!("a table, written [{key}]");
        let table = self.get(faults, key, &expected, DeValue::as_table)?;
        Some(Section { name: format!("[{key}]"), table: table.get_ref(), span: table.span() })
    }

    /// A table of a table, as it is named inline.
    pub(super) fn inline(&self, faults: &mut Faults<'_>, key: &str) -> Option<Section<'a>> {
        let expected = "a table, such as { key = \"value\" }";
        let table = self.get(faults, key, expected, DeValue::as_table)?;
        Some(Section { name: format!("`{key}`"), table: table.get_ref(), span: table.span() })
    }

    /// An array of tables; a single one, or what is none, is a fault.
    pub(super) fn tables(&self, faults: &mut Faults<'_>, key: &str) -> Vec<Section<'a>> {
        let expected = format!("a list of tables, each written [[{key}]]");
        let Some(list) = self.get(faults, key, &expected, DeValue::as_array) else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in *list.get_ref() {
            match item.get_ref().as_table() {
                Some(table) => {
                    tables.push(Section { name: format!("[[{key}]]"), table, span: item.span() });
                }
                None => faults.note(&item.span(), format!("`{key}` is {expected}")),
            }
        }
        tables
    }
}

fn near(name: &str, known: &[&str]) -> Option<String> {
    let near = json_sql::nearest(name, known.iter().copied())?;
    Some(format!("did you mean `{near}`?"))
}

fn article(kind: &str) -> String {
    let kind = if kind == "string" { "text" } else { kind };
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {kind}")
}
