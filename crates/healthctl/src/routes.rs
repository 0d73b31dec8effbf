//! The routing document of the deployed system: published by version, rolled back with one
//! command, and held against real events before either.

pub mod diff;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use jiff::Timestamp;
use model::ids::SpaceName;
use rules::Rules;
use serde_json::json;
use state::configuration::{self, ConfigurationError, Entry, InForce, Number, Signed, Switch};
use state::{DocumentStore, DynamoStore};

use crate::aws::{Deployed, Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::{History, Listing, Push, Reach, Rollback, Routes, RoutesVerb, Show};
use crate::{convert, simulate, table};

pub fn run(arguments: &Routes, around: Surroundings) -> anyhow::Result<Outcome> {
    match &arguments.verb {
        RoutesVerb::Diff(arguments) => diff::run(arguments),
        RoutesVerb::Push(arguments) => push(arguments, around),
        RoutesVerb::Rollback(arguments) => block_on(roll_back(arguments, around)),
        RoutesVerb::History(arguments) => block_on(history(arguments, around)),
        RoutesVerb::Show(arguments) => block_on(show(arguments, around)),
        RoutesVerb::Convert(arguments) => convert(&arguments.file),
    }
}

fn convert(file: &Path) -> anyhow::Result<Outcome> {
    let name = file.display();
    let properties =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let document = convert::severity_rules(&properties).with_context(|| name.to_string())?;
    write!(std::io::stdout(), "{document}")?;
    Ok(Outcome::Done)
}

/// Nothing is asked of AWS before the document is known to be sound.
fn push(arguments: &Push, around: Surroundings) -> anyhow::Result<Outcome> {
    let file = arguments.file.as_path();
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let rules = simulate::rules_of(&text, file)?;
    if refuse(file, &rules, (around.now)())? == Outcome::Failed {
        return Ok(Outcome::Failed);
    }
    block_on(publish(arguments, &text, around))
}

/// What `check` says, on stderr: stdout is for the version.
fn refuse(file: &Path, rules: &Rules, now: Timestamp) -> anyhow::Result<Outcome> {
    let name = file.display();
    let mut errors = std::io::stderr().lock();
    for warning in rules.warnings(now) {
        writeln!(errors, "{name}: warning: {warning}")?;
    }
    let failures = rules.run_tests(now);
    for failure in &failures {
        writeln!(errors, "{name}: {failure}")?;
    }
    if failures.is_empty() {
        return Ok(Outcome::Done);
    }
    writeln!(errors, "{name}: not published: {} of its own tests fail", failures.len())?;
    Ok(Outcome::Failed)
}

async fn publish(arguments: &Push, text: &str, around: Surroundings) -> anyhow::Result<Outcome> {
    let (deployed, store) = open(&arguments.reach, around).await?;
    let before = at(&deployed, configuration::in_force(&store).await)?.map(|there| there.number);
    if let Some(number) = before
        && configuration::text(&store, number).await.is_ok_and(|there| there == text)
    {
        writeln!(std::io::stderr(), "{number} says exactly this and is in force already")?;
        writeln!(std::io::stdout(), "{number}")?;
        return Ok(Outcome::Done);
    }
    let signed = signed(&deployed, &arguments.comment).await?;
    let number = at(&deployed, configuration::push(&store, text, signed).await)?;
    told(number, before)
}

async fn roll_back(arguments: &Rollback, around: Surroundings) -> anyhow::Result<Outcome> {
    let (deployed, store) = open(&arguments.reach, around).await?;
    let before = at(&deployed, configuration::in_force(&store).await)?.map(|there| there.number);
    let signed = signed(&deployed, &arguments.comment).await?;
    let done = configuration::roll_back(&store, arguments.version, signed).await;
    told(at(&deployed, done)?, before)
}

/// The version on stdout, for scripts.
fn told(number: Number, before: Option<Number>) -> anyhow::Result<Outcome> {
    let before = before.map_or_else(|| "nothing".to_owned(), |before| before.to_string());
    writeln!(std::io::stdout(), "{number}")?;
    writeln!(
        std::io::stderr(),
        "{number} is in force, in place of {before}; the functions follow within two minutes"
    )?;
    Ok(Outcome::Done)
}

async fn show(arguments: &Show, around: Surroundings) -> anyhow::Result<Outcome> {
    let (deployed, store) = open(&arguments.reach, around).await?;
    let number = match arguments.version {
        Some(number) => number,
        None => match at(&deployed, configuration::in_force(&store).await)? {
            Some(there) => there.number,
            None => bail!("nothing was published: the built-in defaults hold"),
        },
    };
    let text = at(&deployed, configuration::text(&store, number).await)?;
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}

async fn history(arguments: &History, around: Surroundings) -> anyhow::Result<Outcome> {
    let (deployed, store) = open(&arguments.reach, around).await?;
    let entries = at(&deployed, configuration::history(&store).await)?;
    let in_force = at(&deployed, configuration::in_force(&store).await)?;
    let mut out = std::io::stdout().lock();
    match arguments.format {
        Listing::Table => list(&mut out, &entries, in_force.as_ref())?,
        Listing::Json => {
            let number = in_force.as_ref().map(|there| there.number);
            let switches = in_force.map(|there| there.switches).unwrap_or_default();
            let all = json!({"inForce": number, "versions": entries, "switches": switches});
            writeln!(out, "{all:#}")?;
        }
    }
    Ok(Outcome::Done)
}

fn list(
    out: &mut impl Write,
    entries: &[Entry],
    in_force: Option<&InForce>,
) -> std::io::Result<()> {
    let now = in_force.map(|there| there.number);
    let rows = entries.iter().map(|Entry { number, bytes, signed }| {
        let mark = if now == Some(*number) { "in force" } else { "" };
        let [at, by, comment] = columns(signed);
        vec![number.to_string(), mark.to_owned(), at, by, bytes.to_string(), comment]
    });
    let rows: Vec<_> = rows.collect();
    table::write(out, &["version", "", "published", "by", "bytes", "comment"], &rows)?;
    writeln!(out)?;
    let switches = in_force.map(|there| there.switches.as_slice()).unwrap_or_default();
    let rows = switches.iter().map(|Switch { number, signed }| {
        let [at, by, comment] = columns(signed);
        vec![at, number.to_string(), by, comment]
    });
    let rows: Vec<_> = rows.collect();
    table::write(out, &["in force since", "version", "by", "comment"], &rows)
}

fn columns(signed: &Signed) -> [String; 3] {
    [signed.at.to_string(), signed.by.clone(), signed.comment.clone()]
}

/// The rules that hold now; the built-in ones where nothing was published.
pub async fn rules_in_force(store: &impl DocumentStore) -> anyhow::Result<Rules> {
    let Some(there) = configuration::in_force(store).await? else { return Ok(Rules::default()) };
    let text = configuration::text(store, there.number).await?;
    Rules::parse(&text, &there.number.to_string()).ok().with_context(|| {
        format!("this healthctl cannot read {}, which is in force: it may be too old", there.number)
    })
}

/// Every space that somebody may have been told in: a thread stays where it was opened, also when a
/// later document no longer names its space.
pub async fn spaces_so_far(store: &impl DocumentStore) -> anyhow::Result<BTreeSet<SpaceName>> {
    let of = |rules: &Rules| rules.every_space().into_iter().cloned().collect::<BTreeSet<_>>();
    let mut spaces = of(&rules_in_force(store).await?);
    spaces.extend(of(&Rules::default()));
    let Some(there) = configuration::in_force(store).await? else { return Ok(spaces) };
    let earlier: BTreeSet<_> = there.switches.iter().map(|switch| switch.number).collect();
    for number in earlier.into_iter().filter(|number| *number != there.number) {
        let text = configuration::text(store, number).await?;
        // One that this release cannot read hides no other.
        spaces.extend(Rules::parse(&text, "").iter().flat_map(of));
    }
    Ok(spaces)
}

async fn open(reach: &Reach, around: Surroundings) -> anyhow::Result<(Deployed, DynamoStore)> {
    let deployed = reach.open(around).await?;
    let store = deployed.store()?;
    Ok((deployed, store))
}

fn at<T>(deployed: &Deployed, done: Result<T, ConfigurationError>) -> anyhow::Result<T> {
    done.with_context(|| deployed.place())
}

async fn signed(deployed: &Deployed, comment: &str) -> anyhow::Result<Signed> {
    let by = deployed.whoami().await?;
    Ok(Signed { by, at: deployed.now(), comment: comment.to_owned() })
}
