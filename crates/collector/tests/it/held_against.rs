//! What an update is held against, and how hundreds of accounts are told: the totals before, the
//! date that counts, the units most concerned.

use model::alert::{AccountGroup, Previous};
use rules::Rules;

use crate::story::{Event, at, change, event, issue, minutes, play, rfc1123};

#[test]
fn an_update_says_what_was_told_before_it() {
    let events = [
        issue("111111111111", 0).entities(&[("i-1", "IMPAIRED")]),
        issue("222222222222", minutes(10)).entities(&[("i-2", "IMPAIRED"), ("i-3", "IMPAIRED")]),
        issue("111111111111", minutes(30)).comm("c2").resolved(minutes(29)),
        issue("222222222222", minutes(30)).comm("c2").resolved(minutes(29)),
    ];
    let told = play(Rules::default(), &events);
    let rows: Vec<_> = told
        .alerts
        .iter()
        .map(|alert| {
            let previous = alert.previous.as_ref().map(|previous| {
                let Previous { severity, status, accounts, resources, .. } = previous;
                format!("{severity} {status} {accounts} accounts {resources} resources")
            });
            (alert.kind.as_str(), previous)
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("opened", None),
            ("update", Some("critical open 1 accounts 1 resources".to_owned())),
            ("resolved", Some("critical open 2 accounts 3 resources".to_owned())),
        ]
    );
}

#[test]
fn a_moved_deadline_is_held_against_the_one_before() {
    let days = |days: i64| at(days * 86_400);
    let moved = change("111111111111", minutes(60))
        .comm("r2")
        .text("The date has moved.")
        .with("startTime", &rfc1123(days(20)));
    let told = play(Rules::default(), &[change("111111111111", 0), moved]);
    let deadline = told.alerts[1].previous.as_ref().and_then(|previous| previous.deadline.clone());
    assert_eq!(deadline.and_then(|deadline| deadline.at()), Some(days(10)));
}

#[test]
fn the_nearest_deadline_of_a_notice_over_many_accounts_sets_its_countdown() {
    let days = |days: i64| at(days * 86_400);
    let notice = |account: &str, sent, end| {
        event("accountNotification", account, sent)
            .with("eventArn", &format!("arn:aws:health:ap-northeast-2::event/RDS/EOL/{account}"))
            .with("endTime", &rfc1123(days(end)))
            .comm(&format!("n{account}"))
            .entities(&[("db-1", "PENDING")])
    };
    let told = play(Rules::default(), &[notice("1", 0, 20), notice("2", 1, 40)]);
    let event = &told.alerts[0].event;
    assert_eq!(event.end.as_ref().and_then(model::When::at), Some(days(20)));
}

#[test]
fn many_accounts_are_told_by_unit_and_else_by_name_the_most_concerned_first() {
    let text = r#"
        [accounts."0000000000*"]
        name = "payments-prod"
        [accounts."0000000001*"]
        name = "orders.dev"
        ou = "prod"
    "#;
    let change = |number: usize, resources: usize| -> Event {
        let entities: Vec<_> = (0..resources).map(|n| format!("i-{number}-{n}")).collect();
        let entities: Vec<_> = entities.iter().map(|id| (id.as_str(), "PENDING")).collect();
        change(&format!("{number:012}"), 0).entities(&entities)
    };
    let groups = |events: Vec<Event>| {
        let told = play(Rules::parse(text, "1").unwrap(), &events);
        told.alerts[0].accounts.groups.clone()
    };
    let group = |name: &str, accounts, resources| AccountGroup {
        name: name.to_owned(),
        accounts,
        resources,
    };
    let mut events: Vec<_> = (0..6).map(|n| change(n, 1)).collect();
    events.extend((100..103).map(|n| change(n, 5)));
    events.extend((200..220).map(|n| change(n, 9)));
    assert_eq!(
        groups(events),
        [group("prod", 3, 15), group("payments-*", 6, 6), group("", 20, 180)]
    );
    assert_eq!(groups((200..230).map(|n| change(n, 1)).collect()), [], "nothing is known of them");
    assert_eq!(groups((0..3).map(|n| change(n, 1)).collect()), [], "few are read one by one");
}
