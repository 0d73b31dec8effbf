//! What can be asked of the metric API.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::named;

#[derive(Debug, Args)]
pub struct Metric {
    #[command(subcommand)]
    pub verb: MetricVerb,
}

#[derive(Debug, Subcommand)]
pub enum MetricVerb {
    /// Post values; repeat only what cannot be counted twice
    Put(Put),
    /// Show the WhaTap frame of a request body as hex
    Frame(Frame),
}

#[derive(Debug, Args)]
#[command(after_help = "Keys are read from files or the environment, never from arguments.

Examples:
  healthctl metric put --pcode 1234567 --category aws_cost --tag team=payments daily_usd=1200.5
  healthctl metric put --url \"$API_ENDPOINT\" --api-key-file key.txt --pcode 1 --category disk used_gb=81
  aws ssm get-parameter --name /whatap/key --with-decryption --query Parameter.Value --output text |
    healthctl metric put --access-key-file - --pcode 1 --category disk used_gb=81")]
pub struct Put {
    /// The output `ApiEndpoint` of the stack; by default the one of `healthctl dev`
    #[arg(
        long,
        value_name = "URL",
        env = "CUSTOM_METRICS_URL",
        default_value = "http://127.0.0.1:8787/custom"
    )]
    pub url: String,
    /// Holds the API key; `-` reads stdin; else it is the variable `CUSTOM_METRICS_API_KEY`
    #[arg(long, value_name = "FILE|-")]
    pub api_key_file: Option<PathBuf>,
    /// Holds the WhaTap access key; `-` reads stdin; else it is the variable `WHATAP_ACCESS_KEY`, else
    /// none is sent
    #[arg(long, value_name = "FILE|-")]
    pub access_key_file: Option<PathBuf>,
    /// The WhaTap project
    #[arg(long, value_name = "N")]
    pub pcode: i64,
    /// What the values are about: the table they are written to
    #[arg(long, value_name = "NAME")]
    pub category: String,
    /// The object the values belong to
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// May be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = named)]
    pub tag: Vec<(String, String)>,
    /// When the values were taken, in milliseconds since 1970; the API's clock by default
    #[arg(long, value_name = "MS")]
    pub timestamp: Option<i64>,
    /// Names and numbers
    #[arg(required = true, value_name = "KEY=VALUE", value_parser = named)]
    pub values: Vec<(String, String)>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl metric frame --time 1700000000123 body.json
  curl -sS .. | healthctl metric frame -")]
pub struct Frame {
    /// The time of a body without a timestamp, in milliseconds since 1970; now by default
    #[arg(long, value_name = "MS", value_parser = milliseconds)]
    pub time: Option<Timestamp>,
    /// The body of a request; `-` or none reads stdin
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

fn milliseconds(text: &str) -> Result<Timestamp, String> {
    let ms = text.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    ms.ok_or_else(|| "write milliseconds since 1970, such as 1700000000123".to_owned())
}
