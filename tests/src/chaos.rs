//! Chaos: the real binaries under kills, a bad network and a failing Google Chat, fed with an
//! organization's worth of events, and an account of it in the end. Nothing may be lost, nothing
//! told twice beyond what nobody can know, no thread split.

pub mod hub;
pub mod ledger;
pub mod line;
mod report;
pub mod story;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::error::BoxError;
use jiff::Timestamp;

use crate::emulator::Emulator;
use crate::fault_proxy::call::Service;
use crate::fault_proxy::fate::{Kills, Rates};
use crate::fault_proxy::{Flavour, Weather};
use hub::{Hub, World};
use ledger::{Evidence, Ledger, Posted};
pub use report::Report;
use story::Amount;

/// A run.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub events: usize,
    /// Of each record.
    pub copies: usize,
    pub kills: u64,
    /// Events and kills are spread over this.
    pub over: Duration,
    /// How long to wait for the rest.
    pub patience: Duration,
    pub processes: usize,
    pub rates: fn(Service) -> Rates,
    pub flavour: Flavour,
    pub collector: PathBuf,
}

/// Nothing where there is no emulator.
pub async fn run(plan: &Plan) -> Result<Option<Report>, BoxError> {
    let Some(emulator) = Emulator::start().await?.map(Arc::new) else { return Ok(None) };
    let kills = Kills { total: plan.kills, over: plan.over };
    let origins = (emulator.endpoint().to_owned(), String::new());
    let weather = Weather::new(origins, plan.rates, kills, plan.flavour, plan.seed)?;
    let world = Arc::new(World::new(Arc::new(weather)));
    let hub = Hub::start(emulator, &world, plan.collector.clone(), plan.processes).await?;
    let amount = Amount { events: plan.events, copies: plan.copies, over: plan.over };
    let stories = story::stories(amount, clock(), plan.seed);
    let sent = hub.send(&stories).await?;
    // Beyond it are only the hourly and daily growth of planned changes and notices.
    let quiet = hub.quiet(Duration::from_mins(20), plan.patience).await?;
    let held: HashSet<String> = hub.held().await?.into_iter().collect();
    let dead_letters = hub.dead_letters().await?;
    let published = world.weather.published();
    let figures = world.weather.figures();
    let started = world.weather.started();
    let posted = published.iter().map(|one| Posted {
        alert_id: one.alert.alert_id.to_string(),
        space: one.alert.target.space.to_string(),
        thread: one.alert.thread.to_string(),
        at: one.at.duration_since(started),
        body: one.body.clone(),
    });
    let lines = world.lines();
    let table = hub.table(lines.iter().filter_map(|line| line.incident.clone()).collect()).await?;
    let evidence = Evidence {
        posted: posted.collect(),
        stories,
        sent,
        lines,
        table,
        dead_letters,
        published: published.iter().map(|one| (one.alert.clone(), one.body.clone())).collect(),
        held,
        repeats_allowed: figures.killed()
            + hub.collector().figures().timed_out
            + figures.ambiguous.values().sum::<u64>(),
    };
    let mut ledger = Ledger::of(&evidence);
    if !quiet {
        ledger.faults.push(format!("there was still work after {:?}", plan.patience));
    }
    Ok(Some(Report {
        ledger,
        figures,
        collector: hub.collector().figures(),
        elapsed: world.weather.elapsed(),
    }))
}

#[expect(clippy::disallowed_methods, reason = "the processes under test read the real clock")]
fn clock() -> Timestamp {
    Timestamp::now()
}
