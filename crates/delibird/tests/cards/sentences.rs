//! What a phone shows: one sentence, the important part within its first 60 columns.

use delibird::card::columns;
use model::Alert;
use model::words::{Change, Kind, Severity, Status};

use model::summary::DigestReason;

use crate::alerts::{
    account, accounts, acknowledged, escalated, in_korean, issue, notice, passed_on, public_issue,
    reminder, resolved, scheduled, security, updated,
};
use crate::checks::checked;
use crate::digests::{digest, held, quiet_digest};
use crate::metrics::{metric, metric_resolved};

/// What stands in the first 60 columns.
fn seen(sentence: &str) -> String {
    let mut seen = String::new();
    for c in sentence.chars() {
        if columns(&seen) + columns(&c.to_string()) > 60 {
            break;
        }
        seen.push(c);
    }
    seen
}

#[test]
fn the_first_sixty_columns_hold_severity_service_region_whose_and_what() {
    let many = |mut alert: Alert| {
        let named = |n| account(&format!("1111{n:08}"), Some(&format!("payments-{n}")), 1);
        alert.accounts = accounts(3, (1..4).map(named).collect());
        alert
    };
    let unnamed = |mut alert: Alert| {
        alert.accounts = accounts(1, vec![account("111122223333", None, 1)]);
        alert
    };
    let rows = vec![
        (issue(), "🔴 Critical · EC2 · Seoul · payments-prod · Operational issu"),
        (in_korean(issue()), "🔴 위험 · EC2 · 서울 · payments-prod · 운영 문제 · 영향 있음"),
        (many(issue()), "🔴 Critical · EC2 · Seoul · payments-1 +2 · Operational issu"),
        (unnamed(issue()), "🔴 Critical · EC2 · Seoul · 111122223333 · Operational issue"),
        (public_issue(), "🔴 High · Several services · N. Virginia · 12 accounts notif"),
        (scheduled(), "🟠 High · RDS · Seoul · 213 accounts · D-9 End of standard s"),
        (in_korean(scheduled()), "🟠 높음 · RDS · 서울 · 계정 213개 · D-9 표준 지원 종료 · 남"),
        (notice(), "🔵 Info · VPN · N. Virginia · payments-prod +2 · Redundancy "),
        (security(), "🚨 Critical · ABUSE · N. Virginia · prod-edge · Abuse report"),
        (updated(issue()), "🔴 Critical · EC2 · Seoul · payments-prod · Operational issu"),
        (resolved(issue()), "🟢 Resolved (Critical) · EC2 · Seoul · payments-prod · Opera"),
        (reminder(), "🟠 High · RDS · Seoul · 7 accounts · D-3 End of standard sup"),
        (in_korean(reminder()), "🟠 높음 · RDS · 서울 · 계정 7개 · D-3 표준 지원 종료 · 다시 "),
        (metric(), "🟠 High · aws_\u{200b}cost · Seoul · payments-prod · daily_\u{200b}usd 1,240"),
        (
            in_korean(metric_resolved()),
            "🟢 해결됨 (높음) · aws_\u{200b}cost · 서울 · payments-prod · daily_\u{200b}u",
        ),
        (escalated(), "🔴 Critical · EC2 · Seoul · payments-prod · Operational issu"),
        (passed_on(), "🔴 Critical · EC2 · Seoul · payments-prod +1 · Operational i"),
        (in_korean(acknowledged()), "🔴 위험 · EC2 · 서울 · payments-prod · 운영 문제 · 담당 onca"),
        (
            digest(DigestReason::Schedule),
            "📋 Critical · AWS Health · 2 Regions · ops · Daily digest: 1",
        ),
        (
            in_korean(held(DigestReason::QuietHours)),
            "📋 정보 · AWS Health · 버지니아 · ops · 방해 금지 시간 요약:",
        ),
        (held(DigestReason::Storm), "📋 Warning · AWS Health · Seoul · ops · Alert storm: 24 held"),
        (quiet_digest(), "📋 Info · AWS Health · all Regions · ops · Daily digest: All"),
        (in_korean(resolved(issue())), "🟢 해결됨 (위험) · EC2 · 서울 · payments-prod · 운영 문제"),
    ];
    let (alerts, expected): (Vec<Alert>, Vec<&str>) = rows.into_iter().unzip();
    let sentence = |alert: &Alert| seen(checked(alert).message.fallback_text.as_str());
    assert_eq!(alerts.iter().map(sentence).collect::<Vec<_>>(), expected);
}

#[test]
fn a_digest_that_lists_anything_does_not_call_it_quiet() {
    let whole = digest(DigestReason::Schedule).digest.unwrap();
    let mut stale = quiet_digest();
    stale.digest.as_mut().unwrap().stale = whole.stale;
    let sentence = checked(&stale).message.fallback_text;
    assert!(sentence.as_str().ends_with("Daily digest: 1 without news"), "{}", sentence.as_str());
    let sentence = checked(&quiet_digest()).message.fallback_text;
    assert!(sentence.as_str().ends_with("Daily digest: All quiet"), "{}", sentence.as_str());
}

#[test]
fn people_are_called_when_it_begins_or_gets_worse_and_never_for_what_is_over() {
    let rise = |changes: Vec<Change>| Alert { changes, ..updated(issue()) };
    let mut over = issue();
    over.event.status = Status::Resolved;
    let mut replayed = issue();
    replayed.event.replayed = true;
    let mut fell = rise(vec![Change::Severity]);
    fell.severity = Severity::High;
    let rows = [
        ("opened", issue(), true),
        ("severity rose", rise(vec![Change::Severity]), true),
        ("severity fell", fell, false),
        ("new text", rise(vec![Change::Text]), false),
        ("resolved", resolved(issue()), false),
        ("first seen resolved", over, false),
        ("replayed", replayed, false),
        ("plain", Alert { kind: Kind::Plain, ..issue() }, false),
        ("escalated", escalated(), true),
        ("escalated to a space that knew", passed_on(), true),
        (
            "escalated before",
            Alert { escalation: escalated().escalation, ..updated(issue()) },
            false,
        ),
        ("taken in hand", acknowledged(), false),
        ("reminder", Alert { kind: Kind::Reminder, ..issue() }, false),
    ];
    for (name, alert, calls) in rows {
        let message = checked(&alert).message;
        let text = message.text.map(|text| text.as_str().to_owned()).unwrap_or_default();
        assert_eq!(text.starts_with("<users/all> "), calls, "{name}: {text}");
        assert!(!message.fallback_text.as_str().contains('<'), "{name}");
    }
}

#[test]
fn critical_and_high_always_speak_up() {
    for (severity, mention, speaks) in [
        (Severity::Critical, None, true),
        (Severity::High, None, true),
        (Severity::Warning, None, false),
        (Severity::Info, None, false),
        (Severity::Info, Some("users/1"), true),
        (Severity::Info, Some("users/<users/all>"), false),
    ] {
        let mut alert = issue();
        alert.severity = severity;
        alert.target.mention = mention.map(str::to_owned);
        assert_eq!(checked(&alert).message.text.is_some(), speaks, "{severity} {mention:?}");
    }
}
