//! Dead letters, once their cause is gone: shown, and sent back to the queue they were meant for.
//! A letter leaves its queue only after the other has taken it. Should that be cut short, it is
//! there twice, and whoever reads the second one knows it already.

mod letter;

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use anyhow::{Context, anyhow};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use function::aws::Failed;
use jiff::Timestamp;
use serde::Serialize;

use crate::aws::{Deployed, Surroundings, block_on};
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
    let client = Client::new(&deployed.config);
    let mut run = Run { arguments, deployed, client, urls: HashMap::new(), told: Told::default() };
    let from = run.url(&arguments.stack.dead_letters(arguments.queue)).await?;
    let mut kept = HashSet::new();
    let done = run.work(&from, &mut kept).await;
    let back = run.put_back(&from, kept).await;
    let Told { rows, again } = run.told;
    write(arguments, &rows)?;
    done.and(back)?;
    let left = rows.iter().filter(|row| row.to.is_none() && !row.dropped).count();
    let verb = if arguments.dry_run { "would go" } else { "went" };
    let mut errors = io::stderr();
    writeln!(errors, "{} {verb}, {left} left in {from}", rows.len() - left)?;
    if again > 0 {
        writeln!(errors, "{again} came back while this ran: their cause is not gone")?;
    }
    Ok(if left + again == 0 { Outcome::Done } else { Outcome::Failed })
}

/// What came of it so far.
#[derive(Debug, Default)]
struct Told {
    rows: Vec<Row>,
    /// Letters that were sent back and became dead letters again.
    again: usize,
}

struct Run<'a> {
    arguments: &'a Redrive,
    deployed: Deployed,
    client: Client,
    /// Of the queues that letters go to.
    urls: HashMap<Queue, String>,
    told: Told,
}

impl Run<'_> {
    /// Looks at each letter once: it is hidden from us too after that. What is to stay is kept,
    /// with all that was received and not yet looked at when this fails.
    async fn work(&mut self, from: &str, kept: &mut HashSet<String>) -> anyhow::Result<()> {
        let began = self.deployed.now();
        loop {
            let letters = self.receive(from).await?;
            if letters.is_empty() {
                return Ok(());
            }
            kept.extend(letters.iter().map(|(handle, _)| handle.clone()));
            for (handle, letter) in letters {
                if letter.sent.is_some_and(|sent| sent > began) {
                    self.told.again += 1;
                    continue;
                }
                if self.arguments.only.as_ref().is_some_and(|text| !letter.holds(text)) {
                    continue;
                }
                let plan = letter.plan(self.arguments.queue, self.deployed.now());
                if !self.arguments.dry_run && self.carry_out(from, &plan, &handle).await? {
                    kept.remove(&handle);
                }
                self.told.rows.push(Row::of(&letter, &plan));
            }
        }
    }

    async fn url(&self, name: &str) -> anyhow::Result<String> {
        self.deployed.queue_url(&self.client, name).await.with_context(|| {
            format!("cannot find the queue {name}: --project is the parameter Project of the stack")
        })
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

    /// Whether the letter is gone from where it was.
    async fn carry_out(&mut self, from: &str, plan: &Plan, handle: &str) -> anyhow::Result<bool> {
        match plan {
            Plan::Leave { .. } => return Ok(false),
            Plan::Drop { .. } => {}
            Plan::Send { to, bodies, .. } => {
                let url = match self.urls.get(to) {
                    Some(url) => url.clone(),
                    None => self.url(&self.arguments.stack.queue(*to)).await?,
                };
                for body in bodies {
                    let sent = self.client.send_message().queue_url(&url).message_body(body);
                    sent.send().await.map_err(|error| Failed::from(&error)).with_context(|| {
                        format!("cannot send to {url}; the letter is where it was")
                    })?;
                }
                self.urls.insert(*to, url);
            }
        }
        let gone = self.client.delete_message().queue_url(from).receipt_handle(handle).send().await;
        gone.map_err(|error| {
            let error = anyhow!(Failed::from(&error));
            error.context(format!("sent, but still in {from} too: a repeat of it changes nothing"))
        })?;
        Ok(true)
    }

    /// All of them, even when one fails.
    async fn put_back(&self, queue: &str, handles: HashSet<String>) -> anyhow::Result<()> {
        let mut failed = Ok(());
        for handle in handles {
            let back = self.client.change_message_visibility().queue_url(queue);
            let back = back.receipt_handle(handle).visibility_timeout(0).send().await;
            if let Err(error) = back {
                failed = Err(anyhow!(Failed::from(&error)).context(format!(
                    "cannot put a letter back: it shows in {queue} again in {AWAY} seconds"
                )));
            }
        }
        failed
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
