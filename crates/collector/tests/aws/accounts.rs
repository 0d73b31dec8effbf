//! The directory of accounts: read when another list counts, renewed by the sweep where the
//! function may ask AWS Organizations, and missed by nobody where it may not.

use collector::lambda::Function;
use collector::lambda::accounts::Accounts;
use collector::publish::loopback::Loopback;
use collector::ticks::timer::Timer;
use jiff::SignedDuration;
use serde_json::{Value, json};
use state::MemoryStore;
use state::configuration::{self, Signed};
use state::directory::{self, Account};

use crate::batches::{CLOCK, LOG, PLENTY, event, function, handle, now, record, taking};
use crate::peer::{Answer, Peer};

type OnMemory = Function<MemoryStore, Loopback, Timer>;

const ACCOUNT: &str = "111122223333";

async fn list(function: &OnMemory, name: &str) {
    let collector = function.collector.read().await;
    let turn = directory::turn(&collector.store, SignedDuration::ZERO, now()).await.unwrap();
    let account = Account {
        id: ACCOUNT.into(),
        name: name.to_owned(),
        ou: "workloads/prod".to_owned(),
        tags: [("Owner".to_owned(), "payments".to_owned())].into(),
        ..Account::default()
    };
    turn.unwrap().publish(&collector.store, &[account], now()).await.unwrap();
}

async fn publish(function: &OnMemory, text: &str) {
    let signed = Signed { by: "ops".to_owned(), at: now(), comment: String::new() };
    let collector = function.collector.read().await;
    configuration::push(&collector.store, text, signed).await.unwrap();
}

/// What the function knows of the account after one more event.
async fn known(function: &OnMemory) -> [Option<String>; 3] {
    CLOCK.set(now() + SignedDuration::from_mins(1));
    handle(function, &[record("1", "events", &event("1"))], PLENTY).await;
    let collector = function.collector.read().await;
    let known = collector.rules.accounts.known(&ACCOUNT.into());
    [known.name(), known.ou(), known.owner()].map(|text| text.map(str::to_owned))
}

fn texts(texts: [&str; 3]) -> [Option<String>; 3] {
    texts.map(|text| Some(text.to_owned()))
}

#[tokio::test]
async fn the_directory_is_known_through_changes_of_the_document_which_speaks_first() {
    let function = function(&taking().await);
    assert_eq!(known(&function).await, [None, None, None]);
    list(&function, "payments-prod").await;
    assert_eq!(known(&function).await, texts(["payments-prod", "workloads/prod", "payments"]));
    publish(&function, "[accounts.\"1111*\"]\nowner = \"infra\"\n").await;
    assert_eq!(known(&function).await, texts(["payments-prod", "workloads/prod", "infra"]));
    list(&function, "billing-prod").await;
    assert_eq!(known(&function).await, texts(["billing-prod", "workloads/prod", "infra"]));
}

/// What a sweep says of accounts.
async fn sweep(function: &OnMemory) -> Vec<Value> {
    LOG.with_borrow_mut(Vec::clear);
    let sweep = json!({"task": "sweep"}).to_string();
    function.handle(&sweep, "r", now() + PLENTY).await.unwrap();
    let of_accounts = |line: &&Value| {
        line["decision"].as_str().is_some_and(|decision| decision.starts_with("accounts"))
    };
    LOG.with_borrow(|log| log.iter().filter(of_accounts).cloned().collect())
}

fn asking(peer: &Peer, dead: &Peer) -> OnMemory {
    Function { accounts: Accounts::asking(Some(peer.organizations())), ..function(dead) }
}

#[tokio::test]
async fn the_sweep_renews_the_directory_at_most_once_an_hour() {
    // One answer that fits every question.
    let body = json!({
        "Roots": [{"Id": "r-1", "Name": "Root"}], "OrganizationalUnits": [],
        "Accounts": [{"Id": ACCOUNT, "Name": "payments-prod", "Status": "ACTIVE"}],
        "Tags": [{"Key": "owner", "Value": "payments"}],
    });
    let peer = Peer::start(Some(Answer { status: 200, body: body.to_string() })).await;
    let function = asking(&peer, &taking().await);
    let lines = sweep(&function).await;
    assert_eq!((lines.len(), &lines[0]["decision"]), (1, &json!("accounts_listed")));
    assert_eq!(lines[0]["count"], 1);
    let asked = peer.requests();
    // Roots, the root's accounts and units, the account's tags.
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert!(asked.iter().all(|request| request.contains("/us-east-1/organizations/aws4_request")));
    assert_eq!(sweep(&function).await, Vec::<Value>::new());
    assert_eq!(
        known(&function).await,
        [Some("payments-prod".to_owned()), None, Some("payments".to_owned())]
    );
    assert_eq!(peer.requests().len(), 4);
    CLOCK.set(now() + SignedDuration::from_hours(1));
    assert_eq!(sweep(&function).await.len(), 1);
}

#[tokio::test]
async fn who_is_denied_works_on_and_says_so_once_an_hour() {
    let body = json!({"__type": "AccessDeniedException", "message": "no"}).to_string();
    let peer = Peer::start(Some(Answer { status: 400, body })).await;
    let function = asking(&peer, &taking().await);
    let lines = sweep(&function).await;
    assert_eq!(lines.len(), 1);
    let told = ["level", "decision", "reason"].map(|name| lines[0][name].as_str().unwrap());
    assert_eq!(told, ["warn", "accounts_kept", "AWS Organizations: AccessDeniedException"]);
    // The tree, and the plain list.
    assert_eq!(peer.requests().len(), 2);
    assert_eq!(sweep(&function).await, Vec::<Value>::new());
    assert_eq!(known(&function).await, [None, None, None]);
}
