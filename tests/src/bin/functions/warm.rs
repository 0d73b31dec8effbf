//! Events of processes that are warm. All processes are there at once and take turns, so that
//! what else the machine does meets each alike.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::BoxError;
use bytes::Bytes;
use system_tests::lambda_service::Fleet;

use crate::process::{self, Watched, cpu, peak};
use crate::table::{Spread, grouped, megabytes, milliseconds};

/// Before the first measured event.
const WARM_UP: usize = 50;
/// How many events of one process follow each other.
const TURN: usize = 25;
/// By then a process has asked for its next event and waits.
const IDLE: Duration = Duration::from_millis(2);
/// How often, and after how long, its log is looked at again.
const LOOKS: usize = 20;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(crate) struct Row {
    /// [`NOTHING`], or whose it is.
    pub(crate) name: &'static str,
    pub(crate) event: &'static str,
    pub(crate) program: Program,
    pub(crate) settings: BTreeMap<String, String>,
    /// The payload of each invocation, by its number.
    pub(crate) payload: fn(usize) -> String,
    /// What the log says of each: a row of something else would be worse than none.
    pub(crate) decision: Option<&'static str>,
}

pub(crate) enum Program {
    Binary(PathBuf),
    /// Its size says nothing.
    Script(PathBuf),
}

/// The function that does nothing: the floor that the rows after it are held against.
pub(crate) const NOTHING: &str = "no-op";

struct Running {
    row: Row,
    size: Option<u64>,
    fleet: Fleet<Watched>,
    watched: Arc<Watched>,
    id: u32,
    first: Duration,
    events: usize,
    cpus: Vec<Duration>,
    walls: Vec<Duration>,
}

pub(crate) async fn measure(rows: Vec<Row>, events: usize) -> Result<String, BoxError> {
    let mut all = Vec::new();
    for row in rows {
        all.push(Running::start(row).await?);
    }
    for began in (0..events).step_by(TURN) {
        for running in &mut all {
            running.turn(TURN.min(events - began)).await?;
        }
    }
    for running in &all {
        running.check().await?;
    }
    table(&mut all)
}

impl Running {
    async fn start(row: Row) -> Result<Self, BoxError> {
        let (program, size) = match &row.program {
            Program::Binary(program) => (program, Some(fs::metadata(program)?.len())),
            Program::Script(program) => (program, None),
        };
        let watched = Arc::new(Watched::default());
        let function = process::function(row.name, program.clone(), row.settings.clone());
        let fleet = Fleet::new(function, Arc::clone(&watched));
        let payload = (row.payload)(0);
        fleet.invoke(Bytes::from(payload)).await.map_err(|error| row.failed(&error))?;
        let id = watched.id()?;
        let first = cpu(id)?;
        let (cpus, walls) = (Vec::new(), Vec::new());
        let mut running = Self { row, size, fleet, watched, id, first, events: 1, cpus, walls };
        running.turn(WARM_UP).await?;
        running.cpus.clear();
        running.walls.clear();
        Ok(running)
    }

    async fn turn(&mut self, events: usize) -> Result<(), BoxError> {
        tokio::time::sleep(IDLE).await;
        let mut before = cpu(self.id)?;
        for _ in 0..events {
            let payload = Bytes::from((self.row.payload)(self.events));
            self.events += 1;
            let began = Instant::now();
            self.fleet.invoke(payload).await.map_err(|error| self.row.failed(&error))?;
            self.walls.push(began.elapsed());
            tokio::time::sleep(IDLE).await;
            let after = cpu(self.id)?;
            self.cpus.push(after.saturating_sub(before));
            before = after;
        }
        Ok(())
    }

    /// Whether it did what its row says, but for the first event, which may be the only one of its
    /// kind.
    async fn check(&self) -> Result<(), BoxError> {
        let Some(decision) = self.row.decision else { return Ok(()) };
        let mut decisions = BTreeMap::new();
        // Its last lines may still be on their way.
        for _ in 0..LOOKS {
            decisions = self.watched.decisions();
            if decisions.get(decision).is_some_and(|count| count + 1 >= self.events) {
                return Ok(());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        let reason = format!("of {} events it said {decisions:?}", self.events);
        Err(self.row.failed(&reason))
    }
}

impl Row {
    fn failed(&self, reason: &impl ToString) -> BoxError {
        format!("{}, {}: {}", self.name, self.event, reason.to_string()).into()
    }
}

fn table(all: &mut [Running]) -> Result<String, BoxError> {
    let mut lines = vec![
        "| program | event | bytes | CPU to the first answer | CPU for each event: median, least | \
         to no-op | wall: median, least | most memory |"
            .to_owned(),
        format!("|{}", " --- |".repeat(8)),
    ];
    let mut floor = None;
    for running in all {
        let cpu = Spread::of(&mut running.cpus);
        let wall = Spread::of(&mut running.walls);
        if running.row.name == NOTHING {
            floor = Some(cpu.median);
        }
        let ratio = floor.map(|floor| cpu.median.div_duration_f64(floor));
        lines.push(format!(
            "| {} | {} | {} | {:.1} ms | {cpu} | {} | {wall} | {} |",
            running.row.name,
            running.row.event,
            running.size.map(grouped).unwrap_or_default(),
            milliseconds(running.first),
            ratio.map(|ratio| format!("{ratio:.1}")).unwrap_or_default(),
            megabytes(peak(running.id)?),
        ));
    }
    Ok(lines.join("\n"))
}
