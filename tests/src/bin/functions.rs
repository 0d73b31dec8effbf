//! What the functions' binaries cost: `cargo run -p system-tests --bin functions -- --help`

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BoxError;
use bytes::Bytes;
use jiff::Timestamp;
use model::Alert;
use serde_json::{Value, json};
use system_tests::chat_server::{ChatServer, Pace, RequestIds, Rules, SCHEMA, Schema};
use system_tests::emulator::{Emulator, REGION, state_table};
use system_tests::lambda_service::{Fleet, Function, Process, Surroundings};
use system_tests::{binary, chaos};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

const HELP: &str = "\
Runs each function's binary behind Lambda's Runtime API on an emulator of AWS, a fake Google Chat
and a listener in WhaTap's place, and prints what the process itself spent: CPU of its threads,
the network's work in it included, and the most memory it held. Build what is deployed first:

    scripts/image-binaries.sh --platform linux/amd64 --output FOLDER

Usage: functions [--binaries FOLDER] [--events N]

Without `--binaries` cargo builds them in the profile of this program. N is 1,000.
";

/// Before the first measured event.
const WARM_UP: usize = 50;
/// Delibird leaves a second between two messages of a space.
const SPACES: usize = 400;
const TABLE: &str = "state";
/// Synthetic: it decodes to project 1234567.
const ACCESS_KEY: &str = "x64mmgs800082-x61050o3gg28a-xm30d1o7qlala";

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the table is for people")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let after = |name: &str| arguments.iter().skip_while(|known| *known != name).nth(1);
    let events = after("--events").and_then(|events| events.parse().ok()).unwrap_or(1_000);
    match measure(after("--binaries").map(PathBuf::from).as_deref(), events).await {
        Ok(rows) => {
            println!(
                "| function | bytes | CPU to the first answer | CPU, median wall per event | peak |"
            );
            println!("| --- | --- | --- | --- | --- |");
            for row in rows {
                println!("{row}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(folder: Option<&Path>, events: usize) -> Result<Vec<String>, BoxError> {
    let program = |name: &str| match folder {
        Some(folder) => Ok(folder.join(name)),
        None => binary::built(name),
    };
    let Some(emulator) = Emulator::start().await? else { return Err("no emulator".into()) };
    state_table::create(&Client::new(emulator.config()), TABLE).await?;
    for queue in ["flush", "dead-letters", "urgent", "normal"] {
        emulator.json("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": queue})).await?;
    }
    for topic in ["alerts", "alarms"] {
        let topic = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", topic)];
        emulator.query("sns", &topic).await?;
    }
    let (chat, spaces) = chat().await?;
    let secret = json!({"Name": "spaces", "SecretString": spaces.to_string()});
    let secret = emulator.json("secretsmanager", "secretsmanager.CreateSecret", &secret).await?;
    let secret = secret["ARN"].as_str().unwrap_or_default().to_owned();
    let queue = |name: &str| emulator.queue_url(name);
    let topic = |name: &str| Emulator::arn("sns", name);
    let mut rows = Vec::new();
    let mut row = async |name: &str, what: &str, own: Settings, event: Event| {
        let settings = settings(&emulator, own);
        let row = one(program(name)?, name, settings, event, events).await?;
        rows.push(format!("| {name}, {what} | {row} |"));
        Ok::<_, BoxError>(())
    };
    let collector = vec![
        ("ALERTS_TOPIC_ARN", topic("alerts")),
        ("FLUSH_QUEUE_URL", queue("flush")),
        ("DEAD_LETTERS_QUEUE_URL", queue("dead-letters")),
    ];
    row("collector", "a new incident of 5 KB", collector, |at| batch("events", &event(at))).await?;
    let delibird = vec![
        ("SPACES_SECRET_ARN", secret),
        ("URGENT_QUEUE_URL", queue("urgent")),
        ("NORMAL_QUEUE_URL", queue("normal")),
        ("DEAD_LETTERS_QUEUE_URL", queue("dead-letters")),
        ("ALARM_TOPIC_ARN", topic("alarms")),
    ];
    row("delibird", "an alert of 5 KB", delibird, |at| batch("normal", &alert(at))).await?;
    let whatap = whatap().await?;
    let custom = || {
        let servers = ("WHATAP_SERVERS", whatap.clone());
        vec![
            ("EVENT_BUS_NAME", "health".to_owned()),
            ("METRIC_NAMESPACE", "Custom".to_owned()),
            servers,
        ]
    };
    row("custom", "10 values", custom(), |at| request(at, 10)).await?;
    row("custom", "1,000 values", custom(), |at| request(at, 1_000)).await?;
    drop(chat);
    Ok(rows)
}

type Settings = Vec<(&'static str, String)>;
type Event = fn(usize) -> String;

fn settings(emulator: &Emulator, own: Settings) -> BTreeMap<String, String> {
    let common = [
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_ENDPOINT_URL", emulator.endpoint().to_owned()),
        ("STATE_TABLE", TABLE.to_owned()),
        ("FUNCTION_TIMEOUT_SECONDS", "20".to_owned()),
    ];
    let all = common.into_iter().chain(own);
    all.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Keeps hold of the one process there is.
#[derive(Default)]
struct Watched(Mutex<Option<Process>>);

impl Surroundings for Watched {
    type Held = ();

    async fn around(
        &self,
        _: &str,
        process: &Process,
    ) -> io::Result<(BTreeMap<String, String>, ())> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(process.clone());
        Ok((BTreeMap::new(), ()))
    }

    fn line(&self, _: &str, _: &str) {}
}

async fn one(
    program: PathBuf,
    name: &str,
    settings: BTreeMap<String, String>,
    event: Event,
    events: usize,
) -> Result<String, BoxError> {
    let size = fs::metadata(&program)?.len();
    let function = Function {
        name: name.to_owned(),
        program,
        settings,
        timeout: Duration::from_secs(20),
        other: None,
        concurrency: 1,
    };
    let watched = Arc::new(Watched::default());
    let fleet = Fleet::new(function, Arc::clone(&watched));
    fleet.invoke(Bytes::from(event(0))).await?;
    let process = watched.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let id = process.and_then(|process| process.id()).ok_or("the process is gone")?;
    let first = cpu(id)?;
    for at in 1..=WARM_UP {
        fleet.invoke(Bytes::from(event(at))).await?;
    }
    let payloads: Vec<Bytes> = (0..events).map(|at| Bytes::from(event(WARM_UP + 1 + at))).collect();
    let before = cpu(id)?;
    let mut walls = Vec::with_capacity(events);
    for payload in payloads {
        let began = Instant::now();
        fleet.invoke(payload).await?;
        walls.push(began.elapsed());
    }
    let spent = cpu(id)?.saturating_sub(before);
    walls.sort_unstable();
    let each = spent / u32::try_from(events)?;
    Ok(format!(
        "{size} | {:.1} ms | {} us, {} us | {} KB",
        first.as_secs_f64() * 1_000.0,
        each.as_micros(),
        walls[walls.len() / 2].as_micros(),
        peak(id)?,
    ))
}

/// Of all threads it has.
fn cpu(process: u32) -> Result<Duration, BoxError> {
    let mut spent = 0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = fs::read_to_string(thread?.path().join("schedstat"))?;
        spent += stat.split(' ').next().unwrap_or_default().parse::<u64>()?;
    }
    Ok(Duration::from_nanos(spent))
}

/// In KB.
fn peak(process: u32) -> Result<u64, BoxError> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.ok_or("no VmHWM")?.trim_end_matches("kB").trim().parse()?)
}

async fn chat() -> Result<(ChatServer, Value), BoxError> {
    let schema = Schema::read(SCHEMA)?;
    let rules = Rules { schema, pace: Pace::GOOGLE, request_ids: RequestIds::Honoured };
    let chat = ChatServer::start(rules).await?;
    let spaces = (0..SPACES).map(|space| {
        let space = format!("space-{space}");
        let webhook = Value::String(chat.webhook(&space));
        (space, webhook)
    });
    let spaces = spaces.collect();
    Ok((chat, spaces))
}

/// Takes and forgets.
async fn whatap() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut forgotten = [0; 16_384];
                while stream.read(&mut forgotten).await.is_ok_and(|read| read > 0) {}
            });
        }
    });
    Ok(address)
}

fn event(at: usize) -> String {
    let text = "We are investigating increased API error rates and launch failures in a single \
                Availability Zone. Existing workloads are not affected by this event. ";
    let entity = |n: usize| json!({"entityValue": format!("i-{:017x}", at * 10 + n)});
    json!({
        "version": "0", "id": format!("{at:016x}"), "detail-type": "AWS Health Event",
        "source": "custom.health", "account": "111122223333", "time": "2026-11-21T00:10:00Z",
        "region": "us-east-1", "resources": [],
        "detail": {
            "eventArn": format!("arn:aws:health:us-east-1::event/EC2/MEASURED/{at}"),
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE", "statusCode": "open",
            "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": format!("c-{at}"), "startTime": "2026-11-21T00:00:00Z",
            "lastUpdatedTime": "2026-11-21T00:10:00Z", "eventRegion": "us-east-1", "page": "1",
            "totalPages": "1", "affectedAccount": "111122223333",
            "affectedEntities": (0..8).map(entity).collect::<Vec<_>>(),
            "eventDescription":
                [{"language": "en_US", "latestDescription": format!("{}{at}", text.repeat(22))}],
        }
    })
    .to_string()
}

/// What the collector would make of it, into a space that was idle for long enough.
fn alert(at: usize) -> String {
    let read = model::read(event(at).as_bytes()).remove(0);
    let alert = read.map(|event| {
        let mut alert = Alert::of(&event, Timestamp::UNIX_EPOCH);
        alert.target.space = format!("space-{}", at % SPACES).as_str().into();
        alert
    });
    alert.ok().and_then(|alert| serde_json::to_string(&alert).ok()).unwrap_or_default()
}

fn batch(queue: &str, body: &str) -> String {
    json!({"Records": [{
        "messageId": "1", "receiptHandle": "none", "body": body, "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": sent()},
        "eventSourceARN": Emulator::arn("sqs", queue),
    }]})
    .to_string()
}

/// Milliseconds; an older alert would be posted as late.
fn sent() -> String {
    chaos::clock().as_millisecond().to_string()
}

fn request(at: usize, values: usize) -> String {
    let value = |n: usize| json!({"key": format!("value_{n}"), "value": 1.5 * f64::from(u32::try_from(at + n).unwrap_or(0))});
    let body = json!({
        "datas": (0..values).map(value).collect::<Vec<_>>(), "whatapAccessKey": ACCESS_KEY,
        "pcode": 1_234_567, "category": "measured", "host": "billing",
    });
    json!({
        "version": "2.0", "routeKey": "POST /custom", "rawPath": "/custom",
        "headers": {"content-type": "application/json"}, "isBase64Encoded": false,
        "requestContext": {"requestId": format!("r-{at}"), "http": {"method": "POST", "path": "/custom"}},
        "body": body.to_string(),
    })
    .to_string()
}
