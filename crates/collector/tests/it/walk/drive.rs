//! Runs one actor to its end, or to a crash after so many calls to an edge.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use collector::Collector;
use jiff::Timestamp;
use model::HealthEvent;
use state::StateStore;
use state::header::Token;

use super::edges::{Edge, Shared};
use super::{Flavor, World};
use crate::story;

/// After how many calls an actor dies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crash(Option<usize>);

impl Crash {
    pub(crate) const NEVER: Self = Self(None);

    pub(crate) fn at(calls: Option<usize>) -> Self {
        Self(calls)
    }

    pub(crate) fn run(self, future: impl Future<Output = ()>) {
        let mut context = Context::from_waker(Waker::noop());
        let mut future = pin!(future);
        let mut calls = 0;
        while future.as_mut().poll(&mut context).is_pending() {
            if self.0 == Some(calls) {
                return;
            }
            calls += 1;
        }
    }
}

pub(crate) fn intake(
    shared: &Arc<Shared>,
    flavor: Flavor,
    event: &HealthEvent,
    received: Timestamp,
    crash: Crash,
) {
    let collector: Collector<_, _, _> = World::collector(&Edge::new(shared, flavor));
    let event = event.clone();
    crash.run(async move {
        collector.accept(event, received).await.unwrap();
    });
}

/// Handles every tick that is due; the first flush dies as `crash` says, the rest of the ticks
/// are left to the sweep then.
pub(crate) fn ticks(
    shared: &Arc<Shared>,
    flavor: Flavor,
    now: Timestamp,
    token: u32,
    crash: Crash,
) {
    let mut round = 0;
    while shared.has_tick(now) {
        shared.take_tick(now);
        let collector: Collector<_, _, _> = World::collector(&Edge::new(shared, flavor));
        for incident in shared.incidents() {
            round += 1;
            let token = Token(format!("{token}-{round}"));
            let collector = &collector;
            crash.run(async move {
                collector.flush(&incident, token, now).await.unwrap();
            });
        }
    }
}

pub(crate) fn sweep(shared: &Arc<Shared>, now: Timestamp) {
    let overdue = story::block_now(shared.store.overdue(now, 100)).unwrap();
    if !overdue.is_empty() {
        shared.add_tick(now);
    }
}

/// The earliest due time of any incident.
pub(crate) fn due(shared: &Arc<Shared>) -> Option<Timestamp> {
    let header = |incident| story::block_now(shared.store.header(&incident)).unwrap();
    shared.incidents().into_iter().filter_map(|incident| header(incident).due).min()
}
