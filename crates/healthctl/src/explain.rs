//! Why an event goes where it goes: its incident, its severity, each rule's answer.

use std::io::Write;

use anyhow::bail;
use jiff::Timestamp;
use model::HealthEvent;
use model::ids::ThreadKey;
use rules::{Answer, Destination, Rules, Tried};

use crate::cli::{Explain, Outcome};
use crate::input::{self, Records};
use crate::simulate;

pub fn run(arguments: &Explain) -> anyhow::Result<Outcome> {
    let rules = simulate::rules(arguments.routes.as_deref())?;
    let (name, bytes) = input::bytes(arguments.file.as_deref())?;
    let mut records = Records::default();
    records.read(&name, &bytes);
    if let Some(fault) = records.faults.first() {
        bail!("{fault}");
    }
    let mut out = std::io::stdout().lock();
    for (index, event) in records.events.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        explain(event, &rules, &mut out)?;
    }
    Ok(Outcome::Done)
}

fn explain(event: &HealthEvent, rules: &Rules, out: &mut impl Write) -> anyhow::Result<()> {
    // As of the event itself, as `simulate` plays it.
    let now = model::record::order_hint(event).unwrap_or(Timestamp::UNIX_EPOCH);
    let identity = collector::incident::identify(event);
    let said = rules.explain(event, now);
    writeln!(out, "event      {} {}", event.service, event.type_code)?;
    writeln!(out, "account    {}", event.affected_account())?;
    writeln!(out, "subject    {}", event.subject())?;
    writeln!(out, "severity   {} ({})", said.judgement.severity, said.judgement.rule)?;
    writeln!(out, "incident   {}", identity.new)?;
    for (_, claim) in &identity.claims {
        writeln!(out, "  found by {claim}")?;
    }
    match &said.judgement.destination {
        Destination::To(spaces) => {
            let thread = ThreadKey::of(&identity.new, 1);
            for (space, route) in spaces {
                let by =
                    route.as_ref().map_or("default spaces".to_owned(), |r| format!("route {r}"));
                writeln!(out, "group      {space} ({by}), first thread {thread}")?;
            }
        }
        Destination::Silenced { reason, rule } => writeln!(out, "silenced   {reason} ({rule})")?,
    }
    writeln!(out, "rules      {}", rules.version)?;
    for tried in said.severities.iter().chain(&said.silences).chain(&said.routes) {
        writeln!(out, "  {}", line(tried))?;
    }
    Ok(())
}

fn line(tried: &Tried) -> String {
    let name = tried.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let when = tried.when.as_deref().unwrap_or("always");
    format!("{}{name}: {} — {when}", tried.place, answer(&tried.answer))
}

fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Matched => "matched".to_owned(),
        Answer::False => "does not hold".to_owned(),
        Answer::Unknown { null } => format!("unknown, since {} is missing", null.join(", ")),
        Answer::Expired => "expired".to_owned(),
        Answer::Security => {
            "fits, but security is never silenced without include_security".to_owned()
        }
        Answer::Failed => "took too many steps".to_owned(),
        Answer::NotReached => "not reached".to_owned(),
    }
}
