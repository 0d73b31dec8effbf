//! Alerts as the collector writes them, one for each situation.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::alert::{
    Account, AccountGroup, Accounts, EventFacts, Resource, Resources, Target, VERSION, Why,
};
use model::ids::{AlertId, ThreadKey};
use model::summary::{Acknowledged, Escalation, Previous};
use model::words::{
    Actionability, Category, Change, EntityStatus, Kind, Scope, Severity, Source, Status, Subject,
};
use model::{Alert, Text, When};

pub(crate) fn at(time: &str) -> Option<When> {
    When::parse(time)
}

pub(crate) fn moment(time: &str) -> Timestamp {
    time.parse().unwrap()
}

pub(crate) fn account(id: &str, name: Option<&str>, resources: u32) -> Account {
    let owner = name.and_then(|name| name.split('-').next()).map(str::to_owned);
    Account { id: id.into(), name: name.map(str::to_owned), ou: None, owner, resources }
}

pub(crate) fn resource(id: &str, status: EntityStatus, account: &str) -> Resource {
    Resource { id: id.to_owned(), status, account: account.into() }
}

pub(crate) fn accounts(total: u32, shown: Vec<Account>) -> Accounts {
    Accounts {
        total,
        by_status: BTreeMap::from([(Status::Open, total)]),
        shown,
        ..Accounts::default()
    }
}

pub(crate) fn resources(
    total: u32,
    by_status: &[(EntityStatus, u32)],
    shown: Vec<Resource>,
) -> Resources {
    Resources { total, by_status: by_status.iter().cloned().collect(), shown }
}

pub(crate) fn text(language: &str, text: &str) -> Text {
    Text { language: language.to_owned(), text: text.to_owned() }
}

/// An open issue of EC2 in Seoul that hits one named account.
pub(crate) fn issue() -> Alert {
    let arn = "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_VKTXI";
    Alert {
        version: VERSION,
        alert_id: AlertId::from("6f2c1b9e-5c52-5d0f-8a44-1a3b5c7d9e0f"),
        thread: ThreadKey::from("0f3f6f0c7a2e4b5f8c1d2e3f4a5b6c7d"),
        seq: 1,
        kind: Kind::Opened,
        subject: Subject::Issue,
        severity: Severity::Critical,
        max_severity: Severity::Critical,
        changes: Vec::new(),
        target: Target {
            mention: Some("all".to_owned()),
            runbook: Some("https://wiki.example.com/runbooks/ec2-az".to_owned()),
            zone: "Asia/Seoul".to_owned(),
            ..Target::plain("ops".into())
        },
        why: Why {
            route: Some("payments".to_owned()),
            rule: "issue with impaired resources".to_owned(),
            config_version: "42".to_owned(),
        },
        event: EventFacts {
            arn: Some(arn.into()),
            communication_id: Some("a1b2c3d4e5f6".into()),
            source: Source::AwsHealth,
            service: "EC2".into(),
            type_code: "AWS_EC2_OPERATIONAL_ISSUE".into(),
            category: Category::Issue,
            scope: Scope::AccountSpecific,
            status: Status::Open,
            regions: vec!["ap-northeast-2".into()],
            start: at("2026-11-21T00:12:00Z"),
            end: None,
            updated: at("2026-11-21T00:27:00Z"),
            time: Some("2026-11-21T00:28:00Z".parse().unwrap()),
            actionability: None,
            occurrences: 1,
            replayed: false,
        },
        text: vec![text(
            "en_US",
            "Hello,\n\nWe are investigating increased API error rates and launch failures in a single Availability Zone (apne2-az1) in the AP-NORTHEAST-2 Region.\n\n[04:20 PM PST] Existing instances are not affected. We recommend launching in other Availability Zones.\n\nSee https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html.",
        )],
        accounts: accounts(1, vec![account("111122223333", Some("payments-prod"), 4)]),
        resources: resources(
            4,
            &[(EntityStatus::Impaired, 2), (EntityStatus::Unknown, 2)],
            vec![
                resource("i-0abc1111111111111", EntityStatus::Unknown, "111122223333"),
                resource("i-0abc2222222222222", EntityStatus::Impaired, "111122223333"),
                resource("i-0abc3333333333333", EntityStatus::Impaired, "111122223333"),
                resource("i-0abc4444444444444", EntityStatus::Unknown, "111122223333"),
            ],
        ),
        received_at: "2026-11-21T00:29:00Z".parse().unwrap(),
        truncated: false,
        previous: None,
        escalation: None,
        acknowledged: None,
        metric: None,
        digest: None,
    }
}

/// AWS told twelve accounts of trouble in Virginia, and names none as affected.
pub(crate) fn public_issue() -> Alert {
    let mut alert = issue();
    alert.severity = Severity::High;
    alert.max_severity = Severity::High;
    alert.why.rule = "open issue or investigation".into();
    alert.event.scope = Scope::Public;
    alert.event.regions = vec!["us-east-1".into()];
    alert.event.service = "MULTIPLE_SERVICES".into();
    alert.event.type_code = "AWS_MULTIPLE_SERVICES_OPERATIONAL_ISSUE".into();
    let shown = (0..12).map(|n| account(&format!("1111222233{n:02}"), None, 0)).collect();
    alert.accounts = accounts(12, shown);
    alert.resources = Resources::default();
    alert
}

/// The end of a version, over 213 accounts with 612 databases.
pub(crate) fn scheduled() -> Alert {
    const TEAMS: [&str; 5] = ["payments", "orders", "search", "media", "maps"];
    let mut alert = issue();
    alert.subject = Subject::Scheduled;
    alert.severity = Severity::High;
    alert.max_severity = Severity::High;
    alert.why.rule = "change that requires action, due within 14 days".into();
    alert.event.arn = Some("arn:aws:health:ap-northeast-2::event/RDS/AWS_RDS_PLANNED_LIFECYCLE_EVENT/AWS_RDS_PLANNED_LIFECYCLE_EVENT_222".into());
    alert.event.service = "RDS".into();
    alert.event.type_code = "AWS_RDS_PLANNED_LIFECYCLE_EVENT".into();
    alert.event.category = Category::ScheduledChange;
    alert.event.status = Status::Upcoming;
    alert.event.start = at("2026-11-30T00:00:00Z");
    alert.event.actionability = Some(Actionability::Required);
    alert.text = vec![
        text(
            "en_US",
            "Standard support for Amazon Aurora MySQL version 2 ends on November 30, 2026. Upgrade to version 3 before then.\\n\\nClusters that are not upgraded by then are enrolled in RDS Extended Support, which is charged.\\n\\n[1] https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.MySQL57.EOL.html",
        ),
        text(
            "ko_KR",
            "안녕하세요,\n\nAmazon Aurora MySQL 버전 2(MySQL 5.7 호환)의 표준 지원이 2026년 11월 30일에 종료됩니다. 그 전에 버전 3으로 업그레이드해 주세요.\n\n표준 지원 종료일까지 업그레이드하지 않은 클러스터는 RDS 확장 지원에 자동으로 등록되며 추가 요금이 부과됩니다. 방법은 https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.MySQL57.EOL.html입니다.",
        ),
    ];
    let shown = (0..100_u32).map(|n| {
        let team = TEAMS[n as usize % 5];
        account(&format!("1000000{n:05}"), Some(&format!("svc-{team}-{n}")), 1 + n % 5)
    });
    alert.accounts = accounts(213, shown.collect());
    let unit = |name: &str, accounts, resources| AccountGroup {
        name: name.to_owned(),
        accounts,
        resources,
    };
    alert.accounts.groups =
        vec![unit("prod", 71, 301), unit("stage", 70, 190), unit("dev", 70, 119), unit("", 2, 2)];
    let status = |n| if n % 2 == 0 { EntityStatus::Pending } else { EntityStatus::Resolved };
    let row = |n: u32| resource(&format!("aurora-{n:03}"), status(n), &format!("1000000{n:05}"));
    alert.resources = resources(
        612,
        &[(EntityStatus::Pending, 340), (EntityStatus::Resolved, 272)],
        (0..100).map(row).collect(),
    );
    alert
}

/// A notice to three accounts, with nothing to do.
pub(crate) fn notice() -> Alert {
    let mut alert = issue();
    alert.subject = Subject::Notice;
    alert.severity = Severity::Info;
    alert.max_severity = Severity::Info;
    alert.why = Why { rule: "notice".to_owned(), ..Why::default() };
    alert.target.mention = None;
    alert.target.runbook = None;
    alert.event.arn = Some(
        "arn:aws:health:us-east-1::event/VPN/AWS_VPN_REDUNDANCY_LOSS/AWS_VPN_REDUNDANCY_LOSS-1-IAD"
            .into(),
    );
    alert.event.service = "VPN".into();
    alert.event.type_code = "AWS_VPN_REDUNDANCY_LOSS".into();
    alert.event.category = Category::AccountNotification;
    alert.event.regions = vec!["us-east-1".into()];
    alert.event.occurrences = 30;
    alert.text = vec![text(
        "en_US",
        "Your VPN Connection vpn-0171313c6944e5983 in the us-east-1 Region had a momentary lapse of redundancy as one of two tunnel endpoints was replaced.\\n\\nBoth tunnels are now operating normally.\\n\\n(1) https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-vpn-health-events.html\\n(2) https://console.aws.amazon.com",
    )];
    alert.accounts = accounts(
        3,
        vec![
            account("111122223333", Some("payments-prod"), 1),
            account("222233334444", Some("orders-prod"), 1),
            account("333344445555", None, 1),
        ],
    );
    let vpn = |n: u32| resource(&format!("vpn-{n:017}"), EntityStatus::Unknown, "222233334444");
    alert.resources = resources(3, &[(EntityStatus::Unknown, 3)], (1..4).map(vpn).collect());
    alert
}

/// One text tagged English that says everything in Korean first.
pub(crate) fn notice_in_two_languages() -> Alert {
    let mut alert = notice();
    alert.severity = Severity::Warning;
    alert.event.service = "AUTOSCALING".into();
    alert.event.type_code = "AWS_AUTOSCALING_OPERATIONAL_NOTIFICATION".into();
    alert.event.occurrences = 1;
    alert.text = vec![text(
        "en_US",
        "English follows Korean | 한국어 버전 뒤에 영어 버전이 있습니다\\n\\n안녕하세요,\\n\\n2027년 1월 5일부터는 새로운 시작 구성을 만들 수 없습니다. 그 전에 시작 템플릿으로 옮겨 주세요.\\n\\n* 콘솔: 시작 템플릿으로 복사\\n* CLI: create-launch-template\\n\\nHello,\\n\\nStarting on January 5, 2027 you can no longer create launch configurations. Please move to launch templates before then.\\n\\n* Console: copy to launch template\\n* CLI: create-launch-template\\n\\n(1) https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html\\n(2) https://docs.aws.amazon.com/autoscaling/ec2/userguide/migrate-to-launch-templates.html",
    )];
    alert.resources = Resources::default();
    alert
}

/// Somebody reported our instance.
pub(crate) fn security() -> Alert {
    let mut alert = issue();
    alert.subject = Subject::Security;
    alert.why.rule = "open security event".into();
    alert.target.mention = Some("users/100000000000000000001".to_owned());
    alert.event.arn = Some("arn:aws:health:us-east-1::event/ABUSE/AWS_ABUSE_DOS_REPORT/AWS_ABUSE_DOS_REPORT_3223324344".into());
    alert.event.service = "ABUSE".into();
    alert.event.type_code = "AWS_ABUSE_DOS_REPORT".into();
    alert.event.regions = vec!["us-east-1".into()];
    alert.text = vec![text(
        "en_US",
        "We've received a report(s) that your AWS resource(s) i-0fff5555555555555 has been implicated in activity which resembles a Denial of Service attack against remote hosts; please review the information provided below.\n\nPlease take action to stop the reported activity and reply directly to this email.",
    )];
    alert.accounts = accounts(1, vec![account("444455556666", Some("prod-edge"), 1)]);
    alert.resources = resources(
        1,
        &[(EntityStatus::Unknown, 1)],
        vec![resource("i-0fff5555555555555", EntityStatus::Unknown, "444455556666")],
    );
    alert
}

/// The next message of the same thread.
pub(crate) fn updated(mut alert: Alert) -> Alert {
    alert.kind = Kind::Update;
    alert.seq = 3;
    alert.changes = match alert.subject {
        Subject::Scheduled => vec![Change::Deadline, Change::Accounts],
        Subject::Security => vec![Change::Severity, Change::Text],
        _ => vec![Change::Text, Change::Resources],
    };
    alert.previous = Some(Previous {
        severity: Severity::Warning,
        status: Status::Open,
        accounts: alert.accounts.total.saturating_sub(3),
        resources: alert.resources.total.saturating_sub(2),
        deadline: at("2026-12-14T00:00:00Z").filter(|_| alert.subject == Subject::Scheduled),
    });
    alert
}

/// Three days are left, and four accounts have something to do.
pub(crate) fn reminder() -> Alert {
    let mut alert = scheduled();
    alert.kind = Kind::Reminder;
    alert.seq = 5;
    alert.event.start = at("2026-11-24T05:00:00Z");
    let left = [("ads", 18), ("maps", 9), ("media", 6), ("data", 4)];
    let named = |(at, (team, left)): (usize, &(&str, u32))| {
        account(&format!("10000000{at:04}"), Some(&format!("svc-{team}-prod")), *left)
    };
    alert.accounts = accounts(213, left.iter().enumerate().map(named).collect());
    alert.accounts.by_status = BTreeMap::from([(Status::Open, 7), (Status::Resolved, 206)]);
    alert.resources.by_status =
        BTreeMap::from([(EntityStatus::Pending, 41), (EntityStatus::Resolved, 571)]);
    let pending = |n: u32| {
        resource(&format!("aurora-{n:03}"), EntityStatus::Pending, &format!("10000000{:04}", n % 4))
    };
    alert.resources.shown = (0..20).map(pending).collect();
    alert
}

/// AWS looks into something that may be ours.
pub(crate) fn investigation() -> Alert {
    let mut alert = issue();
    alert.subject = Subject::Investigation;
    alert.severity = Severity::High;
    alert.max_severity = Severity::High;
    alert.event.category = Category::Investigation;
    alert.target.mention = None;
    alert.resources = Resources::default();
    alert
}

/// A notice whose day passed, and whose work is not done.
pub(crate) fn overdue() -> Alert {
    let mut alert = reminder();
    alert.subject = Subject::Notice;
    alert.event.category = Category::AccountNotification;
    alert.event.service = "LAMBDA".into();
    alert.event.type_code = "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT".into();
    alert.event.start = None;
    alert.event.updated = at("2026-10-01T00:00:00Z");
    alert.event.end = at("2026-11-19T00:00:00Z");
    alert.accounts = accounts(1, vec![account("111122223333", Some("payments-prod"), 3)]);
    alert.resources = resources(
        3,
        &[(EntityStatus::Pending, 2), (EntityStatus::Resolved, 1)],
        vec![
            resource("checkout-api", EntityStatus::Pending, "111122223333"),
            resource("refunds", EntityStatus::Resolved, "111122223333"),
            resource("receipts", EntityStatus::Pending, "111122223333"),
        ],
    );
    alert
}

/// Nobody had taken it in its own space.
pub(crate) fn escalated() -> Alert {
    let since = moment("2026-11-21T00:14:00Z");
    let mut alert = issue();
    alert.escalation = Some(Escalation { from: "payments-oncall".into(), since });
    alert
}

/// The same, where its own space knew of the incident.
pub(crate) fn passed_on() -> Alert {
    let mut alert = escalated();
    alert.kind = Kind::Update;
    alert.seq = 3;
    alert.changes = vec![Change::Escalated, Change::Accounts];
    alert.accounts.total += 1;
    alert.accounts.shown.push(account("111122224444", Some("payments-dev"), 1));
    alert.previous = updated(issue()).previous.map(|before| Previous {
        severity: alert.severity,
        accounts: 1,
        ..before
    });
    alert
}

/// Somebody has it in hand.
pub(crate) fn acknowledged() -> Alert {
    let mut alert = issue();
    alert.kind = Kind::Update;
    alert.seq = 2;
    alert.acknowledged = Some(Acknowledged {
        by: Some("oncall-3".to_owned()),
        at: moment("2026-11-21T00:29:00Z"),
        until: Some(moment("2026-11-21T04:00:00Z")),
    });
    alert
}

/// Over: it lasted 2 h 48 min.
pub(crate) fn resolved(mut alert: Alert) -> Alert {
    alert.kind = Kind::Resolved;
    alert.seq = 4;
    alert.severity = Severity::Info;
    alert.event.status = Status::Resolved;
    alert.event.start = at("2026-11-20T21:30:00Z");
    alert.event.end = at("2026-11-21T00:18:00Z");
    alert.text = vec![text(
        "en_US",
        "Current severity level: Operating normally\n\n[RESOLVED]\n\n[04:18 PM PST] Between 1:30 PM and 4:05 PM PST we experienced increased error rates. The issue has been resolved and the service is operating normally.\n\nNo further action is needed.",
    )];
    let all = alert.resources.total;
    alert.resources.by_status = BTreeMap::from([(EntityStatus::Resolved, all)]);
    for resource in &mut alert.resources.shown {
        resource.status = EntityStatus::Resolved;
    }
    alert
}

/// A record without the shape of Health.
pub(crate) fn plain() -> Alert {
    let record = br#"{"source":"custom.health","detail-type":"Backup","account":"111122223333",
        "time":"2026-11-21T00:28:00Z","region":"ap-northeast-2",
        "detail":{"job":"nightly","result":"failed <3 of 5>","log":"see s3://bucket/log"}}"#;
    let event = model::read(record).remove(0).unwrap();
    Alert::of(&event, crate::checks::now())
}

pub(crate) fn in_korean(mut alert: Alert) -> Alert {
    alert.target.locale = "ko".into();
    alert
}
