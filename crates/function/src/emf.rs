//! PURE. What a function counted, as one line of CloudWatch embedded metric format: a metric
//! costs a log line and no call.
//!
//! The only dimension is the function. An account, an ARN or a thread as a dimension would make
//! a new metric of each and a bill to match.

use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// Where the figures are found in CloudWatch.
pub const NAMESPACE: &str = "HealthAlerts";

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
const MAX_VALUES: usize = 100;

/// What happened in one invocation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Records handed to the function.
    pub received: u32,
    /// Records that changed nothing.
    pub no_change: u32,
    /// Alerts put on the topic.
    pub published: u32,
    /// Messages posted.
    pub delivered: u32,
    /// Calls that a peer throttled.
    pub throttled: u32,
    /// Messages put back for later.
    pub deferred: u32,
    /// Records that ended in an error or a dead letter.
    pub failed: u32,
    /// Messages that Google Chat refused in the form or the space they were meant for.
    pub rejected: u32,
    /// Messages that had to be shortened.
    pub cut: u32,
    /// Looks at a configuration that could not be read or used; the last good one stayed.
    pub configuration_unusable: u32,
    /// Canaries that came through the whole chain.
    pub canary: u32,
    /// From Health's `time` to the end of this function's work, one per message.
    pub latency_ms: Vec<f64>,
}

impl Figures {
    fn counts(&self) -> [(&'static str, u32); 11] {
        [
            ("received", self.received),
            ("no-change", self.no_change),
            ("published", self.published),
            ("delivered", self.delivered),
            ("throttled", self.throttled),
            ("deferred", self.deferred),
            ("failed", self.failed),
            ("rejected", self.rejected),
            ("cut", self.cut),
            ("configuration-unusable", self.configuration_unusable),
            ("canary", self.canary),
        ]
    }

    /// What several parts of an invocation counted.
    pub fn add(&mut self, other: Self) {
        // Field by field, so that a new one cannot be forgotten here.
        let Self {
            received,
            no_change,
            published,
            delivered,
            throttled,
            deferred,
            failed,
            rejected,
            cut,
            configuration_unusable,
            canary,
            latency_ms,
        } = other;
        self.received += received;
        self.no_change += no_change;
        self.published += published;
        self.delivered += delivered;
        self.throttled += throttled;
        self.deferred += deferred;
        self.failed += failed;
        self.rejected += rejected;
        self.cut += cut;
        self.configuration_unusable += configuration_unusable;
        self.canary += canary;
        self.latency_ms.extend(latency_ms);
    }

    /// One line without a line feed; nothing when nothing was counted.
    pub fn line(&self, function: &str, at: Timestamp) -> Option<String> {
        let document = Document { figures: self, function, at };
        let counted = self.counts().iter().any(|(_, count)| *count > 0);
        if !counted && self.latency_ms.is_empty() {
            return None;
        }
        serde_json::to_string(&document).ok()
    }
}

struct Document<'a> {
    figures: &'a Figures,
    function: &'a str,
    at: Timestamp,
}

#[derive(Serialize)]
struct Aws<'a> {
    #[serde(rename = "Timestamp")]
    timestamp: i64,
    #[serde(rename = "CloudWatchMetrics")]
    metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: [[&'a str; 1]; 1],
    metrics: Vec<Metric<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric<'a> {
    name: &'a str,
    unit: &'a str,
}

const FUNCTION: &str = "function";
const LATENCY: &str = "latency";

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts = self.figures.counts().into_iter().filter(|(_, count)| *count > 0);
        let latency = &self.figures.latency_ms;
        let latency = &latency[..latency.len().min(MAX_VALUES)];
        let mut metrics: Vec<Metric<'_>> =
            counts.clone().map(|(name, _)| Metric { name, unit: "Count" }).collect();
        if !latency.is_empty() {
            metrics.push(Metric { name: LATENCY, unit: "Milliseconds" });
        }
        let directive = Directive { namespace: NAMESPACE, dimensions: [[FUNCTION]], metrics };
        let mut map = serializer.serialize_map(None)?;
        let timestamp = self.at.as_millisecond();
        map.serialize_entry("_aws", &Aws { timestamp, metrics: [directive] })?;
        map.serialize_entry(FUNCTION, self.function)?;
        for (name, count) in counts {
            map.serialize_entry(name, &count)?;
        }
        if !latency.is_empty() {
            map.serialize_entry(LATENCY, latency)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn the_line_is_a_metric_document_of_what_was_counted() {
        let figures = Figures {
            received: 3,
            no_change: 2,
            latency_ms: vec![1500.0, 20.5],
            ..Figures::default()
        };
        let line = figures.line("collector", "2026-03-02T10:00:00Z".parse().unwrap());
        let expected = concat!(
            r#"{"_aws":{"Timestamp":1772445600000,"CloudWatchMetrics":[{"#,
            r#""Namespace":"HealthAlerts","Dimensions":[["function"]],"#,
            r#""Metrics":[{"Name":"received","Unit":"Count"},{"Name":"no-change","Unit":"Count"},"#,
            r#"{"Name":"latency","Unit":"Milliseconds"}]}]},"function":"collector","#,
            r#""received":3,"no-change":2,"latency":[1500.0,20.5]}"#,
        );
        assert_eq!(line.as_deref(), Some(expected));
    }

    #[test]
    fn what_a_part_counted_is_in_the_whole() {
        let part = Figures {
            received: 1,
            no_change: 2,
            published: 3,
            delivered: 4,
            throttled: 5,
            deferred: 6,
            failed: 7,
            rejected: 8,
            cut: 9,
            configuration_unusable: 10,
            canary: 11,
            latency_ms: vec![12.0],
        };
        let mut whole = Figures::default();
        whole.add(part.clone());
        assert_eq!(whole, part);
    }

    #[test]
    fn nothing_counted_is_no_line() {
        let at = "2026-03-02T10:00:00Z".parse().unwrap();
        assert_eq!(Figures::default().line("collector", at), None);
    }

    #[test]
    fn no_more_values_are_written_than_cloudwatch_takes() {
        let figures = Figures { latency_ms: vec![1.0; 101], ..Figures::default() };
        let line = figures.line("collector", "2026-03-02T10:00:00Z".parse().unwrap()).unwrap();
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["latency"].as_array().map(Vec::len), Some(100));
    }
}
