//! The one-machine collector under compressed time, told as stories: events in, the alerts that
//! were published out.

use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use collector::{Collector, Outcome};
use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::trust::Trust;
use model::words::Change;
use rules::Rules;
use serde_json::{Value, json};
use state::MemoryStore;
use state::header::Token;

pub(crate) type OneMachine = Collector<MemoryStore, Loopback, Timer>;

pub(crate) fn collector(rules: Rules) -> OneMachine {
    Collector {
        store: MemoryStore::default(),
        publisher: Loopback::default(),
        ticks: Timer::default(),
        trust: rules.trust(Trust::Everyone),
        rules,
        lease: SignedDuration::from_secs(35),
    }
}

/// 10:00:00 and so many seconds.
pub(crate) fn at(seconds: i64) -> Timestamp {
    "2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

pub(crate) fn minutes(minutes: i64) -> i64 {
    minutes * 60
}

/// RFC 1123, as Health writes it.
pub(crate) fn rfc1123(time: Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .expect("within range")
}

/// A Health record; a row changes only what it is about.
#[derive(Clone)]
pub(crate) struct Event(pub(crate) Value, pub(crate) Option<Timestamp>);

pub(crate) fn event(category: &str, account: &str, sent: i64) -> Event {
    let record = json!({
        "version": "0", "id": "11112222-3333-4444-5555-666677778888",
        "detail-type": "AWS Health Event", "source": "aws.health",
        "account": account, "time": at(sent).to_string(), "region": "ap-northeast-2",
        "resources": [],
        "detail": {
            "eventArn": "arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/ONE",
            "service": "EC2", "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
            "eventTypeCategory": category, "eventScopeCode": "ACCOUNT_SPECIFIC",
            "communicationId": "c1-1", "statusCode": "open",
            "startTime": rfc1123(at(-600)), "lastUpdatedTime": rfc1123(at(sent)),
            "eventRegion": "ap-northeast-2", "affectedAccount": account,
            "eventDescription": [{"language": "en_US", "latestDescription": "We are investigating."}],
            "affectedEntities": [], "page": "1", "totalPages": "1",
        }
    });
    Event(record, None)
}

pub(crate) fn issue(account: &str, sent: i64) -> Event {
    event("issue", account, sent)
}

/// A planned change in ten days, under an ARN of its own per account.
pub(crate) fn change(account: &str, sent: i64) -> Event {
    event("scheduledChange", account, sent)
        .with("eventTypeCode", "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED")
        .with("eventArn", &format!("arn:aws:health:ap-northeast-2::event/EC2/RETIRE/{account}"))
        .with("startTime", &rfc1123(at(10 * 86_400)))
        .with("communicationId", &format!("r{account}-1"))
        .entities(&[("i-0001", "PENDING")])
}

impl Event {
    pub(crate) fn with(mut self, key: &str, value: &str) -> Self {
        self.0["detail"][key] = json!(value);
        self
    }

    pub(crate) fn comm(self, id: &str) -> Self {
        let page = self.0["detail"]["page"].as_str().unwrap().to_owned();
        self.with("communicationId", &format!("{id}-{page}"))
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.0["detail"]["eventDescription"][0]["latestDescription"] = json!(text);
        self
    }

    pub(crate) fn page(self, page: u32, of: u32) -> Self {
        let id = self.0["detail"]["communicationId"].as_str().unwrap().to_owned();
        let id = id.rsplit_once('-').unwrap().0.to_owned();
        self.with("page", &page.to_string()).with("totalPages", &of.to_string()).comm(&id)
    }

    pub(crate) fn entities(mut self, entities: &[(&str, &str)]) -> Self {
        let list: Vec<Value> = entities
            .iter()
            .map(|(id, status)| json!({"entityValue": id, "status": status}))
            .collect();
        self.0["detail"]["affectedEntities"] = json!(list);
        self
    }

    /// "[RESOLVED]" in the text and an end in the past, while the status still says open.
    pub(crate) fn resolved(self, ended: i64) -> Self {
        self.text("[RESOLVED] The issue has been resolved.").with("endTime", &rfc1123(at(ended)))
    }

    pub(crate) fn envelope(mut self, key: &str, value: &str) -> Self {
        self.0[key] = json!(value);
        self
    }

    pub(crate) fn arrives(&self) -> Timestamp {
        self.1.unwrap_or_else(|| self.0["time"].as_str().unwrap().parse().unwrap())
    }

    /// Reaches us so many seconds into the story, whenever it was sent.
    pub(crate) fn arriving(self, seconds: i64) -> Self {
        Self(self.0, Some(at(seconds)))
    }

    pub(crate) fn read(&self) -> model::HealthEvent {
        model::read(self.0.to_string().as_bytes()).remove(0).expect("a record")
    }
}

/// What a story ends with.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) alerts: Vec<Alert>,
    pub(crate) outcomes: Vec<Outcome>,
}

/// Plays events at their own times, an event before a tick of the same instant, and ticks until
/// none is due. What is said by the clock is played as far as there is news.
pub(crate) fn play(rules: Rules, events: &[Event]) -> Told {
    let mut stage = Stage::new(rules);
    stage.events(events);
    while let Some(news) = stage.collector.ticks.next() {
        let due = stage.next_due().unwrap_or(news).min(news);
        stage.due(due);
    }
    stage.told
}

/// The same, and the clock goes on to `until`.
pub(crate) fn play_until(rules: Rules, events: &[Event], until: Timestamp) -> Told {
    let mut stage = Stage::new(rules);
    stage.events(events);
    stage.until(until);
    stage.told
}

/// A collector under compressed time, driven as `simulate` drives it.
pub(crate) struct Stage {
    pub(crate) collector: OneMachine,
    pub(crate) told: Told,
    arrived: i64,
}

impl Stage {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { collector: collector(rules), told: Told::default(), arrived: 0 }
    }

    pub(crate) fn events(&mut self, events: &[Event]) {
        let mut sorted: Vec<&Event> = events.iter().collect();
        sorted.sort_by_key(|event| event.arrives());
        for event in sorted {
            let at = event.arrives();
            if self.arrived == 0 {
                block_on(self.collector.sweep(at)).unwrap();
            }
            while let Some(due) = self.next_due().filter(|due| *due < at) {
                self.due(due);
            }
            let unique = SignedDuration::from_nanos(self.arrived);
            self.arrived += 1;
            let outcome = block_on(self.collector.accept(event.read(), at + unique)).unwrap();
            self.told.outcomes.push(outcome);
        }
    }

    /// Everything that is due, the clock included.
    pub(crate) fn until(&mut self, until: Timestamp) {
        while let Some(due) = self.next_due().filter(|due| *due <= until) {
            self.due(due);
        }
    }

    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.collector.ticks.next().into_iter().chain(self.collector.store.next_due()).min()
    }

    fn due(&mut self, at: Timestamp) {
        if self.collector.ticks.next().is_none_or(|news| news > at) {
            block_on(self.collector.sweep(at)).unwrap();
        }
        while let Some((tick, incident)) = self.collector.ticks.take(at) {
            let token = Token(format!("{at}{tick}{incident}"));
            block_on(self.collector.flush(&incident, token, at)).unwrap();
            while let Some(alert) = self.collector.publisher.take() {
                self.told.alerts.push(serde_json::from_str(&alert).unwrap());
            }
        }
    }
}

pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// One line per alert: kind, thread by order of appearance, number, changes, status, accounts.
pub(crate) fn lines(told: &Told) -> Vec<String> {
    let mut threads: Vec<String> = Vec::new();
    told.alerts
        .iter()
        .map(|alert| {
            let thread = threads.iter().position(|known| *known == alert.thread.0);
            let thread = thread.unwrap_or_else(|| {
                threads.push(alert.thread.0.clone());
                threads.len() - 1
            });
            let changes: Vec<&str> = alert.changes.iter().map(Change::as_str).collect();
            format!(
                "{} T{} #{} [{}] {} {} accounts",
                alert.kind,
                thread + 1,
                alert.seq,
                changes.join(" "),
                alert.event.status,
                alert.accounts.total
            )
        })
        .collect()
}

/// For futures that never wait: the memory store's.
pub(crate) fn block_now<F: Future>(future: F) -> F::Output {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("the memory store never waits"),
    }
}
