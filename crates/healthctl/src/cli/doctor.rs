//! How the deployed system is looked at.

use clap::Args;

use super::deployed::{Listing, Reach, Stack};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  healthctl doctor --table \"$STATE_TABLE\" --secret \"$SPACES_SECRET_ARN\"
  healthctl doctor --project health --format json
  healthctl doctor --secret \"$SPACES_SECRET_ARN\" --post

Exit code 0 when nothing is at fault, 1 when something is. What could not be looked at is
unknown, which is neither.")]
pub struct Doctor {
    #[command(flatten)]
    pub stack: Stack,
    /// The event bus [default: the one the stack makes]
    #[arg(long, value_name = "NAME")]
    pub bus: Option<String>,
    /// The secret that holds the webhooks
    #[arg(long, value_name = "NAME|ARN", env = "SPACES_SECRET_ARN")]
    pub secret: Option<String>,
    /// Post a test message into every space, instead of asking without one
    #[arg(long, requires = "secret")]
    pub post: bool,
    #[arg(long, default_value = "table")]
    pub format: Listing,
    #[command(flatten)]
    pub reach: Reach,
}
