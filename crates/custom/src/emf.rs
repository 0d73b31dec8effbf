//! PURE. A batch as CloudWatch embedded metric format: JSON documents, one per log line.
//!
//! CloudWatch takes a bad document as text and extracts nothing, without an error to the writer. So
//! whatever it cannot take is changed or left out here, and counted. The access key never enters.

use std::collections::HashSet;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::metric::{Batch, Data, Tags};

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const MAX_METRICS: usize = 100;
const MAX_DIMENSIONS: usize = 30;
const MAX_DIMENSION_NAME: usize = 250;
const MAX_DIMENSION_VALUE: usize = 1024;
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html: 2^360.
const MAX_VALUE: f64 = f64::from_bits((1023 + 360) << 52);
const MIN_VALUE: f64 = f64::from_bits((1023 - 360) << 52);
/// The member that makes a log line a metric document.
const AWS: &str = "_aws";

/// What to log for one batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents {
    /// Each goes to standard output as a line of its own.
    pub lines: Vec<String>,
    /// Values CloudWatch cannot hold: beyond ±2^360, nearer to 0 than 2^-360, or named `_aws`.
    pub left_out: usize,
}

/// The documents of `batch`. Dimensions are the category, `oname` and the tags; CloudWatch knows
/// only ASCII there, other bytes are percent-encoded. A tag with a blank value is no dimension.
/// Past 30 dimensions the tags are spread over several sets, each with category and `oname`.
///
/// # Errors
/// Only what `serde_json` reports for a document that is not one; none is known.
pub fn documents(batch: &Batch, namespace: &str) -> Result<Documents, serde_json::Error> {
    let fits = |data: &&Data| {
        let size = data.value.get().abs();
        data.key.as_str() != AWS && size <= MAX_VALUE && (size == 0.0 || size >= MIN_VALUE)
    };
    let metrics: Vec<&Data> = batch.datas.iter().filter(fits).collect();
    let dimensions = Dimensions::of(batch.category.as_str(), &batch.tags, &metrics);
    let document = |metrics| Document {
        time_ms: batch.time.as_millisecond(),
        namespace,
        dimensions: &dimensions,
        metrics,
    };
    let lines = metrics.chunks(MAX_METRICS).map(|chunk| serde_json::to_string(&document(chunk)));
    Ok(Documents {
        lines: lines.collect::<Result<_, _>>()?,
        left_out: batch.datas.len() - metrics.len(),
    })
}

/// Unique names, none of them a metric's: both are members of one object.
struct Dimensions(Vec<(String, String)>);

impl Dimensions {
    fn of(category: &str, tags: &Tags, metrics: &[&Data]) -> Self {
        let mut taken: HashSet<String> =
            metrics.iter().map(|data| data.key.as_str().to_owned()).collect();
        taken.insert(AWS.to_owned());
        let own = tags.iter().filter(|(key, _)| *key == Tags::ONAME);
        let all = [("category", category)].into_iter().chain(own).chain(tags.given());
        let named = all.filter(|(_, value)| !value.trim().is_empty()).map(|(name, value)| {
            let name = free(&ascii(name, MAX_DIMENSION_NAME), &mut taken);
            (name, ascii(value, MAX_DIMENSION_VALUE))
        });
        Self(named.collect())
    }

    /// Category and `oname` lead each set: neither is ever blank.
    fn sets(&self) -> Vec<Vec<&str>> {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        let (core, rest) = names.split_at(names.len().min(2));
        if rest.is_empty() {
            return vec![core.to_vec()];
        }
        rest.chunks(MAX_DIMENSIONS - core.len()).map(|part| [core, part].concat()).collect()
    }
}

/// `name`, or with the lowest number behind it that nobody has.
fn free(name: &str, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while taken.contains(&candidate) {
        // Room for the number within the limit; the text is ASCII.
        candidate = format!("{}_{number}", &name[..name.len().min(MAX_DIMENSION_NAME - 6)]);
        number += 1;
    }
    taken.insert(candidate.clone());
    candidate
}

/// At most `limit` bytes of printable ASCII, never starting with a colon, the rest as `%XX`.
fn ascii(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = (b' '..=b'~').contains(&byte) && !(byte == b':' && out.is_empty());
        let width = if plain { 1 } else { 3 };
        if out.len() + width > limit {
            break;
        }
        if plain {
            out.push(char::from(byte));
        } else {
            out.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    out
}

const HEX: [char; 16] =
    ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

struct Document<'a> {
    time_ms: i64,
    namespace: &'a str,
    dimensions: &'a Dimensions,
    metrics: &'a [&'a Data],
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let directive = Directive {
            namespace: self.namespace,
            dimensions: self.dimensions.sets(),
            metrics: self.metrics.iter().map(|data| Metric { name: data.key.as_str() }).collect(),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(AWS, &Aws { timestamp: self.time_ms, directives: [directive] })?;
        for (name, value) in &self.dimensions.0 {
            map.serialize_entry(name, value)?;
        }
        for data in self.metrics {
            map.serialize_entry(data.key.as_str(), &data.value.get())?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Aws<'a> {
    #[serde(rename = "Timestamp")]
    timestamp: i64,
    #[serde(rename = "CloudWatchMetrics")]
    directives: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: Vec<Vec<&'a str>>,
    metrics: Vec<Metric<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric<'a> {
    name: &'a str,
}
