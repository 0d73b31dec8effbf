//! What came of a thread and of an account: events through the collector and delibird themselves,
//! on a real table, then the verb that tells of it.

use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use collector::{Collector, Flushed};
use delibird::Delibird;
use delibird::chat::recorder::{Keep, Recorder};
use delibird::deliver::End;
use delibird::deliver::decide::Arrival;
use jiff::SignedDuration;
use model::Alert;
use model::trust::Trust;
use rules::Rules;
use serde_json::Value;
use state::configuration::{self, Signed};
use state::header::Token;
use system_tests::chaos::clock;

use crate::Scene;

const EVENT: &str = include_str!("../../fixtures/issue-with-impaired-instances.json");
const ROUTES: &str = "
[[route]]
name = 'payments'
when = \"account = '111122223333'\"
spaces = ['pay', 'ops']
[[silence]]
when = \"account = '444455556666'\"
reason = 'nobody works there'
until = 2099-01-01
";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl Scene {
    /// What the two functions make of an event that arrives now; the thread of it.
    async fn told(&self, event: &str) -> String {
        let signed = Signed { by: "ops".to_owned(), at: clock(), comment: String::new() };
        configuration::push(&self.store(), ROUTES, signed).await.unwrap();
        let rules = Rules::parse(ROUTES, "v1").unwrap();
        let collector = Collector {
            store: self.store(),
            publisher: Loopback::default(),
            ticks: Timer::default(),
            trust: rules.trust(Trust::Everyone),
            rules,
            lease: SignedDuration::from_secs(35),
        };
        let chat = Recorder::new(Keep::All);
        let lease = SignedDuration::from_secs(35);
        let delibird = Delibird { store: self.store(), chat, lease, clock };
        for account in ["111122223333", "444455556666"] {
            let event = event.replace("111122223333", account);
            let event = model::read(event.as_bytes()).remove(0).unwrap();
            collector.accept(event, clock()).await.unwrap();
        }
        let later = clock() + MINUTE;
        let (_, incident) = collector.ticks.take(later).unwrap();
        let flushed = collector.flush(&incident, Token("t".to_owned()), later).await.unwrap();
        assert!(matches!(flushed, Flushed::Done(out) if out.published == 2), "{flushed:?}");
        let mut thread = None;
        while let Some(alert) = collector.publisher.take() {
            let alert: Alert = serde_json::from_str(&alert).unwrap();
            let arrival = Arrival { sent: clock() };
            let outcome = delibird.deliver(&alert, arrival, clock() + MINUTE).await.unwrap();
            assert_eq!(outcome.end, End::Posted);
            thread = Some(alert.thread.to_string());
        }
        thread.unwrap()
    }
}

/// Every step without its time.
fn steps(json: &str) -> Vec<[String; 3]> {
    let steps: Value = serde_json::from_str(json).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let who = |step: &Value| {
        let account = text(&step["account"]);
        if account.is_empty() { text(&step["space"]) } else { account }
    };
    let step = |step: &Value| [text(&step["step"]), who(step), text(&step["what"])];
    steps.as_array().unwrap().iter().map(step).collect()
}

#[tokio::test]
async fn a_thread_and_an_account_tell_what_came_who_was_told_and_what_was_said() {
    let Some(scene) = Scene::new("history").await else { return };
    let thread = scene.told(EVENT).await;
    let unknown = scene.healthctl(&["history", "0123"]);
    assert_eq!(unknown.status, 1);
    assert!(unknown.stderr.contains("names its thread under Details"), "{}", unknown.stderr);
    let taken = scene.healthctl(&["ack", &thread, "--by", "network team"]);
    assert_eq!(taken.status, 0, "{}", taken.stderr);

    let of_thread = scene.healthctl(&["history", &thread, "--format", "json"]);
    assert_eq!(of_thread.status, 0, "{}", of_thread.stderr);
    let mut seen = steps(&of_thread.stdout);
    seen.sort();
    let received = |account: &str, whither: &str| {
        let what = "AWS_EC2_OPERATIONAL_ISSUE ap-northeast-2 open late: critical by \
            issue with impaired resources of v1; ";
        ["received".to_owned(), account.to_owned(), format!("{what}{whither}")]
    };
    let row =
        |step: &str, who: &str, what: &str| [step.to_owned(), who.to_owned(), what.to_owned()];
    let silenced = received("444455556666", "silenced: nobody works there");
    let expected = [
        row("acknowledged", "", "by network team"),
        row("delivery", "ops", "#1 posted"),
        row("delivery", "pay", "#1 posted"),
        received("111122223333", "to pay by payments, ops by payments"),
        silenced.clone(),
    ];
    assert_eq!(seen, expected);

    let of_account = scene.healthctl(&["history", "444455556666", "--format", "json"]);
    assert_eq!(steps(&of_account.stdout)[0], silenced, "{}", of_account.stderr);
    let table = scene.healthctl(&["history", "111122223333"]).stdout;
    assert!(table.contains(&thread) && table.contains("#1 posted"), "{table}");
    let nobody = scene.healthctl(&["history", "999999999999"]);
    assert_eq!(nobody.status, 1);
    assert!(nobody.stderr.contains("--days"), "{}", nobody.stderr);
}
