//! Were we told, when, by which rule and configuration: what came in of a thread, where it was
//! routed, what people said, and what became of each message.

use std::io::{self, Write};

use anyhow::{Context, bail};
use delibird::deliver::documents;
use delibird::deliver::ledger::{Delivery, State};
use jiff::{SignedDuration, Timestamp};
use model::ids::{AccountId, IncidentId, SpaceName, ThreadKey};
use serde::Serialize;
use state::board::{self, Entry};
use state::member::{Member, Routing};
use state::store::Reading;
use state::{DynamoStore, StateStore, ack as acks};

use crate::aws::{Deployed, Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::{Listing, Told};
use crate::{ack, routes, table};

pub fn run(arguments: &Told, around: Surroundings) -> anyhow::Result<Outcome> {
    block_on(show(arguments, around))
}

async fn show(arguments: &Told, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let store = deployed.store()?;
    let of = &arguments.of;
    let is_account = of.len() == 12 && of.bytes().all(|byte| byte.is_ascii_digit());
    let account = is_account.then(|| AccountId::from(of.as_str()));
    let threads = match &account {
        Some(_) => since(&deployed, &store, arguments.days).await,
        None => one(&store, of).await,
    };
    let mut steps = Vec::new();
    for thread in threads.with_context(|| deployed.place())? {
        let found = thread.steps(&store, account.as_ref()).await;
        steps.extend(found.with_context(|| deployed.place())?);
    }
    if steps.is_empty() {
        bail!("no space was told of {of} in {}{}", deployed.place(), hint(is_account));
    }
    steps.sort_by_key(|step| (step.at, step.kind));
    write(arguments.format, is_account, &steps)?;
    Ok(Outcome::Done)
}

fn hint(is_account: bool) -> &'static str {
    if is_account {
        ": --days looks further back; what a silence hid is in the collector's log"
    } else {
        ": a card names its thread under Details"
    }
}

/// A thread, and the spaces that were told of it.
struct Thread {
    key: ThreadKey,
    incident: Option<IncidentId>,
    spaces: Vec<SpaceName>,
}

async fn one(store: &DynamoStore, thread: &str) -> anyhow::Result<Vec<Thread>> {
    let key = ThreadKey::from(thread);
    let told = ack::told(store, &key).await?;
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let incident = told.iter().find_map(|(_, entry)| entry.incident.clone());
    let spaces = told.into_iter().map(|(space, _)| space).collect();
    Ok(vec![Thread { key, incident, spaces }])
}

/// Every thread that something happened in.
async fn since(deployed: &Deployed, store: &DynamoStore, days: u32) -> anyhow::Result<Vec<Thread>> {
    let since = deployed.now() - SignedDuration::from_hours(24 * i64::from(days));
    let mut threads: Vec<Thread> = Vec::new();
    for space in routes::spaces_so_far(store).await? {
        for (_, Entry { row, incident, opened, .. }) in board::list(store, &space).await? {
            if row.updated.unwrap_or(opened).max(opened) < since {
                continue;
            }
            let known = threads.iter_mut().find(|thread| thread.key == row.thread);
            if let Some(known) = known {
                known.spaces.push(space.clone());
            } else {
                let spaces = vec![space.clone()];
                threads.push(Thread { key: row.thread, incident, spaces });
            }
        }
    }
    Ok(threads)
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Step {
    at: Timestamp,
    #[serde(rename = "step")]
    kind: Kind,
    thread: ThreadKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    space: Option<SpaceName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    /// A page of a communication came in, and was judged.
    Received,
    Acknowledged,
    /// A message of the thread is in its space, or on its way, or given up.
    Delivery,
}

impl Thread {
    /// Of an account, only if it is concerned.
    async fn steps(
        &self,
        store: &DynamoStore,
        account: Option<&AccountId>,
    ) -> anyhow::Result<Vec<Step>> {
        let mut steps = Vec::new();
        if let Some(incident) = &self.incident {
            let reading = store.read(incident).await?;
            let members = members(&reading, incident, &self.key);
            let ours = members.filter(|member| account.is_none_or(|ours| *ours == member.account));
            steps.extend(ours.map(|member| self.received(member)));
        }
        if account.is_some() && steps.is_empty() {
            return Ok(steps);
        }
        if let Some(said) = acks::read(store, &self.key).await? {
            let until =
                said.until.map_or_else(String::new, |until| format!(", silent until {until}"));
            let what = format!("by {}{until}", said.by.as_deref().unwrap_or("nobody named"));
            steps.push(self.step(said.at, Kind::Acknowledged, what));
        }
        for space in &self.spaces {
            let Some(ledger) = documents::known(store, &self.key, space).await? else { continue };
            for delivery in ledger.deliveries.values() {
                let (at, what) = became(delivery);
                let step = self.step(at, Kind::Delivery, format!("#{} {what}", delivery.seq));
                steps.push(Step { space: Some(space.clone()), ..step });
            }
        }
        Ok(steps)
    }

    fn received(&self, member: &Member) -> Step {
        let Member { type_code, severity, rule, config_version, .. } = member;
        let region = member.region.as_ref().map_or("no Region", |region| region.as_str());
        let page = match member.pages {
            0 | 1 => String::new(),
            pages => format!(" page {} of {pages}", member.page),
        };
        let late = if member.stale { " late" } else { "" };
        let what = format!(
            "{type_code} {region} {}{page}{late}: {severity} by {rule} of {config_version}; {}",
            member.status,
            routed(&member.routing)
        );
        let step = self.step(member.received, Kind::Received, what);
        Step { account: Some(member.account.clone()), ..step }
    }

    fn step(&self, at: Timestamp, kind: Kind, what: String) -> Step {
        Step { at, kind, thread: self.key.clone(), space: None, account: None, what }
    }
}

/// The members of the episode that the thread is of.
fn members<'a>(
    reading: &'a Reading,
    incident: &IncidentId,
    thread: &ThreadKey,
) -> impl Iterator<Item = &'a Member> {
    // A group knows where its present episode began; what is older is of those before.
    let group = reading.groups.iter().max_by_key(|group| group.episode);
    let after = group.and_then(|group| group.after);
    let present = group.is_some_and(|group| ThreadKey::of(incident, group.episode) == *thread);
    let of_episode =
        move |member: &&Member| after.is_none_or(|after| (member.moment > after) == present);
    reading.members.iter().map(AsRef::as_ref).filter(of_episode)
}

fn routed(routing: &Routing) -> String {
    match routing {
        Routing::Silenced { reason, .. } => format!("silenced: {reason}"),
        Routing::To(routed) => {
            let one = |to: &state::member::Routed| match &to.route {
                Some(route) => format!("{} by {route}", to.space),
                None => format!("{} by default", to.space),
            };
            format!("to {}", routed.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    }
}

fn became(delivery: &Delivery) -> (Timestamp, String) {
    match &delivery.state {
        State::Posted { at, fallback: None } => (*at, "posted".to_owned()),
        State::Posted { at, fallback: Some(space) } => (*at, format!("posted to {space} instead")),
        State::GaveUp { at } => (*at, "given up: it is a dead letter".to_owned()),
        State::Waiting { due } => (delivery.seen, format!("comes back {due}")),
        State::InFlight { until } => (delivery.seen, format!("is being posted until {until}")),
    }
}

fn write(format: Listing, with_thread: bool, steps: &[Step]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if format == Listing::Json {
        serde_json::to_writer_pretty(&mut out, steps)?;
        return Ok(writeln!(out)?);
    }
    let rows = steps.iter().map(|step| {
        let word = match step.kind {
            Kind::Received => "received",
            Kind::Acknowledged => "acknowledged",
            Kind::Delivery => "delivery",
        };
        let (account, space) = (step.account.as_ref(), step.space.as_ref());
        let who = account.map(ToString::to_string).or_else(|| space.map(ToString::to_string));
        let mut row =
            vec![step.at.to_string(), word.to_owned(), who.unwrap_or_default(), step.what.clone()];
        if with_thread {
            row.insert(1, step.thread.to_string());
        }
        row
    });
    let mut columns = vec!["at", "step", "account or space", "what"];
    if with_thread {
        columns.insert(1, "thread");
    }
    table::write(&mut out, &columns, &rows.collect::<Vec<_>>())?;
    Ok(())
}
