//! Whether a routing document is sound, and does what its own tests say.

use std::io::Write;

use jiff::Timestamp;

use crate::cli::{Check, Outcome};
use crate::simulate;

pub fn run(arguments: &Check, now: Timestamp) -> anyhow::Result<Outcome> {
    let rules = simulate::rules(arguments.routes.as_deref())?;
    let name = &rules.version;
    let mut out = std::io::stdout().lock();
    for warning in rules.warnings(now) {
        writeln!(out, "{name}: warning: {warning}")?;
    }
    let failures = rules.run_tests(now);
    for failure in &failures {
        writeln!(out, "{name}: {failure}")?;
    }
    if failures.is_empty() {
        writeln!(out, "{name}: ok")?;
        return Ok(Outcome::Done);
    }
    Ok(Outcome::Failed)
}
