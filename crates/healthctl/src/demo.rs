//! PURE. Two minutes in the life of an organization, as AWS Health would tell them: an incident
//! that spreads, a fleet to be retired, an abuse notice, flapping tunnels, a public outage,
//! updates and resolution. Some 1,500 records become eleven messages.

mod records;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use model::HealthEvent;
use model::ids::AccountId;
use rules::AccountEntry;

use records::Record;

/// Records that arrive together.
#[derive(Clone, Debug)]
pub struct Scene {
    pub at: Timestamp,
    pub events: Vec<HealthEvent>,
}

const TEAMS: [&str; 8] =
    ["payments", "orders", "search", "media", "maps", "auth", "ledger", "notify"];
const STAGES: [&str; 3] = ["prod", "stage", "dev"];
const ACCOUNTS: usize = 213;

/// The accounts of the story by name, as a directory would know them.
pub fn directory() -> BTreeMap<AccountId, AccountEntry> {
    (0..ACCOUNTS)
        .map(|number| {
            let (team, stage) = (team(number), STAGES[number % STAGES.len()]);
            let round = number / (TEAMS.len() * STAGES.len());
            let suffix = if round == 0 { String::new() } else { format!("-{}", round + 1) };
            let entry = AccountEntry {
                name: Some(format!("{team}-{stage}{suffix}")),
                ou: Some(stage.to_owned()),
                owner: Some(team.to_owned()),
                ..AccountEntry::default()
            };
            (AccountId(account(number)), entry)
        })
        .collect()
}

fn team(number: usize) -> &'static str {
    TEAMS[(number / STAGES.len()) % TEAMS.len()]
}

fn account(number: usize) -> String {
    format!("{}", 100_000_000_000_usize + number * 7_919)
}

/// The story from `start` on, in order.
pub fn story(start: Timestamp) -> Vec<Scene> {
    let mut script = Script { start, scenes: Vec::new() };
    script.incident();
    script.retirement();
    script.abuse();
    script.end_of_support();
    script.flapping();
    script.public_outage();
    script.scenes.sort_by_key(|scene| scene.at);
    script.scenes
}

struct Script {
    start: Timestamp,
    scenes: Vec<Scene>,
}

impl Script {
    /// Adds records at so many seconds. AWS sends each twice: to its Region and to the backup.
    fn scene(&mut self, seconds: i64, records: impl IntoIterator<Item = Record>) {
        let at = self.at(seconds);
        let events = records.into_iter().flat_map(|record| {
            let home = record.read(at, None);
            let backup = record.read(at, Some("us-west-2"));
            [home, backup].into_iter().flatten()
        });
        self.scenes.push(Scene { at, events: events.collect() });
    }

    fn at(&self, seconds: i64) -> Timestamp {
        self.start + SignedDuration::from_secs(seconds)
    }

    /// Spreads over accounts, is explained, is resolved account by account.
    fn incident(&mut self) {
        const OPENED: &str = "We are investigating increased API error rates and launch failures \
            in a single Availability Zone (apne2-az1) in the AP-NORTHEAST-2 Region.";
        const UPDATE: &str = "We are investigating increased API error rates and launch failures \
            in a single Availability Zone (apne2-az1) in the AP-NORTHEAST-2 Region.\n\nWe have \
            identified the root cause as a loss of power to a single rack row and are restoring \
            it. Existing instances in other Availability Zones are not affected. We recommend \
            launching there while we work on recovery.";
        const RESOLVED: &str = "[RESOLVED] Increased API error rates\n\nPower was restored to \
            the affected racks and all instances have recovered. The issue has been resolved and \
            the service is operating normally.";
        let start = self.at(-420);
        let of = move |number: usize, status: &str| {
            Record::new("EC2", "AWS_EC2_OPERATIONAL_ISSUE", "issue", &account(number))
                .arn("AWS_EC2_OPERATIONAL_ISSUE_DEMO_STORM")
                .start(start)
                .entities((0..=number % 3).map(|n| (format!("i-0{number:06x}{n:010x}"), status)))
        };
        self.scene(0, (0..3).map(|n| of(n, "IMPAIRED").says("i1", OPENED)));
        self.scene(9, (3..12).map(|n| of(n, "IMPAIRED").says("i1", OPENED)));
        self.scene(38, (0..12).map(|n| of(n, "IMPAIRED").says("i2", UPDATE)));
        self.scene(66, (12..18).map(|n| of(n, "IMPAIRED").says("i2", UPDATE)));
        let ended = self.at(95);
        let resolved = |n| of(n, "UNIMPAIRED").says("i3", RESOLVED).end(ended);
        self.scene(96, (0..14).map(resolved));
        self.scene(104, (14..18).map(resolved));
    }

    /// Forty instances, each under an ARN of its own, are one campaign.
    fn retirement(&mut self) {
        let start = self.at(9 * 86_400);
        let records = (0..40).map(|n| {
            let instance = format!("i-0abc{n:013x}");
            let code = "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED";
            Record::new("EC2", code, "scheduledChange", &account(20 + n % 9))
                .arn(&format!("{code}_demo{n:02}"))
                .start(start)
                .action_required()
                .entities([(instance.clone(), "PENDING")])
                .says(
                    &format!("r{n}"),
                    &format!(
                        "EC2 has detected degradation of the underlying hardware hosting your \
                         Amazon EC2 instance {instance}. Due to this degradation your instance \
                         will be stopped. You can stop and start the instance at any time before \
                         then to move it to healthy hardware."
                    ),
                )
        });
        self.scene(5, records);
    }

    fn abuse(&mut self) {
        let text = "We've received a report that your AWS resource i-0fff5555555555555 has been \
            implicated in activity which resembles a Denial of Service attack against remote \
            hosts; please review the information provided below.\n\nPlease take action to stop \
            the reported activity and reply directly to this notice with details of the \
            corrective actions you have taken.";
        let start = self.at(-60);
        let record = Record::new("ABUSE", "AWS_ABUSE_DOS_REPORT", "issue", &account(27))
            .arn("AWS_ABUSE_DOS_REPORT_demo")
            .abuse()
            .start(start)
            .entities([("i-0fff5555555555555".to_owned(), "UNKNOWN")])
            .says("a1", text);
        self.scene(16, [record]);
    }

    /// A deadline that concerns everyone, with progress.
    fn end_of_support(&mut self) {
        let text = "Amazon Aurora MySQL version 2 (compatible with MySQL 5.7) reaches the end of \
            standard support. Upgrade to Amazon Aurora MySQL version 3 before then.\n\nClusters \
            that were not upgraded are enrolled in Amazon RDS Extended Support and incur \
            additional charges. For how to upgrade see [1].\n\n[1] \
            https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.mySQL57.EOL.html";
        // AWS gives deadlines that are only a date as midnight UTC.
        let day = self.at(21 * 86_400).as_second().div_euclid(86_400) * 86_400;
        let deadline = Timestamp::from_second(day).unwrap_or(self.start);
        let records = (0..ACCOUNTS).map(|n| {
            let clusters = (0..=n % 5).map(|c| {
                let status = if (n + c) % 9 < 4 { "RESOLVED" } else { "PENDING" };
                (format!("aurora-{}-{c:02}", team(n)), status)
            });
            Record::new("RDS", "AWS_RDS_PLANNED_LIFECYCLE_EVENT", "scheduledChange", &account(n))
                .arn(&format!("AWS_RDS_PLANNED_LIFECYCLE_EVENT_demo{n}"))
                .start(deadline)
                .action_required()
                .entities(clusters)
                .says("e1", text)
        });
        self.scene(25, records.collect::<Vec<_>>());
    }

    /// Thirty flaps of one tunnel are one message that says so.
    fn flapping(&mut self) {
        let text = "Your VPN Connection vpn-0171313c6944e5983 in the ap-northeast-2 Region had a \
            momentary lapse of redundancy as one of two tunnel endpoints was replaced. \
            Connectivity on the second tunnel was not affected during this time.";
        for flap in 0..30 {
            let start = self.at(44 + flap / 20);
            let record =
                Record::new("VPN", "AWS_VPN_REDUNDANCY_LOSS", "accountNotification", &account(6))
                    .arn(&format!("AWS_VPN_REDUNDANCY_LOSS-demo-{flap}"))
                    .start(start)
                    .entities([("vpn-0171313c6944e5983".to_owned(), "UNKNOWN")])
                    .says(&format!("v{flap}"), text);
            self.scene(44 + flap / 20, [record]);
        }
    }

    /// Everyone with a rule gets a copy; nobody is named as affected.
    fn public_outage(&mut self) {
        let start = self.at(52);
        let of = move |number: usize| {
            Record::new("LAMBDA", "AWS_LAMBDA_OPERATIONAL_ISSUE", "issue", &account(number))
                .arn("AWS_LAMBDA_OPERATIONAL_ISSUE_DEMO_PUBLIC")
                .region("us-east-1")
                .public()
                .start(start)
        };
        let opened =
            "We are investigating increased invocation error rates in the US-EAST-1 Region.";
        let resolved = "[RESOLVED] Increased invocation error rates\n\nBetween 9:52 AM and 10:40 \
            AM PST we experienced increased invocation error rates. The issue has been resolved.";
        self.scene(56, (0..ACCOUNTS).map(|n| of(n).says("p1", opened)).collect::<Vec<_>>());
        let ended = self.at(112);
        let all = (0..ACCOUNTS).map(|n| of(n).says("p2", resolved).end(ended));
        self.scene(114, all.collect::<Vec<_>>());
    }
}
