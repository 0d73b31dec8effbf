//! What holds for any text and any event.

use std::ops::Range;

use jiff::Timestamp;
use proptest::prelude::*;
use rules::{Destination, Rules};
use serde_json::json;

use crate::EXAMPLE;

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

/// The example with a piece cut out and another put in its place.
fn mangled() -> impl Strategy<Value = String> {
    let length = EXAMPLE.len();
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[\\[\\]{}=\"'.,a-z0-9\\n ]{0,12}",
        Just("when = ".to_owned()),
        Just("[[route]]\n".to_owned()),
        (0..length, 0..40_usize)
            .prop_map(|(from, count)| EXAMPLE[piece_at(from, count)].to_owned()),
    ];
    (0..length, 0..40_usize, piece).prop_map(|(from, count, piece)| {
        let cut = piece_at(from, count);
        format!("{}{piece}{}", &EXAMPLE[..cut.start], &EXAMPLE[cut.end..])
    })
}

fn piece_at(from: usize, count: usize) -> Range<usize> {
    let start = EXAMPLE.floor_char_boundary(from);
    start..EXAMPLE.floor_char_boundary((start + count).min(EXAMPLE.len()))
}

fn event() -> impl Strategy<Value = model::HealthEvent> {
    let one_of = |words: &'static [&'static str]| proptest::sample::select(words);
    (
        one_of(&["EC2", "RDS", "ABUSE", ""]),
        one_of(&["issue", "scheduledChange", "accountNotification", "new"]),
        one_of(&["open", "closed", "upcoming"]),
        one_of(&["111122223333", "444455556666", "1", ""]),
        one_of(&["Tue, 3 Mar 2026 10:00:00 GMT", "soon", ""]),
        0..3_usize,
    )
        .prop_map(|(service, category, status, account, start, entities)| {
            let entities: Vec<_> = (0..entities)
                .map(|i| json!({"entityValue": format!("i-{i}"), "status": "PENDING"}))
                .collect();
            let record = json!({
                "source": "aws.health", "account": account,
                "detail": {
                    "service": service, "eventTypeCategory": category, "statusCode": status,
                    "startTime": start, "affectedEntities": entities, "eventTypeCode": "AWS_X",
                }
            });
            model::read(record.to_string().as_bytes()).remove(0).unwrap()
        })
}

fn exercise(text: &str, event: &model::HealthEvent) {
    match Rules::parse(text, "1") {
        Ok(rules) => {
            let judgement = rules.judge(event, now());
            assert_eq!(rules.explain(event, now()).judgement, judgement);
            if let Destination::To(spaces) = &judgement.destination {
                assert!(!spaces.is_empty(), "told to nobody, and not silenced");
            }
            let _ = (rules.run_tests(now()), rules.warnings(now()), rules.every_space());
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            let lines = text.matches('\n').count() + 1;
            for problem in problems {
                assert!((1..=lines).contains(&problem.line), "{problem} of {lines} lines");
                assert!(!problem.what.is_empty());
            }
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}", event in event()) {
        exercise(&text, &event);
    }

    #[test]
    fn a_mangled_document_is_read_or_refused_and_never_tells_nobody(text in mangled(), event in event()) {
        exercise(&text, &event);
    }

    #[test]
    fn the_example_judges_any_event(event in event()) {
        exercise(EXAMPLE, &event);
    }
}
