//! The client of the metric API, and the frame a request body becomes.

mod put;

use std::io::Write;
use std::path::Path;

use custom::metric::{self, Faults};
use custom::whatap::wire;
use jiff::Timestamp;

use crate::aws::Surroundings;
use crate::cli::Outcome;
use crate::cli::metric::{Metric, MetricVerb};
use crate::{input, metrics};

pub fn run(arguments: &Metric, around: Surroundings) -> anyhow::Result<Outcome> {
    match &arguments.verb {
        MetricVerb::Put(put) => put::run(put, around),
        MetricVerb::Frame(frame) => {
            let now = frame.time.unwrap_or_else(|| (around.now)());
            print_frame(frame.file.as_deref(), now)
        }
    }
}

fn print_frame(file: Option<&Path>, now: Timestamp) -> anyhow::Result<Outcome> {
    let (name, body) = input::bytes(file)?;
    let batch = match metric::parse(&body, &metrics::reading(), now) {
        Ok(batch) => batch,
        Err(faults) => {
            say(&name, &faults)?;
            return Ok(Outcome::Failed);
        }
    };
    // The reading asks for the key in the body.
    let Some(key) = &batch.access_key else { anyhow::bail!("{name}: no access key") };
    let frame = wire::frame_of(&batch, key);
    let mut out = std::io::stdout().lock();
    for byte in frame {
        write!(out, "{byte:02x}")?;
    }
    writeln!(out)?;
    Ok(Outcome::Done)
}

fn say(name: &str, faults: &Faults) -> std::io::Result<()> {
    let mut errors = std::io::stderr().lock();
    for fault in faults {
        let (path, code) = (fault.path.to_string(), fault.code.as_str());
        let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
        writeln!(errors, "{name}: {place}{code}: {}", fault.message)?;
    }
    Ok(())
}
