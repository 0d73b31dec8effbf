//! Routing end to end: a storm over many accounts, told to each team in its own words and to
//! nobody else, and silences that hide only what was not told before.

use std::collections::BTreeSet;

use model::Alert;
use model::alert::Place;
use model::words::Kind;
use rules::Rules;
use serde_json::json;
use state::member::Routing;
use state::outbox::Lane;

use crate::story::{Event, Told, at, change, issue, lines, minutes, play};

fn rules(text: &str) -> Rules {
    Rules::parse(text, "v7").unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Accounts 000 to 499: three teams by the first digit of their number, the rest nobody's.
const ROUTES: &str = r#"
[defaults]
spaces = ["ops"]
locale = "en"
zone = "UTC"

[[severity]]
when = "account_name like 'payments-%' and category = 'issue'"
level = "critical"
[[severity]]
when = "tag.tier = 'sandbox'"
level = "info"

[[route]]
name = "payments"
when = "account_name like 'payments-%'"
spaces = ["payments-oncall"]
mention = "all"
locale = "ko"
zone = "Asia/Seoul"
runbook = "https://wiki.example.com/payments"
announce = { resolved = "both" }
[[route]]
name = "search"
when = "ou = 'search'"
spaces = ["search"]
mention = "users/1234567890"
[[route]]
name = "sandbox"
when = "tag.tier = 'sandbox'"
spaces = ["sandbox"]

[links]
health = "https://example.com/{arn}"

[accounts."0000000000*"]
name = "payments-*"
[accounts."0000000001*"]
ou = "search"
[accounts."0000000002*"]
tags = { tier = "sandbox" }
"#;

fn account(number: usize) -> String {
    format!("{number:012}")
}

fn accounts_of(alert: &Alert) -> BTreeSet<String> {
    alert.accounts.shown.iter().map(|account| account.id.0.clone()).collect()
}

#[test]
fn a_storm_over_500_accounts_is_one_message_for_each_team_and_one_for_the_rest() {
    let storm: Vec<Event> = (0..500).map(|number| issue(&account(number), 0)).collect();
    let told = play(rules(ROUTES), &storm);
    let row = |alert: &Alert| {
        let target = &alert.target;
        let why = (alert.why.route.clone().unwrap_or_default(), alert.why.rule.clone());
        let words = (target.locale.clone(), target.zone.clone(), target.mention.clone());
        (target.space.0.clone(), alert.severity.as_str(), alert.accounts.total, why, words)
    };
    let mut rows: Vec<_> = told.alerts.iter().map(row).collect();
    rows.sort();
    let expected = |space: &str,
                    severity,
                    total,
                    route: &str,
                    rule: &str,
                    words: (&str, &str, Option<&str>)| {
        let words = (words.0.to_owned(), words.1.to_owned(), words.2.map(str::to_owned));
        (space.to_owned(), severity, total, (route.to_owned(), rule.to_owned()), words)
    };
    let built_in = "open issue or investigation";
    assert_eq!(
        rows,
        [
            expected("ops", "high", 200, "", built_in, ("en", "UTC", None)),
            expected(
                "payments-oncall",
                "critical",
                100,
                "payments",
                "severity[1] line 7",
                ("ko", "Asia/Seoul", Some("all"))
            ),
            expected("sandbox", "info", 100, "sandbox", "severity[2] line 10", ("en", "UTC", None)),
            expected(
                "search",
                "high",
                100,
                "search",
                built_in,
                ("en", "UTC", Some("users/1234567890"))
            ),
        ]
    );
    for alert in &told.alerts {
        let own: BTreeSet<String> = match alert.target.space.as_str() {
            "payments-oncall" => (0..100).map(account).collect(),
            "search" => (100..200).map(account).collect(),
            "sandbox" => (200..300).map(account).collect(),
            _ => (300..500).map(account).collect(),
        };
        assert_eq!(accounts_of(alert), own, "{}", alert.target.space);
        assert_eq!(alert.why.config_version, "v7");
        assert_eq!(alert.target.links["health"], "https://example.com/{arn}");
    }
    let payments =
        told.alerts.iter().find(|alert| alert.target.space.as_str() == "payments-oncall");
    let target = &payments.unwrap().target;
    assert_eq!(target.runbook.as_deref(), Some("https://wiki.example.com/payments"));
    assert_eq!(target.announce.resolved, Place::Both);
}

/// Space, kind, status and accounts of each alert.
fn told_where(told: &Told) -> Vec<String> {
    let spaces = told.alerts.iter().map(|alert| alert.target.space.as_str());
    spaces.zip(lines(told)).map(|(space, line)| format!("{space}: {line}")).collect()
}

#[test]
fn the_first_route_in_the_file_speaks_for_a_space_that_several_reach() {
    let text = r#"
        [[route]]
        name = "a"
        when = "account = '000000000001'"
        spaces = ["x"]
        mention = "all"
        [[route]]
        name = "b"
        spaces = ["x"]
        runbook = "https://example.com/b"
    "#;
    let told = play(rules(text), &[issue(&account(1), 0), issue(&account(2), 1)]);
    assert_eq!(told_where(&told), ["x: opened T1 #1 [] open 2 accounts"]);
    let alert = &told.alerts[0];
    assert_eq!(alert.why.route.as_deref(), Some("a"));
    assert_eq!((&alert.target.mention, &alert.target.runbook), (&Some("all".to_owned()), &None));
}

#[test]
fn a_silenced_member_is_recorded_and_never_told() {
    let text = r#"
        [[silence]]
        when = "account = '000000000001'"
        until = 2026-03-02
        reason = "a test account"
    "#;
    let collector = crate::story::collector(rules(text));
    let silenced = issue(&account(1), 0).read();
    crate::story::block_on(collector.accept(silenced.clone(), at(0))).unwrap();
    let identity = collector::incident::identify(&silenced);
    let reading = {
        use state::StateStore;
        crate::story::block_on(collector.store.read(&identity.new)).unwrap()
    };
    let recorded: Vec<_> = reading.members.iter().map(|member| member.routing.clone()).collect();
    let (reason, rule) = ("a test account".to_owned(), "silence[1] line 2".to_owned());
    assert_eq!(recorded, [Routing::Silenced { reason, rule }]);
    let both = [issue(&account(1), 0), issue(&account(2), 1)];
    let told = play(rules(text), &both);
    assert_eq!(told_where(&told), ["default: opened T1 #1 [] open 1 accounts"]);
    assert_eq!(accounts_of(&told.alerts[0]), BTreeSet::from([account(2)]));
}

#[test]
fn a_silence_ends_and_security_passes_it() {
    let text = r#"
        [[silence]]
        when = "service in ('EC2', 'ABUSE')"
        until = 2026-03-02T10:30:00Z
        reason = "maintenance"
    "#;
    let quiet = play(rules(text), &[issue(&account(1), 0)]);
    assert_eq!(told_where(&quiet), [""; 0]);
    let later = play(rules(text), &[issue(&account(1), minutes(30))]);
    assert_eq!(told_where(&later), ["default: opened T1 #1 [] open 1 accounts"]);
    let abuse = play(rules(text), &[issue(&account(1), 0).with("service", "ABUSE")]);
    assert_eq!(told_where(&abuse), ["default: opened T1 #1 [] open 1 accounts"]);
}

#[test]
fn a_silence_that_fits_later_does_not_hide_accounts_that_were_told() {
    let text = r#"
        [[silence]]
        when = "description like '%RESOLVED%'"
        until = 2027-01-01
        reason = "resolutions are nobody's business"
    "#;
    let events =
        [issue(&account(1), 0), issue(&account(1), minutes(20)).comm("c2").resolved(minutes(19))];
    assert_eq!(
        told_where(&play(rules(text), &events)),
        [
            "default: opened T1 #1 [] open 1 accounts",
            "default: resolved T1 #2 [status] resolved 1 accounts"
        ]
    );
}

#[test]
fn an_account_is_resolved_where_it_was_opened_even_when_its_route_has_moved() {
    let text = r#"
        [[route]]
        name = "open"
        when = "status = 'open'"
        spaces = ["team"]
        [[route]]
        name = "rest"
        spaces = ["rest"]
    "#;
    let events =
        [issue(&account(1), 0), issue(&account(1), minutes(20)).comm("c2").resolved(minutes(19))];
    let told = told_where(&play(rules(text), &events));
    assert_eq!(told[0], "team: opened T1 #1 [] open 1 accounts");
    assert!(
        told.contains(&"team: resolved T1 #2 [status] resolved 1 accounts".to_owned()),
        "{told:#?}"
    );
}

#[test]
fn a_public_event_is_resolved_where_it_was_opened_although_it_is_less_severe_then() {
    let text = r#"
        [[route]]
        name = "call"
        when = "severity in ('critical', 'high')"
        spaces = ["oncall"]
        continue = true
        [[route]]
        name = "all"
        spaces = ["team"]
    "#;
    let public = |event: Event| event.with("eventScopeCode", "PUBLIC");
    let over = issue(&account(1), minutes(20)).comm("c2").resolved(minutes(19));
    let told = told_where(&play(rules(text), &[public(issue(&account(1), 0)), public(over)]));
    assert_eq!(
        told,
        [
            "oncall: opened T1 #1 [] open 1 accounts",
            "team: opened T1 #1 [] open 1 accounts",
            "oncall: resolved T1 #2 [status] resolved 1 accounts",
            "team: resolved T1 #2 [status] resolved 1 accounts",
        ],
        "in each space, and the one account is counted once"
    );
}

#[test]
fn an_alert_names_the_rule_that_makes_it_as_severe_as_it_is() {
    let text = r#"
        [[severity]]
        when = "account = '000000000001'"
        level = "critical"
        [[severity]]
        level = "warning"
    "#;
    let told = play(rules(text), &[issue(&account(1), 0), issue(&account(2), 1)]);
    let why: Vec<_> =
        told.alerts.iter().map(|a| (a.severity.as_str(), a.why.rule.as_str())).collect();
    assert_eq!(why, [("critical", "severity[1] line 2")]);
}

/// As the hub's schedule sends it.
fn canary(execution: &str, sent: i64) -> Event {
    let mut event = issue("111122223333", sent).envelope("source", "custom.health");
    event.0["detail"] = json!({
        "eventArn": format!("arn:aws:health:us-east-1::event/CANARY/HEALTH_ALERTS_CANARY/{execution}"),
        "service": "CANARY", "eventTypeCode": "HEALTH_ALERTS_CANARY",
        "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
        "statusCode": "closed", "startTime": at(sent).to_string(), "endTime": at(sent).to_string(),
    });
    event
}

#[test]
fn each_canary_is_one_alert_to_a_space_of_its_own_whatever_the_rules_say() {
    let rules = rules(
        r#"
[[severity]]
when = "service = 'CANARY'"
level = "critical"
[[silence]]
when = "true"
until = 2099-01-01
reason = "everything"
include_security = true
[[route]]
name = "all"
spaces = ["ops"]
mention = "all"
"#,
    );
    let told = play(rules, &[canary("one", 0), canary("two", minutes(15))]);
    let row = |alert: &Alert| {
        let target = &alert.target;
        let lane = Lane::of(alert).as_str();
        (target.space.0.clone(), target.mention.clone(), alert.kind.clone(), alert.seq, lane)
    };
    let expected = ("canary".to_owned(), None, Kind::Opened, 1, "normal");
    assert_eq!(told.alerts.iter().map(row).collect::<Vec<_>>(), [expected.clone(), expected]);
    assert!(told.alerts.iter().all(Alert::is_canary));
}

#[test]
fn critical_high_and_security_alerts_are_urgent_also_when_they_resolve() {
    let open = || issue("111122223333", 0);
    let impaired = || open().entities(&[("i-0001", "IMPAIRED")]);
    let abuse = |status| open().with("service", "ABUSE").with("statusCode", status);
    let rows = [
        ("critical", vec![impaired()], vec![Lane::Urgent]),
        ("high", vec![open()], vec![Lane::Urgent]),
        (
            "resolved",
            vec![open(), issue("111122223333", minutes(9)).comm("c2").resolved(minutes(8))],
            vec![Lane::Urgent, Lane::Urgent],
        ),
        ("closed abuse report", vec![abuse("closed")], vec![Lane::Urgent]),
        ("planned change", vec![change("111122223333", 0)], vec![Lane::Normal]),
    ];
    for (name, events, expected) in rows {
        let told = play(Rules::default(), &events);
        let lanes: Vec<Lane> = told.alerts.iter().map(Lane::of).collect();
        assert_eq!(lanes, expected, "{name}: {:#?}", told.alerts);
    }
}
