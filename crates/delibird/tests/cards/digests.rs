//! Digests as the collector writes them.

use model::Alert;
use model::alert::{Accounts, Resources};
use model::summary::{Counted, Coverage, Digest, DigestReason, DigestRow, Missing, Rows};
use model::words::{EntityStatus, Kind, Severity, Subject};

use crate::alerts::{at, issue, moment, notice, public_issue, resolved, scheduled};
use crate::metrics::metric;

fn row(alert: &Alert, thread: &str) -> DigestRow {
    let only = alert.accounts.shown.first().cloned().unwrap_or_default();
    let settled = |(status, n): (&EntityStatus, &u32)| if status.is_settled() { *n } else { 0 };
    let settled: u32 = alert.resources.by_status.iter().map(settled).sum();
    DigestRow {
        thread: thread.into(),
        arn: alert.event.arn.clone(),
        subject: alert.subject.clone(),
        service: alert.event.service.clone(),
        type_code: alert.event.type_code.clone(),
        category: alert.event.category.clone(),
        severity: alert.severity,
        status: alert.event.status.clone(),
        regions: alert.event.regions.clone(),
        start: alert.event.start.clone(),
        deadline: alert.event.start.clone().filter(|_| alert.subject == Subject::Scheduled),
        updated: Some(moment("2026-11-12T03:00:00Z")),
        accounts: alert.accounts.total,
        account: Some(only.id),
        account_name: only.name,
        resources: alert.resources.total,
        unsettled: alert.resources.total - settled,
    }
}

fn rows(shown: Vec<DigestRow>) -> Rows {
    Rows { total: model::alert::count(shown.len()), shown }
}

/// What a space reads every morning.
pub(crate) fn digest(reason: DigestReason) -> Alert {
    let mut alert = issue();
    alert.kind = Kind::Digest;
    alert.subject = Subject::Unknown;
    alert.severity = Severity::Info;
    alert.max_severity = Severity::Info;
    alert.target.mention = None;
    alert.target.runbook = None;
    alert.event.arn = None;
    alert.text = Vec::new();
    alert.accounts = Accounts::default();
    alert.resources = Resources::default();
    let retirement = |n: u32| {
        let mut row = row(&scheduled(), &format!("retirement-{n}"));
        row.service = "EC2".into();
        row.type_code = "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED".into();
        row.arn = Some(format!("arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED/r-{n}").into());
        row.deadline = at(&format!("2026-12-{:02}T09:00:00Z", n + 1));
        row.severity = Severity::Warning;
        (row.accounts, row.resources, row.unsettled) = (1, 1, 1);
        row
    };
    let retirement_at_once = |n: u32| {
        let mut row = retirement(n);
        row.deadline = at("2026-12-05T09:00:00Z");
        row.account_name = Some(format!("svc-search-{n}"));
        row
    };
    let late = DigestRow { deadline: at("2026-11-18T00:00:00Z"), ..retirement(40) };
    let flaps = row(&notice(), "vpn");
    let mut cost = row(&metric(), "cost");
    cost.start = at("2026-11-21T00:07:00Z");
    let open = vec![row(&issue(), "seoul"), row(&public_issue(), "virginia"), cost];
    let due = std::iter::once(row(&scheduled(), "aurora")).chain((0..11).map(retirement)).collect();
    let held = match reason {
        DigestReason::Schedule => Vec::new(),
        DigestReason::Storm => (100..124).map(retirement_at_once).collect(),
        _ => vec![flaps.clone(), DigestRow { thread: "vpn-2".into(), ..flaps.clone() }],
    };
    let counted = |name: &str, count| Counted { name: name.to_owned(), count };
    let last_seen = Some(moment("2026-11-18T00:00:00Z"));
    alert.digest = Some(Box::new(Digest {
        reason,
        from: moment("2026-11-20T00:00:00Z"),
        to: moment("2026-11-21T00:00:00Z"),
        new: rows(vec![row(&issue(), "seoul"), flaps]),
        held: rows(held),
        open: Rows { total: 14, shown: open },
        stale: rows(vec![row(&public_issue(), "stale")]),
        due: rows(due),
        overdue: rows(vec![late]),
        resolved: rows(vec![row(&resolved(issue()), "tokyo")]),
        unactioned: vec![counted("payments", 12), counted("orders", 5), counted("", 3)],
        silenced: vec![counted("nobody acts on these", 1_412)],
        undelivered: 2,
        coverage: Some(Coverage {
            expected: 1_704,
            seen: 1_702,
            missing: vec![
                Missing { account: "111122223333".into(), region: "eu-west-1".into(), last_seen },
                Missing {
                    account: "222233334444".into(),
                    region: "us-east-1".into(),
                    last_seen: None,
                },
            ],
        }),
    }));
    alert
}

/// What was held back, and nothing else.
pub(crate) fn held(reason: DigestReason) -> Alert {
    let rows = digest(reason).digest.unwrap().held;
    let mut alert = quiet_digest();
    if let Some(digest) = &mut alert.digest {
        (digest.reason, digest.held, digest.coverage) = (reason, rows, None);
        digest.from = moment("2026-11-20T13:00:00Z");
    }
    alert
}

/// A morning without anything: the message says so, and that somebody is awake.
pub(crate) fn quiet_digest() -> Alert {
    let mut alert = digest(DigestReason::Schedule);
    if let Some(digest) = &mut alert.digest {
        **digest = Digest {
            reason: DigestReason::Schedule,
            from: digest.from,
            to: digest.to,
            new: Rows::default(),
            held: Rows::default(),
            open: Rows::default(),
            stale: Rows::default(),
            due: Rows::default(),
            overdue: Rows::default(),
            resolved: Rows::default(),
            unactioned: Vec::new(),
            silenced: Vec::new(),
            undelivered: 0,
            coverage: Some(Coverage { expected: 1_704, seen: 1_704, missing: Vec::new() }),
        };
    }
    alert
}
