//! How the chain is proved.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::SignedDuration;

use super::deployed::{Reach, Stack};
use super::duration;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl send --wait --table \"$STATE_TABLE\"
  healthctl send --sample issue --wait
  healthctl send event.json

With --wait, exit code 0 when every space has it, 1 when one has not in time.")]
pub struct Send {
    /// A record as EventBridge delivers it, or its detail; sent under a name of its own. `-` reads
    /// stdin
    #[arg(value_name = "FILE|-", conflicts_with = "sample")]
    pub file: Option<PathBuf>,
    /// What to send in place of a file
    #[arg(long, value_name = "NAME", default_value = "test")]
    pub sample: Sample,
    /// Follow it until it is posted
    #[arg(long)]
    pub wait: bool,
    /// How long to follow it
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration)]
    pub timeout: SignedDuration,
    /// The event bus [default: the one the stack makes]
    #[arg(long, value_name = "NAME|ARN")]
    pub bus: Option<String>,
    #[command(flatten)]
    pub stack: Stack,
    #[command(flatten)]
    pub reach: Reach,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sample {
    /// Over already and of no weight: mentions nobody
    Test,
    /// An open issue; mentions whom such a one mentions, and stays open
    Issue,
    /// A scheduled change in three days
    Maintenance,
}
