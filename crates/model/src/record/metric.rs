//! PURE. The number behind a `custom.metrics` event: the object `metric` of its detail, or the flat
//! texts of `eventMetadata`. Numbers may be texts, tags an object or a list, points may lack a
//! time; what cannot be read is left out, and without a key there is no metric.

use jiff::Timestamp;
use serde_json::Value;

use crate::json::Reader;
use crate::summary::{Metric, Point};
use crate::when;

/// An alert shows a short history and few tags, and must stay within the size of a message.
const POINTS_KEPT: usize = 100;
const TAGS_KEPT: usize = 50;
const TEXT_KEPT: usize = 1024;

pub(super) fn read(json: &str) -> Option<Box<Metric>> {
    let found = Reader::whole(json, Reader::value).ok()?;
    let field = |name: &str| found.get(name).and_then(text);
    let metric = Metric {
        key: field("key")?,
        value: found.get("value").and_then(number),
        rule: field("rule").or_else(|| field("threshold")).unwrap_or_default(),
        when: field("when").unwrap_or_default(),
        breach: field("for"),
        points: last(list(found.get("points"))).iter().filter_map(point).collect(),
        category: field("category").unwrap_or_default(),
        host: field("host"),
        tags: tags(found.get("tags")),
        since: found.get("since").and_then(time),
    };
    Some(Box::new(metric))
}

/// A blank text says nothing.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text[..text.floor_char_boundary(TEXT_KEPT)].to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        value => value.as_f64()?,
    };
    f64::is_finite(number).then_some(number)
}

fn time(value: &Value) -> Option<Timestamp> {
    when::timestamp(&text(value)?)
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn last(points: &[Value]) -> &[Value] {
    &points[points.len().saturating_sub(POINTS_KEPT)..]
}

/// `{"at", "value"}` or `[at, value]`.
fn point(value: &Value) -> Option<Point> {
    let (at, value) = match value {
        Value::Array(pair) => (pair.first()?, pair.get(1)?),
        object => (object.get("at")?, object.get("value")?),
    };
    Some(Point { at: time(at)?, value: number(value)? })
}

/// `{"region": "x"}`, `[["region", "x"]]` or `[{"key": "region", "value": "x"}]`.
fn tags(value: Option<&Value>) -> Vec<(String, String)> {
    if let Some(object) = value.and_then(Value::as_object) {
        let pairs = object.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?)));
        return pairs.take(TAGS_KEPT).collect();
    }
    let pair = |item: &Value| {
        let (key, value) = match item {
            Value::Array(pair) => (pair.first()?, pair.get(1)?),
            object => (object.get("key")?, object.get("value")?),
        };
        Some((text(key)?, text(value)?))
    };
    list(value).iter().filter_map(pair).take(TAGS_KEPT).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::words::{Source, Subject};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn metric_of(detail: &Value) -> Option<Metric> {
        let event =
            json!({"source": "custom.metrics", "account": "111122223333", "detail": detail});
        let event = crate::read(event.to_string().as_bytes()).remove(0).unwrap();
        assert_eq!((&event.source, event.subject()), (&Source::CustomMetrics, Subject::Metric));
        event.metric.map(|metric| *metric)
    }

    #[test]
    fn a_metric_is_read_as_it_is_written_and_however_people_write_it() {
        let whole = Metric {
            key: "daily_usd".to_owned(),
            value: Some(1200.5),
            rule: "cost".to_owned(),
            when: "value > 1000".to_owned(),
            breach: Some("2 of 3".to_owned()),
            points: vec![Point { at: at(1_700_000_000), value: 900.0 }],
            category: "aws_cost".to_owned(),
            host: Some("billing".to_owned()),
            tags: vec![("team".to_owned(), "payments".to_owned())],
            since: Some(at(1_700_000_060)),
        };
        let arn = "arn:custom:metrics:eu-west-1:111122223333:cost/daily_usd/1";
        let written = json!({"eventArn": arn, "metric": whole});
        assert_eq!(metric_of(&written).as_ref(), Some(&whole));

        let loose = json!({"eventArn": arn, "metric": {
            "key": "daily_usd", "value": "1200.5", "threshold": "cost", "when": "value > 1000",
            "for": "2 of 3", "points": [[1_700_000_000, "900"], {"at": "never", "value": 1}, 7],
            "category": "aws_cost", "host": "billing", "tags": {"team": "payments", "none": null},
            "since": "2023-11-14T22:14:20Z", "unknown": [],
        }});
        assert_eq!(metric_of(&loose).as_ref(), Some(&whole));

        let pairs = json!([{"key": "team", "value": "payments"}, {"key": "half"}]);
        let flat =
            json!({"eventArn": arn, "eventMetadata": {"key": "k", "value": "NaN", "tags": pairs}});
        let expected = Metric { key: "k".to_owned(), tags: whole.tags, ..Metric::default() };
        assert_eq!(metric_of(&flat), Some(expected));
    }

    #[test]
    fn what_is_no_metric_is_none_and_still_an_event() {
        for metric in
            [json!(null), json!([1]), json!("x"), json!({"value": 1}), json!({"key": " "})]
        {
            assert_eq!(metric_of(&json!({"eventArn": "a", "metric": metric})), None, "{metric}");
        }
        assert_eq!(metric_of(&json!({"eventArn": "a"})), None);
    }

    #[test]
    fn what_is_too_much_is_cut_to_the_newest() {
        let points: Vec<_> = (0..150).map(|n| json!([1_700_000_000 + n, n])).collect();
        let tags: Vec<_> = (0..60).map(|n| json!([format!("t{n}"), "v"])).collect();
        let read = metric_of(&json!({"eventArn": "a", "metric": {
            "key": "k", "when": "와".repeat(500), "points": points, "tags": tags,
        }}));
        let read = read.unwrap();
        assert_eq!((read.points.len(), read.tags.len(), read.when.len()), (100, 50, 1023));
        assert_eq!(read.points.last().map(|point| point.at), Some(at(1_700_000_149)));
    }

    #[test]
    fn only_custom_metrics_carry_one_and_a_plain_record_still_shows_it() {
        let event =
            json!({"source": "aws.health", "detail": {"eventArn": "a", "metric": {"key": "k"}}});
        let event = crate::read(event.to_string().as_bytes()).remove(0).unwrap();
        assert_eq!(event.metric, None);
        let plain = json!({"source": "custom.other", "detail": {"metric": {"key": "k"}}});
        let plain = crate::read(plain.to_string().as_bytes()).remove(0).unwrap();
        assert_eq!(plain.preferred_text(), "metric: {\"key\":\"k\"}");
    }
}
