//! The hub as its template wires it, on the emulator, with the functions' real binaries in a bad
//! network.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BoxError;
use jiff::Timestamp;
use model::ids::IncidentId;
use serde_json::{Value, json};
use state::configuration::{self, Signed};
use state::{DynamoStore, StateStore};
use tokio::task::JoinHandle;

use super::ledger::Kept;
use super::line::Line;
use super::story::{ROUTES, Story};
use crate::emulator::{Emulator, REGION, state_table};
use crate::fault_proxy::{Proxy, Weather};
use crate::lambda_service::mapping::{self, Mapping, Reading};
use crate::lambda_service::{Fleet, Function, Process, Surroundings};

const EVENTS: &str = "events";
const FLUSH: &str = "flush";
const DEAD_LETTERS: &str = "dead-letters";
const DELIVERY: &str = "delivery";
const TABLE: &str = "state";
const TOPIC: &str = "alerts";

/// The shortest the function takes: whoever is killed with a lease holds up others for it and
/// five seconds more.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long a message stays unseen that nobody deleted. AWS advises six time-outs.
const UNSEEN_SECONDS: u64 = 12;
/// In place of a minute.
const SWEEP: Duration = Duration::from_secs(3);

/// What processes have around them: a proxy of their own, and somebody who reads their log.
pub struct World {
    pub weather: Arc<Weather>,
    lines: Mutex<Vec<Line>>,
}

impl World {
    pub fn new(weather: Arc<Weather>) -> Self {
        Self { weather, lines: Mutex::default() }
    }

    pub fn lines(&self) -> Vec<Line> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Surroundings for World {
    type Held = Proxy;

    async fn around(
        &self,
        function: &str,
        process: &Process,
    ) -> io::Result<(BTreeMap<String, String>, Proxy)> {
        let proxy = Proxy::start(&self.weather, function, process).await?;
        Ok((proxy.settings(&self.weather), proxy))
    }

    fn line(&self, function: &str, line: &str) {
        if let Some(line) = Line::read(function, line) {
            self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }
}

pub struct Hub {
    pub emulator: Arc<Emulator>,
    store: DynamoStore,
    collector: Arc<Fleet<World>>,
    readings: Vec<Reading>,
    sweeps: JoinHandle<()>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.sweeps.abort();
    }
}

impl Hub {
    /// `processes` of each function.
    pub async fn start(
        emulator: Arc<Emulator>,
        world: &Arc<World>,
        collector: PathBuf,
        processes: usize,
    ) -> Result<Self, BoxError> {
        state_table::create(&Client::new(emulator.config()), TABLE).await?;
        queues_and_topic(&emulator).await?;
        let store =
            DynamoStore::new(Client::new(emulator.config()), TABLE.to_owned(), super::clock);
        let signed = Signed { by: "chaos".to_owned(), at: super::clock(), comment: String::new() };
        configuration::push(&store, ROUTES, signed).await?;
        let function = Function {
            name: "collector".to_owned(),
            program: collector,
            settings: collector_settings(&emulator),
            timeout: TIMEOUT,
            concurrency: processes,
        };
        let collector = Arc::new(Fleet::new(function, Arc::clone(world)));
        let map = |queue: &str, batch, pollers| {
            let mapping = Mapping { queue: queue.to_owned(), batch, pollers };
            mapping::read(&emulator, &mapping, &collector)
        };
        let readings = vec![map(EVENTS, 100, processes), map(FLUSH, 10, processes)];
        let swept = Arc::clone(&collector);
        let sweeps = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                // One that fails is repeated by the next.
                let _ = swept.invoke(json!({"task": "sweep"}).to_string().into()).await;
            }
        });
        Ok(Self { emulator, store, collector, readings, sweeps })
    }

    /// Puts records on the queue as the rule of the bus does, at their times. Gives the id of
    /// each message with the places of its story and record.
    pub async fn send(
        &self,
        stories: &[Story],
    ) -> Result<HashMap<String, (usize, usize)>, BoxError> {
        let mut due: Vec<(Duration, usize, usize)> = Vec::new();
        for (at_story, story) in stories.iter().enumerate() {
            for (at_record, record) in story.records.iter().enumerate() {
                due.extend(record.sent.iter().map(|at| (*at, at_story, at_record)));
            }
        }
        due.sort_unstable();
        let started = tokio::time::Instant::now();
        let mut ids = HashMap::new();
        for some in due.chunks(10) {
            if let Some((at, ..)) = some.last() {
                tokio::time::sleep_until(started + *at).await;
            }
            let entries: Vec<Value> = some
                .iter()
                .enumerate()
                .map(|(place, (_, story, record))| {
                    let body = &stories[*story].records[*record].body;
                    json!({"Id": place.to_string(), "MessageBody": body})
                })
                .collect();
            let batch = json!({"QueueUrl": self.emulator.queue_url(EVENTS), "Entries": entries});
            let sent = self.emulator.json("sqs", "AmazonSQS.SendMessageBatch", &batch).await?;
            for one in sent["Successful"].as_array().into_iter().flatten() {
                let place = one["Id"].as_str().and_then(|id| id.parse::<usize>().ok());
                if let (Some(place), Some(id)) = (place, one["MessageId"].as_str()) {
                    ids.insert(id.to_owned(), (some[place].1, some[place].2));
                }
            }
        }
        if ids.len() != due.len() {
            return Err(format!("only {} of {} messages were taken", ids.len(), due.len()).into());
        }
        Ok(ids)
    }

    /// Until nobody has anything to do any more but at a time beyond `horizon`; false when that
    /// did not come within `patience`.
    pub async fn quiet(&self, horizon: Duration, patience: Duration) -> Result<bool, BoxError> {
        let started = tokio::time::Instant::now();
        let mut still = 0;
        while started.elapsed() < patience {
            still = if self.is_quiet(horizon).await? { still + 1 } else { 0 };
            if still == 3 {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(false)
    }

    async fn is_quiet(&self, horizon: Duration) -> Result<bool, BoxError> {
        let busy = self.readings.iter().any(|reading| !reading.is_idle());
        if busy || self.waiting(EVENTS).await? > 0 {
            return Ok(false);
        }
        let until = super::clock() + jiff::SignedDuration::try_from(horizon)?;
        Ok(self.store.overdue(until, 1).await?.is_empty())
    }

    /// Incidents that somebody will look at again, and so hold what was not told yet.
    pub async fn held(&self) -> Result<Vec<String>, BoxError> {
        let held = self.store.overdue(Timestamp::MAX, 100_000).await?;
        Ok(held.into_iter().map(|incident| incident.0).collect())
    }

    /// What the table holds of these incidents.
    pub async fn table(
        &self,
        incidents: HashSet<String>,
    ) -> Result<HashMap<String, Kept>, BoxError> {
        let mut table = HashMap::new();
        for incident in incidents {
            let reading = self.store.read(&IncidentId(incident.clone())).await?;
            let members = reading.members.iter().map(|member| {
                (member.communication.clone(), member.account.0.clone(), member.page)
            });
            let copies = reading.copies.iter().map(|copy| copy.account.0.clone());
            table.insert(incident, Kept { members: members.collect(), copies: copies.collect() });
        }
        Ok(table)
    }

    /// Seen or not.
    async fn waiting(&self, queue: &str) -> Result<u64, BoxError> {
        let wanted = json!({"QueueUrl": self.emulator.queue_url(queue), "AttributeNames": ["All"]});
        let found = self.emulator.json("sqs", "AmazonSQS.GetQueueAttributes", &wanted).await?;
        let of = |name: &str| {
            let name = format!("ApproximateNumberOfMessages{name}");
            found["Attributes"][name].as_str().and_then(|count| count.parse::<u64>().ok())
        };
        Ok(["", "NotVisible", "Delayed"].into_iter().filter_map(of).sum())
    }

    /// The bodies of all that was buried.
    pub async fn dead_letters(&self) -> Result<Vec<String>, BoxError> {
        let wanted = json!({
            "QueueUrl": self.emulator.queue_url(DEAD_LETTERS), "MaxNumberOfMessages": 10,
            "VisibilityTimeout": 3_600,
        });
        let mut bodies = Vec::new();
        loop {
            let found = self.emulator.json("sqs", "AmazonSQS.ReceiveMessage", &wanted).await?;
            let messages = found["Messages"].as_array().map(Vec::as_slice).unwrap_or_default();
            if messages.is_empty() {
                return Ok(bodies);
            }
            bodies.extend(messages.iter().filter_map(|m| m["Body"].as_str().map(str::to_owned)));
        }
    }

    pub fn collector(&self) -> &Fleet<World> {
        &self.collector
    }
}

async fn queues_and_topic(emulator: &Emulator) -> Result<(), BoxError> {
    for queue in [EVENTS, FLUSH, DEAD_LETTERS, DELIVERY] {
        let attributes = json!({"VisibilityTimeout": UNSEEN_SECONDS.to_string()});
        let created = json!({"QueueName": queue, "Attributes": attributes});
        emulator.json("sqs", "AmazonSQS.CreateQueue", &created).await?;
    }
    let topic = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", TOPIC)];
    emulator.query("sns", &topic).await?;
    let (topic, queue) = (Emulator::arn("sns", TOPIC), Emulator::arn("sqs", DELIVERY));
    let subscription = [
        ("Action", "Subscribe"),
        ("Version", "2010-03-31"),
        ("TopicArn", &*topic),
        ("Protocol", "sqs"),
        ("Endpoint", &*queue),
    ];
    emulator.query("sns", &subscription).await?;
    Ok(())
}

fn collector_settings(emulator: &Emulator) -> BTreeMap<String, String> {
    let settings = [
        ("STATE_TABLE", TABLE.to_owned()),
        ("ALERTS_TOPIC_ARN", Emulator::arn("sns", TOPIC)),
        ("FLUSH_QUEUE_URL", emulator.queue_url(FLUSH)),
        ("DEAD_LETTERS_QUEUE_URL", emulator.queue_url(DEAD_LETTERS)),
    ];
    common_settings(emulator, settings)
}

fn common_settings<const N: usize>(
    emulator: &Emulator,
    own: [(&str, String); N],
) -> BTreeMap<String, String> {
    let common = [
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_ENDPOINT_URL", emulator.endpoint().to_owned()),
        ("FUNCTION_TIMEOUT_SECONDS", TIMEOUT.as_secs().to_string()),
    ];
    let all = common.into_iter().chain(own);
    all.map(|(key, value)| (key.to_owned(), value)).collect()
}
