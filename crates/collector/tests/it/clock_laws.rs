//! Laws of what is said by the clock, under repetition, reordering and a crash at any step:
//! every member ends in a card or a digest, each reminder and each digest goes out once, what is
//! held is told once, and the end is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use collector::Collector;
use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::ThreadKey;
use model::summary::{DigestReason, DigestRow};
use model::trust::Trust;
use model::words::{Kind, Status};
use proptest::prelude::*;
use rules::Rules;
use state::StateStore;
use state::header::Token;

use crate::story::{Event, at, block_now, change, issue, rfc1123};
use crate::walk::edges::{Edge, Shared};
use crate::walk::{Crash, Flavor};

const RULES: [&str; 3] = [
    "[reminders]\nbefore = ['7d', '3d', '1d']\nat = '09:30'\n[digest]\nat = '09:00'\n",
    "[quiet_hours]\nfrom = '22:00'\nto = '08:00'\n",
    "[storm]\nover = 2\nper = '3h'\n",
];

/// The escalation of the one route there is.
const ROUTE: &str =
    "[[route]]\nname = 'all'\nspaces = ['ops']\nescalate = { after = '2h', spaces = ['leads'] }\n";

#[derive(Clone, Debug)]
struct Arrival {
    incident: usize,
    account: usize,
    /// Which word of the account's story this is.
    word: usize,
    /// After how many steps its first attempt crashes.
    crash: Option<usize>,
    /// How many hours pass after it.
    hours: i64,
    /// After how many steps the flushes of the first hour crash.
    flush: Option<usize>,
}

/// Incidents 0 and 1 are issues, 2 a change in eight days; what an account is told in turn.
fn event(arrival: &Arrival, sent: i64) -> Event {
    let Arrival { incident, account, word, .. } = *arrival;
    let id = format!("{incident}{account}{incident}{account}");
    let arn = |event: Event| {
        event
            .with("eventArn", &format!("arn:aws:health:::event/X/{incident}"))
            .comm(&format!("c{incident}-{word}"))
    };
    if incident == 2 {
        let status = if word == 3 { "RESOLVED" } else { "PENDING" };
        return arn(change(&id, sent))
            .with("startTime", &rfc1123(at(8 * 86_400)))
            .text(["A date.", "Another text.", "A third.", "Done."][word])
            .entities(&[(&format!("i-{id}"), status)]);
    }
    let event = arn(issue(&id, sent));
    match word {
        0 => event,
        1 => event.text("We found the cause."),
        2 => event.text("It is worse.").entities(&[("i-1", "IMPAIRED")]),
        _ => event.text("[RESOLVED] It is over.").with("endTime", &rfc1123(at(sent - 60))),
    }
}

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let crash = || prop_oneof![2 => Just(None), 1 => (0..16_usize).prop_map(Some)];
    let one = (0..3_usize, 0..2_usize, 0..4_usize, crash(), 0..9_i64, crash()).prop_map(
        |(incident, account, word, crash, hours, flush)| Arrival {
            incident,
            account,
            word,
            crash,
            hours,
            flush,
        },
    );
    prop::collection::vec(one, 1..12)
}

/// The order of words is the order of their times, whenever they arrive.
fn sent(arrival: &Arrival) -> i64 {
    3_600 * i64::try_from(arrival.word).unwrap()
}

struct Play {
    shared: Arc<Shared>,
    rules: Rules,
    clock: Timestamp,
    tokens: u32,
}

impl Play {
    fn collector(&self) -> Collector<Edge, Edge, Edge> {
        let edge = Edge::new(&self.shared, Flavor::Documents);
        Collector {
            store: edge.clone(),
            publisher: edge.clone(),
            ticks: edge,
            rules: self.rules.clone(),
            trust: Trust::Everyone,
            lease: SignedDuration::from_secs(35),
        }
    }

    fn arrive(&mut self, arrival: &Arrival) {
        let event = event(arrival, sent(arrival)).read();
        let attempts = arrival.crash.map(|steps| Crash::at(Some(steps)));
        for crash in attempts.into_iter().chain([Crash::NEVER]) {
            self.clock += SignedDuration::from_nanos(1);
            let (collector, event, clock) = (self.collector(), event.clone(), self.clock);
            crash.run(async move {
                collector.accept(event, clock).await.unwrap();
            });
        }
    }

    /// Half an hour: the schedule sweeps, and whatever is due is flushed.
    fn half_an_hour(&mut self, crash: Crash) {
        self.clock += SignedDuration::from_mins(30);
        let now = self.clock;
        let collector = self.collector();
        crash.run(async move {
            collector.sweep(now).await.unwrap();
        });
        let due = block_now(self.shared.store.overdue(now + SignedDuration::from_nanos(1), 100));
        for incident in due.unwrap() {
            self.tokens += 1;
            let token = Token(self.tokens.to_string());
            let collector = self.collector();
            crash.run(async move {
                collector.flush(&incident, token, now).await.unwrap();
            });
        }
    }
}

fn told(arrivals: &[Arrival], rules: Rules) -> Vec<Alert> {
    let shared = Arc::new(Shared::default());
    let mut play = Play { shared, rules, clock: at(4 * 3_600), tokens: 0 };
    play.half_an_hour(Crash::NEVER);
    for arrival in arrivals {
        play.arrive(arrival);
        for hour in 0..arrival.hours {
            let crash = if hour == 0 { Crash::at(arrival.flush) } else { Crash::NEVER };
            play.half_an_hour(crash);
            play.half_an_hour(Crash::NEVER);
        }
    }
    let end = at(20 * 86_400);
    while play.clock < end {
        play.half_an_hour(Crash::NEVER);
    }
    play.shared.published().iter().map(|(_, alert)| serde_json::from_str(alert).unwrap()).collect()
}

/// The last that was said of a thread in a space: by a card, or by a row of what was held.
fn last_words(alerts: &[Alert]) -> BTreeMap<(String, ThreadKey), Status> {
    let mut last = BTreeMap::new();
    for alert in alerts {
        let space = alert.target.space.0.clone();
        for row in alert.digest.iter().flat_map(|digest| &digest.held.shown) {
            last.insert((space.clone(), row.thread.clone()), row.status.clone());
        }
        if alert.digest.is_none() {
            last.insert((space, alert.thread.clone()), alert.event.status.clone());
        }
    }
    last
}

fn check(arrivals: &[Arrival], repeated: &[Alert]) {
    let mut contents: BTreeMap<&str, &Alert> = BTreeMap::new();
    let mut alerts = Vec::new();
    for alert in repeated {
        match contents.insert(alert.alert_id.as_str(), alert) {
            None => alerts.push(alert.clone()),
            Some(before) => assert_eq!(before, alert, "one id, two contents"),
        }
    }
    check_clock(&alerts);
    check_held(arrivals, &alerts);
    let last = last_words(&alerts);
    for incident in 0..3 {
        let of_incident = || arrivals.iter().filter(|arrival| arrival.incident == incident);
        let Some(first) = of_incident().next() else { continue };
        let identity = collector::incident::identify(&event(first, 0).read());
        let mut newest: BTreeMap<usize, usize> = BTreeMap::new();
        for arrival in of_incident() {
            let word = newest.entry(arrival.account).or_default();
            *word = (*word).max(arrival.word);
        }
        let over = newest.values().all(|word| *word == 3);
        let threads: Vec<ThreadKey> = (1..4).map(|n| ThreadKey::of(&identity.new, n)).collect();
        let words =
            threads.iter().rev().find_map(|thread| last.get(&("ops".to_owned(), thread.clone())));
        let Some(status) = words else {
            // A campaign's claim may differ with its text; then its thread is found by its row.
            assert_eq!(incident, 2, "incident {incident} was never told");
            continue;
        };
        if over {
            assert_eq!(*status, Status::Resolved, "the end of {incident} was not told");
        }
    }
}

/// Each digest by the clock once a day, on every day; each reminder once.
fn check_clock(alerts: &[Alert]) {
    let day = |alert: &Alert| alert.received_at.strftime("%F").to_string();
    let scheduled = alerts.iter().filter(|alert| {
        let digest = alert.digest.as_ref();
        alert.target.space.as_str() == "ops"
            && digest.is_some_and(|digest| digest.reason == DigestReason::Schedule)
    });
    let days: Vec<String> = scheduled.map(day).collect();
    let once: BTreeSet<&String> = days.iter().collect();
    assert_eq!(days.len(), once.len(), "two digests of a day: {days:?}");
    assert!(days.len() >= 18, "{} digests in 19 days", days.len());
    let mut reminders = BTreeSet::new();
    for alert in alerts.iter().filter(|alert| alert.kind == Kind::Reminder) {
        let planned = (alert.target.space.clone(), alert.thread.clone(), day(alert));
        assert!(reminders.insert(planned), "reminded twice on {}", day(alert));
        assert_ne!(alert.event.status, Status::Resolved, "reminded of what is done");
    }
}

/// What is held back is one line of a digest, and the line comes again only with another word: a
/// late text of a second account may leave all that a line shows as it was.
fn check_held(arrivals: &[Arrival], alerts: &[Alert]) {
    let words = |row: &DigestRow| {
        let arn = row.arn.as_ref().map_or("", |arn| arn.as_str());
        let of_row = arrivals.iter().filter(|a| arn.ends_with(&format!("/X/{}", a.incident)));
        of_row.map(|arrival| (arrival.account, arrival.word)).collect::<BTreeSet<_>>().len()
    };
    let mut told: Vec<(&str, &DigestRow)> = Vec::new();
    for alert in alerts {
        let Some(digest) = alert.digest.as_ref().filter(|d| d.reason != DigestReason::Storm) else {
            continue;
        };
        let rows = &digest.held.shown;
        for (index, row) in rows.iter().enumerate() {
            assert!(!rows[..index].contains(row), "twice in one digest: {row:?}");
            let one = (alert.target.space.as_str(), row);
            let before = told.iter().filter(|known| **known == one).count();
            assert!(before < words(row), "told once more than there were words: {row:?}");
            told.push(one);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_held_or_planned_is_told_once(
        arrivals in arrivals(),
        quiet in any::<bool>(),
        storm in any::<bool>(),
    ) {
        let chosen = [true, quiet, storm];
        let text: String =
            RULES.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(text, _)| *text).collect();
        let rules = Rules::parse(&format!("{text}{ROUTE}"), "1").unwrap();
        check(&arrivals, &told(&arrivals, rules));
    }
}
