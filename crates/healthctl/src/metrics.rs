//! Custom metrics on one machine: the intake of production behind `POST /custom`, WhaTap's place
//! taken by a TCP listener that reads what really comes over the wire, and charts of what it read.
//!
//! Broken thresholds go where every other event goes: the caller takes them with [`Metrics::events`].

pub mod capture;
pub mod charts;
mod pack;
mod routes;

use std::future::Ready;
use std::sync::Arc;

use custom::bus::loopback::Loopback;
use custom::intake::Intake;
use custom::lambda::kept::Fetched;
use custom::lambda::{Call, Function, Reply};
use custom::metric::{AccessKeyIn, BUILT_IN_CATEGORIES, Host, Rules as Reading};
use custom::respond::Answer;
use custom::threshold::event::Place;
use custom::whatap::client::{Client, Deadlines};
use custom::whatap::servers::{DEFAULT_PORT, Servers};
use function::failure::Failure;
use jiff::{SignedDuration, Timestamp};
use model::HealthEvent;
use rules::Rules;
use state::MemoryStore;
use tokio::net::TcpListener;
use tokio::sync::RwLock;

use charts::Charts;

pub use pack::Pack;
pub use routes::router;

/// As the function's template sets it.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(15);
const NAMESPACE: &str = "Custom";

/// Nobody keeps access keys on one machine: callers bring theirs.
type Nobody = fn() -> Ready<Fetched>;

pub struct Metrics {
    function: Function<MemoryStore, Loopback, Nobody>,
    clock: fn() -> Timestamp,
}

impl Metrics {
    /// Listens in WhaTap's place, and reads until the runtime ends.
    pub async fn start(
        rules: Rules,
        clock: fn() -> Timestamp,
        charts: Arc<Charts>,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let servers = Servers::parse(&listener.local_addr()?.to_string(), DEFAULT_PORT)?;
        tokio::spawn(capture::run(listener, charts));
        let function = Function {
            intake: Intake {
                store: MemoryStore::default(),
                bus: Loopback::new(place()),
                whatap: Some(Client::new(servers, Deadlines::default())),
                reading: reading(),
                namespace: NAMESPACE.to_owned(),
            },
            keys: None,
            rules: RwLock::new(Arc::new(rules)),
            configuration: routing::Watch::default(),
            clock,
            log: complain,
        };
        Ok(Self { function, clock })
    }

    /// What the function answers to an event of API Gateway.
    pub async fn request(&self, event: &str, request_id: &str) -> Option<Answer> {
        match self.invoke(event, request_id).await {
            Ok(Reply::Answer(answer)) => Some(answer),
            Ok(Reply::Nothing) | Err(_) => None,
        }
    }

    /// What the schedule of production does once a minute.
    pub async fn sweep(&self) -> anyhow::Result<()> {
        self.invoke(r#"{"task":"sweep"}"#, "sweep").await?;
        Ok(())
    }

    /// The threshold events since the last call.
    pub fn events(&self) -> Vec<HealthEvent> {
        let taken = std::iter::from_fn(|| self.function.intake.bus.take());
        taken.flat_map(|event| model::read(&event)).flatten().collect()
    }

    async fn invoke(&self, payload: &str, request_id: &str) -> Result<Reply, Failure> {
        let deadline = (self.clock)() + TIMEOUT;
        self.function.handle(payload, &Call { request_id, deadline, place: place() }).await
    }
}

/// How a body is read where nothing else is configured, which is how the original read it.
pub fn reading() -> Reading {
    Reading {
        default_host: Host::default(),
        access_key: AccessKeyIn::Body,
        reserved_categories: BUILT_IN_CATEGORIES.map(String::from).to_vec(),
    }
}

fn place() -> Place {
    Place { region: "local".to_owned(), account: "000000000000".to_owned() }
}

/// The function's log, of which a terminal wants only what is wrong.
fn complain(line: &str) {
    use std::io::Write;
    let is_wrong =
        [r#"{"level":"warn""#, r#"{"level":"error""#].iter().any(|l| line.starts_with(l));
    if is_wrong {
        // Nobody reads stderr any more: then nobody misses the line.
        let _ = writeln!(std::io::stderr(), "healthctl: {line}");
    }
}
