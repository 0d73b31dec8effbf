//! PURE. What DynamoDB would bill for requests as the SDK sends them, in the units of its price
//! list.

use std::fmt;
use std::ops::AddAssign;

use serde_json::Value;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    pub reads: u64,
    pub writes: u64,
    /// 4 KB, strongly consistent.
    pub read_units: u64,
    /// 1 KB. An update counts as one, which headers are.
    pub write_units: u64,
}

impl fmt::Display for Bill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reads, writes, read_units, write_units } = self;
        write!(f, "{writes} writes ({write_units} WCU), {reads} reads ({read_units} RCU)")
    }
}

impl AddAssign for Bill {
    fn add_assign(&mut self, other: Self) {
        self.reads += other.reads;
        self.writes += other.writes;
        self.read_units += other.read_units;
        self.write_units += other.write_units;
    }
}

impl Bill {
    /// Known before the answer. `operation` is the last part of the target: `PutItem`.
    pub fn of_request(operation: &str, body: &Value) -> Self {
        let write = |units| Self { writes: 1, write_units: units, ..Self::default() };
        match operation {
            "PutItem" => write(size(&body["Item"]).div_ceil(1_024)),
            "UpdateItem" | "DeleteItem" => write(1),
            // What is not there costs one unit, and so does the first of a page.
            _ => Self { reads: 1, read_units: 1, ..Self::default() },
        }
    }

    /// What was read beyond the first unit.
    pub fn of_answer(body: &Value) -> Self {
        // A condition that failed hands the item over, too, at the price of the write.
        if body.get("__type").is_some() {
            return Self::default();
        }
        let items = body["Items"].as_array().into_iter().flatten();
        let bytes: u64 = items.chain(body.get("Item")).map(size).sum();
        Self { read_units: bytes.div_ceil(4_096).saturating_sub(1), ..Self::default() }
    }
}

/// Names and values, as DynamoDB counts an item.
fn size(item: &Value) -> u64 {
    let of = |value: &Value| {
        let text = |kind: &str| value[kind].as_str().map_or(0, str::len);
        text("S") + text("N").div_ceil(2) + text("B") * 3 / 4
    };
    let sizes = item.as_object().into_iter().flatten().map(|(name, value)| name.len() + of(value));
    u64::try_from(sizes.sum::<usize>()).unwrap_or(u64::MAX)
}
