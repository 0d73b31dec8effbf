//! What the functions' binaries cost: `cargo run -p system-tests --bin functions -- --help`

mod payload;
mod process;
mod storm;
mod table;
mod warm;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BoxError;
use serde_json::{Value, json};
use system_tests::binary;
use system_tests::chat_server::{ChatServer, Pace, RequestIds, Rules, SCHEMA, Schema};
use system_tests::emulator::{Emulator, REGION, state_table};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use warm::{NOTHING, Program, Row};

const HELP: &str = "\
Runs each function's binary behind Lambda's Runtime API on an emulator of AWS, a fake Google Chat
and a listener in WhaTap's place, and prints what the process itself spent: CPU of its threads,
the network's work in it included, and the most memory it held. Build what is deployed first:

    scripts/image-binaries.sh --platform linux/amd64 --output FOLDER

Two tables: warm events, of which all processes take turns, and a storm through the collector,
one event of 500 accounts in 1,500 records.

Usage: functions [--binaries FOLDER] [--noop FILE] [--python FILE] [--events N] [--write]

  --binaries FOLDER  without it cargo builds them in the profile of this program
  --noop FILE        the function that does nothing (crates/custom/examples/noop.rs), built alike
  --python FILE      an interpreter that has boto3, for a function in Python
  --events N         of each row, after 50 to warm up; 1,000
  --write            puts the tables between the markers of docs/performance.md
";

/// Delibird leaves a second between two messages of a space.
const SPACES: usize = 400;
/// The space of an alert that is posted once and comes again.
const REPEATED: &str = "space-repeated";
/// Of events that come again, so that no other row sends them.
const AGAIN: usize = 1_000_000;
const TABLE: &str = "state";
/// What only the storm uses.
const STORM_TABLE: &str = "storm";
const STORM_FLUSH: &str = "storm-flush";
const PEER: &str = include_str!("peer.py");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/performance.md");

struct Asked {
    binaries: Option<PathBuf>,
    noop: Option<PathBuf>,
    python: Option<PathBuf>,
    events: usize,
    write: bool,
}

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the tables are for people")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let Some(asked) = asked(arguments) else {
        eprint!("{HELP}");
        return ExitCode::from(2);
    };
    match measure(&asked).await {
        Ok((warm, storm)) => {
            println!("{warm}\n\n{storm}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn asked(arguments: Vec<String>) -> Option<Asked> {
    let mut asked = Asked { binaries: None, noop: None, python: None, events: 1_000, write: false };
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--binaries" => asked.binaries = Some(arguments.next()?.into()),
            "--noop" => asked.noop = Some(arguments.next()?.into()),
            "--python" => asked.python = Some(arguments.next()?.into()),
            "--events" => asked.events = arguments.next()?.parse().ok().filter(|n| *n > 0)?,
            "--write" => asked.write = true,
            _ => return None,
        }
    }
    Some(asked)
}

async fn measure(asked: &Asked) -> Result<(String, String), BoxError> {
    let Some(emulator) = Emulator::start().await? else { return Err("no emulator".into()) };
    let emulator = Arc::new(emulator);
    for table in [TABLE, STORM_TABLE] {
        state_table::create(&Client::new(emulator.config()), table).await?;
    }
    for queue in ["flush", STORM_FLUSH, "dead-letters", "urgent", "normal"] {
        emulator.json("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": queue})).await?;
    }
    for topic in ["alerts", "alarms"] {
        let topic = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", topic)];
        emulator.query("sns", &topic).await?;
    }
    let (_chat, spaces) = chat().await?;
    let secret = json!({"Name": "spaces", "SecretString": spaces.to_string()});
    let secret = emulator.json("secretsmanager", "secretsmanager.CreateSecret", &secret).await?;
    let secret = secret["ARN"].as_str().unwrap_or_default();
    let peer = asked.python.as_deref().map(Peer::write).transpose()?;
    let rows = rows(asked, &emulator, secret, &whatap().await?, peer.as_ref())?;
    let warm = warm::measure(rows, asked.events).await?;
    let load = fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default();
    let warm = format!(
        "{} events of each on {}, load average {load} at their end.\n\n{warm}",
        table::grouped(u64::try_from(asked.events)?),
        std::env::consts::ARCH,
    );
    if asked.write {
        write("warm", &warm)?;
    }
    let settings = collector(&emulator, STORM_TABLE, STORM_FLUSH);
    let program = program(asked, "collector")?;
    let storm = storm::measure(&emulator, program, settings, STORM_FLUSH).await?;
    if asked.write {
        write("storm", &storm)?;
    }
    Ok((warm, storm))
}

fn program(asked: &Asked, name: &str) -> io::Result<PathBuf> {
    match &asked.binaries {
        Some(folder) => Ok(folder.join(name)),
        None => binary::built(name),
    }
}

/// In the order of the table; the function that does nothing goes first, as all others are held
/// against it.
fn rows(
    asked: &Asked,
    emulator: &Emulator,
    secret: &str,
    whatap: &str,
    peer: Option<&Peer>,
) -> io::Result<Vec<Row>> {
    let row = |name, event, decision, settings, payload| {
        let program = Program::Binary(program(asked, name)?);
        Ok::<_, io::Error>(Row { name, event, program, settings, payload, decision })
    };
    let collector = || collector(emulator, TABLE, "flush");
    let delibird = || delibird(emulator, secret);
    let custom = || custom(emulator, whatap);
    let mut rows = Vec::new();
    if let Some(noop) = &asked.noop {
        rows.push(Row {
            name: NOTHING,
            event: "an event of 5 KB, sent back as it came",
            program: Program::Binary(noop.clone()),
            settings: BTreeMap::new(),
            payload: |at| payload::record("events", payload::event(at)),
            decision: None,
        });
    }
    rows.extend([
        row("collector", "a new incident of 5 KB", Some("new"), collector(), |at| {
            payload::record("events", payload::event(at))
        })?,
        row("collector", "a copy of it, again", Some("no_change"), collector(), |_| {
            payload::record("events", payload::event(AGAIN))
        })?,
        row("delibird", "an alert of 5 KB", Some("posted"), delibird(), |at| {
            payload::record("normal", payload::alert(at, &space(at)))
        })?,
        row("delibird", "an alert that is posted, again", Some("no_change"), delibird(), |_| {
            payload::record("normal", payload::alert(AGAIN, REPEATED))
        })?,
        row("custom", "a request of 10 values", Some("accepted"), custom(), |at| {
            payload::request(at, 10)
        })?,
        row("custom", "a request of 1,000 values", Some("accepted"), custom(), |at| {
            payload::request(at, 1_000)
        })?,
    ]);
    if let Some(Peer(script)) = peer {
        let region = ("AWS_DEFAULT_REGION", REGION.to_owned());
        let topic = ("ALERTS_TOPIC_ARN", Emulator::arn("sns", "alerts"));
        let row = |event, settings| Row {
            name: "Python, boto3",
            event,
            program: Program::Script(script.clone()),
            settings,
            payload: |at| payload::record("events", payload::event(at)),
            decision: None,
        };
        let silent = settings(emulator, [region.clone()]);
        rows.push(row("an event of 5 KB, read and answered", silent));
        rows.push(row("the same, published to SNS besides", settings(emulator, [region, topic])));
    }
    Ok(rows)
}

/// A space that was idle for long enough.
fn space(at: usize) -> String {
    format!("space-{}", at % SPACES)
}

type Settings = BTreeMap<String, String>;

fn settings<const N: usize>(emulator: &Emulator, own: [(&str, String); N]) -> Settings {
    let common = [
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", "test".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
        ("AWS_ENDPOINT_URL", emulator.endpoint().to_owned()),
        ("FUNCTION_TIMEOUT_SECONDS", process::TIMEOUT.as_secs().to_string()),
    ];
    let all = common.into_iter().chain(own);
    all.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn collector(emulator: &Emulator, table: &str, flush: &str) -> Settings {
    let own = [
        ("STATE_TABLE", table.to_owned()),
        ("ALERTS_TOPIC_ARN", Emulator::arn("sns", "alerts")),
        ("FLUSH_QUEUE_URL", emulator.queue_url(flush)),
        ("DEAD_LETTERS_QUEUE_URL", emulator.queue_url("dead-letters")),
    ];
    settings(emulator, own)
}

fn delibird(emulator: &Emulator, secret: &str) -> Settings {
    let own = [
        ("STATE_TABLE", TABLE.to_owned()),
        ("SPACES_SECRET_ARN", secret.to_owned()),
        ("URGENT_QUEUE_URL", emulator.queue_url("urgent")),
        ("NORMAL_QUEUE_URL", emulator.queue_url("normal")),
        ("DEAD_LETTERS_QUEUE_URL", emulator.queue_url("dead-letters")),
        ("ALARM_TOPIC_ARN", Emulator::arn("sns", "alarms")),
    ];
    settings(emulator, own)
}

fn custom(emulator: &Emulator, whatap: &str) -> Settings {
    let own = [
        ("STATE_TABLE", TABLE.to_owned()),
        ("EVENT_BUS_NAME", "health".to_owned()),
        ("METRIC_NAMESPACE", "Custom".to_owned()),
        ("WHATAP_SERVERS", whatap.to_owned()),
    ];
    settings(emulator, own)
}

/// A program of its own for [`PEER`], which is there until this is dropped.
struct Peer(PathBuf);

impl Peer {
    fn write(python: &Path) -> io::Result<Self> {
        // Not resolved: an environment's interpreter is a link out of it.
        let python = std::path::absolute(python)?;
        let script = std::env::temp_dir().join(format!("bench-peer-{}", std::process::id()));
        binary::executable(&script, &format!("#!{}\n{PEER}", python.display()))?;
        Ok(Self(script))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = fs::remove_file(&self.0);
    }
}

/// Puts a table between its markers.
fn write(name: &str, made: &str) -> Result<(), BoxError> {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let text = fs::read_to_string(DOCUMENT)?;
    let around = text.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some((before, after))
    });
    let (before, after) = around.ok_or_else(|| format!("no place for {name} in {DOCUMENT}"))?;
    Ok(fs::write(DOCUMENT, format!("{before}{begin}{made}\n{end}{after}"))?)
}

async fn chat() -> Result<(ChatServer, Value), BoxError> {
    let schema = Schema::read(SCHEMA)?;
    let rules = Rules { schema, pace: Pace::GOOGLE, request_ids: RequestIds::Honoured };
    let chat = ChatServer::start(rules).await?;
    let spaces = (0..SPACES).map(space).chain([REPEATED.to_owned()]).map(|space| {
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
