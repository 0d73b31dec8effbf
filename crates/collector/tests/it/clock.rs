//! What is said by the clock: reminders, quiet hours, digests, escalation, storms. Each row is a
//! story; what comes out reads as the promise does.

use jiff::Timestamp;
use model::Alert;
use model::summary::{Coverage, Digest, DigestReason, Rows};
use model::words::{Change, Kind, Status};
use rules::Rules;
use state::StateStore;

use crate::digests::DIGEST;
use crate::story::{
    Event, Stage, at, block_on, change, event, issue, minutes, play, play_until, rfc1123,
};

pub(crate) fn rules(text: &str) -> Rules {
    Rules::parse(text, "v1").unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The story begins on Monday 2 March 2026 at 10:00 UTC.
pub(crate) fn on(day: i64, clock: &str) -> Timestamp {
    format!("2026-03-{day:02}T{clock}:00Z").parse().unwrap()
}

fn seconds(time: Timestamp) -> i64 {
    time.duration_since(at(0)).as_secs()
}

fn count(name: &str, rows: &Rows) -> Option<String> {
    let open = rows.shown.iter().filter(|row| row.status != Status::Resolved).count();
    (rows.total > 0).then(|| format!("{name} {} ({open} open)", rows.total))
}

fn lists(digest: &Digest) -> String {
    let Digest { new, held, open, stale, due, overdue, resolved, .. } = digest;
    let named = [
        ("new", new),
        ("held", held),
        ("open", open),
        ("stale", stale),
        ("due", due),
        ("overdue", overdue),
        ("resolved", resolved),
    ];
    let mut said: Vec<_> = named.iter().filter_map(|(name, rows)| count(name, rows)).collect();
    for (name, counted) in [("unactioned", &digest.unactioned), ("silenced", &digest.silenced)] {
        said.extend(counted.iter().map(|one| format!("{name} {} {}", one.name, one.count)));
    }
    if digest.undelivered > 0 {
        said.push(format!("undelivered {}", digest.undelivered));
    }
    if let Some(Coverage { expected, seen, missing }) = &digest.coverage {
        let missing = missing.iter().map(|one| {
            let when = one.last_seen.map_or_else(|| "never".to_owned(), |at| at.to_string());
            format!(" {} {} {when}", one.account, one.region)
        });
        said.push(format!("seen {seen} of {expected}{}", missing.collect::<String>()));
    }
    format!("{:?}: {}", digest.reason, said.join(", "))
}

/// When, where, what.
pub(crate) fn line(alert: &Alert) -> String {
    let when = alert.received_at.strftime("%d %H:%M");
    let what = if let Some(digest) = &alert.digest {
        lists(digest)
    } else {
        let changes: Vec<&str> = alert.changes.iter().map(Change::as_str).collect();
        let changes = changes.join(" ");
        format!("[{changes}] {} {} accounts", alert.event.status, alert.accounts.total)
    };
    format!("{when} {} {} #{} {what}", alert.target.space, alert.kind, alert.seq)
}

pub(crate) fn lines(alerts: &[Alert]) -> Vec<String> {
    alerts.iter().map(line).collect()
}

fn check(name: &str, text: &str, events: &[Event], until: Timestamp, expected: &[&str]) {
    let told = play_until(rules(text), events, until);
    assert_eq!(lines(&told.alerts), expected, "{name}");
}

const REMINDERS: &str = "[reminders]\nbefore = ['7d', '3d', '1d']\nat = '09:00'";

/// Due on the 12th at 10:00.
pub(crate) fn retirement() -> Event {
    change("111111111111", 0)
}

#[test]
fn a_change_is_reminded_of_until_it_is_done() {
    let opened = "02 10:00 default opened #1 [] open 1 accounts";
    let reminder =
        |day: &str, seq| format!("{day} 09:00 default reminder #{seq} [] open 1 accounts");
    let (fifth, ninth, eleventh) = (reminder("05", 2), reminder("09", 3), reminder("11", 4));
    let moved = retirement()
        .comm("r2")
        .text("The date has moved.")
        .with("startTime", &rfc1123(on(20, "10:00")))
        .envelope("time", &on(6, "10:00").to_string())
        .with("lastUpdatedTime", &rfc1123(on(6, "10:00")));
    let done = |day| {
        retirement()
            .comm("r3")
            .entities(&[("i-0001", "RESOLVED")])
            .envelope("time", &on(day, "10:00").to_string())
            .with("lastUpdatedTime", &rfc1123(on(day, "10:00")))
    };
    let rows: [(&str, Vec<Event>, Timestamp, Vec<&str>); 5] = [
        (
            "seven, three and one day before, each once",
            vec![retirement(), retirement().arriving(seconds(on(5, "09:30")))],
            on(31, "00:00"),
            vec![opened, &fifth, &ninth, &eleventh],
        ),
        ("up to now and no further", vec![retirement()], on(9, "08:59"), vec![opened, &fifth]),
        (
            "a moved date is planned anew",
            vec![retirement(), moved],
            on(31, "00:00"),
            vec![
                opened,
                &fifth,
                "06 10:00 default update #3 [text deadline] open 1 accounts",
                "13 09:00 default reminder #4 [] open 1 accounts",
                "17 09:00 default reminder #5 [] open 1 accounts",
                "19 09:00 default reminder #6 [] open 1 accounts",
            ],
        ),
        (
            "what is done is not reminded of",
            vec![retirement(), done(6)],
            on(31, "00:00"),
            vec![opened, &fifth, "06 10:00 default resolved #3 [status] resolved 1 accounts"],
        ),
        (
            "what is over when it comes is not reminded of afterwards",
            vec![retirement().arriving(seconds(on(10, "10:00")))],
            on(31, "00:00"),
            vec![
                "10 10:00 default opened #1 [] open 1 accounts",
                "11 09:00 default reminder #2 [] open 1 accounts",
            ],
        ),
    ];
    for (name, events, until, expected) in rows {
        check(name, REMINDERS, &events, until, &expected);
    }
}

#[test]
fn a_reminder_names_those_who_have_something_left_to_do() {
    let two = [retirement(), change("222222222222", 1)];
    let done = change("222222222222", minutes(60)).comm("done").entities(&[("i-0001", "RESOLVED")]);
    let told = play_until(rules(REMINDERS), &[two.as_slice(), &[done]].concat(), on(5, "09:00"));
    let reminder = told.alerts.last().unwrap();
    assert_eq!(reminder.kind, Kind::Reminder);
    let ids: Vec<_> = reminder.accounts.shown.iter().map(|a| a.id.as_str()).collect();
    assert_eq!((reminder.accounts.total, ids), (1, vec!["111111111111"]));
    assert_eq!(reminder.thread, told.alerts[0].thread);
}

#[test]
fn reminders_that_nobody_could_send_are_one() {
    let mut stage = Stage::new(rules(REMINDERS));
    stage.events(&[retirement()]);
    stage.until(on(2, "12:00"));
    // Nothing runs until the tenth.
    let incident = collector::incident::identify(&retirement().read()).new;
    let now = on(10, "15:00");
    for token in ["a", "b"] {
        block_on(stage.collector.flush(&incident, state::header::Token(token.to_owned()), now))
            .unwrap();
    }
    stage.until(on(10, "15:00"));
    let reminders = std::iter::from_fn(|| stage.collector.publisher.take());
    assert_eq!(reminders.count(), 1);
    stage.until(on(12, "00:00"));
    assert_eq!(
        lines(&stage.told.alerts),
        [
            "02 10:00 default opened #1 [] open 1 accounts",
            "11 09:00 default reminder #3 [] open 1 accounts"
        ]
    );
}

const QUIET: &str = "[quiet_hours]\nfrom = '22:00'\nto = '08:00'";

/// Sent on the 2nd at 23:00.
fn tonight(account: &str, offset: i64) -> Event {
    let sent = seconds(on(2, "23:00")) + offset;
    issue(account, sent)
        .with("eventArn", &format!("arn:aws:health:::event/EC2/X/{account}"))
        .comm(&format!("night-{account}"))
}

#[test]
fn what_can_wait_waits_for_the_morning() {
    let critical = |event: Event| event.entities(&[("i-1", "IMPAIRED")]);
    let abuse = tonight("333333333333", 0).with("service", "ABUSE");
    let before = issue("111111111111", minutes(60));
    let digest = |what: &str| format!("03 08:00 default digest #1 QuietHours: {what}");
    let over = |event: Event, ended| event.comm("over").resolved(ended);
    let (one, two) = (digest("held 1 (1 open)"), digest("held 2 (2 open)"));
    let ended = digest("held 1 (0 open)");
    let rows: [(&str, Vec<Event>, Vec<&str>); 7] = [
        (
            "two incidents of the night are one message in the morning",
            vec![tonight("111111111111", 0), tonight("222222222222", 3_600)],
            vec![&two],
        ),
        (
            "a critical one passes",
            vec![critical(tonight("111111111111", 0)), tonight("222222222222", 3_600)],
            vec!["02 23:00 default opened #1 [] open 1 accounts", &one],
        ),
        ("security passes", vec![abuse], vec!["02 23:00 default opened #1 [] open 1 accounts"]),
        (
            "what was announced before goes on, and ends",
            vec![
                before.clone(),
                issue("222222222222", seconds(on(2, "23:00"))),
                over(issue("111111111111", seconds(on(3, "01:00"))), seconds(on(3, "00:59"))),
                over(issue("222222222222", seconds(on(3, "01:00"))), seconds(on(3, "00:59"))),
            ],
            vec![
                "02 11:00 default opened #1 [] open 1 accounts",
                "02 23:00 default update #2 [accounts] open 2 accounts",
                "03 01:00 default resolved #3 [status] resolved 2 accounts",
            ],
        ),
        (
            "what ended by itself in the night is told as ended",
            vec![
                tonight("111111111111", 0),
                over(tonight("111111111111", 7_200), seconds(on(3, "00:59"))),
            ],
            vec![&ended],
        ),
        (
            "what became critical in the night is told at once, and not again",
            vec![
                tonight("111111111111", 0),
                critical(tonight("111111111111", 7_200)).comm("worse").text("It is worse."),
            ],
            vec!["03 01:00 default opened #1 [] open 1 accounts"],
        ),
        (
            "the first card of what was held is a whole one",
            vec![
                tonight("111111111111", 0),
                tonight("111111111111", 11 * 3_600).comm("next").text("Still at it."),
            ],
            vec![&one, "03 10:00 default opened #1 [] open 1 accounts"],
        ),
    ];
    for (name, events, expected) in rows {
        check(name, QUIET, &events, on(3, "12:00"), &expected);
    }
}

#[test]
fn what_is_held_says_so_in_the_outcome() {
    let mut stage = Stage::new(rules(QUIET));
    stage.events(&[tonight("111111111111", 0)]);
    let (now, incident) = stage.collector.ticks.take(on(3, "00:00")).unwrap();
    let token = state::header::Token("t".to_owned());
    let flushed = block_on(stage.collector.flush(&incident, token, now)).unwrap();
    let collector::Flushed::Done(out) = flushed else { panic!("{flushed:?}") };
    assert_eq!((out.published, out.held, out.held_until), (0, 1, Some(on(3, "08:00"))));
}

#[test]
fn what_is_older_than_a_day_is_told_by_the_digest_and_without_one_as_late() {
    let old = || issue("111111111111", -30 * 3_600).arriving(0);
    let replayed = || {
        issue("222222222222", 0).comm("c2").with("eventArn", "arn:x").envelope("replay-name", "r")
    };
    let events = [old(), replayed()];
    check(
        "with a digest",
        DIGEST,
        &events,
        on(4, "08:00"),
        &["03 09:00 default digest #1 Schedule: new 2 (2 open), held 2 (2 open), open 2 (2 open)"],
    );
    let told = play(Rules::default(), &events);
    assert!(told.alerts.len() == 2 && told.alerts.iter().all(|alert| alert.event.replayed));
}

#[test]
fn no_update_that_has_to_wait_keeps_an_announced_end_back() {
    let over = |sent, comm| issue("111111111111", minutes(sent)).comm(comm).resolved(minutes(23));
    let events = [
        issue("111111111111", 0),
        over(20, "c2"),
        over(21, "c3").text("[RESOLVED] The issue has been resolved. This was its cause."),
    ];
    check(
        "the update is due at 10:25",
        "",
        &events,
        on(2, "10:23"),
        &[
            "02 10:00 default opened #1 [] open 1 accounts",
            "02 10:20 default update #2 [text] open 1 accounts",
            "02 10:21 default resolved #3 [status] resolved 1 accounts",
        ],
    );
}

const STORM: &str = "[defaults]\nstorm = { over = 3, per = '10m' }";

#[test]
fn more_than_so_many_alerts_are_one_that_grows_and_criticals_pass() {
    let one = |n: i64| {
        issue(&format!("{n:012}"), n * 20)
            .with("eventArn", &format!("arn:aws:health:::event/EC2/X/{n}"))
            .comm(&format!("storm-{n}"))
    };
    let mut events: Vec<Event> = (0..30).map(one).collect();
    events.push(one(15).with("eventArn", "arn:c").comm("c").entities(&[("i-1", "IMPAIRED")]));
    events.push(
        one(2).comm("over").resolved(minutes(5)).envelope("time", &at(minutes(6)).to_string()),
    );
    events.push(one(200));
    let told = play_until(rules(STORM), &events, on(3, "00:00"));
    assert_eq!(
        lines(&told.alerts),
        [
            "02 10:00 default opened #1 [] open 1 accounts",
            "02 10:00 default opened #1 [] open 1 accounts",
            "02 10:00 default opened #1 [] open 1 accounts",
            "02 10:01 default digest #1 Storm: held 2 (2 open)",
            "02 10:05 default opened #1 [] open 1 accounts",
            "02 10:06 default resolved #2 [status] resolved 1 accounts",
            "02 10:06 default digest #2 Storm: held 17 (17 open)",
            "02 10:11 default digest #3 Storm: held 27 (27 open)",
            "02 11:06 default opened #1 [] open 1 accounts",
        ]
    );
    let digests: Vec<_> = told.alerts.iter().filter(|alert| alert.kind == Kind::Digest).collect();
    assert!(digests.iter().all(|digest| digest.thread == digests[0].thread));
    let reason = digests[0].digest.as_ref().map(|digest| digest.reason);
    assert_eq!(reason, Some(DigestReason::Storm));
}

#[test]
fn a_notice_with_a_deadline_is_reminded_of_as_well() {
    let notice = event("accountNotification", "111111111111", 0)
        .with("endTime", &rfc1123(on(5, "10:00")))
        .comm("n1")
        .entities(&[("db-1", "PENDING")]);
    check(
        "a notice",
        REMINDERS,
        &[notice],
        on(31, "00:00"),
        &[
            "02 10:00 default opened #1 [] open 1 accounts",
            "04 09:00 default reminder #2 [] open 1 accounts",
        ],
    );
}

/// The first attempt put the member and died; all that is pending is a reminder days away.
#[test]
fn a_redelivered_record_does_not_wait_for_a_reminder() {
    let mut stage = Stage::new(rules(REMINDERS));
    stage.events(&[retirement()]);
    stage.until(on(2, "12:00"));
    assert_eq!(stage.next_due(), Some(on(5, "09:00")));
    let resolved = retirement()
        .comm("r3")
        .entities(&[("i-0001", "RESOLVED")])
        .with("lastUpdatedTime", &rfc1123(on(2, "13:00")))
        .arriving(seconds(on(2, "13:00")));
    let incident = collector::incident::identify(&retirement().read()).new;
    let judgement = stage.collector.rules.judge(&resolved.read(), on(2, "13:00"));
    let (member, _) =
        collector::member::member(resolved.read(), 0, judgement, "v1", on(2, "13:00"));
    block_on(stage.collector.store.put_member(&incident, member)).unwrap();
    stage.events(&[resolved]);
    assert!(stage.collector.ticks.next() < Some(on(2, "13:01")), "{:?}", stage.next_due());
}
