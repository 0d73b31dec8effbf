//! Thresholds over the store, when the bus or the store fails, and when several look at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use custom::bus::{BusError, EventBus};
use custom::threshold::event::{Event, Place};
use custom::watch::{Watch, WatchError, Watched};
use function::failure::Class;
use rules::Rules;
use state::document::{Document, DocumentKey, DocumentStore, Draft, Written};
use state::store::Result;
use state::{MemoryStore, StateError};

use crate::given::parse;
use crate::thresholds::{at, cost, thresholds};

/// A bus that can be made to fail after it took the event: the caller cannot tell.
#[derive(Default)]
struct Bus {
    taken: Mutex<Vec<(String, String)>>,
    fails: AtomicBool,
}

impl EventBus for Bus {
    async fn put(&self, event: &Event) -> std::result::Result<(), BusError> {
        self.taken.lock().unwrap().push((event.id.clone(), event.detail.clone()));
        if self.fails.load(Ordering::Relaxed) {
            return Err(BusError { class: Class::Unanswered, reason: "no answer".to_owned() });
        }
        Ok(())
    }
}

impl Bus {
    fn ids(&self) -> Vec<String> {
        self.taken.lock().unwrap().iter().map(|(id, _)| id.clone()).collect()
    }
}

/// A store of which writes can be made to fail from the n-th on; it counts them.
#[derive(Default)]
struct Store {
    memory: MemoryStore,
    writes: AtomicUsize,
    fails_from: AtomicUsize,
}

impl Store {
    fn failing_from(write: usize) -> Self {
        Self { fails_from: AtomicUsize::new(write), ..Self::default() }
    }

    fn heal(&self) {
        self.fails_from.store(0, Ordering::Relaxed);
    }

    fn writes(&self) -> usize {
        self.writes.load(Ordering::Relaxed)
    }
}

impl DocumentStore for Store {
    async fn document(&self, key: &DocumentKey) -> Result<Option<Document>> {
        // Others get a turn between reading and writing.
        tokio::task::yield_now().await;
        self.memory.document(key).await
    }

    async fn write_document(&self, key: &DocumentKey, draft: Draft) -> Result<Written> {
        let write = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        let fails_from = self.fails_from.load(Ordering::Relaxed);
        if fails_from > 0 && write >= fails_from {
            return Err(StateError::Throttled { attempted: "writing a document" });
        }
        self.memory.write_document(key, draft).await
    }

    async fn documents(&self, drawer: &str) -> Result<Vec<(String, Document)>> {
        self.memory.documents(drawer).await
    }

    async fn remove_document(&self, key: &DocumentKey) -> Result<()> {
        self.memory.remove_document(key).await
    }
}

struct Scene {
    store: Store,
    bus: Bus,
    rules: Rules,
    place: Place,
}

impl Scene {
    fn new(more: &str, store: Store) -> Self {
        let place = Place { region: "eu-west-1".to_owned(), account: "111122223333".to_owned() };
        Self { store, bus: Bus::default(), rules: thresholds(more), place }
    }

    fn watch(&self) -> Watch<'_, Store, Bus> {
        Watch { store: &self.store, bus: &self.bus, rules: &self.rules, place: &self.place }
    }

    async fn post(&self, minute: i64, value: &str) -> Watched {
        let mut batch = parse(&cost(value)).unwrap();
        batch.time = at(minute);
        self.watch().batch(&batch, at(minute)).await
    }

    async fn sweep(&self, minute: i64) -> Watched {
        self.watch().sweep(at(minute)).await.unwrap()
    }
}

#[tokio::test]
async fn healthy_values_are_never_written_and_a_breach_is_told_once() {
    let scene = Scene::new("", Store::default());
    for minute in 0..10 {
        assert_eq!(scene.post(minute, "900").await.told, 0);
    }
    assert_eq!(scene.store.writes(), 0);
    for (minute, value, told) in [(10, "1200", 1), (11, "1200", 0), (12, "1", 1), (13, "1", 0)] {
        let watched = scene.post(minute, value).await;
        assert_eq!((watched.told, watched.unjudged), (told, 0), "{minute}");
    }
    assert_eq!(scene.bus.ids(), ["1-breached", "1-normal"]);
    for minute in [14, 15, 99] {
        assert_eq!(scene.sweep(minute).await.told, 0);
    }
}

#[tokio::test]
async fn what_the_bus_did_not_confirm_is_told_again_word_for_word_by_a_sweep() {
    let scene = Scene::new("", Store::default());
    scene.bus.fails.store(true, Ordering::Relaxed);
    let watched = scene.post(0, "1200").await;
    assert_eq!((watched.told, watched.unjudged), (0, 0), "the change is saved");
    assert!(matches!(watched.failure, Some(WatchError::Untold(_))), "{watched:?}");
    assert!(scene.sweep(2).await.failure.is_some());
    scene.bus.fails.store(false, Ordering::Relaxed);
    assert_eq!(scene.sweep(3).await.told, 1);
    assert_eq!(scene.sweep(4).await.told, 0);
    let taken = scene.bus.taken.lock().unwrap();
    assert_eq!(taken.len(), 3);
    assert!(taken.iter().all(|event| *event == taken[0]));
}

#[tokio::test]
async fn the_next_value_tells_as_well_and_in_order() {
    let scene = Scene::new("", Store::default());
    scene.bus.fails.store(true, Ordering::Relaxed);
    scene.post(0, "1200").await;
    scene.post(1, "800").await;
    scene.bus.fails.store(false, Ordering::Relaxed);
    scene.bus.taken.lock().unwrap().clear();
    assert_eq!(scene.post(2, "800").await.told, 2);
    assert_eq!(scene.bus.ids(), ["1-breached", "1-normal"]);
}

/// Every write of a breach fails once: the note to look, the change, the clearing.
#[tokio::test]
async fn whatever_write_fails_the_breach_is_told_and_under_one_id() {
    for write in 1..=3 {
        let scene = Scene::new("", Store::failing_from(write));
        let watched = scene.post(0, "1200").await;
        assert_eq!(watched.unjudged, usize::from(write < 3), "write {write}");
        assert!(watched.failure.is_some(), "write {write}");
        scene.store.heal();
        scene.sweep(2).await;
        scene.post(3, "1200").await;
        let mut ids = scene.bus.ids();
        ids.dedup();
        assert_eq!(ids, ["1-breached"], "write {write}");
        assert_eq!(scene.post(4, "1200").await.told, 0, "write {write}");
    }
}

#[tokio::test]
async fn a_silent_series_is_told_when_it_is_due_and_looked_at_only_then() {
    let scene = Scene::new("absent = '30m'", Store::default());
    scene.post(0, "1").await;
    scene.post(10, "1").await;
    let writes = scene.store.writes();
    for minute in 1..30 {
        assert_eq!(scene.sweep(minute).await.told, 0);
    }
    assert_eq!(scene.store.writes(), writes);
    assert_eq!(scene.sweep(30).await.told, 0, "a value came ten minutes later");
    assert_eq!(scene.sweep(39).await.told, 0);
    assert_eq!(scene.sweep(40).await.told, 1);
    assert_eq!(scene.sweep(41).await.told, 0);
    assert_eq!(scene.post(50, "1").await.told, 1);
    for minute in 51..80 {
        assert_eq!(scene.sweep(minute).await.told, 0, "{minute}");
    }
    assert_eq!(scene.sweep(80).await.told, 1);
    assert_eq!(scene.bus.ids(), ["1-absent", "1-normal", "2-absent"]);
}

#[tokio::test]
async fn a_threshold_taken_out_of_the_document_closes_its_breach_within_the_hour() {
    let mut scene = Scene::new("", Store::default());
    scene.post(0, "1200").await;
    scene.rules = Rules::default();
    let mut told = 0;
    for minute in 1..70 {
        told += scene.sweep(minute).await.told;
    }
    assert_eq!(told, 1);
    assert_eq!(scene.bus.ids(), ["1-breached", "1-normal"]);
}

#[tokio::test]
async fn of_many_who_break_it_at_once_all_say_the_same() {
    let scene = Arc::new(Scene::new("", Store::default()));
    let posts = (0..8).map(|n| {
        let scene = Arc::clone(&scene);
        async move {
            let watched = scene.post(n, "1200").await;
            assert!(watched.failure.is_none(), "{watched:?}");
        }
    });
    futures_util::future::join_all(posts).await;
    let mut ids = scene.bus.ids();
    ids.dedup();
    assert_eq!(ids, ["1-breached"]);
    assert_eq!(scene.sweep(60).await.told, 0, "nothing is left to tell");
}

#[tokio::test]
async fn a_standing_of_a_later_version_is_refused_not_overwritten() {
    let scene = Scene::new("", Store::default());
    scene.post(0, "1200").await;
    let batch = parse(&cost("1200")).unwrap();
    let concerns = custom::threshold::concerns(&scene.rules.thresholds, &batch, at(0));
    let name = concerns.found[0].series.name();
    let key = DocumentKey::new(format!("threshold|{name}"), "standing");
    let known = scene.store.memory.document(&key).await.unwrap().unwrap();
    let body = known.body.replacen("\"schema\":1", "\"schema\":2", 1);
    assert_ne!(body, known.body);
    let draft = Draft { replaces: known.version, body, expires: at(9999) };
    scene.store.memory.write_document(&key, draft).await.unwrap();
    let watched = scene.post(1, "1").await;
    assert_eq!(watched.unjudged, 1);
    assert!(matches!(watched.failure, Some(WatchError::State(StateError::Unreadable { .. }))));
}

#[tokio::test]
async fn a_series_whose_due_time_cannot_be_read_keeps_no_other_from_being_looked_at() {
    let scene = Scene::new("absent = '30m'", Store::default());
    scene.post(0, "1").await;
    let rows = [("a", r#"{"schema":2,"at":"2000-01-01T00:00:00Z"}"#), ("~", "nonsense")];
    for (name, body) in rows {
        let draft = Draft { replaces: 0, body: body.to_owned(), expires: at(9999) };
        let key = DocumentKey::new("threshold-due", name);
        scene.store.memory.write_document(&key, draft).await.unwrap();
    }
    let watched = scene.sweep(30).await;
    assert_eq!(watched.told, 1);
    let unreadable = StateError::Unreadable { item: "threshold-due a".to_owned() };
    assert_eq!(watched.failure, Some(WatchError::State(unreadable)));
    assert_eq!(scene.bus.ids(), ["1-absent"]);
}
