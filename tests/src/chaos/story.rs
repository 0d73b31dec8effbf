//! PURE. What happens to an organization, made up by chance: incidents of every kind, told by
//! AWS account by account, several times over and out of order. Each story knows what people
//! must have been told of it in the end.

mod teller;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::dice::Dice;
use teller::{Communication, OPEN, Teller};

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
