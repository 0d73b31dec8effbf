//! The deployed system part by part: what is wrong, and what to do about it. Nothing is changed,
//! and nothing is posted unless asked for. What cannot be looked at is said to be unknown, never to be well.

mod bus;
mod chat;
mod images;
mod queues;
mod state;

use std::io::{self, Write};

use function::aws::Failed;
use serde::Serialize;

use crate::aws::{Deployed, Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::Listing;
use crate::cli::doctor::Doctor;
use crate::table;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warn,
    Fault,
    Unknown,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            // To be seen in a long list.
            Self::Fault => "FAULT",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    check: String,
    verdict: Verdict,
    seen: String,
    /// Empty where nothing is to be done.
    remedy: String,
}

impl Finding {
    fn new(
        check: impl Into<String>,
        verdict: Verdict,
        seen: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { check: check.into(), verdict, seen: seen.into(), remedy: remedy.into() }
    }

    fn ok(check: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, seen, "")
    }

    fn fault(check: impl Into<String>, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(check, Verdict::Fault, seen, remedy)
    }

    fn unknown(check: impl Into<String>, why: impl Into<String>, action: &str) -> Self {
        let remedy = format!("allow {action} to whoever runs healthctl, or look in the console");
        Self::new(check, Verdict::Unknown, why, remedy)
    }
}

/// AWS has no such thing, as opposed to not telling.
fn is_missing(failed: &Failed) -> bool {
    failed.code.contains("NotFound")
        || failed.code.contains("NonExistent")
        || failed.code.contains("DoesNotExist")
}

pub fn run(arguments: &Doctor, around: Surroundings) -> anyhow::Result<Outcome> {
    block_on(look(arguments, around))
}

async fn look(arguments: &Doctor, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let findings = findings(&deployed, arguments).await;
    write(&mut io::stdout().lock(), arguments.format, &findings)?;
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let faults = count(Verdict::Fault);
    writeln!(
        io::stderr(),
        "{} checks: {} ok, {} warn, {faults} FAULT, {} unknown",
        findings.len(),
        count(Verdict::Ok),
        count(Verdict::Warn),
        count(Verdict::Unknown)
    )?;
    Ok(if faults == 0 { Outcome::Done } else { Outcome::Failed })
}

/// In the order of the flow.
async fn findings(deployed: &Deployed, arguments: &Doctor) -> Vec<Finding> {
    let mut findings = bus::look(deployed, &arguments.stack, arguments.bus.as_deref()).await;
    findings.extend(queues::look(deployed, &arguments.stack).await);
    findings.extend(images::look(deployed, &arguments.stack).await);
    findings.push(state::configuration(deployed).await);
    findings.extend(chat::look(deployed, arguments.secret.as_deref(), arguments.post).await);
    findings.push(state::canary(deployed).await);
    findings
}

fn write(out: &mut impl Write, format: Listing, findings: &[Finding]) -> io::Result<()> {
    match format {
        Listing::Json => {
            serde_json::to_writer_pretty(&mut *out, findings)?;
            writeln!(out)
        }
        Listing::Table => {
            let rows = findings.iter().map(|Finding { check, verdict, seen, remedy }| {
                vec![verdict.as_str().to_owned(), check.clone(), seen.clone(), remedy.clone()]
            });
            let rows: Vec<_> = rows.collect();
            table::write(out, &["", "check", "seen", "remedy"], &rows)
        }
    }
}
