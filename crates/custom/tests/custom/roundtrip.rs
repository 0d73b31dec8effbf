//! What goes in comes out of a reader that knows only the protocol's table.

use custom::whatap::wire::{self, hash32, hash64};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use crate::decoder::decode;
use crate::given::{KEY, NOW_MS, parse, with};

/// Any text a name may have: no control characters, not blank.
fn name(limit: usize) -> impl Strategy<Value = String> {
    vec(any::<char>(), 1..60).prop_map(move |chars| {
        let plain = chars.into_iter().map(|c| if c.is_control() { '탭' } else { c });
        let mut text: String = plain.collect();
        while text.len() > limit {
            text.pop();
        }
        if text.trim().is_empty() || text == "oname" { "name".into() } else { text }
    })
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn list<'a>(pairs: impl Iterator<Item = (&'a String, String)>) -> String {
    let pairs: Vec<_> =
        pairs.map(|(key, value)| format!(r#"{{"key":{},"value":{value}}}"#, json(key))).collect();
    format!("[{}]", pairs.join(","))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_random_batch_reads_back_as_it_was_sent(
        datas in btree_map(name(256), proptest::num::f64::NORMAL | proptest::num::f64::ZERO | proptest::num::f64::SUBNORMAL, 1..80),
        tags in btree_map(name(256), ".{0,250}", 0..30),
        host in name(255),
        category in name(127).prop_map(|name| format!("_{name}")),
        age_ms in -600_000_i64..=3_600_000,
    ) {
        let datas: Vec<_> = datas.into_iter().collect();
        let body = with(&[
            ("datas", &list(datas.iter().map(|(key, value)| (key, format!("{value:e}"))))),
            ("tags", &list(tags.iter().map(|(key, value)| (key, json(value))))),
            ("host", &json(&host)),
            ("category", &json(&category)),
            ("timestamp", &(NOW_MS - age_ms).to_string()),
        ]);
        let batch = parse(&body).unwrap();
        let key = batch.access_key.clone().unwrap();
        let frame = decode(&wire::frame_of(&batch, &key)).unwrap();

        prop_assert_eq!(frame.pcode, 1_234_567);
        prop_assert_eq!(frame.licence_hash, hash64(KEY.as_bytes()));
        prop_assert_eq!(frame.oid, hash32(host.as_bytes()));
        prop_assert_eq!(frame.time_ms, NOW_MS - age_ms);
        prop_assert_eq!(frame.category, category);
        prop_assert_eq!(frame.tag_hash, hash64(&frame.tag_bytes));
        let mut expected = tags;
        expected.insert("oname".into(), host);
        prop_assert_eq!(frame.tags, expected.into_iter().collect::<Vec<_>>());
        let bits = |datas: &[(String, f64)]| -> Vec<_> {
            datas.iter().map(|(key, value)| (key.clone(), value.to_bits())).collect()
        };
        prop_assert_eq!(bits(&frame.datas), bits(&datas));
    }

    #[test]
    fn no_body_makes_the_reader_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = custom::metric::parse(&body, &crate::given::rules(), crate::given::now());
    }
}
