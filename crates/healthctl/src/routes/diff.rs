//! What another routing document would change, shown on real events. Both judge each event as of
//! its own time, as `explain` and `simulate` do; nothing is asked of AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write;

use jiff::Timestamp;
use model::HealthEvent;
use model::ids::SpaceName;
use model::words::Severity;
use rules::{Destination, Rules};

use crate::cli::Outcome;
use crate::cli::deployed::Diff;
use crate::input::{self, Records};
use crate::{simulate, table};

/// What becomes of one event under one document.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fate {
    severity: Severity,
    /// Each space with whom it mentions; none when it is silenced.
    told: Option<BTreeMap<SpaceName, Option<String>>>,
}

/// How two fates differ. Several may be true of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Silenced,
    NoLongerSilenced,
    Moved,
    NewlyMentions,
    NoLongerMentions,
    SeverityChanged,
    Unchanged,
}

impl Change {
    fn as_str(self) -> &'static str {
        match self {
            Self::Silenced => "silenced",
            Self::NoLongerSilenced => "no longer silenced",
            Self::Moved => "moved",
            Self::NewlyMentions => "newly mentions",
            Self::NoLongerMentions => "no longer mentions",
            Self::SeverityChanged => "severity changed",
            Self::Unchanged => "unchanged",
        }
    }
}

pub fn run(arguments: &Diff) -> anyhow::Result<Outcome> {
    let (old, new) =
        (simulate::rules(Some(&arguments.old))?, simulate::rules(Some(&arguments.new))?);
    let mut records = Records::default();
    for file in &arguments.events {
        let (name, bytes) = input::bytes(Some(file))?;
        records.read(&name, &bytes);
    }
    let mut errors = std::io::stderr().lock();
    for fault in &records.faults {
        writeln!(errors, "{fault}")?;
    }
    let mut counts: BTreeMap<Change, usize> = BTreeMap::new();
    let mut rows = Vec::new();
    for (index, event) in records.events.iter().enumerate() {
        let (before, after) = (fate(&old, event), fate(&new, event));
        let changes = changes(&before, &after);
        for change in &changes {
            *counts.entry(*change).or_default() += 1;
        }
        if !(arguments.changed && changes == [Change::Unchanged]) {
            rows.push(row(index + 1, event, &changes, &before, &after));
        }
    }
    let columns = ["#", "account", "service", "type", "change", "before", "after"];
    table::write(&mut std::io::stdout().lock(), &columns, &rows)?;
    let counts: Vec<String> =
        counts.iter().map(|(change, count)| format!("{count} {}", change.as_str())).collect();
    writeln!(errors, "{} events: {}", records.events.len(), counts.join(", "))?;
    Ok(if records.faults.is_empty() { Outcome::Done } else { Outcome::Failed })
}

fn fate(rules: &Rules, event: &HealthEvent) -> Fate {
    let now = model::record::order_hint(event).unwrap_or(Timestamp::UNIX_EPOCH);
    let judgement = rules.judge(event, now);
    let told = match judgement.destination {
        Destination::Silenced { .. } => None,
        Destination::To(spaces) => {
            let mention = |(space, route): (SpaceName, Option<String>)| {
                let mention = rules.target(&space, route.as_deref()).mention;
                (space, mention)
            };
            Some(spaces.into_iter().map(mention).collect())
        }
    };
    Fate { severity: judgement.severity, told }
}

fn changes(before: &Fate, after: &Fate) -> Vec<Change> {
    let mut changes = Vec::new();
    match (&before.told, &after.told) {
        (Some(_), None) => changes.push(Change::Silenced),
        (None, Some(_)) => changes.push(Change::NoLongerSilenced),
        (Some(before), Some(after)) if !before.keys().eq(after.keys()) => {
            changes.push(Change::Moved);
        }
        _ => {}
    }
    let (were, are) = (mentions(before), mentions(after));
    if are.difference(&were).next().is_some() {
        changes.push(Change::NewlyMentions);
    }
    // Whoever is silenced mentions nobody; saying so besides would be noise.
    if after.told.is_some() && were.difference(&are).next().is_some() {
        changes.push(Change::NoLongerMentions);
    }
    if before.severity != after.severity {
        changes.push(Change::SeverityChanged);
    }
    if changes.is_empty() {
        changes.push(Change::Unchanged);
    }
    changes
}

/// Who is mentioned where.
fn mentions(fate: &Fate) -> BTreeSet<(&SpaceName, &str)> {
    let told = fate.told.iter().flatten();
    told.filter_map(|(space, whom)| Some((space, whom.as_deref()?))).collect()
}

fn row(
    number: usize,
    event: &HealthEvent,
    changes: &[Change],
    before: &Fate,
    after: &Fate,
) -> Vec<String> {
    let changes: Vec<&str> = changes.iter().map(|change| change.as_str()).collect();
    let whose =
        if event.is_public() { "public".to_owned() } else { event.affected_account().to_string() };
    vec![
        number.to_string(),
        whose,
        event.service.to_string(),
        event.type_code.to_string(),
        changes.join(", "),
        shown(before),
        shown(after),
    ]
}

/// `critical ops, payments @all`.
fn shown(fate: &Fate) -> String {
    let mut shown = fate.severity.to_string();
    let Some(told) = &fate.told else {
        shown.push_str(" silenced");
        return shown;
    };
    for (index, (space, mention)) in told.iter().enumerate() {
        let _ = write!(shown, "{} {space}", if index == 0 { "" } else { "," });
        if let Some(mention) = mention {
            let _ = write!(shown, " @{mention}");
        }
    }
    shown
}
