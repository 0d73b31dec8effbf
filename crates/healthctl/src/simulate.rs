//! Events through the whole pipeline with compressed time: what would have been posted, in the
//! order it would have been. An event goes before a flush of the same instant; after the last
//! event, flushes run until none is due, and the clock goes on to `--now`: what is said by the
//! clock alone would otherwise never end.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use collector::Outcome as Accepted;
use delibird::chat::recorder::{Keep, Recorder};
use jiff::Timestamp;
use model::HealthEvent;
use rules::Rules;

use crate::cli::{Outcome, Simulate};
use crate::input::Records;
use crate::machine::Machine;

pub fn run(arguments: &Simulate) -> anyhow::Result<Outcome> {
    let mut rules = rules(arguments.routes.as_deref())?;
    if let Some(wait) = arguments.group_wait {
        rules.pace.group_wait = wait;
        rules.pace.group_wait_issue = rules.pace.group_wait_issue.min(wait);
    }
    let mut records = Records::default();
    let stdin = [Path::new("-").to_path_buf()];
    let files = if arguments.files.is_empty() { &stdin[..] } else { &arguments.files };
    for file in files {
        records.read_file(file)?;
    }
    let mut errors = std::io::stderr().lock();
    for fault in &records.faults {
        writeln!(errors, "{fault}")?;
    }
    let unreadable = records.faults.len();
    let out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let told = runtime.block_on(play(rules, records.events, arguments.now, out))?;
    for reason in &told.untrusted {
        writeln!(errors, "not believed: {reason}")?;
    }
    writeln!(
        errors,
        "{} records, {unreadable} unreadable, {} not believed, {} without change; \
         {} messages in {} threads",
        told.records + unreadable,
        told.untrusted.len(),
        told.unchanged,
        told.messages,
        told.threads.len(),
    )?;
    Ok(if unreadable == 0 { Outcome::Done } else { Outcome::Failed })
}

/// The rules of a file, or the built-in ones.
pub fn rules(file: Option<&Path>) -> anyhow::Result<Rules> {
    let Some(file) = file else { return Ok(Rules::default()) };
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    rules_of(&text, file)
}

/// The rules of a text that stands in this file.
pub fn rules_of(text: &str, file: &Path) -> anyhow::Result<Rules> {
    Rules::parse(text, &file.display().to_string()).map_err(|problems| {
        let lines = problems.iter().map(|problem| format!("{}: {problem}", file.display()));
        anyhow::anyhow!(
            "the routing document cannot be used\n{}",
            lines.collect::<Vec<_>>().join("\n")
        )
    })
}

/// What a run comes to.
#[derive(Debug, Default)]
struct Told {
    records: usize,
    unchanged: usize,
    untrusted: Vec<String>,
    messages: usize,
    threads: foldhash::HashSet<String>,
}

async fn play(
    rules: Rules,
    events: Vec<HealthEvent>,
    now: Option<Timestamp>,
    out: impl Write,
) -> anyhow::Result<Told> {
    let mut player = Player {
        machine: Machine::new(rules, Recorder::new(Keep::All)),
        told: Told { records: events.len(), ..Told::default() },
        began: None,
        out,
    };
    let order = order(&events);
    let mut events: Vec<Option<HealthEvent>> = events.into_iter().map(Some).collect();
    for (time, at) in order {
        let Some(event) = events[at].take() else { continue };
        player.before(time).await?;
        match player.machine.accept(event, time).await? {
            Accepted::New { .. } => {}
            Accepted::Repeated { .. } | Accepted::Heartbeat => player.told.unchanged += 1,
            Accepted::Untrusted(reason) => player.told.untrusted.push(reason.to_string()),
        }
    }
    player.play_out(now).await?;
    player.out.flush()?;
    // The process ends with the run; giving its memory back piece by piece first takes long.
    std::mem::forget(player.machine);
    Ok(player.told)
}

struct Player<W> {
    machine: Machine<Recorder>,
    told: Told,
    /// When the first event with a time came.
    began: Option<Timestamp>,
    out: W,
}

impl<W: Write> Player<W> {
    /// Everything that is due before an event.
    async fn before(&mut self, time: Timestamp) -> anyhow::Result<()> {
        // A record without any time stands at the epoch, from where a digest a day would be told.
        if self.began.is_none() && time > Timestamp::UNIX_EPOCH {
            self.began = Some(time);
            self.machine.sweep(time).await?;
        }
        while let Some(due) = self.machine.next_due().filter(|due| *due < time) {
            self.due(due).await?;
        }
        Ok(())
    }

    /// News to its end; the clock up to `now`, or as long as there is news.
    async fn play_out(&mut self, now: Option<Timestamp>) -> anyhow::Result<()> {
        while let Some(news) = self.machine.next() {
            let due = self.machine.next_due().map_or(news, |due| due.min(news));
            self.due(due).await?;
        }
        while let Some(due) =
            self.machine.next_due().filter(|due| now.is_some_and(|now| *due <= now))
        {
            self.due(due).await?;
        }
        Ok(())
    }

    async fn due(&mut self, at: Timestamp) -> anyhow::Result<()> {
        if self.machine.next().is_none_or(|news| news > at) {
            self.machine.sweep(at).await?;
        }
        for message in self.machine.flush(at).await?.unwrap_or_default() {
            self.told.messages += 1;
            if !self.told.threads.contains(message.thread.as_str()) {
                self.told.threads.insert(message.thread.0.clone());
            }
            message.write_line(&mut self.out)?;
        }
        // The recorder stands where Chat would; what it keeps was just printed.
        self.machine.chat().drain();
        Ok(())
    }
}

/// When each record is played, by time, then by place in the input. One without any time takes
/// that of the one before. The records themselves stay where they are: they are large.
fn order(events: &[HealthEvent]) -> Vec<(Timestamp, usize)> {
    let mut previous = Timestamp::UNIX_EPOCH;
    let timed = events.iter().enumerate().map(|(at, event)| {
        previous = model::record::order_hint(event).unwrap_or(previous);
        (previous, at)
    });
    let mut timed: Vec<_> = timed.collect();
    timed.sort_unstable();
    timed
}
