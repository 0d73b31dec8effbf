//! The walk: a breadth-first search over schedules, each replayed from the start, with states
//! told apart by a hash of everything that can still matter.

pub(crate) mod drive;
pub(crate) mod edges;

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use collector::Collector;
use collector::intake::Step;
use jiff::{SignedDuration, Timestamp};
use model::HealthEvent;
use model::ids::IncidentId;
use model::trust::Trust;
use rules::{Pace, Rules};
use state::header::Token;
use state::{MemoryStore, StateStore};

use crate::story;
pub(crate) use drive::Crash;
use edges::{Edge, Shared};

/// The shipped protocol, or the same with one rule taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavor {
    Shipped,
    /// The same, with a step for each call that reads or writes a document.
    Documents,
    /// After a re-send the members are not read again.
    NoReread,
    /// A repeated member does not count itself while a lease lives.
    NoRepeatBump,
    /// The arrival is counted before the member is put.
    BumpFirst,
    /// A worker that lost its lease may still freeze and close.
    NoFence,
    /// What a dead worker froze is forgotten.
    NoFrozen,
    /// The group is marked as told before the alert is out.
    CommitBeforePublish,
}

pub(crate) struct Walk {
    scene: Scene,
    events: Events,
}

/// What is walked: the protocol, and which events each invocation of intake holds.
#[derive(Clone, Copy, Debug)]
struct Scene {
    flavor: Flavor,
    batches: [&'static [usize]; RECORDS],
}

/// Two accounts of one issue, read once for the many thousand replays.
type Events = Arc<Vec<HealthEvent>>;

pub(crate) struct Report {
    pub(crate) states: usize,
    pub(crate) violation: Option<String>,
}

const RECORDS: usize = 2;
const WORKERS: usize = 2;
const CRASHES: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Record(usize),
    CrashRecord(usize),
    /// Takes a due tick and begins to flush.
    Start(usize),
    Work(usize),
    CrashWorker(usize),
    /// Nothing else can move: time passes to the next tick, or the sweep finds a due incident.
    TimePasses,
    /// A worker hangs beyond its lease; counts as a crash.
    LeaseExpires,
}

impl Walk {
    pub(crate) fn new(flavor: Flavor) -> Self {
        let accounts = (0..RECORDS).map(|number| format!("{number}{number}"));
        let events = accounts.map(|account| story::issue(&account, 0).read()).collect();
        let scene = Scene { flavor, batches: [&[0], &[1]] };
        Self { scene, events: Arc::new(events) }
    }

    /// One invocation holds both events and counts them once; another holds a copy of one.
    pub(crate) fn batched(flavor: Flavor) -> Self {
        let walk = Self::new(flavor);
        Self { scene: Scene { batches: [&[0, 1], &[1]], ..walk.scene }, ..walk }
    }

    pub(crate) fn run(&self) -> Report {
        let start = World::new(self.scene, &self.events);
        let mut seen = HashSet::from([start.digest()]);
        let mut queue = VecDeque::from([Vec::<Move>::new()]);
        let mut states = 0;
        while let Some(path) = queue.pop_front() {
            states += 1;
            let mut world = World::replay(self.scene, &self.events, &path);
            if let Some(violation) = world.violation() {
                return Report { states, violation: Some(format!("{violation} by {path:?}")) };
            }
            let moves = world.moves();
            for (index, step) in moves.iter().copied().enumerate() {
                // The world at hand serves the first move; a future cannot be copied for more.
                if index > 0 {
                    world = World::replay(self.scene, &self.events, &path);
                }
                world.make(step);
                if seen.insert(world.digest()) {
                    let mut longer = path.clone();
                    longer.push(step);
                    queue.push_back(longer);
                }
            }
        }
        Report { states, violation: None }
    }
}

type Running = Pin<Box<dyn Future<Output = ()>>>;

/// A record on its way through intake.
struct Record {
    edge: Edge,
    /// Nothing once it is acknowledged.
    running: Option<Running>,
}

struct Worker {
    edge: Edge,
    running: Option<Running>,
}

struct World {
    scene: Scene,
    events: Events,
    shared: Arc<Shared>,
    incident: IncidentId,
    records: Vec<Record>,
    workers: Vec<Worker>,
    clock: Timestamp,
    crashes: u8,
    tokens: u32,
}

impl World {
    fn new(scene: Scene, events: &Events) -> Self {
        let shared = Arc::new(Shared::default());
        let identity = collector::incident::identify(&events[0]);
        let incident =
            story::block_now(collector::incident::resolve(&shared.store, &identity)).unwrap();
        let mut world = Self {
            scene,
            events: Arc::clone(events),
            incident,
            records: Vec::new(),
            workers: Vec::new(),
            clock: story::at(60),
            crashes: CRASHES,
            tokens: 0,
            shared,
        };
        for number in 0..RECORDS {
            let edge = Edge::new(&world.shared, scene.flavor);
            let running = world.intake(number, &edge);
            world.records.push(Record { edge, running });
        }
        for _ in 0..WORKERS {
            let edge = Edge::new(&world.shared, scene.flavor);
            world.workers.push(Worker { edge, running: None });
        }
        world
    }

    fn replay(scene: Scene, events: &Events, path: &[Move]) -> Self {
        let mut world = Self::new(scene, events);
        for step in path {
            world.make(*step);
        }
        world
    }

    fn collector(edge: &Edge) -> Collector<Edge, Edge, Edge> {
        let pace = Pace {
            group_wait: SignedDuration::ZERO,
            group_wait_issue: SignedDuration::ZERO,
            group_interval: SignedDuration::ZERO,
        };
        Collector {
            store: edge.clone(),
            publisher: edge.clone(),
            ticks: edge.clone(),
            rules: Rules { pace, ..Rules::default() },
            trust: Trust::Everyone,
            lease: SignedDuration::from_secs(35),
        }
    }

    fn intake(&self, number: usize, edge: &Edge) -> Option<Running> {
        let collector = Self::collector(edge);
        let numbers = self.scene.batches[number];
        let events: Vec<HealthEvent> = numbers.iter().map(|n| self.events[*n].clone()).collect();
        started(async move {
            let mut placed = Vec::new();
            for (event, number) in events.into_iter().zip(numbers) {
                let received = story::at(i64::try_from(*number).unwrap());
                let Step::Placed(one) = collector.place(event, received).await.unwrap() else {
                    panic!("an issue is placed");
                };
                placed.push(one);
            }
            collector.count(&placed[0].incident, &placed).await.unwrap();
        })
    }

    fn flush(&self, edge: &Edge, token: u32) -> Option<Running> {
        let collector = Self::collector(edge);
        let (incident, now) = (self.incident.clone(), self.clock);
        started(async move {
            collector.flush(&incident, Token(format!("t{token}")), now).await.unwrap();
        })
    }

    fn moves(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        for (number, record) in self.records.iter().enumerate() {
            if record.running.is_some() {
                moves.push(Move::Record(number));
                if self.crashes > 0 && record.edge.steps() > 0 {
                    moves.push(Move::CrashRecord(number));
                }
            }
        }
        let tick = self.shared.has_tick(self.clock);
        for (number, worker) in self.workers.iter().enumerate() {
            match worker.running {
                Some(_) => {
                    moves.push(Move::Work(number));
                    if self.crashes > 0 {
                        moves.push(Move::CrashWorker(number));
                    }
                }
                None if tick => moves.push(Move::Start(number)),
                None => {}
            }
        }
        let working = self.workers.iter().any(|worker| worker.running.is_some());
        let waiting = self.due().is_some() || self.shared.next_tick().is_some();
        if moves.is_empty() && waiting {
            moves.push(Move::TimePasses);
        }
        if working && !tick && self.crashes > 0 && self.due().is_some() {
            moves.push(Move::LeaseExpires);
        }
        moves
    }

    fn make(&mut self, step: Move) {
        match step {
            Move::Record(number) => poll(&mut self.records[number].running),
            Move::CrashRecord(number) => {
                self.crashes -= 1;
                let edge = Edge::new(&self.shared, self.scene.flavor);
                let running = self.intake(number, &edge);
                self.records[number] = Record { edge, running };
            }
            Move::Start(number) => {
                self.shared.take_tick(self.clock);
                self.tokens += 1;
                let edge = Edge::new(&self.shared, self.scene.flavor);
                let running = self.flush(&edge, self.tokens);
                self.workers[number] = Worker { edge, running };
            }
            Move::Work(number) => poll(&mut self.workers[number].running),
            Move::CrashWorker(number) => {
                self.crashes -= 1;
                self.workers[number].running = None;
            }
            Move::TimePasses => self.time_passes(),
            Move::LeaseExpires => {
                self.crashes -= 1;
                self.time_passes();
            }
        }
    }

    fn time_passes(&mut self) {
        let next = self.due().into_iter().chain(self.shared.next_tick()).min();
        self.clock = self.clock.max(next.unwrap_or(self.clock));
        if self.due().is_some_and(|due| due <= self.clock) && !self.shared.has_tick(self.clock) {
            self.shared.add_tick(self.clock);
        }
    }

    fn due(&self) -> Option<Timestamp> {
        story::block_now(self.shared.store.header(&self.incident)).unwrap().due
    }

    fn quiet(&self) -> bool {
        self.records.iter().all(|record| record.running.is_none())
            && self.workers.iter().all(|worker| worker.running.is_none())
            && self.shared.next_tick().is_none()
            && self.due().is_none()
    }

    fn violation(&self) -> Option<String> {
        let published = self.shared.published();
        let mut contents: HashMap<&str, &str> = HashMap::new();
        for (id, alert) in &published {
            if contents.insert(id, alert).is_some_and(|before| before != alert) {
                return Some(format!("alert {id} has two contents"));
            }
        }
        if !self.quiet() {
            return None;
        }
        for number in 0..RECORDS {
            let account = format!("\"id\":\"{number}{number}\"");
            if !published.iter().any(|(_, alert)| alert.contains(&account)) {
                return Some(format!("lost member {number}"));
            }
        }
        if self.crashes == CRASHES && published.len() != contents.len() {
            return Some("published twice without a crash".to_owned());
        }
        None
    }

    fn digest(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        let store: &MemoryStore = &self.shared.store;
        let header = story::block_now(store.header(&self.incident)).unwrap();
        header.hash(&mut hash);
        if let Some(batch) = &header.frozen {
            story::block_now(store.frozen(&self.incident, batch)).unwrap().hash(&mut hash);
        }
        edges::digest(&story::block_now(store.read(&self.incident)).unwrap()).hash(&mut hash);
        self.shared.digest().hash(&mut hash);
        for record in &self.records {
            record.running.is_some().then(|| record.edge.history()).hash(&mut hash);
        }
        // Workers are alike: which of two did what does not matter.
        let mut workers: Vec<_> =
            self.workers.iter().map(|w| w.running.is_some().then(|| w.edge.history())).collect();
        workers.sort_unstable();
        workers.hash(&mut hash);
        (self.clock, self.crashes).hash(&mut hash);
        hash.finish()
    }
}

/// Runs up to the first call to an edge.
fn started(future: impl Future<Output = ()> + 'static) -> Option<Running> {
    let mut running: Option<Running> = Some(Box::pin(future));
    poll(&mut running);
    running
}

fn poll(running: &mut Option<Running>) {
    let mut context = Context::from_waker(Waker::noop());
    if let Some(future) = running
        && let Poll::Ready(()) = future.as_mut().poll(&mut context)
    {
        *running = None;
    }
}
