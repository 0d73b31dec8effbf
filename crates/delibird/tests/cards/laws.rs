//! What holds for every alert there can be, in both languages.

use delibird::render;
use jiff::Timestamp;
use model::alert::{Account, AccountGroup, Accounts, EventFacts, Resource, Resources, Target, Why};
use model::summary::{
    Acknowledged, Counted, Coverage, Digest, DigestReason, DigestRow, Escalation, Metric, Missing,
    Point, Previous, Rows,
};
use model::words::{
    Actionability, Category, Change, EntityStatus, Kind, Scope, Severity, Source, Status, Subject,
};
use model::{Alert, Text, When};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::alerts::issue;
use crate::checks::{checked, now};

/// Words, markup, every plane of Unicode, and sometimes a great many of them.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[A-Za-z0-9 <>&\"'*_~`|/:.@\\\\-]{0,80}",
        2 => "\\PC{0,60}",
        2 => any::<String>(),
        1 => ("\\PC{1,8}", 0..2_500_usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}

/// Of what there are a hundred: mostly short, so that the law is held many times a second.
fn brief() -> impl Strategy<Value = String> {
    prop_oneof![30 => "[A-Za-z0-9 <>&\"'*_|/:.-]{0,30}", 1 => words()]
}

fn when() -> impl Strategy<Value = Option<When>> {
    option::of(prop_oneof![moment().prop_map(When::At), words().prop_map(When::Text),])
}

fn status() -> impl Strategy<Value = EntityStatus> {
    words().prop_flat_map(|other| {
        select(vec![
            EntityStatus::Impaired,
            EntityStatus::Pending,
            EntityStatus::Unknown,
            EntityStatus::Resolved,
            EntityStatus::Other(other),
        ])
    })
}

fn accounts() -> impl Strategy<Value = Accounts> {
    let account = (words(), option::of(words()), option::of(words()), any::<u32>());
    let account = account.prop_map(|(id, name, owner, resources)| Account {
        id: id.into(),
        name,
        ou: None,
        owner,
        resources,
    });
    let group = (words(), any::<u32>(), any::<u32>());
    let group =
        group.prop_map(|(name, accounts, resources)| AccountGroup { name, accounts, resources });
    (any::<u32>(), vec(account, 0..40), vec(group, 0..20))
        .prop_map(|(total, shown, groups)| Accounts { total, shown, groups, ..Accounts::default() })
}

/// Of our time, and sometimes the last there is.
fn moment() -> impl Strategy<Value = Timestamp> {
    let ours = (-2_000_000_000_i64..4_000_000_000).prop_map(|s| Timestamp::from_second(s).unwrap());
    // Boxed, as strategies of alerts are large values on the stack.
    prop_oneof![15 => ours, 1 => Just(Timestamp::MAX), 1 => Just(Timestamp::MIN)].boxed()
}

fn level() -> impl Strategy<Value = Severity> {
    select(vec![Severity::Info, Severity::Warning, Severity::High, Severity::Critical])
}

fn standing() -> impl Strategy<Value = Status> {
    select(vec![Status::Open, Status::Upcoming, Status::Resolved])
}

prop_compose! {
    fn previous()(
        (severity, status) in (level(), standing()),
        (accounts, resources, deadline) in (any::<u32>(), any::<u32>(), when()),
    ) -> Previous {
        Previous { severity, status, accounts, resources, deadline }
    }
}

prop_compose! {
    fn metric()(
        (key, rule, when, category) in (words(), words(), words(), words()),
        (value, breach, host) in (option::of(any::<f64>()), option::of(words()), option::of(words())),
        points in vec((moment(), any::<f64>()).prop_map(|(at, value)| Point { at, value }), 0..30),
        (tags, since) in (vec((words(), words()), 0..30), option::of(moment())),
    ) -> Metric {
        Metric { key, value, rule, when, breach, points, category, host, tags, since }
    }
}

prop_compose! {
    fn row()(
        (thread, arn, service, code) in (brief(), option::of(brief()), brief(), brief()),
        (severity, status, deadline, updated) in (level(), standing(), when(), option::of(moment())),
        (regions, account, account_name) in (vec(brief(), 0..3), option::of(brief()), option::of(brief())),
        (accounts, resources, unsettled) in (any::<u32>(), any::<u32>(), any::<u32>()),
    ) -> DigestRow {
        DigestRow {
            thread: thread.into(),
            arn: arn.map(|arn| format!("arn:aws:health:{arn}").into()),
            subject: Subject::Issue,
            service: service.into(),
            type_code: code.into(),
            category: Category::Issue,
            severity, status, deadline, updated, account_name, accounts, resources, unsettled,
            regions: regions.into_iter().map(Into::into).collect(),
            start: None,
            account: account.map(Into::into),
        }
    }
}

fn rows() -> impl Strategy<Value = Rows> {
    (any::<u32>(), vec(row(), 0..14)).prop_map(|(total, shown)| Rows { total, shown })
}

fn counted() -> impl Strategy<Value = Vec<Counted>> {
    vec((words(), any::<u32>()).prop_map(|(name, count)| Counted { name, count }), 0..14)
}

prop_compose! {
    fn digest()(
        reason in select(vec![DigestReason::Schedule, DigestReason::QuietHours, DigestReason::Storm, DigestReason::Other]),
        (from, to, undelivered) in (moment(), moment(), any::<u32>()),
        (new, held, open, stale) in (rows(), rows(), rows(), rows()),
        (due, overdue, resolved) in (rows(), rows(), rows()),
        (unactioned, silenced) in (counted(), counted()),
        (expected, seen) in (any::<u32>(), any::<u32>()),
        missing in vec((words(), words(), option::of(moment())), 0..30),
    ) -> Digest {
        let missing = missing.into_iter().map(|(account, region, last_seen)| Missing {
            account: account.into(), region: region.into(), last_seen,
        });
        let coverage = Some(Coverage { expected, seen, missing: missing.collect() });
        Digest {
            reason, from, to, new, held, open, stale, due, overdue, resolved,
            unactioned, silenced, undelivered, coverage,
        }
    }
}

fn resources() -> impl Strategy<Value = Resources> {
    let resource = (words(), status(), words());
    let resource =
        resource.prop_map(|(id, status, account)| Resource { id, status, account: account.into() });
    (any::<u32>(), vec((status(), any::<u32>()), 0..6), vec(resource, 0..40)).prop_map(
        |(total, by_status, shown)| Resources {
            total,
            by_status: by_status.into_iter().collect(),
            shown,
        },
    )
}

prop_compose! {
    fn facts()(
        (arn, communication, service, code) in (option::of(words()), option::of(words()), words(), words()),
        (category, scope, status) in (
            select(vec![Category::Issue, Category::ScheduledChange, Category::AccountNotification]),
            select(vec![Scope::Public, Scope::AccountSpecific]),
            standing(),
        ),
        (regions, start, end, updated) in (vec(words(), 0..5), when(), when(), when()),
        (occurrences, replayed, source) in (any::<u32>(), any::<bool>(), words()),
        time in option::of(moment()),
        action in option::of(select(vec![Actionability::Required, Actionability::Informational])),
    ) -> EventFacts {
        EventFacts {
            arn: arn.map(|arn| format!("arn:aws:health:{arn}").into()),
            communication_id: communication.map(Into::into),
            source: Source::parse(&source),
            service: service.into(),
            type_code: code.into(),
            regions: regions.into_iter().map(Into::into).collect(),
            actionability: action,
            category, scope, status, start, end, updated, occurrences, replayed,
            time,
        }
    }
}

prop_compose! {
    fn alerts()(
        (kind, subject) in (
            select(vec![Kind::Opened, Kind::Update, Kind::Resolved, Kind::Reminder, Kind::Digest, Kind::Plain]),
            select(vec![Subject::Issue, Subject::Scheduled, Subject::Notice, Subject::Security, Subject::Metric, Subject::Unknown]),
        ),
        (severity, max_severity) in (level(), level()),
        changes in vec(select(vec![Change::Text, Change::Status, Change::Severity, Change::Accounts, Change::Resources, Change::Deadline]), 0..7),
        (zone, mention, runbook) in (select(vec!["Asia/Seoul", "America/New_York", "Nowhere", "Pacific/Kiritimati"]), option::of(words()), option::of(words())),
        links in vec((words(), words()), 0..12),
        (why, event, texts) in (words(), facts(), vec((select(vec!["en_US", "ko_KR", "", "한"]), words()), 0..3)),
        (accounts, resources) in (accounts(), resources()),
        (seq, version, truncated, thread) in (any::<u32>(), 0..3_u32, any::<bool>(), words()),
        (previous, metric, digest) in (option::of(previous()), option::weighted(0.3, metric()), option::weighted(0.5, digest())),
        escalation in option::of((words(), moment()).prop_map(|(from, since)| Escalation { from: from.into(), since })),
        acknowledged in option::of((option::of(words()), moment(), option::of(moment())).prop_map(|(by, at, until)| Acknowledged { by, at, until })),
    ) -> Alert {
        Alert {
            target: Target {
                zone: zone.to_owned(),
                mention,
                runbook: runbook.map(|path| format!("https://wiki.example.com/{path}")),
                links: links.into_iter().map(|(name, path)| (name, format!("https://x.example/{path}"))).collect(),
                ..Target::plain("ops".into())
            },
            why: Why { route: Some(why.clone()), rule: why.clone(), config_version: why },
            text: texts.into_iter().map(|(language, text)| Text { language: language.to_owned(), text }).collect(),
            thread: thread.into(),
            metric: metric.map(Box::new),
            digest: digest.map(Box::new),
            version, seq, kind, subject, severity, max_severity, changes, event, accounts, resources, truncated,
            previous, escalation, acknowledged,
            ..issue()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_alert_gives_a_valid_message_within_bytes_and_widgets(mut alert in alerts()) {
        for locale in ["en", "ko"] {
            alert.target.locale = locale.into();
            let body = checked(&alert).body;
            prop_assert_eq!(body, render(&alert, now()).body, "the same alert is the same bytes");
        }
    }
}
