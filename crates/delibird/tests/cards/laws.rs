//! What holds for every alert there can be, in both languages.

use delibird::render;
use model::alert::{Account, Accounts, EventFacts, Resource, Resources, Target, Why};
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

fn when() -> impl Strategy<Value = Option<When>> {
    option::of(prop_oneof![
        (-2_000_000_000_i64..4_000_000_000)
            .prop_map(|s| When::At(jiff::Timestamp::from_second(s).unwrap())),
        words().prop_map(When::Text),
    ])
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
    (any::<u32>(), vec(account, 0..40)).prop_map(|(total, shown)| Accounts {
        total,
        shown,
        ..Accounts::default()
    })
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
            select(vec![Status::Open, Status::Upcoming, Status::Resolved]),
        ),
        (regions, start, end, updated) in (vec(words(), 0..5), when(), when(), when()),
        (occurrences, replayed, source) in (any::<u32>(), any::<bool>(), words()),
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
            time: None,
        }
    }
}

prop_compose! {
    fn alerts()(
        (kind, subject) in (
            select(vec![Kind::Opened, Kind::Update, Kind::Resolved, Kind::Reminder, Kind::Digest, Kind::Plain]),
            select(vec![Subject::Issue, Subject::Scheduled, Subject::Notice, Subject::Security, Subject::Metric, Subject::Unknown]),
        ),
        (severity, max_severity) in (
            select(vec![Severity::Info, Severity::Warning, Severity::High, Severity::Critical]),
            select(vec![Severity::Info, Severity::Warning, Severity::High, Severity::Critical]),
        ),
        changes in vec(select(vec![Change::Text, Change::Status, Change::Severity, Change::Accounts, Change::Resources, Change::Deadline]), 0..7),
        (zone, mention, runbook) in (select(vec!["Asia/Seoul", "America/New_York", "Nowhere", "Pacific/Kiritimati"]), option::of(words()), option::of(words())),
        links in vec((words(), words()), 0..12),
        (why, event, texts) in (words(), facts(), vec((select(vec!["en_US", "ko_KR", "", "한"]), words()), 0..3)),
        (accounts, resources) in (accounts(), resources()),
        (seq, version, truncated, thread) in (any::<u32>(), 0..3_u32, any::<bool>(), words()),
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
            version, seq, kind, subject, severity, max_severity, changes, event, accounts, resources, truncated,
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
