//! Everything around delivery in one process: a clock that runs as fast as nothing happens, a
//! Chat that takes a message a second, and queues whose messages come back when they were told.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use delibird::Delibird;
use delibird::chat::error::Reason;
use delibird::chat::{ChatError, ChatTransport, Fingerprint, Post, Posted};
use delibird::deliver::decide::Arrival;
use delibird::deliver::slot::Lane;
use delibird::deliver::{End, Outcome};
use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::{AlertId, IncidentId, SpaceName, ThreadKey};
use model::words::{Kind, Severity, Status};
use serde_json::Value;
use state::MemoryStore;
use tokio::time::Instant;

const START: i64 = 1_800_000_000;
/// One post over the wire.
const WIRE: Duration = Duration::from_millis(150);
/// What the transport insists before it gives up.
const BACKOFF: Duration = Duration::from_secs(5);
/// As the queues of the templates are set.
const VISIBILITY: SignedDuration = SignedDuration::from_secs(180);

/// A queue answers whoever polls it within so long.
const POLL: Duration = Duration::from_millis(700);

thread_local! {
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// The paused clock of the test.
pub(crate) fn now() -> Timestamp {
    let began = BEGAN.get().unwrap_or_else(|| {
        let now = Instant::now();
        BEGAN.set(Some(now));
        now
    });
    let passed = SignedDuration::try_from(Instant::now().duration_since(began)).unwrap();
    Timestamp::from_second(START).unwrap() + passed
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

pub(crate) async fn until(time: Timestamp) {
    let wait = time.duration_since(now());
    tokio::time::sleep(wait.try_into().unwrap_or_default()).await;
}

/// The numbered alert of a thread.
pub(crate) fn alert(space: &str, thread: &str, seq: u32, severity: Severity) -> Alert {
    let event = br#"{"source":"aws.health","account":"111122223333","region":"eu-west-1",
        "time":"2027-01-15T08:00:00Z","detail":{"eventArn":"arn:x","service":"EC2",
        "eventTypeCode":"AWS_EC2_OPERATIONAL_ISSUE","eventTypeCategory":"issue",
        "statusCode":"open","eventDescription":[{"language":"en_US",
        "latestDescription":"We are investigating increased error rates."}]}}"#;
    let event = model::read(event).remove(0).unwrap();
    let mut alert = Alert::of(&event, now());
    let space = SpaceName::from(space);
    alert.thread = ThreadKey::of(&IncidentId::from(thread), 1);
    alert.alert_id = AlertId::of(&alert.thread, &space, seq);
    alert.target.space = space;
    alert.seq = seq;
    alert.kind = if seq == 1 { Kind::Opened } else { Kind::Update };
    alert.severity = severity;
    alert.max_severity = severity;
    alert.event.time = Some(now());
    alert
}

pub(crate) fn resolved(space: &str, thread: &str, seq: u32, severity: Severity) -> Alert {
    let mut alert = alert(space, thread, seq, severity);
    alert.kind = Kind::Resolved;
    alert.event.status = Status::Resolved;
    alert
}

/// A message people see.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Timestamp,
    pub(crate) space: SpaceName,
    pub(crate) id: AlertId,
    pub(crate) body: Value,
}

/// How Chat is at the moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Well,
    /// Every post fails after some patience.
    Down,
    /// Cards are refused, text is not.
    NoCards,
    /// Nothing is accepted in any form.
    Nothing,
    /// The message is posted, and the answer never comes.
    Silent,
}

#[derive(Clone, Default)]
pub(crate) struct Chat(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    mood: Mood,
    seen: Vec<Seen>,
    tries: usize,
    last: BTreeMap<SpaceName, Timestamp>,
    /// Writes closer than a second, which Chat refuses.
    too_close: usize,
    dead: BTreeSet<SpaceName>,
    /// The number of each space's webhook, and what a new look finds.
    webhooks: BTreeMap<SpaceName, u32>,
    replaced: BTreeMap<SpaceName, u32>,
    looks: usize,
}

impl Chat {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn be(&self, mood: Mood) {
        self.state().mood = mood;
    }

    pub(crate) fn kill(&self, space: &str) {
        self.state().dead.insert(space.into());
    }

    /// Somebody puts another webhook into the secret.
    pub(crate) fn replace(&self, space: &str, number: u32) {
        self.state().replaced.insert(space.into(), number);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    pub(crate) fn too_close(&self) -> usize {
        self.state().too_close
    }

    pub(crate) fn tries(&self) -> usize {
        self.state().tries
    }

    pub(crate) fn looks(&self) -> usize {
        self.state().looks
    }

    /// Chat's rules for one write.
    fn write(&self, space: &SpaceName, post: &Post) -> Result<Mood, ChatError> {
        let mut state = self.state();
        state.tries += 1;
        if state.dead.contains(space) && !state.webhooks.contains_key(space) {
            return Err(ChatError::Gone { status: 404 });
        }
        let before = state.last.insert(space.clone(), now());
        if before.is_some_and(|last| now().duration_since(last) < SignedDuration::from_secs(1)) {
            state.too_close += 1;
            return Err(ChatError::Throttled { retry_after: None });
        }
        let body: Value = serde_json::from_slice(&post.body).unwrap();
        let card = body.get("cardsV2").is_some_and(|cards| !cards.as_array().unwrap().is_empty());
        let reason = || Reason::new("no", &[]);
        match state.mood {
            Mood::Nothing => return Err(ChatError::Rejected { status: 400, reason: reason() }),
            Mood::NoCards if card => {
                return Err(ChatError::Rejected { status: 400, reason: reason() });
            }
            Mood::Down => return Ok(Mood::Down),
            _ => {}
        }
        let seen = Seen { at: now(), space: space.clone(), id: post.request_id.clone(), body };
        state.seen.push(seen);
        Ok(state.mood)
    }
}

impl ChatTransport for Chat {
    async fn post(&self, space: &SpaceName, post: &Post) -> Result<Posted, ChatError> {
        let mood = self.write(space, post)?;
        tokio::time::sleep(WIRE).await;
        match mood {
            Mood::Down => {
                tokio::time::sleep(BACKOFF).await;
                Err(ChatError::Unavailable { status: 503, retry_after: None })
            }
            Mood::Silent => std::future::pending().await,
            _ => Ok(Posted::default()),
        }
    }

    async fn webhook(&self, space: &SpaceName) -> Result<Option<Fingerprint>, ChatError> {
        let number = self.state().webhooks.get(space).copied().unwrap_or_default();
        Ok(Some(Fingerprint::of(&format!("{space} {number}"))))
    }

    async fn reread(&self) -> Result<(), ChatError> {
        let mut state = self.state();
        state.looks += 1;
        let replaced = state.replaced.clone();
        state.webhooks.extend(replaced);
        Ok(())
    }
}

/// A message of a queue.
#[derive(Clone, Debug)]
struct Message {
    alert: Alert,
    sent: Timestamp,
    receives: u32,
}

/// Queues, store and Chat; functions come and go.
pub(crate) struct World {
    pub(crate) delibird: Delibird<MemoryStore, Chat>,
    queues: Mutex<BTreeMap<(Timestamp, u64), Message>>,
    pub(crate) ended: Mutex<Vec<(AlertId, End)>>,
    pub(crate) most_receives: Mutex<u32>,
    numbers: Mutex<u64>,
}

impl World {
    pub(crate) fn new() -> Self {
        now();
        let delibird = Delibird {
            store: MemoryStore::default(),
            chat: Chat::default(),
            lease: SignedDuration::from_secs(35),
            clock: now,
        };
        Self {
            delibird,
            queues: Mutex::default(),
            ended: Mutex::default(),
            most_receives: Mutex::default(),
            numbers: Mutex::default(),
        }
    }

    pub(crate) fn chat(&self) -> &Chat {
        &self.delibird.chat
    }

    fn number(&self) -> u64 {
        let mut numbers = self.numbers.lock().unwrap();
        *numbers += 1;
        *numbers
    }

    pub(crate) fn publish(&self, alert: Alert) {
        self.put(now(), Message { alert, sent: now(), receives: 0 });
    }

    fn put(&self, due: Timestamp, message: Message) {
        let number = self.number();
        self.queues.lock().unwrap().insert((due, number), message);
    }

    pub(crate) fn waiting(&self) -> usize {
        self.queues.lock().unwrap().len()
    }

    /// Up to ten visible messages of one lane.
    fn receive(&self, lane: Lane) -> VecDeque<Message> {
        let mut queues = self.queues.lock().unwrap();
        let visible = queues.range(..=(now(), u64::MAX));
        let visible = visible.filter(|(_, message)| Lane::of(&message.alert) == lane);
        let keys: Vec<_> = visible.take(10).map(|(key, _)| *key).collect();
        let mut taken: VecDeque<Message> =
            keys.iter().map(|key| queues.remove(key).unwrap()).collect();
        let mut most = self.most_receives.lock().unwrap();
        for message in &mut taken {
            message.receives += 1;
            *most = message.receives.max(*most);
        }
        taken
    }

    /// One function of one queue, polling it as Lambda does.
    pub(crate) async fn function(&self, lane: Lane) {
        loop {
            let mut batch = self.receive(lane);
            let deadline = now() + SignedDuration::from_secs(30);
            if batch.is_empty() {
                tokio::time::sleep(POLL).await;
            }
            batch.make_contiguous().sort_by_key(|message| message.alert.seq);
            for message in batch {
                let outcome = self.attempt(&message.alert, message.sent, deadline).await;
                self.end(message, outcome.end).await;
            }
        }
    }

    async fn end(&self, message: Message, end: End) {
        match end {
            End::Later { due, .. } => {
                // Queues count in whole seconds.
                let wait = due.duration_since(now()).as_millis().max(0) + 999;
                let wait = i64::try_from(wait / 1_000).unwrap();
                self.put(now() + SignedDuration::from_secs(wait), message);
            }
            end => {
                if matches!(end, End::Old | End::Refused { .. } | End::Unreachable { .. }) {
                    self.delibird.give_up(&message.alert).await.unwrap();
                }
                self.ended.lock().unwrap().push((message.alert.alert_id, end));
            }
        }
    }

    pub(crate) async fn attempt(
        &self,
        alert: &Alert,
        sent: Timestamp,
        deadline: Timestamp,
    ) -> Outcome {
        self.delibird.deliver(alert, Arrival { sent }, deadline).await.unwrap()
    }

    /// One attempt of an alert that was just published.
    pub(crate) async fn deliver(&self, alert: &Alert) -> Outcome {
        self.attempt(alert, now(), now() + SignedDuration::from_secs(30)).await
    }

    /// A function that dies in the middle of it.
    pub(crate) async fn crash(&self, alert: &Alert) {
        let dying = self.deliver(alert);
        assert!(tokio::time::timeout(Duration::from_secs(20), dying).await.is_err(), "it lived");
    }

    /// What SQS does with a message whose function died.
    pub(crate) async fn reappear(&self) {
        until(now() + VISIBILITY).await;
    }

    pub(crate) fn ids(&self) -> Vec<AlertId> {
        self.chat().seen().into_iter().map(|seen| seen.id).collect()
    }
}
