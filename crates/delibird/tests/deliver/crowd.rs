//! Many messages, several functions, one space or two: the laws that no single decision shows.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use delibird::deliver::slot::Lane;
use jiff::SignedDuration;
use model::ids::{AlertId, SpaceName, ThreadKey};
use model::words::Severity;

use crate::world::{Mood, World, after, alert, now, resolved, until};

/// Runs so many functions beside the scene, two of them for what is urgent.
async fn with_functions(world: &World, scene: impl Future<Output = ()>) {
    use Lane::{Normal, Urgent};
    let functions = async {
        tokio::join!(
            world.function(Urgent),
            world.function(Urgent),
            world.function(Normal),
            world.function(Normal)
        )
    };
    tokio::select! {
        () = scene => {}
        _ = functions => {}
    }
}

/// Until nothing is in the queues, or so long at most.
async fn drained(world: &World, longest: SignedDuration) {
    let end = now() + longest;
    while world.waiting() > 0 && now() < end {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    // Whatever was taken out last.
    tokio::time::sleep(Duration::from_secs(40)).await;
    assert_eq!(world.waiting(), 0, "still waiting");
}

/// Every alert once, each thread in its order, and no two messages of a space within a second.
fn assert_lawful(world: &World, published: &[(AlertId, SpaceName, ThreadKey, u32)]) {
    let seen = world.chat().seen();
    let ids: BTreeSet<_> = seen.iter().map(|seen| seen.id.clone()).collect();
    let wanted: BTreeSet<_> = published.iter().map(|(id, ..)| id.clone()).collect();
    assert_eq!(ids, wanted);
    assert_eq!(seen.len(), published.len(), "something came twice");
    assert_eq!(world.chat().too_close(), 0, "faster than Chat takes it");
    let of: BTreeMap<_, _> =
        published.iter().map(|(id, space, thread, seq)| (id, ((space, thread), seq))).collect();
    let mut told: BTreeMap<_, u32> = BTreeMap::new();
    for message in &seen {
        let (thread, seq) = of[&message.id];
        let before = told.insert(thread, *seq).unwrap_or_default();
        assert_eq!(before + 1, *seq, "out of order: {thread:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn chat_is_down_for_six_hours_and_afterwards_everything_arrives_in_order() {
    const HOURS: i64 = 6 * 3_600;
    let world = World::new();
    world.chat().be(Mood::Down);
    let mut published = Vec::new();
    let mut publish = |world: &World, thread: u32, seq: u32| {
        let space = ["ops", "payments"][thread as usize % 2];
        let severity =
            if thread.is_multiple_of(5) { Severity::Critical } else { Severity::Warning };
        let thread = format!("incident {thread}");
        let alert = match seq {
            4 => resolved(space, &thread, seq, severity),
            _ => alert(space, &thread, seq, severity),
        };
        let name = (alert.alert_id.clone(), space.into(), alert.thread.clone(), seq);
        published.push(name);
        world.publish(alert);
    };
    let recovered = after(HOURS);
    let scene = async {
        // 60 incidents, each with four messages within an hour and a half of each other.
        for round in 0..4 {
            for thread in 0..60 {
                publish(&world, thread, round + 1);
                tokio::time::sleep(Duration::from_secs(30)).await;
            }
        }
        until(recovered).await;
        assert_eq!(world.ids(), [], "nothing gets through");
        world.chat().be(Mood::Well);
        drained(&world, SignedDuration::from_mins(30)).await;
    };
    Box::pin(with_functions(&world, scene)).await;
    assert_lawful(&world, &published);
    let ended = world.ended.lock().unwrap();
    let dead = ended.iter().filter(|(_, end)| !matches!(end, delibird::deliver::End::Posted));
    assert_eq!(dead.count(), 0, "a dead letter");
    let last = world.chat().seen().last().unwrap().at.duration_since(recovered);
    let receives = *world.most_receives.lock().unwrap();
    println!("240 messages in two spaces: {last} after recovery; at most {receives} receives");
    assert!(last <= SignedDuration::from_mins(6), "{last}");
    assert!(receives < 500, "SQS drops a message after 1,000 receives: {receives}");
}

#[tokio::test(start_paused = true)]
async fn a_critical_behind_three_hundred_infos_is_there_within_ten_seconds() {
    let world = World::new();
    let mut published = Vec::new();
    let mut publish = |world: &World, thread: String, severity| {
        let alert = alert("ops", &thread, 1, severity);
        published.push((alert.alert_id.clone(), "ops".into(), alert.thread.clone(), 1));
        let id = alert.alert_id.clone();
        world.publish(alert);
        id
    };
    let mut criticals = Vec::new();
    let scene = async {
        for thread in 0..300 {
            publish(&world, format!("info {thread}"), Severity::Info);
        }
        for number in 0..5 {
            until(after(20 + 40 * number)).await;
            criticals
                .push((publish(&world, format!("critical {number}"), Severity::Critical), now()));
        }
        drained(&world, SignedDuration::from_mins(20)).await;
    };
    Box::pin(with_functions(&world, scene)).await;
    assert_lawful(&world, &published);
    let seen = world.chat().seen();
    let took = |(id, at): &(AlertId, _)| {
        seen.iter().find(|seen| seen.id == *id).unwrap().at.duration_since(*at)
    };
    let slowest = criticals.iter().map(took).max().unwrap();
    let last = seen.last().unwrap().at.duration_since(after(0));
    let receives = *world.most_receives.lock().unwrap();
    println!(
        "the slowest critical took {slowest}; all 305 took {last}; at most {receives} receives"
    );
    assert!(slowest <= SignedDuration::from_secs(10), "{slowest}");
    assert!(last <= SignedDuration::from_secs(400), "{last}");
}

#[tokio::test(start_paused = true)]
async fn copies_of_alerts_that_wait_for_their_turn_hold_nobody_up() {
    const ALERTS: u32 = 60;
    let world = World::new();
    let mut published = Vec::new();
    let scene = async {
        world.chat().be(Mood::Down);
        // A topic and its publisher may each deliver twice; the copies come back at other times.
        for copy in 0..3 {
            for number in 0..ALERTS {
                let alert = alert("ops", &format!("incident {number}"), 1, Severity::Critical);
                if copy == 0 {
                    let name =
                        (alert.alert_id.clone(), "ops".into(), alert.thread.clone(), alert.seq);
                    published.push(name);
                }
                world.publish(alert);
            }
            tokio::time::sleep(Duration::from_secs(7)).await;
        }
        until(after(60)).await;
        world.chat().be(Mood::Well);
        drained(&world, SignedDuration::from_mins(10)).await;
    };
    Box::pin(with_functions(&world, scene)).await;
    assert_lawful(&world, &published);
    let last = world.chat().seen().last().unwrap().at.duration_since(after(60));
    println!("{ALERTS} alerts, three copies each: {last} after recovery");
    assert!(last <= SignedDuration::from_secs(120), "{last}");
}
