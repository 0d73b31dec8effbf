//! PURE. One value of a batch as conditions see it: `category key value host pcode tag.<key>`.

use json_sql::{Cell, Path, Segment};

use crate::metric::{Batch, Data};

pub(super) struct MetricRow<'a> {
    batch: &'a Batch,
    key: &'a str,
    value: Option<f64>,
}

impl<'a> MetricRow<'a> {
    pub(super) fn new(batch: &'a Batch, data: &'a Data) -> Self {
        Self { batch, key: data.key.as_str(), value: Some(data.value.get()) }
    }

    /// The same row before its number is known.
    pub(super) fn without_value(&self) -> Self {
        Self { value: None, ..*self }
    }
}

impl json_sql::Row for MetricRow<'_> {
    fn cell(&self, path: &Path) -> Cell<'_> {
        match path.segments() {
            [Segment::Key(name)] => match &**name {
                "category" => self.batch.category.as_str().into(),
                "key" => self.key.into(),
                "value" => self.value.map_or(Cell::Null, Cell::Float),
                "host" => self.batch.host.as_str().into(),
                "pcode" => Cell::Int(self.batch.pcode.get()),
                _ => Cell::Null,
            },
            [Segment::Key(space), Segment::Key(key)] if &**space == "tag" => {
                let mut tags = self.batch.tags.iter();
                tags.find(|(known, _)| *known == &**key).map(|(_, value)| value).into()
            }
            _ => Cell::Null,
        }
    }
}
