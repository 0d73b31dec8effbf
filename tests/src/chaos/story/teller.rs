//! PURE. One story by chance, with the records that tell it.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Amount, Ends, Names, Record, Story, Told};
use crate::dice::Dice;

/// Makes up one story.
pub(super) struct Teller<'a> {
    pub number: usize,
    pub now: Timestamp,
    pub amount: Amount,
    pub dice: &'a mut Dice,
}

/// What all records of a communication have in common.
pub(super) struct Communication<'a> {
    pub id: &'a str,
    pub status: &'a str,
    pub category: &'a str,
    pub scope: &'a str,
    pub text: &'a str,
    pub entity: &'a str,
    /// The order of communications.
    pub minute: i64,
    pub pages: u32,
}

pub(super) const OPEN: Communication<'_> = Communication {
    id: "c1",
    status: "open",
    category: "issue",
    scope: "ACCOUNT_SPECIFIC",
    text: "We are investigating increased error rates.",
    entity: "IMPAIRED",
    minute: 0,
    pages: 1,
};

impl Teller<'_> {
    pub(super) fn tell(mut self) -> Story {
        match self.dice.between(0, 100) {
            0..45 => self.issue(),
            45..60 => self.public(),
            60..76 => self.planned("scheduledChange", "upcoming"),
            76..78 => self.silenced(),
            78..88 => self.planned("accountNotification", "open"),
            88..94 => self.abuse(),
            94..97 => self.forged(),
            _ => self.garbage(),
        }
    }

    fn issue(&mut self) -> Story {
        let accounts = self.some_accounts(3, 45);
        let pages = if self.dice.per_mille(200) { 2 } else { 1 };
        let mut all = vec![Communication { pages, ..OPEN }];
        if self.dice.per_mille(500) {
            let text = "The cause is known and we are repairing it.";
            all.push(Communication { id: "c2", text, minute: 10, pages, ..OPEN });
        }
        let resolved = self.dice.per_mille(600);
        if resolved {
            let text = "The issue is resolved and the service is operating normally.";
            let (status, entity) = ("closed", "RESOLVED");
            all.push(Communication { id: "c3", status, entity, text, minute: 20, ..OPEN });
        }
        self.story("issue", &accounts, &all, resolved)
    }

    /// AWS names no account; every account gets a copy.
    fn public(&mut self) -> Story {
        let accounts = self.some_accounts(20, 80);
        let scope = "PUBLIC";
        let mut all = vec![Communication { scope, ..OPEN }];
        let resolved = self.dice.per_mille(500);
        if resolved {
            let (id, status, minute) = ("c2", "closed", 20);
            let text = "The issue is resolved and the service is operating normally.";
            all.push(Communication { id, status, scope, text, minute, ..OPEN });
        }
        let mut story = self.story("public", &accounts, &all, resolved);
        if let Ends::Told(told) = &mut story.ends {
            told.names = Names::WhoeverCameInTime;
        }
        story
    }

    fn silenced(&mut self) -> Story {
        let accounts = self.some_accounts(3, 20);
        Story { ends: Ends::Silenced, ..self.story("silenced", &accounts, &[OPEN], false) }
    }

    /// Under an ARN and a communication for each account, and still one thing.
    fn planned(&mut self, category: &str, status: &str) -> Story {
        let accounts = self.some_accounts(5, 60);
        let text = "One of your resources will be replaced.";
        let one = Communication { category, status, text, entity: "PENDING", ..OPEN };
        let records = accounts
            .iter()
            .map(|account| {
                let arn = self.arn(account);
                let communication = Communication { id: &format!("c-{account}"), ..one };
                self.record(account, &arn, &communication, 1, Duration::ZERO)
            })
            .collect();
        let told = Told { accounts, ..Told::default() };
        Story { name: self.name(category), ends: Ends::Told(told), records }
    }

    fn abuse(&mut self) -> Story {
        let accounts = self.some_accounts(1, 2);
        self.story("abuse", &accounts, &[OPEN], false)
    }

    /// An account speaks for another.
    fn forged(&mut self) -> Story {
        let account = self.account();
        let arn = self.arn("forged");
        let mut record = self.record(&account, &arn, &OPEN, 1, Duration::ZERO);
        record.body = record.body.replacen(&account, "999999999999", 1);
        Story { name: self.name("forged"), ends: Ends::DeadLettered, records: vec![record] }
    }

    fn garbage(&mut self) -> Story {
        let body = format!("nobody can read number {}", self.number);
        let sent = self.times(Duration::ZERO);
        let (account, communication) = (String::new(), String::new());
        let record = Record { body, account, communication, page: 1, sent };
        Story { name: self.name("garbage"), ends: Ends::DeadLettered, records: vec![record] }
    }

    /// Every account hears of every communication under one ARN.
    pub(super) fn story(
        &mut self,
        kind: &str,
        accounts: &BTreeSet<String>,
        communications: &[Communication<'_>],
        resolved: bool,
    ) -> Story {
        let arn = self.arn(kind);
        let mut records = Vec::new();
        let mut begins = Duration::ZERO;
        for communication in communications {
            for account in accounts {
                for page in 1..=communication.pages {
                    records.push(self.record(account, &arn, communication, page, begins));
                }
            }
            begins += self.share(3, 25);
        }
        let last = communications.last().map(|last| format!("{}-{}", last.id, self.number));
        let told = Told { accounts: accounts.clone(), names: Names::Everybody, last, resolved };
        Story { name: self.name(kind), ends: Ends::Told(told), records }
    }

    /// A record as the event bus hands it over.
    fn record(
        &mut self,
        account: &str,
        arn: &str,
        communication: &Communication<'_>,
        page: u32,
        begins: Duration,
    ) -> Record {
        let Communication { id, status, category, scope, text, entity, minute, pages } =
            communication;
        let number = self.number;
        let service = if arn.ends_with("/abuse") { "ABUSE" } else { "EC2" };
        let kind = if arn.ends_with("/silenced") { "SILENCED" } else { "STORY" };
        let start = match *category {
            "issue" => self.now - SignedDuration::from_hours(1),
            _ => self.now + SignedDuration::from_hours(24 * 20),
        };
        let updated = self.now + SignedDuration::from_mins(minute - 60);
        let entities = match *scope {
            "PUBLIC" => json!([]),
            _ => json!([{"entityValue": format!("i-{account}-{page}"), "status": entity}]),
        };
        let body: Value = json!({
            "version": "0", "id": format!("{:016x}", self.dice.roll()), "account": account,
            "detail-type": "AWS Health Event", "source": "custom.health", "region": "us-east-1",
            "time": self.now.to_string(), "resources": [],
            "detail": {
                "eventArn": arn, "service": service, "eventScopeCode": scope,
                "eventTypeCode": format!("AWS_{service}_{kind}_{number}"),
                "eventTypeCategory": category, "statusCode": status, "eventRegion": "us-east-1",
                "communicationId": format!("{id}-{number}-{page}"), "page": page.to_string(),
                "totalPages": pages.to_string(), "startTime": start.to_string(),
                "lastUpdatedTime": updated.to_string(), "affectedAccount": account,
                "affectedEntities": entities,
                "eventDescription": [{"language": "en_US", "latestDescription": text}],
            }
        });
        Record {
            body: body.to_string(),
            account: account.to_owned(),
            communication: format!("{id}-{number}"),
            page,
            sent: self.times(begins),
        }
    }

    /// When a record that is due a while after the story began is sent, and sent again.
    fn times(&mut self, begins: Duration) -> Vec<Duration> {
        // The same for all records of a story, whatever was drawn before.
        let story = Dice::new(u64::try_from(self.number).unwrap_or(0)).between(0, 600);
        let story = self.amount.over * u32::try_from(story).unwrap_or(0) / 1_000;
        (0..self.amount.copies)
            .map(|copy| {
                let jitter = if copy == 0 { self.share(0, 15) } else { self.share(0, 30) };
                (story + begins + jitter).min(self.amount.over)
            })
            .collect()
    }

    /// So many hundredths of all the time there is.
    fn share(&mut self, from: u64, to: u64) -> Duration {
        let share = u32::try_from(self.dice.between(from * 100, to * 100)).unwrap_or(0);
        self.amount.over * share / 10_000
    }

    fn some_accounts(&mut self, from: u64, to: u64) -> BTreeSet<String> {
        (0..self.dice.between(from, to)).map(|_| self.account()).collect()
    }

    fn account(&mut self) -> String {
        format!("{:012}", 100_000_000_000 + self.dice.between(0, 500))
    }

    fn arn(&self, of: &str) -> String {
        let number = self.number;
        format!("arn:aws:health:us-east-1::event/EC2/STORY_{number}/{of}")
    }

    fn name(&self, kind: &str) -> String {
        format!("{kind} {}", self.number)
    }
}
