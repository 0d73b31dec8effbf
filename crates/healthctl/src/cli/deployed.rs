//! What can be asked of the deployed system, and how it is reached.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use state::configuration::Number;

/// Which deployment, and as whom. What is not given is read as every AWS tool reads it: from the
/// environment and the shared configuration and credentials files.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AWS")]
pub struct Reach {
    /// The state table of the hub
    #[arg(long, value_name = "NAME", env = "STATE_TABLE")]
    pub table: Option<String>,
    #[arg(
        long,
        value_name = "REGION",
        help = "The hub's Region [default: AWS_REGION or the profile's]"
    )]
    pub region: Option<String>,
    #[arg(
        long,
        value_name = "NAME",
        help = "A profile of the shared files [default: AWS_PROFILE]"
    )]
    pub profile: Option<String>,
    /// Another endpoint for every service: an emulator, a private one
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
}

/// Which of the hubs of an account and Region.
#[derive(Clone, Debug, Args)]
pub struct Stack {
    /// The parameter `Project` of the hub's stack, with which its names begin
    #[arg(long, value_name = "NAME", env = "PROJECT", default_value = Self::USUAL)]
    pub project: String,
}

impl Stack {
    const USUAL: &str = "health";

    /// The bus that the stack makes.
    pub fn bus(&self) -> String {
        format!("{}-health-collector-bus", self.project)
    }

    pub fn queue(&self, queue: Queue) -> String {
        format!("{}-{queue}", self.project)
    }

    pub fn dead_letters(&self, queue: Queue) -> String {
        format!("{}-{queue}-dead-letters", self.project)
    }

    /// The flag that names it, for a command that somebody is to type; empty where none is needed.
    pub fn flag(&self) -> String {
        match self.project.as_str() {
            Self::USUAL => String::new(),
            other => format!(" --project {other}"),
        }
    }
}

#[derive(Debug, Args)]
pub struct Routes {
    #[command(subcommand)]
    pub verb: RoutesVerb,
}

#[derive(Debug, Subcommand)]
pub enum RoutesVerb {
    /// Show on real events what another document would move, silence or newly mention
    Diff(Diff),
    /// Check a document, run its tests and put it in force; print its version
    Push(Push),
    /// Put an earlier version in force again; without one, the last below the present one
    Rollback(Rollback),
    /// List the versions, and which was in force since when
    History(History),
    /// Print the document that is in force, or another version
    Show(Show),
    /// Turn the `severity.properties` of aws-health-delibird into severity rules
    Convert(Convert),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl routes convert severity.properties > routes.toml && healthctl check --routes routes.toml")]
pub struct Convert {
    /// The properties; keys of other things in it are passed over
    pub file: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl routes diff routes.toml new.toml --events last-month.ndjson
  healthctl routes show > old.toml && healthctl routes diff old.toml routes.toml --events e.ndjson --changed")]
pub struct Diff {
    /// The document as it is
    pub old: PathBuf,
    /// The document as it would be
    pub new: PathBuf,
    /// Events to judge by both; `-` reads stdin. May be given several times
    #[arg(long, value_name = "FILE|-", required = true)]
    pub events: Vec<PathBuf>,
    /// Leave out what stays as it is
    #[arg(long)]
    pub changed: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl routes push --table \"$STATE_TABLE\" --comment 'payments has its own space' routes.toml
  healthctl routes push --profile hub routes.toml")]
pub struct Push {
    /// The document
    pub file: PathBuf,
    /// Why; shown in the history
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = comment)]
    pub comment: String,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl routes rollback
  healthctl routes rollback v7 --comment 'v8 silenced too much'")]
pub struct Rollback {
    /// Such as v7
    pub version: Option<Number>,
    /// Why; shown in the history
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = comment)]
    pub comment: String,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl routes history
  healthctl routes history --format json")]
pub struct History {
    #[arg(long, default_value = "table")]
    pub format: Listing,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl routes show > routes.toml
  healthctl routes show v7")]
pub struct Show {
    /// Such as v7; without one, what is in force
    pub version: Option<Number>,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
pub struct Accounts {
    #[command(subcommand)]
    pub verb: AccountsVerb,
}

#[derive(Debug, Subcommand)]
pub enum AccountsVerb {
    /// Fill the account directory from AWS Organizations: names, units and tags
    Sync(AccountsSync),
    /// List the accounts as the functions know them
    List(AccountsList),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl accounts sync
  healthctl accounts sync --profile hub --organization-profile management")]
pub struct AccountsSync {
    /// A profile of the management account or a delegated administrator, to ask AWS Organizations
    /// as [default: the profile of the hub]
    #[arg(long, value_name = "NAME")]
    pub organization_profile: Option<String>,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl accounts list
  healthctl accounts list --format json > accounts.json")]
pub struct AccountsList {
    #[arg(long, default_value = "table")]
    pub format: Listing,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl ack 0f3f6f0c7a2e4b5f8c1d2e3f4a5b6c7d
  healthctl ack 0f3f6f0c7a2e4b5f8c1d2e3f4a5b6c7d --by 'network team'")]
pub struct Ack {
    /// The thread, as its card names it under Details
    pub thread: String,
    /// Who has it in hand [default: who you are to AWS]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl snooze 0f3f6f0c7a2e4b5f8c1d2e3f4a5b6c7d --until 2026-12-01T09:00:00+09:00")]
pub struct Snooze {
    /// The thread, as its card names it under Details
    pub thread: String,
    /// Until when nobody is called and nothing is repeated, with its zone
    #[arg(long, value_name = "TIME")]
    pub until: jiff::Timestamp,
    /// Who says so [default: who you are to AWS]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl coverage --table \"$STATE_TABLE\"
  healthctl coverage --all --format csv > coverage.csv

Exit code 0 when everybody has reported, 1 when somebody has not.")]
pub struct Coverage {
    /// The Regions that should report [default: those from which anybody has reported]
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub regions: Vec<String>,
    /// How long a heartbeat counts; it comes once a day
    #[arg(long, value_name = "HOURS", default_value_t = 26)]
    pub hours: u32,
    /// Also those that have reported
    #[arg(long)]
    pub all: bool,
    #[arg(long, default_value = "table")]
    pub format: Sheet,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl history 0f3f6f0c7a2e4b5f8c1d2e3f4a5b6c7d
  healthctl history 111122223333 --days 7 --format json")]
pub struct Told {
    /// A thread, as its card names it under Details, or an account
    #[arg(value_name = "THREAD|ACCOUNT")]
    pub of: String,
    /// Of an account: threads that something happened in since then
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub days: u32,
    #[arg(long, default_value = "table")]
    pub format: Listing,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl redrive --queue urgent --dry-run
  healthctl redrive --queue events --only 'trusted_accounts'
  healthctl redrive --queue normal --project health --format json")]
pub struct Redrive {
    /// Whose dead letters
    #[arg(long)]
    pub queue: Queue,
    #[command(flatten)]
    pub stack: Stack,
    /// Show what would be done, and leave everything where it is
    #[arg(long)]
    pub dry_run: bool,
    /// Only letters that hold this text, in the body or in the reason
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,
    #[arg(long, default_value = "table")]
    pub format: Listing,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ValueEnum)]
pub enum Queue {
    /// Events the collector could not use
    Events,
    /// Ticks the collector could not work off
    Flush,
    /// Urgent alerts that could not be delivered
    Urgent,
    /// Other alerts that could not be delivered
    Normal,
    /// What rules and schedules could not hand over
    Rule,
    /// What the alerts topic could not hand over
    Subscription,
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

#[derive(Debug, Args)]
pub struct Spaces {
    #[command(subcommand)]
    pub verb: SpacesVerb,
}

#[derive(Debug, Subcommand)]
pub enum SpacesVerb {
    /// List the names of the spaces that have a webhook; never the webhooks
    List(SpacesList),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl spaces list --secret \"$SPACES_SECRET_ARN\"")]
pub struct SpacesList {
    /// The secret that holds the webhooks
    #[arg(long, value_name = "NAME|ARN", env = "SPACES_SECRET_ARN")]
    pub secret: String,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listing {
    Table,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sheet {
    Table,
    Json,
    Csv,
}

/// The pointer keeps fifty of them and is read once a minute.
const LONGEST_COMMENT: usize = 200;

fn comment(text: &str) -> Result<String, String> {
    if text.chars().count() > LONGEST_COMMENT {
        return Err(format!("at most {LONGEST_COMMENT} characters"));
    }
    Ok(text.to_owned())
}
