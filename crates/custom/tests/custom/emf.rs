//! Documents CloudWatch extracts metrics from, and what it would refuse without a word.

use custom::emf::{Documents, documents};
use serde_json::{Value, json};

use crate::given::{KEY, NOW_MS, body, many_datas, parse, with};

fn emf(body: &str) -> (Vec<Value>, usize) {
    let Documents { lines, left_out } = documents(&parse(body).unwrap(), "Custom").unwrap();
    assert!(lines.iter().all(|line| !line.contains('\n') && !line.contains(KEY)));
    assert!(lines.iter().all(|line| line.len() < 256 * 1024), "one log event");
    (lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect(), left_out)
}

fn directive(document: &Value) -> &Value {
    &document["_aws"]["CloudWatchMetrics"][0]
}

/// Every name in the directive is a member of the document, of the right type, once.
#[track_caller]
fn sound(document: &Value) {
    let directive = directive(document);
    for set in directive["Dimensions"].as_array().unwrap() {
        let set = set.as_array().unwrap();
        assert!(set.len() <= 30);
        for name in set {
            let value = document[name.as_str().unwrap()].as_str().unwrap();
            assert!(value.is_ascii() && !value.is_empty() && value.len() <= 1024);
        }
    }
    let metrics = directive["Metrics"].as_array().unwrap();
    assert!(metrics.len() <= 100);
    for metric in metrics {
        assert!(document[metric["Name"].as_str().unwrap()].is_number());
    }
}

#[test]
fn a_batch_is_one_document() {
    let (lines, left_out) = emf(&body());
    assert_eq!(left_out, 0);
    assert_eq!(
        lines,
        [json!({
            "_aws": {"Timestamp": NOW_MS, "CloudWatchMetrics": [{
                "Namespace": "Custom",
                "Dimensions": [["category", "oname"]],
                "Metrics": [{"Name": "data1"}, {"Name": "data2"}],
            }]},
            "category": "whatap_custom", "oname": "custom-host-1",
            "data1": 1.0, "data2": 140.232_323,
        })]
    );
}

#[test]
fn more_than_a_hundred_metrics_are_split() {
    let (lines, left_out) = emf(&many_datas(250));
    let sizes: Vec<_> =
        lines.iter().map(|l| directive(l)["Metrics"].as_array().unwrap().len()).collect();
    assert_eq!((sizes, left_out), (vec![100, 100, 50], 0));
    lines.iter().for_each(sound);
}

#[test]
fn more_than_thirty_dimensions_are_spread_over_sets() {
    let tags: Vec<_> = (0..30).map(|n| format!(r#"{{"key":"t{n:02}","value":"{n}"}}"#)).collect();
    let (lines, _) = emf(&with(&[("tags", &format!("[{}]", tags.join(",")))]));
    let sets = directive(&lines[0])["Dimensions"].as_array().unwrap();
    let sizes: Vec<_> = sets.iter().map(|set| set.as_array().unwrap().len()).collect();
    assert_eq!(sizes, [30, 4]);
    assert_eq!(sets[1], json!(["category", "oname", "t28", "t29"]));
    sound(&lines[0]);
}

#[test]
fn what_cloudwatch_would_refuse_is_changed_or_counted() {
    let (lines, left_out) = emf(&with(&[
        (
            "datas",
            r#"[{"key":"_aws","value":1},{"key":"big","value":1e200},{"key":"small","value":1e-200},
            {"key":"zero","value":0},{"key":"category","value":7},{"key":"비용","value":-2.5}]"#,
        ),
        (
            "tags",
            r#"[{"key":"zero","value":"a"},{"key":"blank","value":" "},{"key":":colon","value":"b"},
            {"key":"category","value":"c"},{"key":"리전","value":"서울 1"}]"#,
        ),
    ]));
    assert_eq!(left_out, 3);
    assert_eq!(
        lines,
        [json!({
            "_aws": {"Timestamp": NOW_MS, "CloudWatchMetrics": [{
                "Namespace": "Custom",
                "Dimensions": [["category_2", "oname", "%3Acolon", "category_3", "zero_2", "%EB%A6%AC%EC%A0%84"]],
                "Metrics": [{"Name": "zero"}, {"Name": "category"}, {"Name": "비용"}],
            }]},
            "category_2": "whatap_custom", "oname": "custom-host-1", "%3Acolon": "b",
            "category_3": "c", "zero_2": "a", "%EB%A6%AC%EC%A0%84": "%EC%84%9C%EC%9A%B8 1",
            "zero": 0.0, "category": 7.0, "비용": -2.5,
        })]
    );
    sound(&lines[0]);
}

#[test]
fn the_largest_batch_stays_within_a_log_event() {
    let tags: Vec<_> = (0..30)
        .map(|n| format!(r#"{{"key":"{}{n:02}","value":"{}"}}"#, "와".repeat(84), "탭".repeat(341)))
        .collect();
    let datas: Vec<_> = (0..1000)
        .map(|n| format!(r#"{{"key":"{n:04}{}","value":0.1}}"#, "\\\"".repeat(252)))
        .collect();
    let (lines, left_out) = emf(&with(&[
        ("tags", &format!("[{}]", tags.join(","))),
        ("datas", &format!("[{}]", datas.join(","))),
    ]));
    assert_eq!((lines.len(), left_out), (10, 0));
    lines.iter().for_each(sound);
}
