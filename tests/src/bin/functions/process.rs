//! The one process of a function that is measured: what it has spent so far, and what it said of
//! its work.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::error::BoxError;
use serde_json::Value;
use system_tests::lambda_service::{Function, Process, Surroundings};

/// No event takes so long.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) fn function(
    name: &str,
    program: PathBuf,
    settings: BTreeMap<String, String>,
) -> Function {
    let (name, timeout) = (name.to_owned(), TIMEOUT);
    Function { name, program, settings, timeout, other: None, concurrency: 1 }
}

/// Keeps hold of the process, and counts its decisions.
#[derive(Default)]
pub(crate) struct Watched {
    process: Mutex<Option<Process>>,
    decisions: Mutex<BTreeMap<String, usize>>,
}

impl Watched {
    pub(crate) fn note(&self, process: &Process) {
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process.clone());
    }

    /// A line of its log.
    pub(crate) fn read(&self, line: &str) {
        let line: Value = serde_json::from_str(line).unwrap_or_default();
        if let Some(decision) = line["decision"].as_str() {
            let mut decisions = self.decisions.lock().unwrap_or_else(PoisonError::into_inner);
            *decisions.entry(decision.to_owned()).or_default() += 1;
        }
    }

    pub(crate) fn id(&self) -> Result<u32, BoxError> {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(process.as_ref().and_then(Process::id).ok_or("the process is gone")?)
    }

    pub(crate) fn decisions(&self) -> BTreeMap<String, usize> {
        self.decisions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Surroundings for Watched {
    type Held = ();

    async fn around(
        &self,
        _: &str,
        process: &Process,
    ) -> io::Result<(BTreeMap<String, String>, ())> {
        self.note(process);
        Ok((BTreeMap::new(), ()))
    }

    fn line(&self, _: &str, line: &str) {
        self.read(line);
    }
}

/// Of all threads it has.
pub(crate) fn cpu(process: u32) -> Result<Duration, BoxError> {
    let mut spent = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = fs::read_to_string(thread?.path().join("schedstat"))?;
        spent += stat.split(' ').next().unwrap_or_default().parse::<u64>()?;
    }
    Ok(Duration::from_nanos(spent))
}

/// In KB.
pub(crate) fn peak(process: u32) -> Result<u64, BoxError> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.ok_or("no VmHWM")?.trim_end_matches("kB").trim().parse()?)
}
