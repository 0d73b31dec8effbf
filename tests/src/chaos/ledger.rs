//! PURE. The account of a run: what became of every record that was sent, and whether people
//! were told all of it, once, in one place.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use model::Alert;
use model::ids::{CommunicationId, IncidentId, ThreadKey};
use model::words::Status;

use super::line::Line;
use super::story::{Ends, Names, Record, Story, Told, space_of};

/// Everything that is known when a run is over.
#[derive(Debug, Default)]
pub struct Evidence {
    pub stories: Vec<Story>,
    /// Each message that was sent, with the places of its story and record.
    pub sent: HashMap<String, (usize, usize)>,
    pub lines: Vec<Line>,
    pub dead_letters: Vec<String>,
    pub published: Vec<(Alert, String)>,
    pub posted: Vec<Posted>,
    /// What the table holds of each incident.
    pub table: HashMap<String, Kept>,
    /// Incidents with a due time.
    pub held: HashSet<String>,
    /// How often a message may be seen again.
    pub repeats_allowed: u64,
}

/// What the table holds of an incident.
#[derive(Debug, Default)]
pub struct Kept {
    /// Communication, account, page.
    pub members: HashSet<(String, String, u32)>,
    /// Accounts that got a copy of what the public is told.
    pub copies: HashSet<String>,
}

impl Kept {
    fn holds(&self, record: &Record) -> bool {
        let Record { communication, account, page, .. } = record;
        self.copies.contains(account)
            || self.members.contains(&(communication.clone(), account.clone(), *page))
    }
}

/// A message people see.
#[derive(Clone, Debug)]
pub struct Posted {
    pub alert_id: String,
    pub space: String,
    /// Chat's own name of it.
    pub thread: String,
    /// Since the run began.
    pub at: Duration,
    pub body: String,
}

/// What became of all records, and all that is wrong.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Different records.
    pub records: u64,
    pub delivered: u64,
    /// Known, and told later: with a due time, or counted on the next message.
    pub held: u64,
    pub silenced: u64,
    pub dead_lettered: u64,
    /// Messages that were further copies of a record.
    pub no_change: u64,
    pub alerts: u64,
    pub messages: u64,
    pub repeats: u64,
    /// From the first record of an account to the first message that names it.
    pub latencies: Vec<Duration>,
    pub faults: Vec<String>,
}

impl Ledger {
    pub fn of(evidence: &Evidence) -> Self {
        let mut ledger = Self::default();
        let said = Said::of(evidence);
        let known = Known::of(evidence, &mut ledger);
        for (place, story) in evidence.stories.iter().enumerate() {
            ledger.records += count(story.records.len());
            match &story.ends {
                Ends::DeadLettered => ledger.buried(story, evidence),
                Ends::Silenced => {
                    ledger.kept(story, said.incidents.get(&place), evidence);
                    ledger.silenced(story, said.incidents.get(&place), &known);
                }
                Ends::Told(told) => {
                    let incidents = said.incidents.get(&place);
                    ledger.kept(story, incidents, evidence);
                    ledger.told(story, told, incidents, &known, evidence);
                }
            }
        }
        ledger.accepted(&said, evidence);
        ledger.repeated(evidence);
        ledger.latencies.sort_unstable();
        ledger
    }

    fn fault(&mut self, fault: String) {
        self.faults.push(fault);
    }

    /// Every message was decided on, and none of a good story was refused.
    fn accepted(&mut self, said: &Said<'_>, evidence: &Evidence) {
        for (message, (story, record)) in &evidence.sent {
            let story = &evidence.stories[*story];
            match said.decisions.get(&**message) {
                None => self.fault(format!(
                    "LOST: a message with record {record} of {} was never decided on",
                    story.name
                )),
                Some(line) if line.decision == "dead_lettered" => {
                    if story.ends != Ends::DeadLettered {
                        let reason = line.reason.as_deref().unwrap_or_default();
                        self.fault(format!(
                            "record {record} of {} was buried: {reason}",
                            story.name
                        ));
                    }
                }
                Some(_) => {}
            }
        }
        self.no_change = count(evidence.sent.len()).saturating_sub(self.records);
    }

    fn buried(&mut self, story: &Story, evidence: &Evidence) {
        for record in &story.records {
            if evidence.dead_letters.contains(&record.body) {
                self.dead_lettered += 1;
            } else {
                self.fault(format!("LOST: {} is not among the dead letters", story.name));
            }
        }
    }

    /// Every record that was taken is in the table.
    fn kept(&mut self, story: &Story, incidents: Option<&BTreeSet<&str>>, evidence: &Evidence) {
        let kept = || incidents.into_iter().flatten().filter_map(|one| evidence.table.get(*one));
        let missing = |record: &&Record| !kept().any(|kept| kept.holds(record));
        let missing = story.records.iter().filter(missing).count();
        if missing > 0 {
            self.fault(format!("LOST: {missing} records of {} are not in the table", story.name));
        }
    }

    fn silenced(&mut self, story: &Story, incidents: Option<&BTreeSet<&str>>, known: &Known<'_>) {
        let name = &story.name;
        let Some(incidents) = incidents else {
            return self.fault(format!("LOST: {name} was never accepted"));
        };
        self.silenced += count(story.records.len());
        let told =
            incidents.iter().any(|incident| known.threads.contains_key(&thread(incident, 1)));
        if told {
            self.fault(format!("{name} was told although it is silenced"));
        }
    }

    fn told(
        &mut self,
        story: &Story,
        told: &Told,
        incidents: Option<&BTreeSet<&str>>,
        known: &Known<'_>,
        evidence: &Evidence,
    ) {
        let name = &story.name;
        let Some(incidents) = incidents else {
            return self.fault(format!("LOST: {name} was never accepted"));
        };
        if incidents.len() > 1 {
            return self.fault(format!("SPLIT: {name} became {} incidents", incidents.len()));
        }
        let incident = incidents.iter().next().map_or("", |one| *one);
        if known.threads.contains_key(&thread(incident, 2)) {
            self.fault(format!("SPLIT: {name} was opened again and never was"));
        }
        let held = evidence.held.contains(incident);
        let alerts = known.threads.get(&thread(incident, 1)).map_or(&[][..], Vec::as_slice);
        let spaces: BTreeSet<&str> = told.accounts.iter().map(|one| space_of(one)).collect();
        for space in spaces {
            let alerts: Vec<&Alert> =
                alerts.iter().copied().filter(|a| a.target.space.as_str() == space).collect();
            let part = Part { story, told, space, held, alerts };
            self.sequence(&part, known);
            self.everybody(&part, known);
            self.outcome(&part, known);
        }
    }

    /// Numbers without a gap, each posted.
    fn sequence(&mut self, part: &Part<'_>, known: &Known<'_>) {
        let Part { story: Story { name, .. }, space, alerts, .. } = part;
        let numbers: BTreeSet<u32> = alerts.iter().map(|alert| alert.seq).collect();
        let last = numbers.last().copied().unwrap_or(0);
        for missing in (1..=last).filter(|number| !numbers.contains(number)) {
            self.fault(format!("LOST: alert {missing} of {name} to {space} was not published"));
        }
        for alert in alerts {
            if !known.posted.contains_key(alert.alert_id.as_str()) {
                self.fault(format!("LOST: alert {} of {name} never came to {space}", alert.seq));
            }
        }
    }

    /// Every account is named by a message, or held.
    fn everybody(&mut self, part: &Part<'_>, known: &Known<'_>) {
        let mut named: BTreeMap<&str, Duration> = BTreeMap::new();
        for alert in &part.alerts {
            let Some(posted) = known.posted.get(alert.alert_id.as_str()) else { continue };
            for account in &alert.accounts.shown {
                let first = named.entry(account.id.as_str()).or_insert(posted.at);
                *first = (*first).min(posted.at);
            }
        }
        let counted = !named.is_empty() && part.told.names != Names::Everybody;
        let mut missing = BTreeSet::new();
        let records = part.story.records.iter();
        for record in records.filter(|record| space_of(&record.account) == part.space) {
            match named.get(&*record.account) {
                Some(at) => {
                    self.delivered += 1;
                    let sent = record.sent.iter().min().copied().unwrap_or_default();
                    self.latencies.extend(at.checked_sub(sent));
                }
                None if part.held || counted => self.held += 1,
                None => drop(missing.insert(&*record.account)),
            }
        }
        if !missing.is_empty() {
            let (name, space, all) = (&part.story.name, part.space, part.told.accounts.len());
            let missing = missing.len();
            self.fault(format!(
                "LOST: {missing} of {all} accounts of {name} are named nowhere in {space}"
            ));
        }
    }

    /// The first message shows the only account there is, and the last one tells how it stands.
    fn outcome(&mut self, part: &Part<'_>, known: &Known<'_>) {
        let (name, space) = (&part.story.name, part.space);
        let first = part.alerts.iter().find(|alert| alert.seq == 1);
        if let Some(first) = first
            && let ([only], Names::Everybody) = (&*first.accounts.shown, part.told.names)
            && let Some(posted) = known.posted.get(first.alert_id.as_str())
            && !posted.body.contains(only.id.as_str())
        {
            self.fault(format!("LOST: the message of {name} in {space} does not show {}", only.id));
        }
        let last = part.alerts.iter().max_by_key(|alert| alert.seq);
        let Some(last) = last.filter(|_| !part.held) else { return };
        let accounts = part.told.accounts.iter().filter(|one| space_of(one) == space).count();
        if u64::from(last.accounts.total) != count(accounts)
            && part.told.names != Names::WhoeverCameInTime
        {
            let total = last.accounts.total;
            self.fault(format!("LOST: {name} in {space} counts {total} accounts of {accounts}"));
        }
        let Some(wanted) = &part.told.last else { return };
        let shown = last.event.communication_id.as_ref().map(CommunicationId::as_str);
        let resolved = last.event.status == Status::Resolved;
        if shown != Some(wanted) || resolved != part.told.resolved {
            let status = &last.event.status;
            self.fault(format!(
                "LOST: the last message of {name} in {space} shows {shown:?}, {status:?}, not {wanted}"
            ));
        }
    }

    /// No message twice beyond what is allowed, no thread in two places.
    fn repeated(&mut self, evidence: &Evidence) {
        self.messages = count(evidence.posted.len());
        let different: BTreeSet<&str> = evidence.posted.iter().map(|p| &*p.alert_id).collect();
        self.repeats = self.messages - count(different.len());
        if self.repeats > evidence.repeats_allowed {
            let (repeats, allowed) = (self.repeats, evidence.repeats_allowed);
            self.fault(format!("TWICE: {repeats} messages were repeated, {allowed} may be"));
        }
    }
}

/// What one space must have been told of a story.
struct Part<'a> {
    story: &'a Story,
    told: &'a Told,
    space: &'a str,
    /// Somebody will look at it again.
    held: bool,
    alerts: Vec<&'a Alert>,
}

fn thread(incident: &str, episode: u32) -> String {
    ThreadKey::of(&IncidentId(incident.to_owned()), episode).0
}

/// What the functions said.
struct Said<'a> {
    /// The last that was said of each message.
    decisions: HashMap<&'a str, &'a Line>,
    /// Of each story.
    incidents: BTreeMap<usize, BTreeSet<&'a str>>,
}

impl<'a> Said<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        let mut said = Self { decisions: HashMap::new(), incidents: BTreeMap::new() };
        for line in &evidence.lines {
            let Some(message) = line.record.as_deref() else { continue };
            let Some((story, _)) = evidence.sent.get(message) else { continue };
            if matches!(&*line.decision, "new" | "no_change" | "dead_lettered") {
                said.decisions.insert(message, line);
            }
            if let (Some(incident), "new" | "no_change") = (&line.incident, &*line.decision) {
                said.incidents.entry(*story).or_default().insert(incident);
            }
        }
        said
    }
}

/// What was published and posted.
struct Known<'a> {
    threads: BTreeMap<String, Vec<&'a Alert>>,
    /// Where each alert was seen first.
    posted: HashMap<&'a str, &'a Posted>,
}

impl<'a> Known<'a> {
    fn of(evidence: &'a Evidence, ledger: &mut Ledger) -> Self {
        let mut bodies: HashMap<&str, &str> = HashMap::new();
        let mut threads: BTreeMap<String, Vec<&Alert>> = BTreeMap::new();
        for (alert, body) in &evidence.published {
            match bodies.insert(alert.alert_id.as_str(), body) {
                None => threads.entry(alert.thread.0.clone()).or_default().push(alert),
                Some(before) if before == body => {}
                Some(_) => {
                    let id = &alert.alert_id;
                    ledger.fault(format!("TWICE: alert {id} has two contents"));
                }
            }
        }
        ledger.alerts = count(bodies.len());
        let mut posted: HashMap<&str, &Posted> = HashMap::new();
        for one in &evidence.posted {
            let first = posted.entry(&one.alert_id).or_insert(one);
            if one.at < first.at {
                *first = one;
            }
            if !bodies.contains_key(&*one.alert_id) {
                ledger.fault(format!("a message under {} that nobody published", one.alert_id));
            }
        }
        let places = places(&evidence.published, &evidence.posted);
        for ((thread, space), found) in places.into_iter().filter(|(_, found)| found.len() > 1) {
            ledger.fault(format!("SPLIT: thread {thread} of {space} is at {found:?}"));
        }
        Self { threads, posted }
    }
}

/// Where Chat keeps each thread.
fn places<'a>(
    published: &'a [(Alert, String)],
    posted: &'a [Posted],
) -> BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>> {
    let threads: HashMap<&str, &str> = published
        .iter()
        .map(|(alert, _)| (alert.alert_id.as_str(), alert.thread.as_str()))
        .collect();
    let mut places: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for one in posted {
        if let Some(thread) = threads.get(&*one.alert_id) {
            places.entry((*thread, &*one.space)).or_default().insert(&one.thread);
        }
    }
    places
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
