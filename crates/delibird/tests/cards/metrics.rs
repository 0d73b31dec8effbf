//! A metric beyond its threshold, and back.

use model::Alert;
use model::alert::Resources;
use model::summary::{Metric, Point};
use model::words::{Kind, Severity, Source, Status, Subject};

use crate::alerts::{account, accounts, at, issue, moment};

/// The daily cost is above what was agreed.
pub(crate) fn metric() -> Alert {
    let mut alert = issue();
    alert.subject = Subject::Metric;
    alert.severity = Severity::High;
    alert.max_severity = Severity::High;
    alert.why.rule = "threshold daily-cost".into();
    alert.event.source = Source::CustomMetrics;
    alert.event.service = "METRICS".into();
    alert.event.type_code = "daily-cost".into();
    alert.event.arn =
        Some("arn:custom:metrics:ap-northeast-2:111122223333:daily-cost/daily_usd/5f2c".into());
    alert.text = Vec::new();
    alert.accounts = accounts(1, vec![account("111122223333", Some("payments-prod"), 0)]);
    alert.resources = Resources::default();
    let point = |(minute, value): (u32, f64)| Point {
        at: moment(&format!("2026-11-21T00:{minute:02}:00Z")),
        value,
    };
    alert.metric = Some(Box::new(Metric {
        key: "daily_usd".to_owned(),
        value: Some(1_240.5),
        rule: "daily-cost".to_owned(),
        when: "category = 'aws_cost' and key = 'daily_usd' and value > 1000".to_owned(),
        breach: Some("2 of 3".to_owned()),
        points: [(2, 980.0), (7, 1_020.25), (12, 1_240.5)].into_iter().map(point).collect(),
        category: "aws_cost".to_owned(),
        host: Some("billing-7".to_owned()),
        tags: vec![
            ("team".to_owned(), "payments".to_owned()),
            ("env".to_owned(), "prod".to_owned()),
        ],
        since: Some(moment("2026-11-21T00:07:00Z")),
    }));
    alert
}

/// Back below the threshold.
pub(crate) fn metric_resolved() -> Alert {
    let mut alert = metric();
    alert.kind = Kind::Resolved;
    alert.seq = 2;
    alert.severity = Severity::Info;
    alert.event.status = Status::Resolved;
    alert.event.start = at("2026-11-20T21:30:00Z");
    alert.event.end = at("2026-11-21T00:18:00Z");
    if let Some(metric) = &mut alert.metric {
        metric.value = Some(870.0);
    }
    alert
}
