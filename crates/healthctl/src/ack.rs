//! What a person says of a thread: it is in hand, or it may be silent for a while. Escalation
//! stops with it, and within a minute the thread says who and when.

use std::io::Write;

use anyhow::{Context, bail};
use jiff::Timestamp;
use model::ids::{SpaceName, ThreadKey};
use model::summary::Acknowledged;
use model::words::Status;
use state::board::{self, Entry};
use state::{DocumentStore, ack};

use crate::aws::{Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::{Ack, Reach, Snooze};
use crate::routes;

pub fn take(arguments: &Ack, around: Surroundings) -> anyhow::Result<Outcome> {
    let Ack { thread, by, reach } = arguments;
    block_on(say(thread, by.as_deref(), None, reach, around))
}

pub fn snooze(arguments: &Snooze, around: Surroundings) -> anyhow::Result<Outcome> {
    let Snooze { thread, until, by, reach } = arguments;
    if *until <= (around.now)() {
        bail!("--until {until} is over already");
    }
    block_on(say(thread, by.as_deref(), Some(*until), reach, around))
}

async fn say(
    thread: &str,
    by: Option<&str>,
    until: Option<Timestamp>,
    reach: &Reach,
    around: Surroundings,
) -> anyhow::Result<Outcome> {
    let deployed = reach.open(around).await?;
    let store = deployed.store()?;
    let thread = ThreadKey::from(thread);
    let told = told(&store, &thread).await.with_context(|| deployed.place())?;
    let Some((_, entry)) = told.first() else {
        bail!(
            "no space was told of a thread {thread} in {}: a card names its thread under Details",
            deployed.place()
        );
    };
    if told.iter().all(|(_, entry)| entry.row.status == Status::Resolved) {
        bail!("{} of thread {thread} is resolved: there is nothing to take", entry.row.type_code);
    }
    let by = match by {
        Some(by) => by.to_owned(),
        // `arn:aws:sts::111122223333:assumed-role/on-call/alex`
        None => deployed.whoami().await?.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
    };
    let said = Acknowledged { by: Some(by.clone()), at: deployed.now(), until };
    let done = match told.iter().find_map(|(_, entry)| entry.incident.as_ref()) {
        Some(incident) => ack::say(&store, &thread, incident, &said).await,
        // Told by an earlier release: its next message says so.
        None => ack::write(&store, &thread, &said).await,
    };
    done.with_context(|| deployed.place())?;
    let spaces: Vec<&str> = told.iter().map(|(space, _)| space.as_str()).collect();
    let what = until.map_or_else(
        || format!("in hand of {by}; nobody else is called"),
        |until| format!("silent until {until}, by {by}"),
    );
    writeln!(
        std::io::stdout(),
        "{} {} ({}): {what}",
        entry.row.service,
        entry.row.type_code,
        spaces.join(", ")
    )?;
    Ok(Outcome::Done)
}

/// Who was told of it, and what they know.
pub(crate) async fn told(
    store: &impl DocumentStore,
    thread: &ThreadKey,
) -> anyhow::Result<Vec<(SpaceName, Entry)>> {
    let mut told = Vec::new();
    for space in routes::spaces_so_far(store).await? {
        if let Some(entry) = board::entry(store, &space, thread).await? {
            told.push((space, entry));
        }
    }
    Ok(told)
}
