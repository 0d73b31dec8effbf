//! What every store must hold, as generic functions: each takes an empty store and an incident
//! of its own, so that a whole suite may run against one table.

#![expect(clippy::expect_used, reason = "a suite of assertions: a store that errs has failed it")]

use jiff::{SignedDuration, Timestamp};
use model::ids::{AlertId, IncidentId, SpaceName};
use model::summary::Metric;
use model::words::{Kind, Severity, Status};

use crate::board::Cover;
use crate::claim::Claim;
use crate::document::{Document, DocumentKey, DocumentStore, Draft, MAX_BODY, Written};
use crate::group::{Course, Group, Hashes};
use crate::header::{BatchId, Lease, Token};
use crate::member::{Member, MemberKey, Notified, Routing, SCHEMA, Texts};
use crate::outbox::{Attributes, Frozen, Lane};
use crate::store::{Claimed, Closed, Fenced, Put, StateStore};

/// Runs the whole suite; incidents are named after `prefix`.
pub async fn all<S: StateStore + DocumentStore>(store: &S, prefix: &str) {
    let incident = |name: &str| IncidentId(format!("{prefix}/{name}"));
    the_first_stake_wins(store, &incident("stake")).await;
    a_member_is_new_once(store, &incident("member")).await;
    texts_and_copies_are_kept_once(store, &incident("texts")).await;
    only_an_earlier_due_replaces_a_pending_one(store, &incident("due")).await;
    a_lease_excludes_until_it_ends(store, &incident("lease")).await;
    a_lease_waits_for_the_due_time(store, &incident("not yet")).await;
    a_lost_lease_cannot_freeze_or_close(store, &incident("fence")).await;
    what_is_frozen_stays_until_thawed(store, &incident("freeze")).await;
    a_late_settle_does_not_undo_a_newer_one(store, &incident("settle")).await;
    closing_needs_the_arrivals_that_were_read(store, &incident("close")).await;
    overdue_incidents_are_found_oldest_first(store, &incident("sweep")).await;
    of_two_writers_of_a_document_one_wins(store, prefix).await;
    a_drawer_is_listed_in_order_of_names(store, prefix).await;
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("within range")
}

fn lease(token: &str, until: i64) -> Lease {
    Lease { token: Token(token.to_owned()), until: at(until) }
}

fn member(key: &str) -> Member {
    let event = model::read(br#"{"source":"custom.health","detail":{"eventTypeCode":"X"}}"#)
        .remove(0)
        .expect("a record");
    Member {
        schema: SCHEMA,
        key: MemberKey(key.to_owned()),
        communication: "c1".to_owned(),
        real_communication: None,
        account: event.affected_account(),
        page: 1,
        pages: 1,
        subject: event.subject(),
        arn: event.arn,
        source: event.source,
        service: event.service,
        type_code: event.type_code,
        category: event.category,
        scope: event.scope,
        region: event.region,
        status: event.status,
        says_resolved: false,
        start: None,
        end: None,
        updated: None,
        deadline: None,
        time: None,
        moment: at(0),
        received: at(0),
        actionability: None,
        severity: Severity::Info,
        rule: String::new(),
        config_version: String::new(),
        text: 0,
        texts: String::new(),
        own_texts: Vec::new(),
        entities: Vec::new(),
        metric: Some(Box::new(Metric { key: "daily_usd".to_owned(), ..Metric::default() })),
        stale: false,
        health: true,
        routing: Routing::To(Vec::new()),
    }
}

fn group(space: &str, version: u64) -> Group {
    Group {
        schema: SCHEMA,
        space: SpaceName::from(space),
        version,
        episode: 1,
        seq: 1,
        after: None,
        resolved: None,
        status: Status::Open,
        severity: Severity::High,
        max_severity: Severity::High,
        deadline: None,
        accounts: Hashes::from_iter([1, 2]),
        resources: Hashes::default(),
        texts: Hashes::default(),
        told: Hashes::default(),
        seen: at(0),
        last_alert: at(0),
        growth: 0,
        course: Course::default(),
    }
}

fn frozen(batch: &BatchId, alert: &str) -> Frozen {
    Frozen {
        schema: SCHEMA,
        batch: batch.clone(),
        alert_id: AlertId::from("a"),
        alert: alert.to_owned(),
        attributes: Attributes {
            severity: Severity::High,
            max_severity: Severity::High,
            service: "EC2".to_owned(),
            category: "issue".to_owned(),
            region: "us-east-1".to_owned(),
            space: SpaceName::from("ops"),
            kind: Kind::Opened,
            lane: Lane::Urgent,
        },
        after: group("ops", 1),
        entry: None,
        covers: vec![Cover { thread: "t".into(), document: 3 }],
    }
}

async fn the_first_stake_wins<S: StateStore>(store: &S, incident: &IncidentId) {
    let claim = Claim(format!("arn {incident}"));
    let other = IncidentId(format!("{incident}-other"));
    assert_eq!(store.claimed(&claim).await, Ok(None));
    assert_eq!(store.stake(&claim, incident).await, Ok(incident.clone()));
    assert_eq!(store.stake(&claim, &other).await, Ok(incident.clone()));
    assert_eq!(store.claimed(&claim).await, Ok(Some(incident.clone())));
}

async fn a_member_is_new_once<S: StateStore>(store: &S, incident: &IncidentId) {
    let mut large = member("c1#a#1");
    large.entities = (0..3_000)
        .map(|n| model::Entity {
            id: format!("arn:aws:ec2:us-east-1:111122223333:instance/i-{n:017x}"),
            status: model::words::EntityStatus::Pending,
        })
        .collect();
    assert_eq!(store.put_member(incident, large.clone()).await, Ok(Put::New));
    let mut changed = large.clone();
    changed.severity = Severity::Critical;
    assert_eq!(store.put_member(incident, changed).await, Ok(Put::Repeated));
    assert_eq!(store.put_member(incident, member("c1#a#2")).await, Ok(Put::New));
    let mut read = store.read(incident).await.expect("readable").members;
    read.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(read.len(), 2);
    assert_eq!(*read[0], large, "a repeated member must not change the first");
}

async fn texts_and_copies_are_kept_once<S: StateStore>(store: &S, incident: &IncidentId) {
    let texts = |text: &str| Texts {
        key: "c1".to_owned(),
        texts: vec![model::Text { language: "en_US".to_owned(), text: text.to_owned() }],
    };
    let copy = |account: &str| Notified { account: account.into(), spaces: vec!["ops".into()] };
    store.put_texts(incident, texts("first")).await.expect("kept");
    store.put_texts(incident, texts("second")).await.expect("kept");
    for account in ["1", "2", "1"] {
        store.put_copy(incident, copy(account)).await.expect("kept");
    }
    let reading = store.read(incident).await.expect("readable");
    assert_eq!(
        reading.texts.iter().map(|t| t.texts[0].text.as_str()).collect::<Vec<_>>(),
        ["first"]
    );
    assert_eq!(reading.copies, [copy("1"), copy("2")]);
}

async fn only_an_earlier_due_replaces_a_pending_one<S: StateStore>(
    store: &S,
    incident: &IncidentId,
) {
    store.bump(incident).await.expect("counted");
    for (due, expected) in [(20, 20), (30, 20), (10, 10)] {
        store.record_due(incident, at(due)).await.expect("recorded");
        let header = store.header(incident).await.expect("readable");
        assert_eq!(header.due, Some(at(expected)), "after {due}");
    }
}

async fn a_lease_excludes_until_it_ends<S: StateStore>(store: &S, incident: &IncidentId) {
    let taken = |claimed| matches!(claimed, Ok(Claimed::Taken(_)));
    assert_eq!(store.lease(incident, &lease("A", 35), at(0)).await, Ok(Claimed::Unknown));
    assert_eq!(store.bump(incident).await.expect("counted").arrivals, 1);
    let Ok(Claimed::Taken(header)) = store.lease(incident, &lease("A", 35), at(0)).await else {
        panic!("nobody held it");
    };
    assert_eq!((header.arrivals, header.due), (1, Some(at(35))));
    let second = store.lease(incident, &lease("B", 60), at(34)).await;
    assert_eq!(second, Ok(Claimed::Held { until: at(35) }));
    assert!(taken(store.lease(incident, &lease("B", 70), at(35)).await), "the lease has ended");
}

async fn a_lost_lease_cannot_freeze_or_close<S: StateStore>(store: &S, incident: &IncidentId) {
    let (a, b) = (Token("A".to_owned()), Token("B".to_owned()));
    let (of_a, of_b) = (BatchId::of(&a, 1), BatchId::of(&b, 1));
    store.bump(incident).await.expect("counted");
    store.lease(incident, &lease("A", 35), at(0)).await.expect("leased");
    store.lease(incident, &lease("B", 70), at(35)).await.expect("leased");
    assert_eq!(store.freeze(incident, &a, &of_a).await, Ok(Fenced::Lost));
    assert_eq!(store.close(incident, &a, 1, None).await, Ok(Closed::Lost));
    assert_eq!(store.freeze(incident, &b, &of_b).await, Ok(Fenced::Done));
    let again = store.freeze(incident, &b, &BatchId::of(&b, 2)).await;
    assert_eq!(again, Ok(Fenced::Lost), "a frozen batch must be thawed before the next");
}

async fn what_is_frozen_stays_until_thawed<S: StateStore>(store: &S, incident: &IncidentId) {
    let token = Token("A".to_owned());
    let batch = BatchId::of(&token, 1);
    store.bump(incident).await.expect("counted");
    store.lease(incident, &lease("A", 35), at(0)).await.expect("leased");
    for alert in ["one", "two"] {
        store.put_frozen(incident, &frozen(&batch, alert).into()).await.expect("kept");
    }
    store.freeze(incident, &token, &batch).await.expect("frozen");
    let header = store.header(incident).await.expect("readable");
    assert_eq!(header.frozen, Some(batch.clone()));
    let kept = store.frozen(incident, &batch).await.expect("readable");
    assert_eq!(kept, ["one", "two"].map(|alert| frozen(&batch, alert).into()));
    store.thaw(incident, &BatchId("another".to_owned())).await.expect("ignored");
    assert!(store.header(incident).await.expect("readable").frozen.is_some());
    store.thaw(incident, &batch).await.expect("thawed");
    assert_eq!(store.header(incident).await.expect("readable").frozen, None);
}

async fn a_late_settle_does_not_undo_a_newer_one<S: StateStore>(store: &S, incident: &IncidentId) {
    for version in [1, 3, 2] {
        store.settle(incident, group("ops", version)).await.expect("kept or passed");
    }
    store.settle(incident, group("payments", 1)).await.expect("kept");
    let mut groups = store.read(incident).await.expect("readable").groups;
    groups.sort_by(|a, b| a.space.cmp(&b.space));
    assert_eq!(groups, [group("ops", 3), group("payments", 1)]);
}

async fn closing_needs_the_arrivals_that_were_read<S: StateStore>(
    store: &S,
    incident: &IncidentId,
) {
    let token = Token("A".to_owned());
    store.bump(incident).await.expect("counted");
    store.lease(incident, &lease("A", 35), at(0)).await.expect("leased");
    store.bump(incident).await.expect("counted");
    let close = |arrivals| store.close(incident, &token, arrivals, Some(at(99)));
    assert_eq!(close(1).await, Ok(Closed::Moved { arrivals: 2 }));
    assert_eq!(close(2).await, Ok(Closed::Done));
    let header = store.header(incident).await.expect("readable");
    assert_eq!((header.lease, header.due), (None, Some(at(99))));
    assert_eq!(close(2).await, Ok(Closed::Lost), "a closed flush holds nothing any more");
}

async fn a_lease_waits_for_the_due_time<S: StateStore>(store: &S, incident: &IncidentId) {
    let token = Token("A".to_owned());
    store.bump(incident).await.expect("counted");
    store.record_due(incident, at(30)).await.expect("recorded");
    let lease = async |name, now| store.lease(incident, &lease(name, now + 35), at(now)).await;
    assert_eq!(lease("A", 29).await, Ok(Claimed::NotDue { due: at(30) }));
    assert!(matches!(lease("A", 30).await, Ok(Claimed::Taken(_))), "its time has come");
    store.close(incident, &token, 1, Some(at(99))).await.expect("closed");
    assert_eq!(lease("B", 31).await, Ok(Claimed::NotDue { due: at(99) }), "a spare tick");
    store.record_due(incident, at(40)).await.expect("recorded");
    assert!(matches!(lease("C", 40).await, Ok(Claimed::Taken(_))), "news came earlier");
    // A dead worker may have left something frozen: that is due when its lease ends.
    assert!(matches!(lease("D", 75).await, Ok(Claimed::Taken(_))), "nobody closed it");
}

async fn overdue_incidents_are_found_oldest_first<S: StateStore>(store: &S, incident: &IncidentId) {
    let named = |n: i64| IncidentId(format!("{incident}{n}"));
    // Before every other due time of the suite, so that it may share a table with the rest.
    let due = |n: i64| at(n) - SignedDuration::from_hours(24);
    for n in [2, 1, 3] {
        store.bump(&named(n)).await.expect("counted");
        store.record_due(&named(n), due(n)).await.expect("recorded");
    }
    assert_eq!(store.overdue(due(3), 10).await, Ok(vec![named(1), named(2)]));
    assert_eq!(store.overdue(due(3), 1).await, Ok(vec![named(1)]));
    store.lease(&named(1), &lease("A", 35), at(0)).await.expect("leased");
    assert_eq!(store.overdue(due(3), 10).await, Ok(vec![named(2)]), "due at the end of the lease");
    for n in [2, 3] {
        store.lease(&named(n), &lease("A", 35), at(0)).await.expect("leased");
        store.close(&named(n), &Token("A".to_owned()), 1, None).await.expect("closed");
    }
    assert_eq!(store.overdue(due(9), 10).await, Ok(vec![]));
}

fn draft(replaces: u64, body: &str) -> Draft {
    Draft { replaces, body: body.to_owned(), expires: at(0) + SignedDuration::from_hours(24) }
}

async fn of_two_writers_of_a_document_one_wins<S: DocumentStore>(store: &S, prefix: &str) {
    let key = DocumentKey::new(format!("{prefix}/slot"), "ops");
    assert_eq!(store.document(&key).await, Ok(None));
    let write =
        async |replaces, body: &str| store.write_document(&key, draft(replaces, body)).await;
    assert_eq!(write(0, "one").await, Ok(Written::Done { version: 1 }));
    assert_eq!(write(0, "two").await, Ok(Written::Conflict), "it is there already");
    assert_eq!(write(1, "three").await, Ok(Written::Done { version: 2 }));
    assert_eq!(write(1, "four").await, Ok(Written::Conflict), "it has moved on");
    let there = Document { version: 2, body: "three".to_owned() };
    assert_eq!(store.document(&key).await, Ok(Some(there)));
    let large = "x".repeat(MAX_BODY + 1);
    assert!(write(2, &large).await.is_err_and(|error| !error.retryable()), "too large to keep");
    store.remove_document(&key).await.expect("removed");
    store.remove_document(&key).await.expect("nothing left to remove");
    assert_eq!(store.document(&key).await, Ok(None));
    assert_eq!(write(2, "five").await, Ok(Written::Conflict), "what is gone has no version");
}

async fn a_drawer_is_listed_in_order_of_names<S: DocumentStore>(store: &S, prefix: &str) {
    let drawer = format!("{prefix}/drawer");
    let long = format!("c{}", "x".repeat(3_000));
    let names = ["b", "a|2", long.as_str(), "a"];
    for name in names {
        let key = DocumentKey::new(&*drawer, name);
        let written = store.write_document(&key, draft(0, name)).await;
        assert_eq!(written, Ok(Written::Done { version: 1 }));
    }
    let other = DocumentKey::new(format!("{drawer}x"), "z");
    store.write_document(&other, draft(0, "of another drawer")).await.expect("written");
    let listed = store.documents(&drawer).await.expect("readable");
    let expected = ["a", "a|2", "b", &long]
        .map(|name| (name.to_owned(), Document { version: 1, body: name.to_owned() }));
    assert_eq!(listed, expected);
}
