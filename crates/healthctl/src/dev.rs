//! The whole product under the clock on one machine: an intake, the collector, delibird, and a
//! page that shows every message as it is posted.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;
use collector::Outcome as Accepted;
use delibird::chat::recorder::{Keep, Recorder};
use delibird::chat::webhook::{Patience, Webhooks};
use jiff::Timestamp;
use model::HealthEvent;
use rules::Rules;
use tokio::sync::Notify;

use crate::aws::Surroundings;
use crate::cli::{Dev, Outcome};
use crate::demo;
use crate::inbox::{self, Inbox, Record, Storm};
use crate::machine::Machine;
use crate::metrics::{self, Metrics};
use crate::{posting, simulate, spaces};

/// Reads the clock; given by `main`.
pub type Clock = fn() -> Timestamp;

pub fn run(arguments: &Dev, around: Surroundings) -> anyhow::Result<Outcome> {
    let rules = rules(arguments)?;
    let webhooks = arguments.spaces.as_deref();
    let webhooks = webhooks.map(|file| self::webhooks(file, around)).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(arguments, rules, webhooks, around.now))?;
    Ok(Outcome::Done)
}

fn rules(arguments: &Dev) -> anyhow::Result<Rules> {
    let mut rules = simulate::rules(arguments.routes.as_deref())?;
    rules.pace.group_wait = arguments.group_wait;
    rules.pace.group_wait_issue = rules.pace.group_wait_issue.min(arguments.group_wait);
    rules.pace.group_interval = arguments.group_interval;
    if arguments.routes.is_none() {
        rules.accounts.extend(demo::directory());
    }
    Ok(rules)
}

fn webhooks(file: &Path, around: Surroundings) -> anyhow::Result<Webhooks> {
    let urls = spaces::read(file)?;
    let client = around.http()?;
    Ok(Webhooks::new(client, urls, Patience::default()))
}

/// What intake, timer and storm share.
struct Living {
    machine: Machine<Recorder>,
    metrics: Arc<Metrics>,
    inbox: Inbox,
    /// Rings when a flush may have become due earlier than was known.
    arrived: Notify,
    storming: AtomicBool,
    clock: Clock,
}

async fn serve(
    arguments: &Dev,
    rules: Rules,
    webhooks: Option<Webhooks>,
    clock: Clock,
) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let address = listener.local_addr()?;
    let recorder = Recorder::new(Keep::Last(std::num::NonZeroUsize::MIN));
    let inbox = Inbox::new();
    let living = Arc::new(Living {
        metrics: Arc::new(Metrics::start(rules.clone(), clock, inbox.charts()).await?),
        machine: Machine::new(rules, recorder)
            .telling(webhooks.map(|to| posting::start(to, clock))),
        inbox,
        arrived: Notify::new(),
        storming: AtomicBool::new(false),
        clock,
    });
    let timer = tokio::spawn(keep_flushing(Arc::clone(&living)));
    let watch = tokio::spawn(keep_watching(Arc::clone(&living)));
    say(&format!("inbox at http://{address}/ (stop with Ctrl-C)"));
    if !arguments.no_demo {
        let _ = Arc::clone(&living).storm();
    }
    let (intake, storm) = (Arc::clone(&living), Arc::clone(&living));
    let routes = inbox::router(
        living.inbox.clone(),
        move |records| Arc::clone(&intake).take(records),
        move || std::future::ready(Ok(Arc::clone(&storm).storm())),
    );
    let told = Arc::clone(&living);
    let routes = routes.merge(metrics::router(Arc::clone(&living.metrics), move || {
        let told = Arc::clone(&told);
        async move { told.tell_broken_thresholds().await }
    }));
    inbox::serve(listener, living.inbox.clone(), routes, stopped()).await?;
    timer.abort();
    watch.abort();
    say("stopped");
    Ok(())
}

impl Living {
    async fn take(self: Arc<Self>, records: Vec<Record>) -> anyhow::Result<()> {
        for record in records {
            self.accept(record.event).await?;
        }
        Ok(())
    }

    async fn accept(&self, event: HealthEvent) -> anyhow::Result<()> {
        if let Accepted::Untrusted(reason) = self.machine.accept(event, (self.clock)()).await? {
            say(&format!("not believed: {reason}"));
        }
        self.arrived.notify_one();
        Ok(())
    }

    async fn tell_broken_thresholds(&self) {
        for event in self.metrics.events() {
            if let Err(error) = self.accept(event).await {
                say(&format!("a broken threshold was not taken: {error:#}"));
            }
        }
    }

    fn storm(self: Arc<Self>) -> Storm {
        if self.storming.swap(true, Ordering::Relaxed) {
            return Storm::AlreadyPlaying;
        }
        tokio::spawn(async move {
            if let Err(error) = self.play().await {
                say(&format!("the demo storm broke off: {error:#}"));
            }
            self.storming.store(false, Ordering::Relaxed);
        });
        Storm::Started
    }

    async fn play(&self) -> anyhow::Result<()> {
        let start = (self.clock)();
        for scene in demo::story(start) {
            let wait = scene.at.duration_since((self.clock)());
            tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
            for event in scene.events {
                self.accept(event).await?;
            }
        }
        Ok(())
    }

    async fn flush(&self) -> anyhow::Result<()> {
        self.ticks().await?;
        self.machine.sweep((self.clock)()).await?;
        self.ticks().await
    }

    async fn ticks(&self) -> anyhow::Result<()> {
        while let Some(messages) = self.machine.flush((self.clock)()).await? {
            for message in messages {
                let message = message.checked()?;
                self.inbox.post(message);
            }
        }
        Ok(())
    }
}

async fn keep_flushing(living: Arc<Living>) {
    /// How soon a due time that came from elsewhere is noticed.
    const LOOK: Duration = Duration::from_mins(1);
    loop {
        if let Err(error) = living.flush().await {
            say(&format!("a flush failed: {error:#}"));
        }
        let now = (living.clock)();
        let wait = living.machine.next_due().map(|next| next.duration_since(now));
        let wait = wait.map_or(LOOK, |wait| Duration::try_from(wait).unwrap_or_default());
        tokio::select! {
            () = tokio::time::sleep(wait.min(LOOK)) => {}
            () = living.arrived.notified() => {}
        }
    }
}

/// In place of the schedule that looks after silent metrics in AWS.
async fn keep_watching(living: Arc<Living>) {
    const EVERY: Duration = Duration::from_secs(5);
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = living.metrics.sweep().await {
            say(&format!("a sweep of thresholds failed: {error:#}"));
        }
        living.tell_broken_thresholds().await;
    }
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

pub(crate) fn say(line: &str) {
    use std::io::Write;
    // Nobody reads stderr any more: then nobody misses the line.
    let _ = writeln!(std::io::stderr(), "healthctl: {line}");
}
