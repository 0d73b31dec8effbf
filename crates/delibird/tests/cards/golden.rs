//! Every subject, kind and language, whole. Read the difference before accepting one.

use model::Alert;
use model::alert::{Announce, Place};
use model::summary::DigestReason;
use model::words::{Change, Severity};

use crate::alerts::{
    acknowledged, escalated, in_korean, investigation, issue, notice, notice_in_two_languages,
    overdue, passed_on, plain, public_issue, reminder, resolved, scheduled, security, updated,
};
use crate::checks::{checked, now};
use crate::digests::{digest, held, quiet_digest};
use crate::metrics::{metric, metric_resolved};

fn check(name: &str, alert: Alert) {
    for (language, alert) in [("en", alert.clone()), ("ko", in_korean(alert))] {
        let message = checked(&alert).message;
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_json_snapshot!(format!("{name}-{language}"), message);
        });
    }
}

#[test]
fn every_subject_and_kind_has_its_card() {
    let subjects = [
        ("issue", issue()),
        ("scheduled", scheduled()),
        ("notice", notice()),
        ("security", security()),
    ];
    for (name, alert) in subjects {
        check(&format!("{name}-opened"), alert.clone());
        check(&format!("{name}-update"), updated(alert.clone()));
        check(&format!("{name}-resolved"), resolved(alert));
    }
    check("metric-opened", metric());
    check("metric-update", Alert { changes: vec![Change::Severity], ..updated(metric()) });
    check("metric-resolved", metric_resolved());
    check("investigation-opened", investigation());
    check("investigation-resolved", resolved(investigation()));
    check("notice-overdue", overdue());
    check("scheduled-reminder", reminder());
    check("notice-in-two-languages", notice_in_two_languages());
    check("plain", plain());
}

#[test]
fn a_digest_is_sent_for_each_reason_and_when_all_is_quiet() {
    check("digest-daily", digest(DigestReason::Schedule));
    check("digest-after-quiet-hours", held(DigestReason::QuietHours));
    check("digest-storm", held(DigestReason::Storm));
    check("digest-other", digest(DigestReason::Other));
    check("digest-quiet", quiet_digest());
}

#[test]
fn what_people_did_about_it_stands_first() {
    check("issue-escalated", escalated());
    check("issue-passed-on", passed_on());
    check("issue-acknowledged", acknowledged());
}

#[test]
fn a_public_issue_says_notified_and_never_affected() {
    check("issue-public-opened", public_issue());
}

#[test]
fn what_is_late_replayed_or_not_from_aws_says_so() {
    let mut late = issue();
    late.received_at = "2026-11-21T01:00:00Z".parse().unwrap();
    check("issue-late", late);
    let mut replayed = issue();
    replayed.event.replayed = true;
    replayed.event.regions = vec!["us-east-1".into(), "ap-northeast-2".into(), "eu-west-1".into()];
    check("issue-replayed-in-three-regions", replayed);
}

#[test]
fn an_announcement_in_both_places_is_two_posts_with_their_own_ids() {
    let mut alert = updated(issue());
    alert.changes = vec![Change::Severity];
    alert.target.announce = Announce { escalated: Place::Both, ..Announce::default() };
    let posts = delibird::posts(&alert, now());
    let ids: Vec<_> = posts.iter().map(|post| post.request_id.as_str()).collect();
    assert_eq!(ids, [alert.alert_id.as_str(), alert.alert_id.derived("top").as_str()]);
    assert_eq!(posts[0].thread.as_deref(), Some(alert.thread.as_str()));
    assert_eq!(posts[1].thread, None);
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_json_snapshot!("top-copy", posts[1].message);
    });
}

#[test]
fn each_place_of_an_announcement_gives_its_posts() {
    let kinds = [
        ("update", updated(issue()), vec![Change::Text]),
        ("rise", updated(issue()), vec![Change::Severity]),
        ("resolved", resolved(issue()), vec![]),
    ];
    for (name, mut alert, changes) in kinds {
        alert.changes = changes;
        for (place, threads) in [
            (Place::Thread, vec![true]),
            (Place::Top, vec![false]),
            (Place::Both, vec![true, false]),
        ] {
            let mut announce = Announce::default();
            match name {
                "update" => announce.update = place,
                "rise" => announce.escalated = place,
                _ => announce.resolved = place,
            }
            alert.target.announce = announce;
            let posts = delibird::posts(&alert, now());
            let in_thread: Vec<_> = posts.iter().map(|post| post.thread.is_some()).collect();
            assert_eq!(in_thread, threads, "{name} {place:?}");
        }
    }
}

#[test]
fn a_large_campaign_stays_small() {
    for alert in [scheduled(), in_korean(scheduled())] {
        let rendered = checked(&alert);
        assert!(rendered.body.len() <= 7_000, "{} bytes", rendered.body.len());
        assert!(rendered.message.widgets() <= 10, "{} widgets", rendered.message.widgets());
        assert_eq!(rendered.cut.accounts, 193);
        assert_eq!(rendered.cut.resources, 600);
    }
    let mut lower = scheduled();
    lower.severity = Severity::Warning;
    checked(&lower);
}
