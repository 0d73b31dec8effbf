//! Proves the chain: an event of one's own goes on the hub's bus and is followed to the spaces
//! that are told of it. It comes as `custom.health`, since AWS lets nobody else speak as
//! `aws.health`, and under names of its own: no event of AWS is ever ended or joined by it.

mod event;

use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Context, bail};
use collector::incident::identify;
use delibird::deliver::documents;
use delibird::deliver::ledger::State;
use jiff::Timestamp;
use model::HealthEvent;
use model::ids::{IncidentId, SpaceName, ThreadKey};
use serde::Deserialize;
use serde_json::json;
use state::member::{Member, Routing};
use state::store::Reading;
use state::{DynamoStore, StateStore};

use crate::aws::{Deployed, EVENT_BRIDGE, Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::send::Send;
use crate::input;
use event::Sent;

const PAUSE: Duration = Duration::from_secs(2);

pub fn run(arguments: &Send, around: Surroundings) -> anyhow::Result<Outcome> {
    block_on(send(arguments, around))
}

async fn send(arguments: &Send, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let began = deployed.now();
    let sent = match &arguments.file {
        Some(file) => {
            let (name, bytes) = input::bytes(Some(file))?;
            Sent::of(&bytes, began).with_context(|| format!("{name} cannot be sent"))?
        }
        None => Sent::sample(arguments.sample, began),
    };
    let bus = arguments.bus.clone().unwrap_or_else(|| arguments.stack.bus());
    // Whoever has no table would learn of it only after the event is out.
    let store = if arguments.wait { Some(deployed.store()?) } else { None };
    let id = put(&deployed, &bus, &sent).await?;
    let mut out = io::stdout();
    writeln!(out, "sent {id} to {bus} as {}", sent.arn)?;
    let Some(store) = store else { return Ok(Outcome::Done) };
    let follow = Follow { deployed: &deployed, store: &store, event: sent.read()?, began };
    let until = began + arguments.timeout;
    follow.to_its_spaces(until, &mut out).await.with_context(|| deployed.place())
}

async fn put(deployed: &Deployed, bus: &str, sent: &Sent) -> anyhow::Result<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        entries: Vec<Entry>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Entry {
        event_id: Option<String>,
        error_code: Option<String>,
        error_message: Option<String>,
    }
    let asked = json!({"Entries": [{
        "EventBusName": bus, "Source": event::SOURCE, "DetailType": event::DETAIL_TYPE,
        "Detail": sent.detail.to_string(),
    }]});
    let events = deployed.service(EVENT_BRIDGE);
    let answer: Answer = events
        .call("PutEvents", &asked, deployed.now().into())
        .await
        .with_context(|| format!("cannot put an event on the bus {bus}"))?;
    let entry = answer.entries.into_iter().next().context("AWS says nothing of the event")?;
    let why = || {
        let code = entry.error_code.unwrap_or_default();
        format!("the bus {bus} refused it: {code} {}", entry.error_message.unwrap_or_default())
    };
    entry.event_id.with_context(why)
}

/// An event on its way.
struct Follow<'a> {
    deployed: &'a Deployed,
    store: &'a DynamoStore,
    event: HealthEvent,
    began: Timestamp,
}

impl Follow<'_> {
    /// Says each step as it is seen.
    async fn to_its_spaces(
        &self,
        until: Timestamp,
        out: &mut impl Write,
    ) -> anyhow::Result<Outcome> {
        let Some((incident, member)) = self.received(until).await? else {
            bail!(
                "not received within {}: healthctl doctor looks at the bus and its queues, and \
                 healthctl redrive --queue events --dry-run shows what was refused",
                self.so_far()
            );
        };
        let Member { severity, rule, config_version, .. } = &member;
        let told = format!("{severity} by {rule} of {config_version}");
        let spaces = match &member.routing {
            Routing::To(spaces) => spaces,
            Routing::Silenced { reason, .. } => {
                writeln!(out, "received after {}: {told}; silenced: {reason}", self.so_far())?;
                return Ok(Outcome::Failed);
            }
        };
        let mut waiting: Vec<&SpaceName> = spaces.iter().map(|routed| &routed.space).collect();
        let names = waiting.iter().map(|space| space.as_str()).collect::<Vec<_>>().join(", ");
        writeln!(out, "received after {}: {told}; to {names}", self.so_far())?;
        let mut failed = false;
        loop {
            let reading = self.store.read(&incident).await?;
            let mut still = Vec::new();
            for space in waiting {
                match self.became(&reading, &incident, space, &member).await? {
                    None => still.push(space),
                    Some(Ok(thread)) => {
                        writeln!(out, "posted to {space} after {}: {thread}", self.so_far())?;
                    }
                    Some(Err(why)) => {
                        failed = true;
                        writeln!(out, "{why}")?;
                    }
                }
            }
            waiting = still;
            if waiting.is_empty() {
                return Ok(if failed { Outcome::Failed } else { Outcome::Done });
            }
            if self.deployed.now() > until {
                let spaces = waiting.iter().map(|space| space.as_str()).collect::<Vec<_>>();
                bail!(
                    "not posted to {} within {}: quiet hours, or a wait of the routes, may hold \
                     it (--timeout waits longer); healthctl doctor looks at queues and webhooks",
                    spaces.join(", "),
                    self.so_far()
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Where it was put, once it was.
    async fn received(&self, until: Timestamp) -> anyhow::Result<Option<(IncidentId, Member)>> {
        let claims = identify(&self.event).claims;
        loop {
            for (_, claim) in &claims {
                let Some(incident) = self.store.claimed(claim).await? else { continue };
                let reading = self.store.read(&incident).await?;
                let ours = reading.members.iter().find(|member| member.arn == self.event.arn);
                if let Some(member) = ours {
                    return Ok(Some((incident, Member::clone(member))));
                }
            }
            if self.deployed.now() > until {
                return Ok(None);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The thread with a message that came after the event did, or why there will be none.
    async fn became(
        &self,
        reading: &Reading,
        incident: &IncidentId,
        space: &SpaceName,
        member: &Member,
    ) -> anyhow::Result<Option<Result<ThreadKey, String>>> {
        let Some(group) = reading.groups.iter().find(|group| group.space == *space) else {
            return Ok(None);
        };
        let thread = ThreadKey::of(incident, group.episode);
        let ledger = documents::known(self.store, &thread, space).await?;
        for delivery in ledger.iter().flat_map(|ledger| ledger.deliveries.values()) {
            match delivery.state {
                State::Posted { at, .. } if at >= member.received => return Ok(Some(Ok(thread))),
                State::GaveUp { at } if at >= member.received => {
                    return Ok(Some(Err(format!(
                        "given up for {space}: healthctl redrive --queue urgent --dry-run, or \
                         --queue normal, shows why"
                    ))));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn so_far(&self) -> String {
        format!("{} s", (self.deployed.now() - self.began).get_seconds())
    }
}
