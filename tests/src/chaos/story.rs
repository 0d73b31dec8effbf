//! PURE. What happens to an organization, made up by chance: incidents of every kind, told by
//! AWS account by account, several times over and out of order. Each story knows what people
//! must have been told of it in the end.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::dice::Dice;

/// One thing that happens.
#[derive(Clone, Debug)]
pub struct Story {
    pub name: String,
    pub ends: Ends,
    pub records: Vec<Record>,
}

/// What must have become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ends {
    Told(Told),
    /// A rule of the routing document keeps it from people.
    Silenced,
    /// Nobody may believe it, or nobody can read it.
    DeadLettered,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Everybody it concerns.
    pub accounts: BTreeSet<String>,
    pub names: Names,
    /// The communication that the last message must show; none where any will do, since progress
    /// of planned work rides on the next message.
    pub last: Option<String>,
    pub resolved: bool,
}

/// Whom messages must name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    #[default]
    Everybody,
    /// Copies of what AWS tells the public are only counted, and later ones ride.
    WhoeverCameInTime,
    /// There are more than a message lists, but it says how many.
    HowMany,
}

/// The routing document in force: spaces by account, so that an incident is several groups, and
/// waits that are short enough for a run. Updates are that many seconds apart.
pub fn routes(interval: u32) -> String {
    let waits = format!(
        "group_wait = \"{}s\"\ngroup_wait_issue = \"{}s\"\ngroup_interval = \"{interval}s\"\n",
        interval / 4,
        interval / 7,
    );
    format!("[defaults]\nspaces = [\"ops\"]\n{waits}{RULES}")
}

const RULES: &str = r#"
[[silence]]
when = "type_code like '%_SILENCED_%'"
until = 2100-01-01
reason = "nobody acts on these"

[[route]]
name = "payments"
when = "account like '%0' or account like '%1' or account like '%2'"
spaces = ["payments"]

[[route]]
name = "platform"
when = "account like '%3' or account like '%4' or account like '%5'"
spaces = ["platform"]
"#;

pub const SPACES: [&str; 3] = ["ops", "payments", "platform"];

/// As the document has it.
pub fn space_of(account: &str) -> &'static str {
    match account.as_bytes().last() {
        Some(b'0'..=b'2') => "payments",
        Some(b'3'..=b'5') => "platform",
        _ => "ops",
    }
}

/// One record of the event bus.
#[derive(Clone, Debug)]
pub struct Record {
    pub body: String,
    pub account: String,
    /// Without its page.
    pub communication: String,
    pub page: u32,
    /// When it is sent, and sent again.
    pub sent: Vec<Duration>,
}

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Different records, at least.
    pub events: usize,
    pub copies: usize,
    /// All are sent within this.
    pub over: Duration,
}

/// Stories until there are enough records. `now` is when the first begins.
pub fn stories(amount: Amount, now: Timestamp, seed: u64) -> Vec<Story> {
    let mut dice = Dice::new(seed);
    let mut stories = Vec::new();
    let mut events = 0;
    while events < amount.events {
        let number = stories.len();
        let teller = Teller { number, now, amount, dice: &mut dice };
        let story = teller.tell();
        events += story.records.len();
        stories.push(story);
    }
    stories
}

/// When the second act begins; both are played as fast as they go.
pub const SECOND_ACT: Duration = Duration::from_hours(1);
const STORM_ACCOUNTS: u64 = 1_000;

/// One incident told to a thousand accounts, twice each, and resolved for all of them in the
/// second act; and one of which every account hears twenty times.
pub fn storm(now: Timestamp) -> Vec<Story> {
    const NEWS: [&str; 20] = [
        "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india",
        "juliett", "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo",
        "sierra", "tango",
    ];
    let amount = Amount { events: 0, copies: 2, over: Duration::ZERO };
    let accounts: BTreeSet<String> =
        (0..STORM_ACCOUNTS).map(|number| format!("{:012}", 200_000_000_000 + number)).collect();
    let mut dice = Dice::new(0);
    let mut teller = Teller { number: 0, now, amount, dice: &mut dice };
    let resolved =
        Communication { id: "c2", status: "closed", entity: "RESOLVED", minute: 20, ..OPEN };
    let mut storm = teller.story("storm", &accounts, &[OPEN, resolved], true);
    for record in storm.records.iter_mut().filter(|one| one.communication.starts_with("c2")) {
        record.sent.fill(SECOND_ACT);
    }
    let amount = Amount { copies: 1, ..amount };
    let mut teller = Teller { number: 1, now, amount, dice: &mut dice };
    let ids: Vec<String> = (1..=NEWS.len()).map(|number| format!("c{number}")).collect();
    let all: Vec<Communication<'_>> = (0..)
        .zip(ids.iter().zip(NEWS))
        .map(|(minute, (id, text))| Communication { id, text, minute, ..OPEN })
        .collect();
    let told = teller.story("told twenty times", &accounts, &all, false);
    let mut stories = vec![storm, told];
    for story in &mut stories {
        if let Ends::Told(told) = &mut story.ends {
            told.names = Names::HowMany;
        }
    }
    stories
}

/// Makes up one story.
struct Teller<'a> {
    number: usize,
    now: Timestamp,
    amount: Amount,
    dice: &'a mut Dice,
}

/// What all records of a communication have in common.
struct Communication<'a> {
    id: &'a str,
    status: &'a str,
    category: &'a str,
    scope: &'a str,
    text: &'a str,
    entity: &'a str,
    /// The order of communications.
    minute: i64,
    pages: u32,
}

const OPEN: Communication<'_> = Communication {
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
    fn tell(mut self) -> Story {
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
    fn story(
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Amount, Ends, routes, space_of, stories};

    #[test]
    fn there_is_enough_of_everything_and_the_same_for_the_same_seed() {
        let amount = Amount { events: 5_000, copies: 3, over: Duration::from_secs(100) };
        let made = |seed| stories(amount, Timestamp::UNIX_EPOCH, seed);
        let (one, again, other) = (made(1), made(1), made(2));
        assert_eq!(format!("{one:?}"), format!("{again:?}"));
        assert_ne!(format!("{one:?}"), format!("{other:?}"));
        let kinds: BTreeSet<&str> =
            one.iter().filter_map(|story| story.name.split(' ').next()).collect();
        let all = "abuse accountNotification forged garbage issue public scheduledChange silenced";
        assert_eq!(kinds, all.split(' ').collect());
        let records = || one.iter().flat_map(|story| &story.records);
        assert!(records().count() >= 5_000);
        assert!(records().all(|record| record.sent.len() == 3));
        let bodies: BTreeSet<&str> = records().map(|record| &*record.body).collect();
        assert_eq!(bodies.len(), records().count());
    }

    #[test]
    fn what_is_forged_is_readable_and_not_believed_and_everything_else_is() {
        let amount = Amount { events: 2_000, copies: 1, over: Duration::from_secs(100) };
        let trust = model::trust::Trust::Only(BTreeSet::new());
        for story in stories(amount, Timestamp::UNIX_EPOCH, 1) {
            for record in &story.records {
                let read = model::read(record.body.as_bytes()).remove(0);
                let believed = read.as_ref().is_ok_and(|event| trust.check(event).is_ok());
                assert_eq!(believed, story.ends != Ends::DeadLettered, "{}", story.name);
                assert_eq!(read.is_err(), story.name.starts_with("garbage"), "{}", story.name);
            }
        }
    }
    #[test]
    fn the_routing_document_sends_every_account_where_we_think_and_silences_what_it_should() {
        let rules = rules::Rules::parse(&routes(15), "test").unwrap();
        let amount = Amount { events: 5_000, copies: 1, over: Duration::from_secs(100) };
        for story in stories(amount, Timestamp::UNIX_EPOCH, 1) {
            for record in &story.records {
                let Ok(event) = model::read(record.body.as_bytes()).remove(0) else { continue };
                let judged = rules.judge(&event, Timestamp::UNIX_EPOCH).destination;
                match judged {
                    rules::Destination::To(spaces) => {
                        let spaces: Vec<_> =
                            spaces.iter().map(|(space, _)| space.as_str()).collect();
                        assert_eq!(spaces, [space_of(&record.account)], "{}", story.name);
                        assert_ne!(story.ends, Ends::Silenced, "{}", story.name);
                    }
                    rules::Destination::Silenced { .. } => {
                        assert_eq!(story.ends, Ends::Silenced, "{}", story.name);
                    }
                }
            }
        }
    }
}
