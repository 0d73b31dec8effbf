//! What was read from the wire, by series: the last values, and a small picture of each.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use maud::{Markup, html};
use serde::Serialize;

use super::pack::Pack;

/// Values kept of a series, and series kept; what is more was not posted by a person.
const POINTS: usize = 120;
const SERIES: usize = 200;
/// Lines about frames nobody could read.
const FAULTS: usize = 20;

#[derive(Debug, Default)]
pub struct Charts(Mutex<Read>);

#[derive(Debug, Default)]
struct Read {
    frames: u64,
    series: BTreeMap<Name, VecDeque<Point>>,
    faults: VecDeque<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Name {
    category: String,
    key: String,
    pcode: i64,
    tags: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Point {
    at: Timestamp,
    value: f64,
}

/// What `GET /metrics` says.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    frames: u64,
    series: Vec<ListedSeries<'a>>,
    unreadable: &'a VecDeque<String>,
}

#[derive(Debug, Serialize)]
struct ListedSeries<'a> {
    #[serde(flatten)]
    name: &'a Name,
    points: &'a VecDeque<Point>,
}

impl Charts {
    pub fn add(&self, pack: Pack) {
        let mut read = self.read();
        read.frames += 1;
        for (key, value) in pack.datas {
            let name = Name {
                category: pack.category.clone(),
                key,
                pcode: pack.pcode,
                tags: pack.tags.clone(),
            };
            if read.series.len() >= SERIES && !read.series.contains_key(&name) {
                continue;
            }
            let points = read.series.entry(name).or_default();
            if points.len() == POINTS {
                points.pop_front();
            }
            points.push_back(Point { at: pack.time, value });
        }
    }

    pub fn unreadable(&self, fault: String) {
        let mut read = self.read();
        if read.faults.len() == FAULTS {
            read.faults.pop_front();
        }
        read.faults.push_back(fault);
    }

    /// For the inbox page; empty before the first value.
    pub fn html(&self) -> String {
        let read = self.read();
        if read.series.is_empty() && read.faults.is_empty() {
            return String::new();
        }
        let markup = html! {
            h2 { "Metrics" }
            p .hint { (read.frames) @if read.frames == 1 { " frame" } @else { " frames" }
                " over TCP, as WhaTap would read them" }
            ul .charts {
                @for (name, points) in &read.series { li { (chart(name, points)) } }
            }
            @for fault in &read.faults { p .fault { "Not readable: " (fault) } }
        };
        markup.into_string()
    }

    fn read(&self) -> MutexGuard<'_, Read> {
        // A panic while holding it leaves at worst one value out.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Serialize for Charts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let read = self.read();
        let series = read.series.iter().map(|(name, points)| ListedSeries { name, points });
        let series = series.collect();
        Listed { frames: read.frames, series, unreadable: &read.faults }.serialize(serializer)
    }
}

fn chart(name: &Name, points: &VecDeque<Point>) -> Markup {
    let last = points.back().map_or(f64::NAN, |point| point.value);
    let tags: Vec<String> = name.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    html! {
        p .series { b { (name.key) } " " (name.category) " " span .tags { (tags.join(" · ")) } }
        div .line {
            (picture(points))
            span .last { (last) }
        }
    }
}

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 40.0;
const MARGIN: f64 = 3.0;

/// Left to right in the order of arrival, the range of the values over the whole height.
fn picture(points: &VecDeque<Point>) -> Markup {
    let values = || points.iter().map(|point| point.value);
    let (low, high) =
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    // Halves keep the span of the largest doubles finite.
    let span = high / 2.0 - low / 2.0;
    #[expect(clippy::cast_precision_loss, reason = "at most 120 points")]
    let step = (WIDTH - 2.0 * MARGIN) / (points.len().max(2) - 1) as f64;
    let place = |(index, value): (usize, f64)| {
        #[expect(clippy::cast_precision_loss, reason = "at most 120 points")]
        let x = MARGIN + step * index as f64;
        let share = if span > 0.0 { (value / 2.0 - low / 2.0) / span } else { 0.5 };
        (x, HEIGHT - MARGIN - share * (HEIGHT - 2.0 * MARGIN))
    };
    let places: Vec<(f64, f64)> = values().enumerate().map(place).collect();
    let line: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let label = format!("{} values from {low} to {high}", points.len());
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(label) {
            polyline points=(line.join(" ")) fill="none" stroke="currentColor" stroke-width="1.5" {}
            @if let Some((x, y)) = places.last() {
                circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="2.5" fill="currentColor" {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(second: i64, value: f64) -> Pack {
        Pack {
            pcode: 1,
            time: Timestamp::from_second(second).unwrap(),
            category: "aws_cost".to_owned(),
            tags: vec![("oname".to_owned(), "<b>".to_owned())],
            datas: vec![("daily_usd".to_owned(), value)],
        }
    }

    #[test]
    fn a_series_is_drawn_whatever_its_values_and_its_names_are_only_text() {
        let charts = Charts::default();
        assert_eq!(charts.html(), "");
        for (second, value) in [(0, f64::MAX), (1, -f64::MAX), (2, 0.0)] {
            charts.add(pack(second, value));
        }
        let html = charts.html();
        assert!(html.contains("points=\"3.0,3.0 120.0,37.0 237.0,20.0\""), "{html}");
        assert!(html.contains("oname=&lt;b&gt;") && !html.contains("<b>\""), "{html}");
        let json: serde_json::Value = serde_json::to_value(&charts).unwrap();
        assert_eq!(
            (&json["frames"], &json["series"][0]["points"][2]["value"]),
            (&3.into(), &0.0.into())
        );
    }

    #[test]
    fn only_the_newest_values_and_so_many_series_are_kept() {
        let charts = Charts::default();
        for second in 0..200 {
            charts.add(pack(second, 1.0));
        }
        for number in 0..300 {
            let mut other = pack(1, 1.0);
            other.datas[0].0 = format!("k{number}");
            charts.add(other);
        }
        let read = charts.read();
        assert_eq!((read.frames, read.series.len()), (500, SERIES));
        assert_eq!(read.series.values().map(VecDeque::len).max(), Some(POINTS));
    }
}
