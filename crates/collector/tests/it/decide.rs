//! What is worth an alert, as a table of stories. Each row reads like the specification: events
//! in order of time, and every alert that comes of them.

use collector::decide::{Circumstances, decide};
use model::words::Change;
use rules::Rules;
use state::StateStore;
use state::group::{Hashes, MAX_HASHES};

use crate::story::{Event, Stage, at, block_on, change, event, issue, lines, minutes, play};

fn check(name: &str, events: &[Event], expected: &[&str]) {
    let told = play(Rules::default(), events);
    assert_eq!(lines(&told), expected, "{name}");
    let mut ids: Vec<_> = told.alerts.iter().map(|alert| alert.alert_id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), expected.len(), "{name}: alert ids differ");
}

#[test]
fn an_issue_is_told_once_updated_when_it_changes_and_resolved_in_its_thread() {
    let opened = issue("111111111111", 0);
    let text = |account, sent| issue(account, sent).comm("c2").text("We found the cause.");
    let resolved = |account, sent| issue(account, sent).comm("c3").resolved(sent - 60);
    check(
        "the life of an issue",
        &[
            opened.clone(),
            opened
                .clone()
                .envelope("region", "us-west-2")
                .envelope("time", &crate::story::at(5).to_string()),
            text("111111111111", minutes(10)),
            text("222222222222", minutes(30)),
            resolved("111111111111", minutes(50)),
            resolved("222222222222", minutes(51)),
            opened.clone().envelope("time", &crate::story::at(minutes(60)).to_string()),
            text("222222222222", minutes(30))
                .envelope("time", &crate::story::at(minutes(61)).to_string()),
            issue("111111111111", minutes(90)).comm("c4"),
        ],
        &[
            "opened T1 #1 [] open 1 accounts",
            "update T1 #2 [text] open 1 accounts",
            "update T1 #3 [accounts] open 2 accounts",
            "resolved T1 #4 [status] resolved 2 accounts",
            "opened T2 #1 [] open 1 accounts",
        ],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_not_worth_an_alert_rides_on_the_next_one() {
    let a = "111111111111";
    let b = "222222222222";
    let notice = |sent| {
        event("accountNotification", a, sent)
            .with("endTime", &crate::story::rfc1123(at(minutes(60))))
            .comm("n1")
    };
    let rows: &[(&str, Vec<Event>, &[&str])] = &[
        (
            "opened and resolved inside the wait is one message",
            vec![issue(a, 0), issue(a, 5).comm("c2").resolved(1)],
            &["opened T1 #1 [] resolved 1 accounts"],
        ),
        (
            "first seen resolved",
            vec![issue(a, 0).resolved(-60)],
            &["opened T1 #1 [] resolved 1 accounts"],
        ),
        (
            "a partial resolution rides",
            vec![issue(a, 0), issue(b, 1), issue(a, minutes(20)).comm("c2").resolved(minutes(19))],
            &["opened T1 #1 [] open 2 accounts"],
        ),
        (
            "a language variant is no update",
            vec![issue(a, 0), {
                let mut korean = issue(a, minutes(20)).comm("c2");
                let list = korean.0["detail"]["eventDescription"].as_array_mut().unwrap();
                list.push(
                    serde_json::json!({"language": "ko_KR", "latestDescription": "조사 중입니다."}),
                );
                korean
            }],
            &["opened T1 #1 [] open 1 accounts"],
        ),
        (
            "numbers alone make no new text",
            vec![
                issue(a, 0).text("At 10:00 i-0123 failed."),
                issue(a, minutes(20)).comm("c2").text("At 10:20 i-0456 failed."),
            ],
            &["opened T1 #1 [] open 1 accounts"],
        ),
        (
            "an older communication never comes up, never reopens",
            vec![
                issue(a, 0),
                issue(a, minutes(20)).comm("c3").resolved(minutes(19)),
                issue(a, minutes(10))
                    .comm("c2")
                    .text("Old news.")
                    .envelope("time", &crate::story::at(minutes(30)).to_string()),
            ],
            &["opened T1 #1 [] open 1 accounts", "resolved T1 #2 [status] resolved 1 accounts"],
        ),
        (
            "a new account with an older text still counts",
            vec![
                issue(a, 0),
                issue(a, minutes(20)).comm("c3").resolved(minutes(19)),
                issue(b, minutes(10))
                    .comm("c2")
                    .envelope("time", &crate::story::at(minutes(30)).to_string()),
            ],
            &[
                "opened T1 #1 [] open 1 accounts",
                "resolved T1 #2 [status] resolved 1 accounts",
                "update T1 #3 [accounts] resolved 2 accounts",
            ],
        ),
        (
            "an account whose records all come when it is over is told too",
            vec![
                issue(a, 0),
                issue(a, minutes(20)).comm("c3").resolved(minutes(19)),
                issue(b, 1).arriving(minutes(30)),
                issue(b, minutes(20)).comm("c3").resolved(minutes(19)).arriving(minutes(30) + 1),
            ],
            &[
                "opened T1 #1 [] open 1 accounts",
                "resolved T1 #2 [status] resolved 1 accounts",
                "update T1 #3 [accounts] resolved 2 accounts",
            ],
        ),
        (
            "a resolution whose end is announced is told when that has come",
            vec![issue(a, 0), issue(a, minutes(20)).comm("c2").resolved(minutes(40))],
            &[
                "opened T1 #1 [] open 1 accounts",
                "update T1 #2 [text] open 1 accounts",
                "resolved T1 #3 [status] resolved 1 accounts",
            ],
        ),
        (
            "the first of two pages does not resolve what the second still lists",
            vec![
                issue(a, 0).entities(&[("i-1", "IMPAIRED"), ("i-2", "IMPAIRED")]),
                issue(a, minutes(20)).comm("c2").page(1, 2).entities(&[("i-1", "RESOLVED")]),
                issue(a, minutes(20))
                    .comm("c2")
                    .page(2, 2)
                    .entities(&[("i-2", "IMPAIRED")])
                    .arriving(minutes(20) + 40),
            ],
            &["opened T1 #1 [] open 1 accounts"],
        ),
        (
            "nor of a change",
            vec![
                change(a, 0).entities(&[("i-1", "PENDING"), ("i-2", "PENDING")]),
                change(a, minutes(90)).comm("p2").page(1, 2).entities(&[("i-1", "RESOLVED")]),
                change(a, minutes(90))
                    .comm("p2")
                    .page(2, 2)
                    .entities(&[("i-2", "PENDING")])
                    .arriving(minutes(90) + 40),
            ],
            &["opened T1 #1 [] open 1 accounts"],
        ),
        (
            "an account that is done leaves the others their dates: none has moved",
            vec![
                change(a, 0),
                change("222222222222", 1)
                    .with("eventArn", change(a, 0).0["detail"]["eventArn"].as_str().unwrap())
                    .with("startTime", &crate::story::rfc1123(crate::story::at(20 * 86_400))),
                change(a, minutes(180))
                    .with("communicationId", "done-1")
                    .entities(&[("i-0001", "RESOLVED")]),
            ],
            &["opened T1 #1 [] open 2 accounts"],
        ),
        (
            "that the date of a notice has passed moves it nowhere",
            vec![
                notice(0).entities(&[("db-1", "PENDING"), ("db-2", "PENDING")]),
                notice(minutes(90))
                    .comm("n2")
                    .entities(&[("db-1", "PENDING"), ("db-2", "RESOLVED")]),
            ],
            &["opened T1 #1 [] open 1 accounts"],
        ),
        (
            "and another date is news",
            vec![
                notice(0).entities(&[("db-1", "PENDING")]),
                notice(minutes(90))
                    .comm("n2")
                    .with("endTime", &crate::story::rfc1123(at(86_400)))
                    .entities(&[("db-1", "PENDING")]),
            ],
            &["opened T1 #1 [] open 1 accounts", "update T1 #2 [deadline] open 1 accounts"],
        ),
        (
            "text after resolved is one update",
            vec![
                issue(a, 0),
                issue(a, minutes(20)).comm("c2").resolved(minutes(19)),
                issue(a, minutes(40))
                    .comm("c3")
                    .text("[RESOLVED] The root cause was a cable.")
                    .with("endTime", &crate::story::rfc1123(crate::story::at(minutes(19)))),
            ],
            &[
                "opened T1 #1 [] open 1 accounts",
                "resolved T1 #2 [status] resolved 1 accounts",
                "update T1 #3 [text] resolved 1 accounts",
            ],
        ),
        (
            "a newly impaired resource is worth one; an unknown one is not",
            vec![
                issue(a, 0),
                issue(a, minutes(20)).comm("c2").entities(&[("i-1", "UNKNOWN")]),
                issue(a, minutes(40)).comm("c3").entities(&[("i-1", "IMPAIRED")]),
            ],
            &[
                "opened T1 #1 [] open 1 accounts",
                "update T1 #2 [severity resources] open 1 accounts",
            ],
        ),
        (
            "every entity settled is a resolution",
            vec![
                issue(a, 0).entities(&[("i-1", "IMPAIRED"), ("i-2", "IMPAIRED")]),
                issue(a, minutes(20))
                    .comm("c2")
                    .entities(&[("i-1", "RESOLVED"), ("i-2", "UNIMPAIRED")]),
            ],
            &["opened T1 #1 [] open 1 accounts", "resolved T1 #2 [status] resolved 1 accounts"],
        ),
        (
            "progress of a change rides; a moved deadline does not",
            vec![
                change(a, 0).entities(&[("i-1", "PENDING"), ("i-2", "PENDING")]),
                change(a, minutes(90))
                    .comm("p2")
                    .entities(&[("i-1", "RESOLVED"), ("i-2", "PENDING")]),
                change(a, minutes(180))
                    .comm("p3")
                    .entities(&[("i-1", "RESOLVED"), ("i-2", "PENDING")])
                    .with("startTime", &crate::story::rfc1123(crate::story::at(20 * 86_400))),
            ],
            &["opened T1 #1 [] open 1 accounts", "update T1 #2 [deadline] open 1 accounts"],
        ),
        (
            "new accounts of a change come at most once an hour",
            vec![
                change("1", 0),
                change("2", minutes(10)),
                change("3", minutes(20)),
                change("4", minutes(100)),
                change("5", minutes(110)),
            ],
            &[
                "opened T1 #1 [] open 1 accounts",
                "update T1 #2 [accounts resources] open 3 accounts",
                "update T1 #3 [accounts resources] open 5 accounts",
            ],
        ),
        (
            "a severity rise does not wait for the interval",
            vec![issue(a, 0), issue(a, 60).comm("c2").entities(&[("i-1", "IMPAIRED")])],
            &[
                "opened T1 #1 [] open 1 accounts",
                "update T1 #2 [severity resources] open 1 accounts",
            ],
        ),
        (
            "a record without a Health shape is a plain message",
            vec![Event(
                serde_json::json!({
                    "source": "my.app", "account": a, "time": crate::story::at(0).to_string(),
                    "detail": {"message": "disk is full"}
                }),
                None,
            )],
            &["plain T1 #1 [] open 1 accounts"],
        ),
        (
            "a heartbeat is never a message",
            vec![issue(a, 0).envelope("source", "custom.heartbeat")],
            &[],
        ),
        (
            "different issues are different threads",
            vec![
                issue(a, 0),
                issue(a, 0)
                    .comm("d1")
                    .with("eventArn", "arn:aws:health:ap-northeast-2::event/EC2/X/TWO"),
            ],
            &["opened T1 #1 [] open 1 accounts", "opened T2 #1 [] open 1 accounts"],
        ),
        (
            "one communication under several ARNs is one incident",
            vec![
                issue(a, 0),
                issue(b, 1).with("eventArn", "arn:aws:health:ap-northeast-2::event/EC2/X/TWO"),
            ],
            &["opened T1 #1 [] open 2 accounts"],
        ),
        (
            "thirty flaps in a day are one incident that says so",
            (0..30)
                .map(|n| {
                    event("accountNotification", a, minutes(n * 20))
                        .with("eventTypeCode", "AWS_VPN_REDUNDANCY_LOSS")
                        .with(
                            "eventArn",
                            &format!("arn:aws:health:ap-northeast-2::event/VPN/X/{n}"),
                        )
                        .comm(&format!("v{n}"))
                        .with(
                            "startTime",
                            &crate::story::rfc1123(crate::story::at(minutes(n * 20))),
                        )
                        .entities(&[("vpn-1", "UNKNOWN")])
                })
                .collect(),
            &["opened T1 #1 [] open 1 accounts"],
        ),
    ];
    for (name, events, expected) in rows {
        check(name, events, expected);
    }
}

#[test]
fn untrusted_records_are_not_told() {
    let text = "[defaults]\ntrusted_accounts = ['999999999999']";
    let forged = issue("111111111111", 0).envelope("account", "222222222222");
    let admin = issue("111111111111", 0).envelope("account", "999999999999");
    let told = play(Rules::parse(text, "1").unwrap(), &[forged, admin]);
    assert_eq!(lines(&told), ["opened T1 #1 [] open 1 accounts"]);
    let untrusted =
        told.outcomes.iter().filter(|outcome| matches!(outcome, collector::Outcome::Untrusted(_)));
    assert_eq!(untrusted.count(), 1);
}

#[test]
fn a_metric_is_told_with_its_number_resolved_in_its_thread_and_opened_anew() {
    let breach = |comm: &str, sent, status: &str, value: f64| {
        let mut event = issue("111111111111", sent)
            .with("eventArn", "arn:custom:metrics:eu-west-1:111111111111:cost/daily_usd/1")
            .with("statusCode", status)
            .with("communicationId", comm)
            .envelope("source", "custom.metrics");
        event.0["detail"]["metric"] = serde_json::json!({"key": "daily_usd", "value": value});
        event
    };
    let told = play(
        Rules::default(),
        &[
            breach("1-breached", 0, "open", 1200.0),
            breach("1-breached", 60, "open", 1300.0),
            breach("1-normal", minutes(10), "closed", 800.0),
            breach("2-breached", minutes(20), "open", 1400.0),
        ],
    );
    assert_eq!(
        lines(&told),
        [
            "opened T1 #1 [] open 1 accounts",
            "resolved T1 #2 [status] resolved 1 accounts",
            "opened T2 #1 [] open 1 accounts",
        ]
    );
    let values: Vec<_> =
        told.alerts.iter().map(|alert| alert.metric.as_ref().and_then(|m| m.value)).collect();
    assert_eq!(values, [Some(1200.0), Some(800.0), Some(1400.0)]);
    assert!(told.alerts.iter().all(|alert| alert.subject == model::words::Subject::Metric));
}

#[test]
fn what_a_full_set_cannot_remember_is_not_told_again_at_each_look() {
    let mut stage = Stage::new(Rules::default());
    stage.events(&[issue("111111111111", 0).entities(&[("i-1", "IMPAIRED")])]);
    stage.until(at(minutes(1)));
    let store = &stage.collector.store;
    let incident = collector::incident::identify(&issue("111111111111", 0).read()).new;
    let reading = block_on(store.read(&incident)).unwrap();
    let looked = |hashes: u64| {
        let mut reading = reading.clone();
        // The smallest are kept: none of what was told.
        let set: Hashes = (0..hashes).collect();
        let group = &mut reading.groups[0];
        group.told = Hashes::default();
        (group.texts, group.accounts, group.resources) = (set.clone(), set.clone(), set);
        let circumstances = Circumstances::default();
        let now = at(minutes(60));
        decide(&incident, &reading, &Rules::default(), &circumstances, now).alerts
    };
    let changes = |hashes: usize| {
        let alerts = looked(u64::try_from(hashes).unwrap());
        alerts.into_iter().flat_map(|said| said.alert.changes).collect::<Vec<_>>()
    };
    assert_eq!(
        changes(MAX_HASHES - 1),
        [Change::Text, Change::Accounts, Change::Resources],
        "what is absent is new as long as there is room for it"
    );
    assert_eq!(changes(MAX_HASHES), []);
}
