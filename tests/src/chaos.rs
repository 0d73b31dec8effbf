//! Chaos: the real binaries under kills, a bad network and a failing Google Chat, fed with an
//! organization's worth of events, and an account of it in the end. Nothing may be lost, nothing
//! told twice beyond what nobody can know, no thread split.

pub mod hub;
pub mod ledger;
pub mod line;
mod report;
pub mod story;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::BoxError;
use jiff::Timestamp;
use serde_json::Value;

use crate::chat_server::{
    ChatServer, Fault, Faults, Kind, Outcome, Pace, RequestIds, RetryAfter, Rules, SCHEMA, Schema,
    Stored,
};
use crate::dice::Dice;
use crate::emulator::Emulator;
use crate::fault_proxy;
use crate::fault_proxy::call::Service;
use crate::fault_proxy::fate::{Kills, Rates};
use crate::fault_proxy::{Flavour, Published, Weather};
pub use hub::Deployment;
use hub::{Hub, World};
use ledger::{Evidence, Ledger, Posted};
pub use report::Report;
use story::{Amount, SECOND_ACT, SPACES};

/// A run.
#[derive(Clone, Debug)]
pub struct Plan {
    pub script: Script,
    pub seed: u64,
    pub events: usize,
    /// Of each record.
    pub copies: usize,
    pub kills: u64,
    /// Events and kills are spread over this.
    pub over: Duration,
    /// How long to wait for the rest.
    pub patience: Duration,
    pub rates: fn(Service) -> Rates,
    /// How many requests to Google Chat fail, of a thousand.
    pub chat_failures: u16,
    pub request_ids: RequestIds,
    pub flavour: Flavour,
    pub deployment: Deployment,
}

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// As much as the plan says, by chance, at its time.
    Chance,
    /// [`story::storm`], as fast as it goes: one message per space and state.
    Storm,
}

/// Nothing where there is no emulator.
pub async fn run(plan: &Plan) -> Result<Option<Report>, BoxError> {
    let Some(emulator) = Emulator::start().await?.map(Arc::new) else { return Ok(None) };
    let chat = chat(plan).await?;
    let origins = (emulator.endpoint().to_owned(), chat.origin().to_owned());
    let kills = Kills { total: plan.kills, over: plan.over };
    let weather = Weather::new(origins, plan.rates, kills, plan.flavour, plan.seed)?;
    let world = Arc::new(World::new(Arc::new(weather)));
    let mut hub = Hub::start(emulator, &world, &plan.deployment, &webhooks(&chat)).await?;
    let amount = Amount { events: plan.events, copies: plan.copies, over: plan.over };
    // Beyond it are only the hourly and daily growth of planned changes and notices.
    let horizon = Duration::from_mins(20);
    let began = world.weather.elapsed();
    let (stories, sent, quiet) = match plan.script {
        Script::Chance => {
            let stories = story::stories(amount, clock(), plan.seed);
            hub.begin_flushing();
            let sent = hub.send(&stories, Duration::ZERO..Duration::MAX).await?;
            let quiet = hub.quiet(horizon, plan.patience).await?;
            (stories, sent, quiet)
        }
        Script::Storm => {
            let stories = story::storm(clock());
            let mut sent = HashMap::new();
            let mut quiet = true;
            for act in [Duration::ZERO..SECOND_ACT, SECOND_ACT..Duration::MAX] {
                sent.extend(hub.send(&stories, act).await?);
                quiet &= hub.taken_in(plan.patience).await?;
                hub.begin_flushing();
                quiet &= hub.quiet(horizon, plan.patience).await?;
                hub.stop_flushing();
            }
            (stories, sent, quiet)
        }
    };

    let figures = world.weather.figures();
    let collector = hub.collector.figures();
    let delibird = hub.delibird.as_ref().map(|fleet| fleet.figures()).unwrap_or_default();
    let lines = world.lines();
    let published = world.weather.published();
    let (posted, unknown) = if hub.delibird.is_some() {
        let (posted, stored) = posted(&chat, began);
        (posted, stored + figures.unknown("delibird") + delibird.timed_out)
    } else {
        let posted = at_the_topic(&published, world.weather.started() + began);
        (posted, figures.unknown("collector") + collector.timed_out)
    };
    let evidence = Evidence {
        posted,
        stories,
        sent,
        table: hub.table(lines.iter().filter_map(|line| line.incident.clone()).collect()).await?,
        lines,
        dead_letters: hub.dead_letters().await?,
        published: published.into_iter().map(|one| (one.alert, one.body)).collect(),
        held: hub.held().await?.into_iter().collect(),
        repeats_allowed: match plan.request_ids {
            RequestIds::Honoured if hub.delibird.is_some() => 0,
            _ => unknown,
        },
    };
    let mut ledger = Ledger::of(&evidence);
    if plan.script == Script::Storm {
        ledger.faults.extend(beyond_the_storm(&evidence, &figures));
    }
    if !quiet {
        ledger.faults.push(format!("there was still work after {:?}", plan.patience));
    }
    Ok(Some(Report {
        ledger,
        figures,
        collector,
        delibird,
        unknown,
        elapsed: world.weather.elapsed(),
    }))
}

/// One publish and one message per space and state, at the price that was promised.
fn beyond_the_storm(evidence: &Evidence, figures: &fault_proxy::Figures) -> Vec<String> {
    // Opened and resolved, and opened.
    let wanted = 3 * SPACES.len();
    let mut faults = Vec::new();
    for (what, count) in
        [("publishes", evidence.published.len()), ("messages", evidence.posted.len())]
    {
        if count != wanted {
            faults.push(format!("TWICE: {count} {what} in place of {wanted}"));
        }
    }
    let new = evidence.stories.iter().map(|story| story.records.len()).sum::<usize>();
    let most = 3 * new + (evidence.sent.len() - new);
    let writes = figures.bills.get("collector").map_or(0, |bill| bill.writes);
    if usize::try_from(writes).is_ok_and(|writes| writes > most) {
        faults.push(format!("{writes} writes for {new} members, more than {most}"));
    }
    faults
}

/// Google Chat, which fails on its own besides.
async fn chat(plan: &Plan) -> Result<ChatServer, BoxError> {
    let schema = Schema::read(SCHEMA)?;
    let rules = Rules { schema, pace: Pace::GOOGLE, request_ids: plan.request_ids };
    let chat = ChatServer::start(rules).await?;
    let of = vec![
        Fault::Answer(429, Kind::Later(RetryAfter::Seconds(1))),
        Fault::Answer(500, Kind::Error),
        Fault::Answer(503, Kind::Html),
        Fault::Hang,
        Fault::SlowBody,
        Fault::CutBody,
        Fault::ResetAfterRead(Stored::Yes),
        Fault::ResetAfterRead(Stored::No),
        Fault::ResetBeforeRead,
    ];
    for (seed, space) in (plan.seed..).zip(SPACES) {
        let (per_mille, of, dice) = (plan.chat_failures, of.clone(), Dice::new(seed));
        chat.fail(space, Faults::Chance { per_mille, of, dice });
    }
    Ok(chat)
}

/// As people copy them from Google Chat.
fn webhooks(chat: &ChatServer) -> Value {
    let webhook = |space| chat.webhook(space).replace(chat.origin(), "https://chat.googleapis.com");
    SPACES.iter().map(|space| ((*space).to_owned(), Value::String(webhook(space)))).collect()
}

/// What people see, and how often a message got there without its sender being told.
fn posted(chat: &ChatServer, began: Duration) -> (Vec<Posted>, u64) {
    let ledger = chat.ledger();
    let mut posted = Vec::new();
    let mut unknown = 0;
    for space in SPACES {
        for received in ledger.received(space) {
            let Outcome::Posted(message) = &received.outcome else { continue };
            unknown += u64::from(received.fault.is_some());
            posted.push(Posted {
                alert_id: message.request_id.clone().unwrap_or_default(),
                space: space.to_owned(),
                thread: message.thread.clone(),
                at: message.at.saturating_sub(began),
                body: message.body.to_string(),
            });
        }
    }
    (posted, unknown)
}

/// Where nobody delivers, an alert is out once it is on the topic, as often as it may be there.
fn at_the_topic(published: &[Published], began: Instant) -> Vec<Posted> {
    let posted = published.iter().map(|one| Posted {
        alert_id: one.alert.alert_id.to_string(),
        space: one.alert.target.space.to_string(),
        thread: one.alert.thread.to_string(),
        at: one.at.saturating_duration_since(began),
        body: one.body.clone(),
    });
    posted.collect()
}

#[expect(clippy::disallowed_methods, reason = "the processes under test read the real clock")]
pub fn clock() -> Timestamp {
    Timestamp::now()
}
