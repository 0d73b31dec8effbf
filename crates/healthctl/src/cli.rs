//! What can be asked on the command line. Names and output are a contract: scripts call them.

pub mod deployed;
pub mod doctor;
pub mod metric;
pub mod send;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};

/// AWS Health alerting for Google Chat: try it on one machine, operate it in AWS.
#[derive(Debug, Parser)]
#[command(name = "healthctl", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Start a living inbox on this machine: post events, watch the messages they become
    Dev(Dev),
    /// Run events through the whole pipeline with compressed time; print each posted message
    Simulate(Simulate),
    /// Show the message one event becomes, as JSON or as a picture in HTML
    Render(Render),
    /// Show why events go where they go: severity, incident, each rule's answer
    Explain(Explain),
    /// Run SQL over JSON and NDJSON files
    Query(Query),
    /// Check a routing document and run its own tests
    Check(Check),
    /// Post custom metrics, or show what is sent to WhaTap for them
    Metric(metric::Metric),
    /// Compare, publish, roll back and list the routing documents of the deployed system
    Routes(deployed::Routes),
    /// Fill and list the directory of accounts: names, units, owners, tags
    Accounts(deployed::Accounts),
    /// Take a thread in hand: nobody else is called, and it says so itself
    Ack(deployed::Ack),
    /// Let a thread be silent until a time: no escalation, no reminder
    Snooze(deployed::Snooze),
    /// Put an event on the hub's bus and follow it to its spaces
    Send(send::Send),
    /// Look at every part of the deployed system; say what is wrong and what to do
    Doctor(doctor::Doctor),
    /// Show which accounts and Regions have stopped forwarding, or never began
    Coverage(deployed::Coverage),
    /// Show what came of a thread or an account: when, by which rule, delivered when
    History(deployed::Told),
    /// Show dead letters and send them back to where they were meant for
    Redrive(deployed::Redrive),
    /// List the spaces that messages can be posted to
    Spaces(deployed::Spaces),
}

/// How a verb ended, when nothing went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// What was asked for is not so: a record could not be read, a check failed.
    Failed,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl dev
  healthctl dev --no-demo --listen 127.0.0.1:9000
  healthctl dev --routes routes.toml --spaces spaces.toml
  curl -sS --data-binary @event.json http://127.0.0.1:8787/events
  curl -sS --data-binary @metrics.json http://127.0.0.1:8787/custom")]
pub struct Dev {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// The routing document; without one everything goes to the space `default`
    #[arg(long, value_name = "FILE")]
    pub routes: Option<PathBuf>,
    /// Webhooks to really post to, as TOML or JSON `name = "https://…"`; `-` reads stdin
    #[arg(long, value_name = "FILE|-")]
    pub spaces: Option<PathBuf>,
    /// How long the first message of an incident waits for company
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = duration)]
    pub group_wait: SignedDuration,
    /// The least time between two updates of an incident
    #[arg(long, value_name = "DURATION", default_value = "20s", value_parser = duration)]
    pub group_interval: SignedDuration,
    /// Start empty instead of playing the demo storm
    #[arg(long)]
    pub no_demo: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl simulate events.ndjson
  healthctl simulate --routes routes.toml a.json b.json > messages.ndjson
  aws s3 cp s3://bucket/events.ndjson - | healthctl simulate -")]
pub struct Simulate {
    /// The routing document; without one everything goes to the space `default`
    #[arg(long, value_name = "FILE")]
    pub routes: Option<PathBuf>,
    /// How long the first message of an incident waits for company
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub group_wait: Option<SignedDuration>,
    /// Up to when reminders and digests are played; flushes always run to the end
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub now: Option<Timestamp>,
    /// Events: a JSON document, an array, a `PutEvents` body, or NDJSON; `-` or none reads stdin
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl render event.json
  healthctl render --locale ko --zone Asia/Seoul --format html event.json > card.html")]
pub struct Render {
    #[arg(long, default_value = "en")]
    pub locale: Locale,
    /// An IANA zone such as Asia/Seoul
    #[arg(long, default_value = "UTC", value_parser = zone)]
    pub zone: String,
    #[arg(long, default_value = "json")]
    pub format: Format,
    /// One event; `-` or none reads stdin
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl explain event.json
  healthctl explain --routes routes.toml - < event.json")]
pub struct Explain {
    /// The routing document; without one the built-in defaults
    #[arg(long, value_name = "FILE")]
    pub routes: Option<PathBuf>,
    /// Events; `-` or none reads stdin
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl query \"SELECT account, detail.service FROM e WHERE detail.statusCode = 'open'\" --from e=events.ndjson
  healthctl query 'SELECT service, COUNT(*) n FROM h.detail GROUP BY service ORDER BY n DESC' --from h=-
  healthctl query 'SELECT * FROM u WHERE age >= :age' --from u=users.json --param age=30 --format csv")]
pub struct Query {
    /// What to ask; the table is named by --from
    pub sql: String,
    /// A table and its file; `-` reads stdin. May be given several times
    #[arg(long, value_name = "NAME=FILE", required = true, value_parser = named_file)]
    pub from: Vec<(String, PathBuf)>,
    /// The value of `:name`; a value is never part of the query's text
    #[arg(long, value_name = "NAME=VALUE", value_parser = named)]
    pub param: Vec<(String, String)>,
    #[arg(long, default_value = "table")]
    pub format: Rows,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl check --routes routes.toml")]
pub struct Check {
    /// The routing document; without one the built-in defaults
    #[arg(long, value_name = "FILE")]
    pub routes: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Rows {
    Table,
    Json,
    Ndjson,
    Csv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Locale {
    Ko,
    En,
}

impl Locale {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Json,
    Html,
}

fn duration(text: &str) -> Result<SignedDuration, String> {
    text.parse::<SignedDuration>().map_err(|_| "write a number and a unit, such as 30s".to_owned())
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    model::when::timestamp(text)
        .ok_or_else(|| "write a time such as 2026-11-30T09:00:00Z".to_owned())
}

fn zone(text: &str) -> Result<String, String> {
    match jiff::tz::TimeZone::get(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err("no such IANA zone; write a name such as Asia/Seoul".to_owned()),
    }
}

fn named(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    named(text).map(|(name, file)| (name, PathBuf::from(file)))
}
