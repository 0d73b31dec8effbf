//! The account directory of the deployed system: listed from AWS Organizations by whoever may,
//! and shown as the functions see it.

use std::io::Write;

use anyhow::{Context, bail};
use function::aws::organizations::Organizations;
use jiff::{SignedDuration, Timestamp};
use state::DynamoStore;
use state::directory::{self, Account, Stamp, refresh};

use crate::aws::{Deployed, Surroundings, block_on};
use crate::cli::Outcome;
use crate::cli::deployed::{Accounts, AccountsList, AccountsSync, AccountsVerb, Listing, Reach};
use crate::table;

pub fn run(arguments: &Accounts, around: Surroundings) -> anyhow::Result<Outcome> {
    match &arguments.verb {
        AccountsVerb::Sync(arguments) => block_on(sync(arguments, around)),
        AccountsVerb::List(arguments) => block_on(list(arguments, around)),
    }
}

/// The whole directory at once, however long it takes: Organizations answers a few calls a second.
async fn sync(arguments: &AccountsSync, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let store = deployed.store()?;
    // The hub should not be the management account, which alone may ask.
    let asking = match &arguments.organization_profile {
        Some(profile) => {
            // Organizations has one endpoint for each partition, and that is the hub's.
            let region = Some(deployed.access.region.clone());
            let reach = Reach { profile: Some(profile.clone()), region, ..arguments.reach.clone() };
            reach.open(around).await.context("cannot ask AWS Organizations")?
        }
        None => deployed.clone(),
    };
    let organizations = Organizations::new(&asking.access, asking.http.clone(), around.now);
    let turn = directory::turn(&store, SignedDuration::ZERO, (around.now)()).await;
    let Some(turn) = turn.with_context(|| deployed.place())? else {
        bail!("the directory is being written by somebody else; try again in a minute");
    };
    let before = directory::list(&store, turn.stamp()).await?.unwrap_or_default();
    let listed = refresh::listed(&organizations, before, Timestamp::MAX, around.now).await;
    let accounts = match listed {
        Ok(accounts) => accounts,
        Err(failed) => {
            let trouble = format!("AWS Organizations: {}", failed.code);
            turn.give_up(&store, trouble.clone(), (around.now)()).await?;
            bail!(
                "{trouble}; the directory stays as it was. Give --organization-profile a profile of \
                 the management account or of a delegated administrator"
            );
        }
    };
    turn.publish(&store, &accounts, (around.now)()).await?;
    let (mut units, mut tagged) = (0, 0);
    for account in &accounts {
        units += usize::from(!account.ou.is_empty());
        tagged += usize::from(account.tagged.is_some());
    }
    writeln!(
        std::io::stdout(),
        "{} accounts, {units} with their unit, {tagged} with their tags",
        accounts.len()
    )?;
    Ok(Outcome::Done)
}

async fn list(arguments: &AccountsList, around: Surroundings) -> anyhow::Result<Outcome> {
    let deployed = arguments.reach.open(around).await?;
    let (stamp, accounts) = known(&deployed, &deployed.store()?).await?;
    let mut errors = std::io::stderr().lock();
    match stamp.written {
        None => writeln!(errors, "no directory yet: healthctl accounts sync makes one")?,
        Some(written) => writeln!(errors, "{} accounts, as of {written}", accounts.len())?,
    }
    if let Some(trouble) = &stamp.trouble {
        writeln!(errors, "the last attempt to renew it failed: {trouble}")?;
    }
    let mut out = std::io::stdout().lock();
    match arguments.format {
        Listing::Json => writeln!(out, "{}", serde_json::to_string_pretty(&accounts)?)?,
        Listing::Table => {
            let rows: Vec<_> = accounts.iter().map(row).collect();
            table::write(&mut out, &["account", "name", "ou", "tags"], &rows)?;
        }
    }
    Ok(Outcome::Done)
}

/// The directory as it is in the table.
pub(crate) async fn known(
    deployed: &Deployed,
    store: &DynamoStore,
) -> anyhow::Result<(Stamp, Vec<Account>)> {
    let stamp = directory::stamp(store).await.with_context(|| deployed.place())?;
    let Some(accounts) = directory::list(store, &stamp).await? else {
        bail!("the directory is being written; try again");
    };
    Ok((stamp, accounts))
}

fn row(account: &Account) -> Vec<String> {
    let tags: Vec<String> =
        account.tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let suspended = if account.suspended { " (suspended)" } else { "" };
    let name = format!("{}{suspended}", account.name);
    vec![account.id.to_string(), name, account.ou.clone(), tags.join(" ")]
}
