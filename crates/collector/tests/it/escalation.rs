//! What is told to others because nobody took it in hand, and what people say stops or delays.

use jiff::Timestamp;
use model::summary::Acknowledged;
use rules::Rules;
use state::{ack, board};

use crate::clock::{lines, on, rules};
use crate::story::{Event, Stage, at, block_on, change, issue, minutes, play_until};

const ESCALATE: &str = r#"
[[route]]
name = "payments"
spaces = ["payments"]
escalate = { after = "15m", spaces = ["leads"], mention = "all" }
"#;

fn acknowledge(stage: &Stage, now: Timestamp, until: Option<Timestamp>) {
    let thread = stage.told.alerts[0].thread.clone();
    let space = &stage.told.alerts[0].target.space;
    let by = Some("on-call".to_owned());
    let said = Acknowledged { by, at: now, until };
    let store = &stage.collector.store;
    let entry = block_on(board::entry(store, space, &thread)).unwrap().unwrap();
    block_on(ack::say(store, &thread, &entry.incident.unwrap(), &said)).unwrap();
}

#[test]
fn what_nobody_takes_in_hand_is_told_to_others_who_hear_the_rest_of_it() {
    let events = [
        issue("111111111111", 0),
        issue("222222222222", minutes(30)).comm("c2").text("It spreads."),
        issue("111111111111", minutes(60)).comm("c3").resolved(minutes(59)),
        issue("222222222222", minutes(60)).comm("c3").resolved(minutes(59)),
    ];
    let told = play_until(rules(ESCALATE), &events, on(3, "00:00"));
    assert_eq!(
        lines(&told.alerts),
        [
            "02 10:00 payments opened #1 [] open 1 accounts",
            "02 10:15 leads opened #1 [] open 1 accounts",
            "02 10:30 leads update #2 [text accounts] open 2 accounts",
            "02 10:30 payments update #2 [text accounts] open 2 accounts",
            "02 11:00 leads resolved #3 [status] resolved 2 accounts",
            "02 11:00 payments resolved #3 [status] resolved 2 accounts",
        ]
    );
    let leads = &told.alerts[1];
    let escalation = leads.escalation.as_ref().unwrap();
    assert_eq!((escalation.from.as_str(), escalation.since), ("payments", at(10)));
    assert_eq!(leads.target.mention.as_deref(), Some("all"));
    assert_eq!(leads.thread, told.alerts[0].thread, "whoever takes it in hand does so for all");
}

#[test]
fn those_notified_of_a_public_event_are_counted_where_it_is_passed_on_too() {
    let copy = |account| issue(account, 0).with("eventScopeCode", "PUBLIC");
    let events = [copy("111111111111"), copy("222222222222")];
    let told = play_until(rules(ESCALATE), &events, on(3, "00:00"));
    assert_eq!(
        lines(&told.alerts),
        [
            "02 10:00 payments opened #1 [] open 2 accounts",
            "02 10:15 leads opened #1 [] open 2 accounts",
        ]
    );
}

#[test]
fn a_space_that_knows_the_incident_is_called_when_it_is_passed_on() {
    let own = ESCALATE.replace("name", "when = \"account = '111111111111'\"\nname");
    let leads = "[[route]]\nname = 'leads'\nspaces = ['leads']\n";
    let events = [
        issue("111111111111", 0),
        issue("222222222222", 0),
        issue("111111111111", minutes(30)).comm("c2").text("We found the cause."),
    ];
    let told = play_until(rules(&format!("{own}{leads}")), &events, on(2, "12:00"));
    assert_eq!(
        lines(&told.alerts),
        [
            "02 10:00 payments opened #1 [] open 1 accounts",
            "02 10:00 leads opened #1 [] open 1 accounts",
            "02 10:15 leads update #2 [escalated accounts] open 2 accounts",
            "02 10:30 leads update #3 [text] open 2 accounts",
            "02 10:30 payments update #2 [text] open 1 accounts",
        ]
    );
    let passed_on = &told.alerts[2];
    assert_eq!(passed_on.escalation.as_ref().unwrap().from.as_str(), "payments");
    assert_eq!(passed_on.target.mention.as_deref(), Some("all"));
}

/// Name, rules, what follows the first alert, what a person does about it, what is told.
type Row<'a> = (&'a str, String, Vec<Event>, &'a [Option<Timestamp>], &'a [&'a str]);

#[test]
fn nobody_else_is_told_of_what_is_calm_over_or_in_hand() {
    let opened = "02 10:00 payments opened #1 [] open 1 accounts";
    let escalated = "02 10:15 leads opened #1 [] open 1 accounts";
    let resolved = issue("111111111111", minutes(10)).comm("c2").resolved(minutes(9));
    let over = "02 10:10 payments resolved #2 [status] resolved 1 accounts";
    let in_hand = "02 10:01 payments update #2 [] open 1 accounts";
    let calm = "[[severity]]\nlevel = 'warning'\n";
    let snoozed = "02 10:40 leads opened #1 [] open 1 accounts";
    let rows: [Row<'_>; 5] = [
        ("in nobody's hand", ESCALATE.to_owned(), vec![], &[], &[opened, escalated]),
        ("a warning", format!("{ESCALATE}{calm}"), vec![], &[], &[opened]),
        ("resolved in time", ESCALATE.to_owned(), vec![resolved], &[], &[opened, over]),
        ("in hand", ESCALATE.to_owned(), vec![], &[None], &[opened, in_hand]),
        (
            "snoozed",
            ESCALATE.to_owned(),
            vec![],
            &[Some(at(minutes(40)))],
            &[opened, in_hand, snoozed],
        ),
    ];
    for (name, text, more, acknowledged, expected) in rows {
        let mut stage = Stage::new(rules(&text));
        stage.events(&[issue("111111111111", 0)]);
        stage.until(at(60));
        for until in acknowledged {
            acknowledge(&stage, at(60), *until);
        }
        stage.events(&more);
        stage.until(on(2, "14:00"));
        assert_eq!(lines(&stage.told.alerts), expected, "{name}");
    }
}

#[test]
fn a_snooze_holds_back_updates_but_neither_a_rise_nor_the_end() {
    let said = |sent, text: &str| issue("111111111111", sent).comm(text).text(text);
    let mut stage = Stage::new(Rules::default());
    stage.events(&[issue("111111111111", 0)]);
    stage.until(at(60));
    acknowledge(&stage, at(60), Some(at(minutes(60))));
    stage.events(&[said(minutes(10), "One."), said(minutes(20), "Two.")]);
    stage.until(at(minutes(90)));
    acknowledge(&stage, at(minutes(90)), Some(at(minutes(200))));
    stage.events(&[
        said(minutes(100), "Three."),
        said(minutes(110), "Worse.").entities(&[("i-1", "IMPAIRED")]),
        said(minutes(120), "Four."),
        said(minutes(130), "x").resolved(minutes(129)),
    ]);
    stage.until(on(3, "00:00"));
    assert_eq!(
        lines(&stage.told.alerts),
        [
            "02 10:00 default opened #1 [] open 1 accounts",
            "02 10:01 default update #2 [] open 1 accounts",
            "02 10:10 default update #3 [text] open 1 accounts",
            "02 11:30 default update #4 [] open 1 accounts",
            "02 11:40 default update #5 [text severity resources] open 1 accounts",
            "02 12:00 default resolved #6 [status] resolved 1 accounts",
        ]
    );
    let until = stage.told.alerts[4].acknowledged.as_ref().and_then(|ack| ack.until);
    assert_eq!(until, Some(at(minutes(200))));
}

/// What came besides the first alert, what a person says a minute after that, what is told ten
/// seconds later.
type Spoken<'a> = (&'a str, Event, &'a [Option<Timestamp>], &'a [&'a str]);

#[test]
fn a_word_is_told_once_at_once_and_with_whatever_else_is_new() {
    let said = |sent, text: &str| issue("111111111111", sent).comm(text).text(text);
    let rows: [Spoken<'_>; 4] = [
        (
            "news was waiting",
            said(50, "One."),
            &[None],
            &["02 10:00 default update #2 [text] open 1 accounts"],
        ),
        (
            "the second word comes before the first was told: one message",
            said(minutes(3), "Not yet."),
            &[None, Some(at(minutes(2)))],
            &["02 10:01 default update #2 [] open 1 accounts"],
        ),
        (
            "pages are still coming: they are waited for",
            change("111111111111", 55).comm("c2").text("One.").page(1, 2),
            &[None],
            &[],
        ),
        (
            "over before it was told",
            said(55, "x").resolved(54),
            &[None],
            &["02 10:00 default resolved #2 [status] resolved 1 accounts"],
        ),
    ];
    for (name, more, words, expected) in rows {
        let mut stage = Stage::new(Rules::default());
        let first = if name.starts_with("pages") { change } else { issue };
        stage.events(&[first("111111111111", 0)]);
        stage.until(at(45));
        let early = more.arrives() < at(60);
        let (now, later) = if early { (vec![more], vec![]) } else { (vec![], vec![more]) };
        stage.events(&now);
        for until in words {
            acknowledge(&stage, at(60), *until);
        }
        stage.events(&later);
        stage.until(at(70));
        assert_eq!(lines(&stage.told.alerts)[1..], *expected, "{name}");
    }
}
