//! One event for 500 accounts, three copies of each, through one process of the collector: batches
//! as Lambda hands them over, one after the other, and then the ticks.
//!
//! Calls go by way of a proxy that counts them and does nothing else to them.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::BoxError;
use bytes::Bytes;
use serde_json::{Value, json};
use system_tests::capacity::Bill;
use system_tests::emulator::Emulator;
use system_tests::fault_proxy::call::Step;
use system_tests::fault_proxy::fate::{Kills, Rates};
use system_tests::fault_proxy::{Flavour, Proxy, Weather};
use system_tests::lambda_service::mapping::{self, Mapping};
use system_tests::lambda_service::{Fleet, Process, Surroundings};

use crate::payload;
use crate::process::{self, Watched, cpu, peak};
use crate::table::{Spread, grouped, megabytes, milliseconds};

const RECORDS: u32 = 1_500;
const ACCOUNTS: u32 = 500;
/// What a queue's mapping takes without waiting for company.
const BATCH: usize = 10;
const NAME: &str = "collector";
/// The tick is due ten seconds after the first record.
const PATIENCE: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(200);

struct Storm {
    emulator: Arc<Emulator>,
    /// The queue of its ticks.
    flush: &'static str,
    fleet: Arc<Fleet<Counted>>,
    counted: Arc<Counted>,
    id: u32,
}

struct Counted {
    watched: Watched,
    weather: Arc<Weather>,
}

/// So far.
#[derive(Clone, Copy)]
struct Spent {
    cpu: Duration,
    bill: Bill,
}

/// Nobody else may use the table of `settings` or the queue `flush` that it names.
pub(crate) async fn measure(
    emulator: &Arc<Emulator>,
    program: PathBuf,
    settings: BTreeMap<String, String>,
    flush: &'static str,
) -> Result<String, BoxError> {
    let storm = Storm::start(emulator, program, settings, flush).await?;
    let warm = storm.spent()?;
    let mut walls = storm.take_in().await?;
    let full = storm.spent()?;
    storm.flush().await?;
    let told = storm.spent()?;
    let (ticks, alerts) = (storm.ticks(), storm.alerts()?);
    let (took_in, flushed) = (full.since(warm), told.since(full));
    let wall: Duration = walls.iter().sum();
    let lines = [
        "| records, accounts | wall, of each batch of ten: median, least | CPU, for each record | \
         writes, reads of the table for each record | CPU of the flush; writes, reads | ticks | \
         alerts | most memory |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        &format!(
            "| {}, {ACCOUNTS} | {:.2} s, {} | {:.0} ms, {:.3} ms | {:.2}, {:.2} | {:.1} ms; \
             {}, {} | {ticks} | {alerts} | {} |",
            grouped(RECORDS.into()),
            wall.as_secs_f64(),
            Spread::of(&mut walls),
            milliseconds(took_in.cpu),
            milliseconds(took_in.cpu / RECORDS),
            per_record(took_in.bill.writes),
            per_record(took_in.bill.reads),
            milliseconds(flushed.cpu),
            flushed.bill.writes,
            flushed.bill.reads,
            megabytes(peak(storm.id)?),
        ),
    ];
    Ok(lines.join("\n"))
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn per_record(count: u64) -> f64 {
    count as f64 / f64::from(RECORDS)
}

impl Storm {
    async fn start(
        emulator: &Arc<Emulator>,
        program: PathBuf,
        settings: BTreeMap<String, String>,
        flush: &'static str,
    ) -> Result<Self, BoxError> {
        // The collector never calls Google Chat.
        let origins = (emulator.endpoint().to_owned(), "http://chat.invalid".to_owned());
        let kills = Kills { total: 0, over: Duration::ZERO };
        let weather = Weather::new(origins, |_| Rates::CALM, kills, Flavour::AsItIs, 0)?;
        let weather = Arc::new(weather);
        let counted = Arc::new(Counted { watched: Watched::default(), weather });
        let function = process::function(NAME, program, settings);
        let fleet = Arc::new(Fleet::new(function, Arc::clone(&counted)));
        // It looks for a routing document, and has nothing else to do.
        fleet.invoke(Bytes::from(payload::records("events", []))).await?;
        let id = counted.watched.id()?;
        Ok(Self { emulator: Arc::clone(emulator), flush, fleet, counted, id })
    }

    /// How long each batch took.
    async fn take_in(&self) -> Result<Vec<Duration>, BoxError> {
        let copies: Vec<u32> = (0..RECORDS).collect();
        let batch = |copies: &[u32]| {
            let bodies = copies.iter().map(|copy| payload::event_for(0, copy % ACCOUNTS));
            Bytes::from(payload::records("events", bodies))
        };
        let batches: Vec<Bytes> = copies.chunks(BATCH).map(batch).collect();
        let mut walls = Vec::with_capacity(batches.len());
        for batch in batches {
            let began = Instant::now();
            let answer = self.fleet.invoke(batch).await?;
            walls.push(began.elapsed());
            let answer: Value = serde_json::from_slice(&answer)?;
            if answer["batchItemFailures"].as_array().is_none_or(|back| !back.is_empty()) {
                return Err(format!("records of the storm came back: {answer}").into());
            }
        }
        Ok(walls)
    }

    /// Each tick as its queue brings it, until there is none.
    async fn flush(&self) -> Result<(), BoxError> {
        let mapping = Mapping { queue: self.flush.to_owned(), batch: BATCH, pollers: 1 };
        let reading = mapping::read(&self.emulator, &mapping, &self.fleet);
        let began = Instant::now();
        while self.waiting().await? > 0 || !reading.is_idle() {
            if began.elapsed() > PATIENCE {
                return Err("the ticks of the storm come to no end".into());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    /// Ticks, seen or not.
    async fn waiting(&self) -> Result<u64, BoxError> {
        let url = self.emulator.queue_url(self.flush);
        let wanted = json!({"QueueUrl": url, "AttributeNames": ["All"]});
        let found = self.emulator.json("sqs", "AmazonSQS.GetQueueAttributes", &wanted).await?;
        let of = |name: &str| {
            let name = format!("ApproximateNumberOfMessages{name}");
            found["Attributes"][name].as_str().and_then(|count| count.parse::<u64>().ok())
        };
        Ok(["", "NotVisible", "Delayed"].into_iter().filter_map(of).sum())
    }

    fn spent(&self) -> Result<Spent, BoxError> {
        let bills = self.counted.weather.figures().bills;
        Ok(Spent { cpu: cpu(self.id)?, bill: bills.get(NAME).copied().unwrap_or_default() })
    }

    fn ticks(&self) -> u64 {
        let calls = self.counted.weather.figures().calls;
        calls.get(&(NAME.to_owned(), Step::Send)).copied().unwrap_or_default()
    }

    /// How many; a storm that was not told as one alert of all accounts was none.
    fn alerts(&self) -> Result<usize, BoxError> {
        let published = self.counted.weather.published();
        let ids: BTreeSet<_> = published.iter().map(|one| &one.alert.alert_id).collect();
        let whole = published.iter().all(|one| one.alert.accounts.total == ACCOUNTS);
        if ids.len() == 1 && whole && self.fleet.figures().started == 1 {
            return Ok(published.len());
        }
        let told: Vec<u32> = published.iter().map(|one| one.alert.accounts.total).collect();
        let decisions = self.counted.watched.decisions();
        Err(format!("the storm was told as alerts of {told:?} accounts; {decisions:?}").into())
    }
}

impl Spent {
    fn since(self, before: Self) -> Self {
        let bill = Bill {
            reads: self.bill.reads - before.bill.reads,
            writes: self.bill.writes - before.bill.writes,
            read_units: self.bill.read_units - before.bill.read_units,
            write_units: self.bill.write_units - before.bill.write_units,
        };
        Self { cpu: self.cpu.saturating_sub(before.cpu), bill }
    }
}

impl Surroundings for Counted {
    type Held = Proxy;

    async fn around(
        &self,
        function: &str,
        process: &Process,
    ) -> io::Result<(BTreeMap<String, String>, Proxy)> {
        self.watched.note(process);
        let proxy = Proxy::start(&self.weather, function, process).await?;
        Ok((proxy.settings(&self.weather), proxy))
    }

    fn line(&self, _: &str, line: &str) {
        self.watched.read(line);
    }
}
