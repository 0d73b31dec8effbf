//! Who forwards: the last heartbeat of each account in each Region, held against the directory.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use anyhow::bail;
use jiff::Timestamp;
use model::ids::{AccountId, Region};
use serde::Serialize;
use state::coverage::{self, Seen};

use crate::aws::{Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::{Coverage, Sheet};
use crate::{accounts, table};

pub fn run(arguments: &Coverage, around: Surroundings) -> anyhow::Result<Outcome> {
    block_on(show(arguments, around))
}

async fn show(arguments: &Coverage, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let store = deployed.store()?;
    let (_, accounts) = accounts::known(&deployed, &store).await?;
    if accounts.is_empty() {
        bail!("no directory to hold heartbeats against: healthctl accounts sync makes one");
    }
    let seen = coverage::all(&store).await?;
    let named = arguments.regions.iter().map(|region| Region::from(region.as_str()));
    let mut regions: BTreeSet<Region> = named.collect();
    // Where one forwarder reports, all should.
    if regions.is_empty() {
        regions = seen.iter().map(|seen| seen.region.clone()).collect();
    }
    if regions.is_empty() {
        bail!("nobody has reported yet: give --regions to see whom to expect");
    }
    // A suspended account sends nothing, and should not.
    let accounts: BTreeMap<AccountId, String> = accounts
        .into_iter()
        .filter(|account| !account.suspended)
        .map(|account| (account.id, account.name))
        .collect();
    let since = deployed.now() - jiff::SignedDuration::from_hours(i64::from(arguments.hours));
    let rows = rows(&accounts, &regions, &seen, since);
    let gaps = rows.iter().filter(|row| !row.alive).count();
    let shown: Vec<&Row> = rows.iter().filter(|row| arguments.all || !row.alive).collect();
    write(&mut io::stdout().lock(), arguments.format, &shown)?;
    writeln!(
        io::stderr(),
        "{} of {} have reported within {} hours ({} accounts, {} Regions)",
        rows.len() - gaps,
        rows.len(),
        arguments.hours,
        accounts.len(),
        regions.len()
    )?;
    Ok(if gaps == 0 { Outcome::Done } else { Outcome::Failed })
}

/// One account in one Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    account: AccountId,
    name: String,
    region: Region,
    /// None when it never reported.
    last_seen: Option<Timestamp>,
    alive: bool,
}

/// Those that report, then those that stopped, the longest silent last, then those that never did.
fn rows(
    accounts: &BTreeMap<AccountId, String>,
    regions: &BTreeSet<Region>,
    seen: &[Seen],
    since: Timestamp,
) -> Vec<Row> {
    let last: BTreeMap<(&AccountId, &Region), Timestamp> =
        seen.iter().map(|seen| ((&seen.account, &seen.region), seen.at)).collect();
    let mut rows: Vec<Row> = accounts
        .iter()
        .flat_map(|(account, name)| regions.iter().map(move |region| (account, name, region)))
        .map(|(account, name, region)| {
            let last_seen = last.get(&(account, region)).copied();
            let alive = last_seen.is_some_and(|at| at >= since);
            let (account, name, region) = (account.clone(), name.clone(), region.clone());
            Row { account, name, region, last_seen, alive }
        })
        .collect();
    let silent = |row: &Row| (!row.alive).then_some(std::cmp::Reverse(row.last_seen));
    rows.sort_by_key(|row| (!row.alive, row.last_seen.is_none(), silent(row)));
    rows
}

fn write(out: &mut impl Write, format: Sheet, rows: &[&Row]) -> io::Result<()> {
    let cells = |row: &&Row| {
        let last = row.last_seen.map_or_else(|| "never".to_owned(), |at| at.to_string());
        vec![row.account.to_string(), row.name.clone(), row.region.to_string(), last]
    };
    match format {
        Sheet::Json => {
            serde_json::to_writer_pretty(&mut *out, rows)?;
            writeln!(out)
        }
        Sheet::Csv => {
            table::csv(out, &["account", "name", "region", "last_seen"].map(str::to_owned))?;
            rows.iter().try_for_each(|row| table::csv(out, &cells(row)))
        }
        Sheet::Table => {
            let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
            table::write(out, &["account", "name", "region", "last seen"], &rows)
        }
    }
}
