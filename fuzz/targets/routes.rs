//! The routing document: whatever the text, rules or problems with their lines; and rules that
//! were read judge any event without a panic.

#![cfg_attr(fuzzing, no_main)]

use jiff::Timestamp;
use rules::{Destination, Rules};

const EVENTS: &str = include_str!("../seeds/events.ndjson");

pub(crate) fn body(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let now = Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
    let rules = match Rules::parse(text, "fuzz") {
        Ok(rules) => rules,
        Err(problems) => {
            assert!(!problems.is_empty(), "refused without a reason");
            let lines = text.lines().count().max(1) + 1;
            assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.line)));
            return;
        }
    };
    let _ = (rules.warnings(now), rules.run_tests(now), rules.every_space());
    for event in EVENTS.lines().flat_map(|line| model::read(line.as_bytes())).flatten() {
        let judgement = rules.judge(&event, now);
        assert_eq!(judgement, rules.explain(&event, now).judgement);
        if let Destination::To(spaces) = judgement.destination {
            for (space, route) in spaces {
                let _ = rules.target(&space, route.as_deref());
            }
        }
    }
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
