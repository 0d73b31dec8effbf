//! The hub as its template wires it, on the emulator, with the functions' real binaries in a bad
//! network.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::ops::Range;
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
use super::story::Story;
use crate::emulator::{Emulator, REGION, state_table};
use crate::fault_proxy::{Proxy, Weather};
use crate::lambda_service::mapping::{self, Mapping, Reading};
use crate::lambda_service::{Fleet, Function, Process, Surroundings};

const EVENTS: &str = "events";
const FLUSH: &str = "flush";
const DEAD_LETTERS: &str = "dead-letters";
const URGENT: &str = "urgent";
const NORMAL: &str = "normal";
const TABLE: &str = "state";
const TOPIC: &str = "alerts";
const ALARMS: &str = "alarms";
const SECRET: &str = "spaces";

/// The shortest the functions take: whoever is killed with a lease holds up others for it and
/// five seconds more.
pub const COLLECTOR_TIMEOUT: Duration = Duration::from_secs(10);
const DELIBIRD_TIMEOUT: Duration = Duration::from_secs(20);
/// In place of a minute.
const SWEEP: Duration = Duration::from_secs(15);

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
    pub collector: Arc<Fleet<World>>,
    /// Not there where a run ends at the topic.
    pub delibird: Option<Arc<Fleet<World>>>,
    readings: Vec<Reading>,
    flushing: Option<Flushing>,
    processes: usize,
}

/// Ticks are worked off, and swept for.
struct Flushing {
    reading: Reading,
    sweeps: JoinHandle<()>,
}

impl Drop for Flushing {
    fn drop(&mut self) {
        self.sweeps.abort();
    }
}

/// What is deployed.
#[derive(Clone, Debug)]
pub struct Deployment {
    pub collector: PathBuf,
    pub delibird: Option<PathBuf>,
    /// A folder with the binaries of another release, which run beside these.
    pub other: Option<PathBuf>,
    /// How many processes of each.
    pub processes: usize,
    pub collector_timeout: Duration,
    pub routes: String,
}

impl Hub {
    /// `webhooks` by space.
    pub async fn start(
        emulator: Arc<Emulator>,
        world: &Arc<World>,
        deployment: &Deployment,
        webhooks: &Value,
    ) -> Result<Self, BoxError> {
        state_table::create(&Client::new(emulator.config()), TABLE).await?;
        queues_and_topics(&emulator, deployment.collector_timeout).await?;
        let store =
            DynamoStore::new(Client::new(emulator.config()), TABLE.to_owned(), super::clock);
        let signed = Signed { by: "chaos".to_owned(), at: super::clock(), comment: String::new() };
        configuration::push(&store, &deployment.routes, signed).await?;
        let processes = deployment.processes;
        let fleet = |name: &str, program: &PathBuf, timeout: Duration, settings| {
            let mut function = Function {
                name: name.to_owned(),
                program: program.clone(),
                other: deployment.other.as_ref().map(|folder| folder.join(name)),
                settings,
                timeout,
                concurrency: processes,
            };
            let seconds = timeout.as_secs().to_string();
            function.settings.insert("FUNCTION_TIMEOUT_SECONDS".to_owned(), seconds);
            Arc::new(Fleet::new(function, Arc::clone(world)))
        };
        let map = |queue: &str, batch, fleet: &Arc<Fleet<World>>| {
            let mapping = Mapping { queue: queue.to_owned(), batch, pollers: processes };
            mapping::read(&emulator, &mapping, fleet)
        };
        let settings = collector_settings(&emulator);
        let timeout = deployment.collector_timeout;
        let collector = fleet("collector", &deployment.collector, timeout, settings);
        let mut readings = vec![map(EVENTS, 100, &collector)];
        let mut delibird = None;
        if let Some(program) = &deployment.delibird {
            let settings = delibird_settings(&emulator, webhooks).await?;
            let function = fleet("delibird", program, DELIBIRD_TIMEOUT, settings);
            readings.extend([map(URGENT, 5, &function), map(NORMAL, 10, &function)]);
            delibird = Some(function);
        }
        Ok(Self { emulator, store, collector, delibird, readings, flushing: None, processes })
    }

    /// Ticks wait in their queue until then.
    pub fn begin_flushing(&mut self) {
        let mapping = Mapping { queue: FLUSH.to_owned(), batch: 10, pollers: self.processes };
        let reading = mapping::read(&self.emulator, &mapping, &self.collector);
        let swept = Arc::clone(&self.collector);
        let sweeps = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                // One that fails is repeated by the next.
                let _ = swept.invoke(json!({"task": "sweep"}).to_string().into()).await;
            }
        });
        self.flushing = Some(Flushing { reading, sweeps });
    }

    pub fn stop_flushing(&mut self) {
        self.flushing = None;
    }

    /// Until the queue of events is worked off.
    pub async fn taken_in(&self, patience: Duration) -> Result<bool, BoxError> {
        let started = tokio::time::Instant::now();
        while started.elapsed() < patience {
            if self.waiting(EVENTS).await? == 0 {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Ok(false)
    }

    /// Puts records on the queue as the rule of the bus does, at their times. Gives the id of
    /// each message with the places of its story and record. Only those of this act.
    pub async fn send(
        &self,
        stories: &[Story],
        act: Range<Duration>,
    ) -> Result<HashMap<String, (usize, usize)>, BoxError> {
        let mut due: Vec<(Duration, usize, usize)> = Vec::new();
        for (at_story, story) in stories.iter().enumerate() {
            for (at_record, record) in story.records.iter().enumerate() {
                let now = record.sent.iter().filter(|at| act.contains(*at));
                due.extend(now.map(|at| (at.saturating_sub(act.start), at_story, at_record)));
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
        let flushing = self.flushing.iter().map(|flushing| &flushing.reading);
        if self.readings.iter().chain(flushing).any(|reading| !reading.is_idle()) {
            return Ok(false);
        }
        for queue in self.delibird.iter().flat_map(|_| [URGENT, NORMAL]).chain([EVENTS]) {
            if self.waiting(queue).await? > 0 {
                return Ok(false);
            }
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
}

async fn queues_and_topics(emulator: &Emulator, collector: Duration) -> Result<(), BoxError> {
    // How long a message stays unseen that nobody deleted. AWS advises six time-outs.
    let unseen = |timeout: Duration| (timeout.as_secs() + 2).to_string();
    for (queue, unseen) in [
        (EVENTS, unseen(collector)),
        (FLUSH, unseen(collector)),
        (URGENT, unseen(DELIBIRD_TIMEOUT)),
        (NORMAL, unseen(DELIBIRD_TIMEOUT)),
        (DEAD_LETTERS, unseen(Duration::ZERO)),
    ] {
        let created = json!({"QueueName": queue, "Attributes": {"VisibilityTimeout": unseen}});
        emulator.json("sqs", "AmazonSQS.CreateQueue", &created).await?;
    }
    for topic in [TOPIC, ALARMS] {
        let topic = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", topic)];
        emulator.query("sns", &topic).await?;
    }
    let others = json!({"lane": [{"anything-but": ["urgent"]}, {"exists": false}]});
    for (queue, filter) in [(URGENT, json!({"lane": ["urgent"]})), (NORMAL, others)] {
        let (topic, queue) = (Emulator::arn("sns", TOPIC), Emulator::arn("sqs", queue));
        let subscription = [
            ("Action", "Subscribe"),
            ("Version", "2010-03-31"),
            ("TopicArn", &*topic),
            ("Protocol", "sqs"),
            ("Endpoint", &*queue),
            ("Attributes.entry.1.key", "FilterPolicy"),
            ("Attributes.entry.1.value", &filter.to_string()),
            ("Attributes.entry.2.key", "RawMessageDelivery"),
            ("Attributes.entry.2.value", "true"),
        ];
        emulator.query("sns", &subscription).await?;
    }
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

async fn delibird_settings(
    emulator: &Emulator,
    webhooks: &Value,
) -> Result<BTreeMap<String, String>, BoxError> {
    let secret = json!({"Name": SECRET, "SecretString": webhooks.to_string()});
    let made = emulator.json("secretsmanager", "secretsmanager.CreateSecret", &secret).await?;
    let secret = made["ARN"].as_str().ok_or("a secret without a name")?.to_owned();
    let settings = [
        ("STATE_TABLE", TABLE.to_owned()),
        ("SPACES_SECRET_ARN", secret),
        ("URGENT_QUEUE_URL", emulator.queue_url(URGENT)),
        ("NORMAL_QUEUE_URL", emulator.queue_url(NORMAL)),
        ("DEAD_LETTERS_QUEUE_URL", emulator.queue_url(DEAD_LETTERS)),
        ("ALARM_TOPIC_ARN", Emulator::arn("sns", ALARMS)),
    ];
    Ok(common_settings(emulator, settings))
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
    ];
    let all = common.into_iter().chain(own);
    all.map(|(key, value)| (key.to_owned(), value)).collect()
}
