//! Thresholds as a table: values at their minutes in, what is told out.

use custom::threshold::event::{Event, Place};
use custom::threshold::{Series, Standing, concerns};
use jiff::{SignedDuration, Timestamp};
use rules::Rules;
use serde_json::Value;

use crate::given::{NOW_MS, now, parse, with};

pub(crate) fn at(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// `more` are further lines of the threshold.
pub(crate) fn thresholds(more: &str) -> Rules {
    let text = format!(
        "[[threshold]]\nname = 'cost'\n\
         when = \"category = 'aws_cost' and key = 'daily_usd' and value > 1000\"\n{more}"
    );
    Rules::parse(&text, "test").unwrap()
}

/// The body of one value of the series that [`thresholds`] ask about.
pub(crate) fn cost(value: &str) -> String {
    with(&[
        ("category", r#""aws_cost""#),
        ("datas", &format!(r#"[{{"key":"daily_usd","value":{value}}}]"#)),
        ("tags", r#"[{"key":"team","value":"payments"}]"#),
    ])
}

#[derive(Clone, Copy)]
enum Step {
    /// A value that arrives at its own minute.
    Value(i64, f64),
    /// A value of an earlier minute that arrives late: (now, its time, value).
    Late(i64, i64, f64),
    Look(i64),
    /// A look after the threshold was taken out of the document.
    Removed(i64),
}
use Step::{Late, Look, Removed, Value as At};

fn play(more: &str, steps: &[Step]) -> Vec<String> {
    let rules = thresholds(more);
    let threshold = &rules.thresholds[0];
    let mut standing: Option<Standing> = None;
    for step in steps {
        let observed = |now: i64, time: i64, value: f64| {
            let body = cost(&format!("{value}"));
            let mut batch = parse(&body).unwrap();
            batch.time = at(time);
            let found = concerns(&rules.thresholds, &batch, at(now)).found.remove(0);
            (found.series, found.point, at(now))
        };
        let (series, point, now) = match *step {
            At(minute, value) => observed(minute, minute, value),
            Late(now, time, value) => observed(now, time, value),
            Look(now) => {
                standing = standing.map(|standing| standing.look(Some(threshold), at(now)));
                continue;
            }
            Removed(now) => {
                standing = standing.map(|standing| standing.look(None, at(now)));
                continue;
            }
        };
        let known = standing.take().unwrap_or_else(|| Standing::new(series, now));
        standing = Some(known.observe(threshold, point, now));
    }
    standing.unwrap().pending.iter().map(custom::threshold::Notice::id).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_series_breaks_once_and_is_normal_once() {
    let hysteresis = "clear = 'value < 900'";
    let two_of_three = "for = '2 of 3'";
    let silent = "absent = '30m'";
    let rows: &[(&str, &str, &[Step], &[&str])] = &[
        ("within bounds says nothing", "", &[At(0, 900.0), At(1, 1000.0)], &[]),
        ("a breach", "", &[At(0, 1200.0)], &["1-breached"]),
        (
            "posted again it does not repeat",
            "",
            &[At(0, 1200.0), At(1, 1200.0), Late(1, 0, 1200.0), At(2, 1300.0)],
            &["1-breached"],
        ),
        (
            "normal again, then the next breach has the next number",
            "",
            &[At(0, 1200.0), At(1, 800.0), At(2, 700.0), At(3, 1100.0), At(4, 1.0)],
            &["1-breached", "1-normal", "2-breached", "2-normal"],
        ),
        (
            "between the bounds of clear nothing moves",
            hysteresis,
            &[At(0, 1200.0), At(1, 950.0), At(2, 1200.0), At(3, 950.0), At(4, 899.0), At(5, 950.0)],
            &["1-breached", "1-normal"],
        ),
        ("one of three is not enough", two_of_three, &[At(0, 1200.0), At(1, 1.0), At(2, 1.0)], &[]),
        (
            "two of three in any place",
            two_of_three,
            &[At(0, 1200.0), At(1, 1.0), At(2, 1200.0)],
            &["1-breached"],
        ),
        (
            "what left the window does not count",
            two_of_three,
            &[At(0, 1200.0), At(1, 1.0), At(2, 1.0), At(3, 1200.0)],
            &[],
        ),
        (
            "the same moment twice is one value",
            two_of_three,
            &[At(0, 1200.0), Late(1, 0, 1200.0), Late(2, 0, 1300.0)],
            &[],
        ),
        (
            "after a breach is over its values do not count again",
            two_of_three,
            &[
                At(0, 1200.0),
                At(1, 1200.0),
                At(2, 1.0),
                Late(3, 0, 1200.0),
                Late(3, 1, 1200.0),
                At(4, 1200.0),
            ],
            &["1-breached", "1-normal"],
        ),
        (
            "a late value does not undo a newer one",
            "",
            &[At(5, 1200.0), Late(6, 1, 10.0), At(7, 1200.0)],
            &["1-breached"],
        ),
        (
            "values out of order are taken in the order of their times",
            two_of_three,
            &[At(3, 1200.0), Late(3, 1, 1200.0), At(4, 1.0)],
            &["1-breached", "1-normal"],
        ),
        ("silence", silent, &[At(0, 1.0), Look(29), Look(30), Look(31)], &["1-absent"]),
        (
            "silence is counted from arrival, not from the time a value names",
            silent,
            &[Late(0, -50, 1.0), Look(29), At(29, 1.0), Look(58)],
            &[],
        ),
        (
            "a value ends the silence",
            silent,
            &[At(0, 1.0), Look(40), At(41, 1.0), At(42, 1200.0)],
            &["1-absent", "1-normal", "2-breached"],
        ),
        (
            "a silence that ends above the bound is the same trouble still",
            silent,
            &[At(0, 1.0), Look(40), At(41, 1200.0), At(42, 1.0)],
            &["1-absent", "1-breached", "1-normal"],
        ),
        (
            "silence after a breach adds nothing",
            silent,
            &[At(0, 1200.0), Look(99)],
            &["1-breached"],
        ),
        ("without absent nobody minds", "", &[At(0, 1.0), Look(9999)], &[]),
        (
            "a threshold that is gone closes what it opened",
            "",
            &[At(0, 1200.0), Removed(60), Removed(61)],
            &["1-breached", "1-normal"],
        ),
    ];
    for (name, more, steps, expected) in rows {
        assert_eq!(play(more, steps), *expected, "{name}");
    }
}

#[test]
fn a_threshold_is_about_what_only_the_number_keeps_from_matching() {
    let about = |when: &str, body: &str| {
        let rules =
            Rules::parse(&format!("[[threshold]]\nname='t'\nwhen=\"{when}\""), "1").unwrap();
        let batch = parse(body).unwrap();
        let found = concerns(&rules.thresholds, &batch, now()).found;
        let told = found.iter().map(|c| format!("{} {}", c.series.key, c.point.breaks));
        told.collect::<Vec<_>>().join(", ")
    };
    let body = cost("800");
    let rows = [
        ("category = 'aws_cost' and key = 'daily_usd' and value > 1000", "daily_usd false"),
        ("category = 'aws_cost' and value > 500", "daily_usd true"),
        ("category = 'other' and value > 1000", ""),
        ("value > 1000 and key = 'other'", ""),
        ("value > 1000", "daily_usd false"),
        ("host = 'custom-host-1' and tag.team = 'payments' and value > 1000", "daily_usd false"),
        ("tag.team = 'search' and value > 1", ""),
        ("pcode = 1234567 and value between 800 and 900", "daily_usd true"),
        ("coalesce(value, 0) > 500", "daily_usd true"),
        ("tag.missing = 'x' and value > 1000", "daily_usd false"),
    ];
    for (when, expected) in rows {
        assert_eq!(about(when, &body), expected, "{when}");
    }
}

#[test]
fn series_differ_by_project_category_host_and_tags_but_not_by_the_order_of_tags() {
    let rules = thresholds("");
    let name = |changes: &[(&'static str, &str)]| {
        let mut all = vec![("datas", r#"[{"key":"daily_usd","value":1}]"#)];
        all.extend_from_slice(changes);
        let rules = Rules { thresholds: rules.thresholds.clone(), ..Rules::default() };
        let mut batch = parse(&with(&all)).unwrap();
        if changes.iter().all(|(name, _)| *name != "category") {
            batch = parse(&with(&[all, vec![("category", r#""aws_cost""#)]].concat())).unwrap();
        }
        let found = concerns(&rules.thresholds, &batch, now()).found;
        found.first().map(|concern| Series::name(&concern.series))
    };
    let a = r#"[{"key":"a","value":"1"},{"key":"b","value":"2"}]"#;
    let b = r#"[{"key":"b","value":"2"},{"key":"a","value":"1"}]"#;
    let glued = r#"[{"key":"a","value":"11:b1:2"}]"#;
    let base = name(&[]).unwrap();
    assert_eq!(base.strip_prefix("cost/daily_usd/").map(str::len), Some(16));
    assert_eq!(name(&[("tags", a)]), name(&[("tags", b)]));
    let mut names = vec![base, name(&[("tags", a)]).unwrap(), name(&[("tags", glued)]).unwrap()];
    names.push(name(&[("host", r#""other""#)]).unwrap());
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4);
    assert_eq!(name(&[("category", r#""other""#)]), None);
}

#[test]
fn the_event_has_the_shape_of_a_health_event_and_carries_the_number() {
    let rules = thresholds("for = '2 of 3'");
    let place = Place { region: "eu-west-1".to_owned(), account: "111122223333".to_owned() };
    let mut standing: Option<Standing> = None;
    for (minute, value) in [(0, "1200"), (1, "1250.5"), (13, "800")] {
        let mut batch = parse(&cost(value)).unwrap();
        batch.time = at(minute);
        let found = concerns(&rules.thresholds, &batch, at(minute)).found.remove(0);
        let known = standing.take().unwrap_or_else(|| Standing::new(found.series, at(minute)));
        standing = Some(known.observe(&rules.thresholds[0], found.point, at(minute)));
    }
    let standing = standing.unwrap();
    let events: Vec<Value> = standing
        .pending
        .iter()
        .map(|notice| {
            let event = Event::of(notice, &standing.series, &place).unwrap();
            assert_eq!(event, Event::of(notice, &standing.series, &place).unwrap());
            serde_json::from_str(&event.detail).unwrap()
        })
        .collect();
    let arn = format!("arn:custom:metrics:eu-west-1:111122223333:{}", standing.series.name());
    for (event, id, status) in
        [(&events[0], "1-breached", "open"), (&events[1], "1-normal", "closed")]
    {
        assert_eq!(event["eventArn"], arn);
        assert_eq!((&event["communicationId"], &event["statusCode"]), (&id.into(), &status.into()));
        assert_eq!(
            (&event["service"], &event["eventTypeCode"]),
            (&"METRICS".into(), &"cost".into())
        );
        assert_eq!(event["metric"]["tags"], serde_json::json!([["team", "payments"]]));
        assert_eq!(event["metric"]["for"], "2 of 3");
        assert_eq!(event["metric"]["since"], event["startTime"]);
    }
    let text = |event: &Value, n: usize| event["eventDescription"][n]["latestDescription"].clone();
    assert_eq!(
        text(&events[0], 0),
        "daily_usd is 1250.5 (aws_cost · host=custom-host-1 · team=payments): \
         category = 'aws_cost' AND key = 'daily_usd' AND value > 1000 (2 of 3)"
    );
    assert_eq!(
        text(&events[1], 0),
        "[RESOLVED] daily_usd is 800 (aws_cost · host=custom-host-1 · team=payments), \
         back to normal after 12m."
    );
    assert_eq!(
        text(&events[1], 1),
        "[RESOLVED] daily_usd 값 800 (aws_cost · host=custom-host-1 · team=payments), \
         12m 만에 정상으로 돌아왔습니다."
    );

    let envelope = serde_json::json!({"source": "custom.metrics", "account": "111122223333", "detail": events[0]});
    let read = model::read(envelope.to_string().as_bytes()).remove(0).unwrap();
    let metric = read.metric.unwrap();
    assert_eq!(Some(*metric), Some(standing.pending[0].metric.clone()));
    assert_eq!(NOW_MS, now().as_millisecond());
}
