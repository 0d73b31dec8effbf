//! Dead letters, once their cause is gone: shown, and sent back to the queue they were meant for.
//! A letter leaves its queue only after the other has taken it. Should that be cut short, it is
//! there twice, and whoever reads the second one knows it already.

mod letter;

use std::collections::HashMap;
use std::io::{self, Write};

use anyhow::{Context, anyhow};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use function::aws::Failed;
use jiff::Timestamp;
use serde::Serialize;

use crate::aws::{Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::{Listing, Queue, Redrive};
use crate::table;
use letter::{Letter, Plan};

/// While a letter is looked at nobody else has it: as long as the whole run may take.
const AWAY: i32 = 900;
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
const AT_ONCE: i32 = 10;

pub fn run(arguments: &Redrive, around: Surroundings) -> anyhow::Result<Outcome> {
    block_on(redrive(arguments, around))
}

async fn redrive(arguments: &Redrive, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let queues = Queues {
        client: Client::new(&deployed.config),
        project: &arguments.project,
        dry: arguments.dry_run,
    };
    let from = queues.url(&format!("{}-dead-letters", arguments.queue)).await?;
    let mut urls = HashMap::new();
    let mut rows = Vec::new();
    let mut handles = Vec::new();
    let began = deployed.now();
    let mut done = Ok(());
    'all: loop {
        let letters = queues.receive(&from).await?;
        if letters.is_empty() {
            break;
        }
        for (handle, letter) in letters {
            // It came back while we were at it: its cause is not gone.
            let again = letter.sent.is_some_and(|sent| sent > began);
            let other = arguments.only.as_ref().is_some_and(|text| !letter.holds(text));
            if again || other {
                handles.push(handle);
                if again {
                    break 'all;
                }
                continue;
            }
            let plan = letter.plan(arguments.queue, deployed.now());
            done = queues.carry_out(&from, &plan, &handle, &mut urls).await;
            if done.is_err() || arguments.dry_run || matches!(plan, Plan::Leave { .. }) {
                handles.push(handle);
            }
            if done.is_err() {
                break 'all;
            }
            rows.push(Row::of(&letter, &plan));
        }
    }
    for handle in handles {
        queues.put_back(&from, &handle).await?;
    }
    write(arguments, &rows)?;
    done?;
    let left = rows.iter().filter(|row| row.to.is_none() && !row.dropped).count();
    let verb = if arguments.dry_run { "would go" } else { "went" };
    writeln!(io::stderr(), "{} {verb}, {left} left in {from}", rows.len() - left)?;
    Ok(if left == 0 { Outcome::Done } else { Outcome::Failed })
}

struct Queues<'a> {
    client: Client,
    project: &'a str,
    dry: bool,
}

impl Queues<'_> {
    async fn url(&self, name: &str) -> anyhow::Result<String> {
        let name = format!("{}-{name}", self.project);
        let found = self.client.get_queue_url().queue_name(&name).send().await;
        let found = found.map_err(|error| Failed::from(&error)).with_context(|| {
            format!("cannot find the queue {name}: --project is the parameter Project of the stack")
        })?;
        found.queue_url.context("AWS names no queue")
    }

    async fn receive(&self, queue: &str) -> anyhow::Result<Vec<(String, Letter)>> {
        let asked = self.client.receive_message().queue_url(queue);
        let asked = asked.max_number_of_messages(AT_ONCE).visibility_timeout(AWAY);
        let asked = asked
            .wait_time_seconds(1)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_attribute_names("All");
        let answer = asked.send().await.map_err(|error| Failed::from(&error));
        let answer = answer.with_context(|| format!("cannot read {queue}"))?;
        let messages = answer.messages.unwrap_or_default().into_iter();
        Ok(messages
            .filter_map(|message| Some((message.receipt_handle.clone()?, read(message))))
            .collect())
    }

    async fn carry_out(
        &self,
        from: &str,
        plan: &Plan,
        handle: &str,
        urls: &mut HashMap<Queue, String>,
    ) -> anyhow::Result<()> {
        if self.dry || matches!(plan, Plan::Leave { .. }) {
            return Ok(());
        }
        if let Plan::Send { to, bodies, .. } = plan {
            if !urls.contains_key(to) {
                urls.insert(*to, self.url(&to.to_string()).await?);
            }
            for body in bodies {
                let url = urls.get(to).map(String::as_str).unwrap_or_default();
                let sent =
                    self.client.send_message().queue_url(url).message_body(body).send().await;
                sent.map_err(|error| Failed::from(&error))
                    .with_context(|| format!("cannot send to {url}; the letter is where it was"))?;
            }
        }
        let gone = self.client.delete_message().queue_url(from).receipt_handle(handle).send().await;
        gone.map(drop).map_err(|error| {
            let error = anyhow!(Failed::from(&error));
            error.context(format!("sent, but still in {from} too: a repeat of it changes nothing"))
        })
    }

    async fn put_back(&self, queue: &str, handle: &str) -> anyhow::Result<()> {
        let back = self.client.change_message_visibility().queue_url(queue);
        let back = back.receipt_handle(handle).visibility_timeout(0).send().await;
        back.map(drop).map_err(|error| Failed::from(&error)).with_context(|| {
            format!("cannot put a letter back: it shows in {queue} again in {AWAY} seconds")
        })
    }
}

fn read(message: Message) -> Letter {
    let sent = message.attributes.as_ref().and_then(|attributes| {
        let sent = attributes.get(&MessageSystemAttributeName::SentTimestamp)?;
        Timestamp::from_millisecond(sent.parse().ok()?).ok()
    });
    let attributes = message.message_attributes.unwrap_or_default();
    // Ours, then those of EventBridge.
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    let said = ["error_type", "reason", "ERROR_CODE", "ERROR_MESSAGE"].into_iter();
    let said = said.filter_map(|name| attributes.get(name)?.string_value.clone());
    let reason = Some(said.collect::<Vec<_>>().join(": ")).filter(|reason| !reason.is_empty());
    Letter { body: message.body.unwrap_or_default(), sent, reason }
}

/// One letter in the listing.
#[derive(Clone, Debug, Serialize)]
struct Row {
    sent: Option<Timestamp>,
    what: Option<String>,
    /// Why it is a dead letter.
    reason: Option<String>,
    /// The queue it goes to.
    to: Option<String>,
    /// There is nothing to repeat.
    dropped: bool,
    /// Why it stays.
    left: Option<String>,
}

impl Row {
    fn of(letter: &Letter, plan: &Plan) -> Self {
        let (what, to, left) = match plan {
            Plan::Send { to, what, .. } => (Some(what.clone()), Some(to.to_string()), None),
            Plan::Drop { what } => (Some(what.clone()), None, None),
            Plan::Leave { why } => (None, None, Some(why.clone())),
        };
        let dropped = matches!(plan, Plan::Drop { .. });
        Self { sent: letter.sent, what, reason: letter.reason.clone(), to, dropped, left }
    }
}

fn write(arguments: &Redrive, rows: &[Row]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if arguments.format == Listing::Json {
        serde_json::to_writer_pretty(&mut out, rows)?;
        return Ok(writeln!(out)?);
    }
    if rows.is_empty() {
        return Ok(());
    }
    let cells = rows.iter().map(|row| {
        let to = match (&row.to, row.dropped) {
            (Some(to), _) => to.clone(),
            (None, true) => "dropped".to_owned(),
            (None, false) => "left".to_owned(),
        };
        let what = row.what.clone().or_else(|| row.left.clone()).unwrap_or_default();
        let sent = row.sent.map_or_else(String::new, |sent| sent.to_string());
        vec![sent, to, what, row.reason.clone().unwrap_or_default()]
    });
    table::write(&mut out, &["sent", "to", "what", "reason"], &cells.collect::<Vec<_>>())?;
    Ok(())
}
