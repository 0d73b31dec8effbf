//! PURE. A change of a series as an event of `custom.metrics`, in the shape of AWS Health, so that
//! the collector treats it like any other. The same notice is always the same event.

use jiff::{SignedDuration, Timestamp};
use model::summary::Metric;
use serde::Serialize;

use super::Series;
use super::standing::{Notice, State};

pub const SOURCE: &str = "custom.metrics";
pub const DETAIL_TYPE: &str = "Custom Metric Threshold";
/// What routes may ask for: `service = 'METRICS' and type_code = '<threshold>'`.
pub const SERVICE: &str = "METRICS";

/// Where the function runs, and for which account it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub region: String,
    pub account: String,
}

/// Names a series for ever: its breaches are one thread after the other.
pub fn arn(series: &Series, place: &Place) -> String {
    format!("arn:custom:metrics:{}:{}:{}", place.region, place.account, series.name())
}

/// What goes onto the event bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The communication id, for logs.
    pub id: String,
    pub at: Timestamp,
    /// A JSON object.
    pub detail: String,
}

impl Event {
    pub fn of(notice: &Notice, series: &Series, place: &Place) -> Result<Self, serde_json::Error> {
        let closed = notice.state == State::Normal;
        let detail = Detail {
            event_arn: arn(series, place),
            service: SERVICE,
            event_type_code: &series.rule,
            event_type_category: "issue",
            event_scope_code: "ACCOUNT_SPECIFIC",
            event_region: &place.region,
            communication_id: notice.id(),
            status_code: if closed { "closed" } else { "open" },
            start_time: notice.metric.since,
            end_time: closed.then_some(notice.at),
            last_updated_time: notice.at,
            event_description: [
                Description { language: "en_US", latest_description: english(notice) },
                Description { language: "ko_KR", latest_description: korean(notice) },
            ],
            metric: &notice.metric,
        };
        Ok(Self { id: notice.id(), at: notice.at, detail: serde_json::to_string(&detail)? })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    event_arn: String,
    service: &'static str,
    event_type_code: &'a str,
    event_type_category: &'static str,
    event_scope_code: &'static str,
    event_region: &'a str,
    communication_id: String,
    status_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<Timestamp>,
    last_updated_time: Timestamp,
    event_description: [Description; 2],
    metric: &'a Metric,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    language: &'static str,
    latest_description: String,
}

fn english(notice: &Notice) -> String {
    let Metric { key, rule, .. } = &notice.metric;
    let whose = whose(&notice.metric);
    match (notice.state, notice.metric.value.map(shown)) {
        (State::Breached, value) => {
            let value = value.unwrap_or_default();
            format!("{key} is {value} ({whose}): {}", asked(&notice.metric))
        }
        (State::Absent, _) => format!("No value of {key} arrives any more ({whose})."),
        (State::Normal, Some(value)) => {
            let lasted = lasted(notice);
            format!("[RESOLVED] {key} is {value} ({whose}), back to normal after {lasted}.")
        }
        (State::Normal, None) => {
            format!("[RESOLVED] The threshold {rule} was removed; {key} ({whose}) is not watched.")
        }
    }
}

fn korean(notice: &Notice) -> String {
    let Metric { key, rule, .. } = &notice.metric;
    let whose = whose(&notice.metric);
    match (notice.state, notice.metric.value.map(shown)) {
        (State::Breached, value) => {
            let value = value.unwrap_or_default();
            format!("{key} 값 {value} ({whose}): {}", asked(&notice.metric))
        }
        (State::Absent, _) => format!("{key} 값이 더 이상 들어오지 않습니다 ({whose})."),
        (State::Normal, Some(value)) => {
            let lasted = lasted(notice);
            format!("[RESOLVED] {key} 값 {value} ({whose}), {lasted} 만에 정상으로 돌아왔습니다.")
        }
        (State::Normal, None) => {
            format!(
                "[RESOLVED] 임계값 {rule} 규칙이 삭제되어 {key} ({whose}) 값을 더 이상 보지 않습니다."
            )
        }
    }
}

/// Longer tags are in the metric itself.
const WHOSE: usize = 300;

/// Category, host and tags.
fn whose(metric: &Metric) -> String {
    let host = metric.host.as_deref().map(|host| format!("host={host}"));
    let tags = metric.tags.iter().map(|(key, value)| format!("{key}={value}"));
    let all = [metric.category.clone()].into_iter().chain(host).chain(tags);
    let mut whose = all.collect::<Vec<_>>().join(" · ");
    if whose.len() > WHOSE {
        whose.truncate(whose.floor_char_boundary(WHOSE));
        whose.push('…');
    }
    whose
}

fn asked(metric: &Metric) -> String {
    match &metric.breach {
        Some(breach) => format!("{} ({breach})", metric.when),
        None => metric.when.clone(),
    }
}

fn lasted(notice: &Notice) -> String {
    let since = notice.metric.since.unwrap_or(notice.at);
    let whole = SignedDuration::from_secs(notice.at.duration_since(since).as_secs());
    format!("{whole:#}")
}

/// As a person writes it; what would need more digits than anybody reads goes as a power of ten.
fn shown(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-4..1e15).contains(&size) {
        format!("{value}")
    } else {
        format!("{value:e}")
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn numbers_are_short() {
        let rows = [
            (0.0, "0"),
            (-1200.5, "-1200.5"),
            (1e15, "1e15"),
            (5e-324, "5e-324"),
            (0.001, "0.001"),
        ];
        for (value, text) in rows {
            assert_eq!(shown(value), text);
        }
    }
}
