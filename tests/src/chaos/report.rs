//! What a run prints.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::ledger::Ledger;
use crate::fault_proxy::call::Step;
use crate::{fault_proxy, lambda_service};

#[derive(Clone, Debug)]
pub struct Report {
    pub ledger: Ledger,
    pub figures: fault_proxy::Figures,
    pub collector: lambda_service::Figures,
    pub delibird: lambda_service::Figures,
    /// After which a message may be there twice.
    pub unknown: u64,
    pub elapsed: Duration,
}

impl Report {
    pub fn is_clean(&self) -> bool {
        self.ledger.faults.is_empty()
    }
}

/// The faults that are printed; the rest are counted.
const SHOWN: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ledger, figures, collector, delibird, unknown, elapsed } = self;
        let Ledger { records, delivered, held, silenced, dead_lettered, no_change, .. } = ledger;
        writeln!(
            f,
            "records         {records} different: {delivered} delivered, {held} held, {silenced} silenced, {dead_lettered} dead-lettered"
        )?;
        writeln!(f, "copies          {no_change} no change")?;
        writeln!(
            f,
            "alerts          {} published, {} messages, {} of them repeats, {unknown} times nobody could know",
            ledger.alerts, ledger.messages, ledger.repeats
        )?;
        let late = |per_cent| percentile(&ledger.latencies, per_cent).as_secs_f64();
        writeln!(
            f,
            "latency         p50 {:.1} s, p99 {:.1} s from an account's record to the message that names it",
            late(50),
            late(99)
        )?;
        writeln!(f, "calls           {}", listed(&figures.calls))?;
        writeln!(
            f,
            "refused         {}, reset before {}; done but not told: {}",
            figures.refused,
            figures.resets_before,
            listed(&figures.ambiguous)
        )?;
        writeln!(f, "kills           {}: {}", figures.killed(), listed(&figures.kills))?;
        for (name, fleet) in [("collector", collector), ("delibird ", delibird)] {
            let lambda_service::Figures { started, invoked, timed_out } = fleet;
            writeln!(
                f,
                "{name}       {started} processes, {invoked} invocations, {timed_out} timed out"
            )?;
        }
        for (function, bill) in &figures.bills {
            writeln!(f, "DynamoDB        {function}: {bill}")?;
        }
        writeln!(f, "took            {:.0} s", elapsed.as_secs_f64())?;
        for fault in ledger.faults.iter().take(SHOWN) {
            writeln!(f, "FAULT           {fault}")?;
        }
        write!(f, "faults          {}", ledger.faults.len())
    }
}

fn listed(counts: &BTreeMap<(String, Step), u64>) -> String {
    let each = counts.iter().map(|((function, step), count)| format!("{count} {function}/{step}"));
    each.collect::<Vec<_>>().join(", ")
}

fn percentile(sorted: &[Duration], per_cent: usize) -> Duration {
    let at = sorted.len() * per_cent / 100;
    sorted.get(at).or(sorted.last()).copied().unwrap_or_default()
}
