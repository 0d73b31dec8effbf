//! The Lambda service on this machine, for the real binaries: each copy of a function is a
//! process of its own behind the Runtime API, works on one invocation at a time, is killed at its
//! time-out, and is started anew after any end.
//!
//! It knows no memory sizes, throttles or permissions of Lambda. Queues are read by [`mapping`].

pub mod mapping;
mod process;
mod runtime_api;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc, oneshot};

pub use process::Process;
use runtime_api::RuntimeApi;

/// What is deployed.
#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    pub program: PathBuf,
    /// Of another release: every second process is of it, as while a release is rolled out or back.
    pub other: Option<PathBuf>,
    /// The process gets these and what Lambda adds, and nothing else of this machine.
    pub settings: BTreeMap<String, String>,
    pub timeout: Duration,
    /// How many processes at most.
    pub concurrency: usize,
}

/// Why an invocation has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("the function answered with an error: {0}")]
    Function(String),
    #[error("the process ended")]
    Exited,
    #[error("the process was killed at its time-out")]
    TimedOut,
    #[error("the process does not start")]
    Start(#[from] io::Error),
}

/// What stands between a process and the rest of the world, made for each process.
pub trait Surroundings: Send + Sync + 'static {
    /// Is dropped with the process.
    type Held: Send + 'static;

    /// Settings besides the function's own.
    fn around(
        &self,
        function: &str,
        process: &Process,
    ) -> impl Future<Output = io::Result<(BTreeMap<String, String>, Self::Held)>> + Send;

    /// A line of the log.
    fn line(&self, function: &str, line: &str);
}

/// One function and its processes.
pub struct Fleet<S: Surroundings> {
    pub function: Function,
    surroundings: Arc<S>,
    free: Mutex<Vec<Sandbox<S::Held>>>,
    permits: Semaphore,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    started: AtomicU64,
    invoked: AtomicU64,
    timed_out: AtomicU64,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub started: u64,
    pub invoked: u64,
    pub timed_out: u64,
}

/// One process and the service's side of it.
struct Sandbox<H> {
    process: Process,
    invocations: mpsc::Sender<Invocation>,
    _api: RuntimeApi,
    _held: H,
}

/// One event on its way through a process.
struct Invocation {
    id: String,
    payload: Bytes,
    /// Milliseconds of the Unix epoch.
    deadline: u64,
    answer: oneshot::Sender<Result<Bytes, String>>,
}

impl<S: Surroundings> Fleet<S> {
    pub fn new(function: Function, surroundings: Arc<S>) -> Self {
        let permits = Semaphore::new(function.concurrency);
        let (free, counts) = (Mutex::default(), Counts::default());
        Self { function, surroundings, free, permits, counts }
    }

    pub fn figures(&self) -> Figures {
        let Counts { started, invoked, timed_out } = &self.counts;
        let [started, invoked, timed_out] =
            [started, invoked, timed_out].map(|count| count.load(Ordering::Relaxed));
        Figures { started, invoked, timed_out }
    }

    /// Whether nothing is being worked on.
    pub fn is_idle(&self) -> bool {
        self.permits.available_permits() == self.function.concurrency
    }

    /// Waits for a process and then for its answer.
    pub async fn invoke(&self, payload: Bytes) -> Result<Bytes, Failed> {
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await.map_err(|_| Failed::Exited)?;
        let sandbox = match self.take() {
            Some(sandbox) => sandbox,
            None => self.start().await?,
        };
        let (answer, answered) = oneshot::channel();
        let number = self.counts.invoked.fetch_add(1, Ordering::Relaxed);
        let id = format!("00000000-0000-4000-8000-{number:012x}");
        let deadline = epoch() + self.function.timeout;
        let deadline = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        let invocation = Invocation { id, payload, deadline, answer };
        if sandbox.invocations.send(invocation).await.is_err() {
            return Err(Failed::Exited);
        }
        let ended = sandbox.process.ended();
        tokio::select! {
            biased;
            answered = answered => {
                let answered = answered.map_err(|_| Failed::Exited)?;
                self.put_back(sandbox);
                answered.map_err(Failed::Function)
            }
            () = ended => Err(Failed::Exited),
            () = tokio::time::sleep(self.function.timeout) => {
                self.counts.timed_out.fetch_add(1, Ordering::Relaxed);
                sandbox.process.kill();
                Err(Failed::TimedOut)
            }
        }
    }

    fn take(&self) -> Option<Sandbox<S::Held>> {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.retain(|sandbox| sandbox.process.is_running());
        free.pop()
    }

    fn put_back(&self, sandbox: Sandbox<S::Held>) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(sandbox);
    }

    async fn start(&self) -> io::Result<Sandbox<S::Held>> {
        let number = self.counts.started.fetch_add(1, Ordering::Relaxed);
        let other = self.function.other.as_ref().filter(|_| number % 2 == 1);
        let program = other.unwrap_or(&self.function.program);
        let name = self.function.name.clone();
        let (invocations, waiting) = mpsc::channel(1);
        let api = RuntimeApi::start(waiting).await?;
        let process = Process::new();
        let (besides, held) = self.surroundings.around(&name, &process).await?;
        let mut settings = self.function.settings.clone();
        settings.extend(besides);
        for (key, value) in [
            ("AWS_LAMBDA_RUNTIME_API", api.address()),
            ("AWS_LAMBDA_FUNCTION_NAME", &*name),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "stream"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", &*name),
        ] {
            settings.insert(key.to_owned(), value.to_owned());
        }
        let surroundings = Arc::clone(&self.surroundings);
        process.start(program, &settings, move |line| {
            surroundings.line(&name, line);
        })?;
        Ok(Sandbox { process, invocations, _api: api, _held: held })
    }
}

impl<H> Drop for Sandbox<H> {
    fn drop(&mut self) {
        self.process.kill();
    }
}

#[expect(clippy::disallowed_methods, reason = "a deadline is on the clock that the process reads")]
fn epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
