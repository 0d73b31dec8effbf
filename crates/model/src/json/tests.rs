use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// What we take and `serde_json` does not: numbers beyond all real ones, halves of pairs.
fn is_ours_alone(error: &str) -> bool {
    ["number out of range", "lone leading surrogate", "unexpected end of hex escape"]
        .iter()
        .any(|words| error.starts_with(words))
}

/// The same as `serde_json` makes of it, and refused where it refuses.
fn check(document: &str) {
    let ours = Reader::whole(document, Reader::value);
    let skipped = Reader::whole(document, Reader::skip);
    assert_eq!(ours.clone().err(), skipped.err(), "{document}");
    match serde_json::from_str::<Value>(document) {
        Ok(theirs) => assert_eq!(ours, Ok(theirs), "{document}"),
        Err(error) if is_ours_alone(&error.to_string()) => {}
        Err(error) => assert!(ours.is_err(), "{document}: {error}"),
    }
}

#[test]
fn what_is_wrong_is_said_in_the_words_and_at_the_place_of_serde_json() {
    let rows = [
        "",
        " ",
        "oops",
        "{",
        "{oops}",
        "[1",
        "[1 2]",
        "[1,]",
        "[",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":1"#,
        r#"{"a""#,
        "{\n \"source\": \n",
        "1 2",
        "\n\n[1,\n oops]",
        "nul",
        "[nul]",
        "[trve]",
        "-",
        "[01]",
        "[-]",
        "[1.]",
        "[1e]",
        "[1e+x]",
        "\"open",
        "\"\u{1}\"",
        r#""\"#,
        r#""\x""#,
        r#"{"a":{"b":[}}}"#,
    ];
    let ours = rows.map(|row| Reader::whole(row, Reader::skip).unwrap_err().to_string());
    let theirs = rows.map(|row| serde_json::from_str::<Value>(row).unwrap_err().to_string());
    assert_eq!(ours, theirs);
}

#[test]
fn what_is_no_escape_is_refused_and_half_a_pair_is_what_cannot_be_read() {
    for broken in [r"\u12", r"\u12g4", r"\u", r"\x", r"\"] {
        for document in [
            format!("\"{broken}\""),
            format!("\"{broken}"),
            format!("[\"a\",\"{broken}\"]"),
            format!("{{\"{broken}\":1}}"),
        ] {
            check(&document);
            assert!(Reader::whole(&document, Reader::skip).is_err(), "{document}");
        }
    }
    for (half, read) in [
        (r"\ud800", "\u{fffd}"),
        (r"\udc00", "\u{fffd}"),
        (r"\ud800\u0041", "\u{fffd}A"),
        (r"\ud800\ud83d\ude00", "\u{fffd}😀"),
        (r"\ud800x", "\u{fffd}x"),
    ] {
        let document = format!("{{\"{half}\":\"{half}\"}}");
        let found = Reader::whole(&document, Reader::value);
        assert_eq!(found, Ok(serde_json::json!({ read: read })), "{document}");
    }
}

#[test]
fn as_deep_as_serde_json_goes_and_no_deeper() {
    for depth in [1, 126, 127, 128, 129, 10_000] {
        check(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        check(&"[".repeat(depth));
        check(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
    }
}

#[test]
fn what_is_asked_for_and_not_there_is_said_and_read_over() {
    let document = r#"[{"a": 1}, [2], "three", 4, true, null]"#;
    let mut found = Vec::new();
    let each = |reader: &mut Reader<'_>, turn: &mut usize| {
        *turn += 1;
        match turn {
            1 => reader.list(Reader::skip).map(|is| assert!(!is)),
            2 => reader.object(|reader, _| reader.skip()).map(|is| assert!(!is)),
            4 => reader.text().map(|text| assert_eq!(text, None)),
            _ => {
                reader.scalar().map(|scalar| found.push(scalar.map(|raw| raw.text().into_owned())))
            }
        }
    };
    let mut turn = 0;
    let mut each = each;
    let read = Reader::whole(document, |reader| reader.list(|reader| each(reader, &mut turn)));
    assert_eq!((read, turn), (Ok(true), 6));
    assert_eq!(found, [Some("three".to_owned()), Some("true".to_owned()), None]);
}

#[test]
fn whoever_reads_on_where_reading_stopped_has_read_nothing() {
    let read = Reader::whole(r#"["\]"#, |reader| {
        reader.list(|reader| {
            let _ = reader.text();
            Ok(())
        })
    });
    assert!(read.is_err());
}

#[test]
fn a_text_is_borrowed_unless_it_holds_an_escape() {
    let rows = [(r#""plain 글""#, true), (r#""tab\tand \u00e9 \ud83d\ude00""#, false)];
    for (document, borrowed) in rows {
        let text = Reader::whole(document, Reader::text).unwrap().unwrap().text();
        assert_eq!(matches!(text, std::borrow::Cow::Borrowed(_)), borrowed, "{document}");
        assert_eq!(text, serde_json::from_str::<String>(document).unwrap());
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z\"\\\\\n ]{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map("[a-z\"\\\\\u{ac00}]{0,12}", inner, 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Every shape that serde knows.
#[derive(serde::Serialize)]
enum Shape {
    Unit,
    Newtype(f32),
    Tuple(char, Option<i8>),
    Struct { a: u64, nothing: () },
}

#[derive(serde::Serialize)]
struct Shapes<'a> {
    #[serde(flatten)]
    flat: std::collections::BTreeMap<&'a str, i32>,
    all: [Shape; 4],
    pair: (f64, f64),
    bytes: &'a [u8],
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<u8>,
}

fn written(value: &impl serde::Serialize) -> String {
    let mut out = b"before ".to_vec();
    write(&mut out, value).unwrap();
    String::from_utf8(out).unwrap().split_off("before ".len())
}

#[test]
fn every_shape_is_written_as_serde_json_writes_it() {
    let all: String = (0..=u8::MAX).map(char::from).collect();
    let shapes = Shapes {
        flat: [("a\"b", 1), ("c", -1)].into(),
        all: [
            Shape::Unit,
            Shape::Newtype(0.1),
            Shape::Tuple('"', None),
            Shape::Struct { a: u64::MAX, nothing: () },
        ],
        pair: (1.0, f64::NAN),
        bytes: b"ab",
        text: &all,
        skipped: None,
    };
    assert_eq!(written(&shapes), serde_json::to_string(&shapes).unwrap());
    let counted = std::collections::BTreeMap::from([(-3_i64, 1), (0, 2), (29_754_321, 3)]);
    assert_eq!(written(&counted), serde_json::to_string(&counted).unwrap());
    let answers = std::collections::BTreeMap::from([(false, 1), (true, 2)]);
    assert_eq!(written(&answers), serde_json::to_string(&answers).unwrap());
    let keyed = std::collections::BTreeMap::from([([1, 2], 3)]);
    let refused = write(&mut Vec::new(), &keyed).unwrap_err().to_string();
    assert_eq!(refused, serde_json::to_string(&keyed).unwrap_err().to_string());
    let raw = serde_json::value::RawValue::from_string("1".to_owned()).unwrap();
    assert!(write(&mut Vec::new(), &raw).is_err());
}

proptest! {
    #[test]
    fn a_document_is_written_as_serde_json_writes_it(document in documents()) {
        prop_assert_eq!(written(&document), document.to_string());
    }

    #[test]
    fn what_serde_json_writes_is_read_alike(document in documents(), pretty: bool) {
        let written = if pretty { format!("{document:#}") } else { document.to_string() };
        check(&written);
        // A text within a text, as SNS and SQS carry them.
        let within = Value::from(written.clone()).to_string();
        check(&within);
        let text = Reader::whole(&within, Reader::text).unwrap().unwrap();
        prop_assert_eq!(text.text(), written);
    }

    #[test]
    fn what_is_broken_is_refused_as_by_serde_json(
        document in documents(),
        at in any::<prop::sample::Index>(),
        put in "[\\[\\]{}\",:0-9eE.tfnu\\\\ \n+\u{1}-]{0,3}",
        length in 0..4_usize,
    ) {
        let mut written = document.to_string();
        let from = written.floor_char_boundary(at.index(written.len()));
        let to = written.ceil_char_boundary(written.len().min(from + length));
        written.replace_range(from..to, &put);
        check(&written);
    }

    #[test]
    fn no_text_panics(text in any::<String>(), likely in "[\\[\\]{}\",:a-z0-9\\\\ud]{0,60}") {
        check(&text);
        check(&likely);
    }
}
