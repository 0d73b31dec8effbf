//! A document that uses everything, and what it becomes.

use jiff::civil::{Weekday, time};
use jiff::{SignedDuration, Timestamp};
use model::alert::{Announce, Place, Target};
use rules::rule::{After, Breach, Escalation};
use rules::schedule::{Digest, QuietHours, Reminders, Storm};
use rules::{Pace, Rules};

use crate::EXAMPLE;

fn example() -> Rules {
    Rules::parse(EXAMPLE, "7").unwrap()
}

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

#[test]
fn the_defaults_are_what_the_document_says() {
    let rules = example();
    let pace = Pace {
        group_wait: SignedDuration::from_secs(45),
        group_wait_issue: SignedDuration::from_secs(15),
        group_interval: SignedDuration::from_mins(10),
    };
    assert_eq!((rules.version.as_str(), rules.pace), ("7", pace));
    assert_eq!(
        (rules.spaces, rules.fallback),
        (vec!["cloud-ops".into()], Some("cloud-ops".into()))
    );
    assert_eq!(rules.regions, Some(vec!["ap-northeast-2".into(), "us-east-1".into()]));
    assert_eq!(rules.trusted_accounts, Some(["999988887777".into()].into()));
}

#[test]
fn a_silence_holds_to_the_end_of_its_last_day_where_the_company_is() {
    let until: Vec<_> = example().silences.iter().map(|s| s.until.unwrap().to_string()).collect();
    assert_eq!(until, ["2027-01-01T15:00:00Z", "2026-12-31T09:00:00Z"]);
}

#[test]
fn a_route_says_how_its_spaces_are_told() {
    let rules = example();
    let checkout = &rules.routes[0];
    assert_eq!(checkout.after, After::Continue);
    let escalate = Escalation {
        after: SignedDuration::from_mins(15),
        spaces: vec!["leads".into()],
        mention: Some("users/112233445566".to_owned()),
    };
    assert_eq!(checkout.escalate, Some(escalate));
    let links = || rules.links.clone();
    let announce =
        Announce { update: Place::Thread, escalated: Place::Both, resolved: Place::Both };
    assert_eq!(
        rules.target(&"checkout-oncall".into(), Some("checkout")),
        Target {
            space: "checkout-oncall".into(),
            locale: "ko".to_owned(),
            zone: "Asia/Seoul".to_owned(),
            mention: Some("all".to_owned()),
            runbook: Some("https://wiki.example.com/checkout?region={region}".to_owned()),
            links: links(),
            announce,
            fallback: rules.fallback.clone(),
        }
    );
    let planned = rules.target(&"platform".into(), Some("planned"));
    assert_eq!((planned.locale.as_str(), planned.zone.as_str()), ("en", "UTC"));
    let gone = rules.target(&"platform".into(), Some("no longer there"));
    assert_eq!(gone, rules.target(&"platform".into(), None));
    assert_eq!((gone.mention, gone.links.len()), (None, 2));
}

#[test]
fn clocks_storms_and_thresholds_are_read() {
    let rules = example();
    let quiet = QuietHours {
        zone: Some("Asia/Seoul".to_owned()),
        from: time(22, 0, 0, 0),
        to: time(8, 0, 0, 0),
    };
    assert_eq!(rules.quiet_hours, Some(quiet));
    let before = [14, 3, 1].map(|days| SignedDuration::from_hours(24 * days)).to_vec();
    assert_eq!(rules.reminders, Some(Reminders { before, at: time(9, 0, 0, 0) }));
    let days = vec![Weekday::Monday, Weekday::Thursday];
    assert_eq!(rules.digest, Some(Digest { at: time(9, 30, 0, 0), days }));
    assert_eq!(rules.storm, Some(Storm { over: 20, per: SignedDuration::from_mins(10) }));
    let threshold = &rules.thresholds[0];
    assert_eq!(threshold.breach, Breach { matching: 2, of: 3 });
    assert_eq!(threshold.absent, Some(SignedDuration::from_mins(30)));
    let storm = "storm = { over = 3, per = '1m' }";
    let expected = Some(Storm { over: 3, per: SignedDuration::from_mins(1) });
    for text in [storm.to_owned(), format!("[defaults]\n{storm}")] {
        assert_eq!(Rules::parse(&text, "1").unwrap().storm, expected, "{text}");
    }
}

#[test]
fn every_space_is_named_for_whoever_checks_that_they_exist() {
    let spaces: Vec<String> = example().every_space().iter().map(ToString::to_string).collect();
    assert_eq!(spaces, ["checkout-oncall", "cloud-ops", "leads", "platform"]);
}

#[test]
fn every_promise_of_the_document_holds() {
    let failures = example().run_tests(now());
    assert_eq!(failures, [], "{failures:#?}");
}

#[test]
fn a_broken_promise_says_what_came_instead() {
    let text = r#"
[[silence]]
when = "service = 'SES'"
until = 2027-01-01
reason = "x"
[[test]]
event = { service = "RDS", category = "issue" }
expect = { spaces = ["ops"], severity = "critical", silenced = true }
[[test]]
event = { service = "SES", category = "issue" }
expect = { spaces = ["default"], silenced = false }
"#;
    let failures = Rules::parse(text, "1").unwrap().run_tests(now());
    let shown: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "line 6: test[1]: severity is high by open issue or investigation, expected critical; \
             it is not silenced; it reaches default, expected ops",
            "line 9: test[2]: silence[1] line 2 silences it; \
             it reaches no space by silence[1] line 2, expected default",
        ]
    );
}

#[test]
fn what_is_sound_and_hardly_meant_is_a_warning() {
    let text = r#"
[defaults]
zone = "Asia/Seoul"
trusted_accounts = ["111122223333", "1111*"]
[[silence]]
when = "service = 'SES'"
until = 2026-03-01
reason = "over"
[[silence]]
when = "service = 'SNS'"
reason = "for ever"
[[silence]]
when = "true"
until = 2027-01-01
reason = "all"
[[silence]]
when = "true"
include_security = true
reason = "all, for ever"
[[route]]
name = "never"
when = "1 = 2"
spaces = ["a"]
[accounts.1234]
name = "short"
"#;
    let warnings = Rules::parse(text, "1").unwrap().warnings(now());
    let shown: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "line 4: `1111*` in `trusted_accounts` is no account: those have twelve digits",
            "line 5: silence[1] line 5 ended at 2026-03-02 00:00 Asia/Seoul; it does nothing",
            "line 9: silence[2] line 9 has no `until`: it hides what it matches for ever",
            "line 12: silence[3] line 12 hides everything but security",
            "line 16: silence[4] line 16 has no `until`: it hides everything for ever, security too",
            "line 20: route[1] line 20 never matches",
            "line 24: [accounts.1234] is no account of AWS: those have twelve digits",
        ]
    );
    assert_eq!(example().warnings(now()), []);
}
