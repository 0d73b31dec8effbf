use std::time::Duration;

use jiff::Timestamp;
use model::Alert;

use super::{Evidence, Kept, Ledger, Posted, thread};
use crate::chaos::line::Line;
use crate::chaos::story::{Amount, Ends, Story, space_of, stories};

const INCIDENT: &str = "arn|one";

/// One issue, told as it should be: to each space once.
fn told() -> Evidence {
    let amount = Amount { events: 500, copies: 1, over: Duration::ZERO };
    let now = Timestamp::UNIX_EPOCH;
    let mut all = stories(amount, now, 1).into_iter();
    let one = |story: &Story| {
        let one = |told: &super::Told| !told.resolved && told.last.is_some();
        story.name.starts_with("issue") && matches!(&story.ends, Ends::Told(told) if one(told))
    };
    let story = all.find(one).unwrap();
    let mut evidence = Evidence::default();
    let kept = evidence.table.entry(INCIDENT.to_owned()).or_default();
    for (place, record) in story.records.iter().enumerate() {
        let message = format!("message {place}");
        evidence.lines.push(line(&message, "new"));
        evidence.sent.insert(message, (0, place));
        let account = record.account.clone();
        kept.members.insert((record.communication.clone(), account, record.page));
    }
    let last = story.records.last().unwrap();
    for space in ["ops", "payments", "platform"] {
        let event = model::read(last.body.as_bytes()).remove(0).unwrap();
        let mut alert = Alert::of(&event, now);
        alert.thread = thread(INCIDENT, 1).into();
        alert.alert_id = format!("alert to {space}").into();
        alert.target.space = space.into();
        let here = story.records.iter().filter(|one| space_of(&one.account) == space);
        let mut accounts: Vec<_> = here.map(|one| one.account.clone()).collect();
        accounts.sort();
        accounts.dedup();
        let Some(only) = alert.accounts.shown.pop() else { continue };
        let shown = accounts
            .iter()
            .map(|id| model::alert::Account { id: id.as_str().into(), ..only.clone() });
        alert.accounts.shown = shown.collect();
        alert.accounts.total = u32::try_from(accounts.len()).unwrap();
        if accounts.is_empty() {
            continue;
        }
        let body = serde_json::to_string(&alert).unwrap();
        evidence.posted.push(Posted {
            alert_id: alert.alert_id.0.clone(),
            space: space.to_owned(),
            thread: format!("thread in {space}"),
            at: Duration::from_secs(1),
            body: body.clone(),
        });
        evidence.published.push((alert, body));
    }
    evidence.stories.push(story);
    evidence
}

fn line(message: &str, decision: &str) -> Line {
    Line {
        function: "collector".to_owned(),
        decision: decision.to_owned(),
        record: Some(message.to_owned()),
        incident: Some(INCIDENT.to_owned()),
        reason: None,
    }
}

fn faults(tamper: impl FnOnce(&mut Evidence)) -> Vec<String> {
    let mut evidence = told();
    tamper(&mut evidence);
    Ledger::of(&evidence).faults
}

#[test]
fn a_run_in_which_everything_was_told_once_has_no_fault() {
    assert_eq!(faults(|_| {}), Vec::<String>::new());
}

type Tamper = fn(&mut Evidence);

#[test]
fn whatever_is_missing_twice_or_split_is_a_fault() {
    let rows: [(&str, &str, Tamper); 11] = [
        ("never decided on", "LOST", |run| drop(run.lines.pop())),
        ("not in the table", "LOST", |run| {
            run.table.insert(INCIDENT.to_owned(), Kept::default());
        }),
        ("buried", "record", |run| {
            if let Some(line) = run.lines.last_mut() {
                line.decision = "dead_lettered".to_owned();
            }
        }),
        ("not posted", "LOST", |run| drop(run.posted.pop())),
        ("not published", "LOST", |run| {
            run.published.pop();
            run.posted.pop();
        }),
        ("a number missing", "LOST", |run| run.published[0].0.seq = 2),
        ("posted twice", "TWICE", |run| run.posted.push(run.posted[0].clone())),
        ("two contents", "TWICE", |run| {
            let (alert, body) = run.published[0].clone();
            run.published.push((alert, format!("{body} ")));
        }),
        ("in two places", "SPLIT", |run| {
            run.repeats_allowed = 1;
            let elsewhere = Posted { thread: "another".to_owned(), ..run.posted[0].clone() };
            run.posted.push(elsewhere);
        }),
        ("two incidents", "SPLIT", |run| {
            if let Some(line) = run.lines.last_mut() {
                line.incident = Some("arn|another".to_owned());
            }
        }),
        ("an older state", "LOST", |run| run.published[0].0.event.communication_id = None),
    ];
    for (name, expected, tamper) in rows {
        let faults = faults(tamper);
        let found = faults.iter().any(|fault| fault.starts_with(expected));
        assert!(found, "{name}: {faults:?}");
    }
}

#[test]
fn what_is_held_is_not_lost_and_a_repeat_nobody_could_avoid_is_allowed() {
    let held = faults(|run| {
        run.held.insert(INCIDENT.to_owned());
        run.published.clear();
        run.posted.clear();
    });
    assert_eq!(held, Vec::<String>::new());
    let repeated = faults(|run| {
        run.repeats_allowed = 1;
        run.posted.push(run.posted[0].clone());
    });
    assert_eq!(repeated, Vec::<String>::new());
}
