//! Laws that hold whatever arrives, in whatever order, however often, with a crash at any step:
//! the end is told, nothing frozen changes, nothing regresses, and the number of messages does
//! not grow with accounts, Regions or pages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use model::Alert;
use proptest::prelude::*;

use crate::story::{self, Event, at, issue, lines, minutes, play};
use crate::walk::edges::Shared;
use crate::walk::{Crash, Flavor, drive};

/// What an account is told in turn: (text, resolved).
const COMMUNICATIONS: [(&str, bool); 4] = [
    ("We are investigating.", false),
    ("We found the cause.", false),
    ("We are recovering.", false),
    ("[RESOLVED] It is over.", true),
];

fn communication(account: usize, number: usize, page: u32) -> Event {
    let (text, resolved) = COMMUNICATIONS[number];
    let sent = minutes(10 * i64::try_from(number).unwrap());
    let event = issue(&format!("{account}{account}{account}"), sent)
        .page(page, 2)
        .comm(&format!("c{number}"))
        .text(text)
        .entities(&[(
            &format!("i-{account}-{page}"),
            if resolved { "UNIMPAIRED" } else { "UNKNOWN" },
        )]);
    if resolved { event.with("endTime", &story::rfc1123(at(sent - 60))) } else { event }
}

/// One arrival: whose, which, and after how many steps its first attempt crashes.
#[derive(Clone, Debug)]
struct Arrival {
    account: usize,
    number: usize,
    page: u32,
    crash: Option<usize>,
    /// After how many steps the flush that follows crashes; none for no flush here.
    flush: Option<Option<usize>>,
}

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let crash = || prop_oneof![3 => Just(None), 1 => (0..9_usize).prop_map(Some)];
    let one = (0..3_usize, 0..COMMUNICATIONS.len(), 1..3_u32, crash(), prop::option::of(crash()))
        .prop_map(|(account, number, page, crash, flush)| Arrival {
            account,
            number,
            page,
            crash,
            flush,
        });
    prop::collection::vec(one, 1..14)
}

/// Plays arrivals five minutes apart against the shipped collector, each redelivered after a
/// crash, and lets the sweep find what is left. The published alerts, in order.
fn told(arrivals: &[Arrival]) -> Vec<Alert> {
    let shared = Arc::new(Shared::default());
    let mut clock = at(minutes(60));
    let mut tokens = 0;
    for arrival in arrivals {
        let event = communication(arrival.account, arrival.number, arrival.page).read();
        if arrival.crash.is_some() {
            drive::intake(&shared, Flavor::Shipped, &event, clock, Crash::at(arrival.crash));
        }
        drive::intake(&shared, Flavor::Shipped, &event, clock, Crash::NEVER);
        clock += SignedDuration::from_mins(5);
        if let Some(crash) = arrival.flush {
            tokens += 1;
            drive::ticks(&shared, Flavor::Shipped, clock, tokens, Crash::at(crash));
        }
    }
    for _ in 0..50 {
        clock += SignedDuration::from_mins(5);
        tokens += 1;
        drive::sweep(&shared, clock);
        drive::ticks(&shared, Flavor::Shipped, clock, tokens, Crash::NEVER);
    }
    assert_eq!(drive::due(&shared), None, "something is still waiting");
    shared.published().iter().map(|(_, alert)| serde_json::from_str(alert).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_end_is_told_and_nothing_regresses(arrivals in arrivals()) {
        let alerts = told(&arrivals);
        check_ids(&alerts);
        check_order(&alerts);
        check_end(&arrivals, &alerts);
    }
}

/// One id, one content.
fn check_ids(alerts: &[Alert]) {
    let mut contents: BTreeMap<&str, &Alert> = BTreeMap::new();
    for alert in alerts {
        let before = contents.insert(alert.alert_id.as_str(), alert);
        assert!(before.is_none_or(|before| before == alert), "{} changed", alert.alert_id);
    }
}

/// Without the repeats: each thread counts from one, opens first, and never counts back.
fn check_order(alerts: &[Alert]) {
    let mut seen = BTreeSet::new();
    let mut latest: BTreeMap<&str, &Alert> = BTreeMap::new();
    for alert in alerts.iter().filter(|alert| seen.insert(alert.alert_id.as_str())) {
        let previous = latest.insert(alert.thread.as_str(), alert);
        assert_eq!(alert.seq, previous.map_or(1, |previous| previous.seq + 1));
        assert_eq!(alert.kind.as_str() == "opened", alert.seq == 1);
        let Some(previous) = previous else { continue };
        assert!(alert.accounts.total >= previous.accounts.total, "an account was forgotten");
        assert!(alert.max_severity >= previous.max_severity);
        let reopened = previous.event.status.as_str() == "resolved"
            && alert.event.status.as_str() != "resolved";
        assert!(!reopened, "resolved came undone in its thread");
    }
}

/// Every account whose newest word is not its resolution is named, and when the newest word to
/// every account is resolved, so is the last alert.
fn check_end(arrivals: &[Arrival], alerts: &[Alert]) {
    let mut newest: BTreeMap<usize, usize> = BTreeMap::new();
    for arrival in arrivals {
        let known = newest.entry(arrival.account).or_default();
        *known = (*known).max(arrival.number);
    }
    let named: BTreeSet<&str> =
        alerts.iter().flat_map(|alert| &alert.accounts.shown).map(|a| a.id.as_str()).collect();
    for (account, number) in &newest {
        let id = format!("{account}{account}{account}");
        let over = COMMUNICATIONS[*number].1;
        assert!(over || named.contains(id.as_str()), "{id} was never named");
    }
    let last = alerts.last().expect("at least one record arrived");
    if newest.values().all(|number| COMMUNICATIONS[*number].1) {
        assert_eq!(last.event.status.as_str(), "resolved", "the end was not told");
    }
}

#[test]
fn the_number_of_messages_does_not_grow_with_accounts_regions_or_pages() {
    let story = |accounts: u32, pages: u32, regions: &[&str]| {
        let mut events = Vec::new();
        for (number, (text, resolved)) in COMMUNICATIONS.iter().enumerate() {
            let sent = minutes(30 * i64::try_from(number).unwrap());
            for (account, page) in (0..accounts).flat_map(|a| (1..=pages).map(move |p| (a, p))) {
                let mut event = issue(&format!("{account:012}"), sent)
                    .page(page, pages)
                    .comm(&format!("c{number}"))
                    .text(text);
                if *resolved {
                    event = event.with("endTime", &story::rfc1123(at(sent - 60)));
                }
                events
                    .extend(regions.iter().map(|region| event.clone().envelope("region", region)));
            }
        }
        play(rules::Rules::default(), &events).alerts.len()
    };
    let one = story(1, 1, &["ap-northeast-2"]);
    assert_eq!(one, 4);
    assert_eq!(story(40, 1, &["ap-northeast-2"]), one);
    assert_eq!(story(1, 5, &["ap-northeast-2"]), one);
    assert_eq!(story(20, 3, &["ap-northeast-2", "us-west-2"]), one);
}

#[test]
fn a_crash_after_publish_then_a_newcomer_before_the_retry() {
    let shared = Arc::new(Shared::default());
    let first = issue("111", 0).read();
    let newcomer = issue("222", 0).read();
    drive::intake(&shared, Flavor::Shipped, &first, at(0), Crash::NEVER);
    // Lease, read, freeze, publish; then the function is killed before it can commit.
    drive::ticks(&shared, Flavor::Shipped, at(60), 1, Crash::at(Some(4)));
    assert_eq!(shared.published().len(), 1, "published before the crash");
    drive::intake(&shared, Flavor::Shipped, &newcomer, at(61), Crash::NEVER);
    drive::sweep(&shared, at(minutes(10)));
    drive::ticks(&shared, Flavor::Shipped, at(minutes(10)), 2, Crash::NEVER);
    let published = shared.published();
    assert_eq!(published[0], published[1], "what is re-sent is what was frozen");
    let alerts: Vec<Alert> =
        published[1..].iter().map(|(_, alert)| serde_json::from_str(alert).unwrap()).collect();
    let told = story::Told { alerts, outcomes: Vec::new() };
    assert_eq!(
        lines(&told),
        ["opened T1 #1 [] open 1 accounts", "update T1 #2 [accounts] open 2 accounts"]
    );
}
