//! One alert and one thing that goes wrong.

use delibird::PostCopy;
use delibird::deliver::End;
use delibird::deliver::decide::Why;
use delibird::post::posts_for;
use delibird::render::Occasion;
use jiff::SignedDuration;
use model::alert::Place;
use model::words::Severity;
use serde_json::Value;
use state::undelivered;

use crate::world::{Mood, World, alert, now, resolved, until};

/// The card of an alert on an occasion, as posted now.
fn card(alert: &model::Alert, occasion: Occasion) -> Value {
    serde_json::from_slice(&posts_for(alert, now(), occasion)[0].body).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_crash_between_post_and_record_posts_again_under_the_same_id() {
    let world = World::new();
    let alert = alert("ops", "incident", 1, Severity::High);
    world.chat().be(Mood::Silent);
    world.crash(&alert).await;
    world.chat().be(Mood::Well);
    let busy = world.deliver(&alert).await;
    assert!(matches!(busy.end, End::Later { why: Why::Busy, .. }), "{busy:?}");
    world.reappear().await;
    assert_eq!(world.deliver(&alert).await.end, End::Posted);
    assert_eq!(world.ids(), [alert.alert_id.clone(), alert.alert_id.clone()]);
    assert_eq!(world.deliver(&alert).await.end, End::Repeated);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_shows_twice_is_posted_once_in_each_place() {
    let world = World::new();
    let first = alert("ops", "incident", 1, Severity::High);
    let mut over = resolved("ops", "incident", 2, Severity::High);
    over.target.announce.resolved = Place::Both;
    assert_eq!(world.deliver(&first).await.end, End::Posted);
    let outcome = world.deliver(&over).await;
    assert_eq!((outcome.end, outcome.posted), (End::Posted, 2));
    assert_eq!(world.deliver(&over).await.end, End::Repeated);
    let top = over.alert_id.derived("top");
    assert_eq!(world.ids(), [first.alert_id, over.alert_id, top]);
    assert_eq!(world.chat().too_close(), 0);
}

#[tokio::test(start_paused = true)]
async fn of_a_message_that_shows_twice_only_what_is_missing_is_repeated() {
    let world = World::new();
    let mut over = resolved("ops", "incident", 1, Severity::High);
    over.target.announce.resolved = Place::Both;
    // Time for one, and not for the second a second later.
    let deadline = now() + SignedDuration::from_millis(10_500);
    let outcome = world.attempt(&over, now(), deadline).await;
    assert!(matches!(outcome.end, End::Later { .. }), "{outcome:?}");
    assert_eq!(outcome.posted, 1);
    assert_eq!(world.deliver(&over).await.end, End::Posted);
    let copies: Vec<PostCopy> =
        posts_for(&over, now(), Occasion::Usual).iter().map(|p| p.copy).collect();
    assert_eq!(copies, [PostCopy::None, PostCopy::Top]);
    assert_eq!(world.ids(), [over.alert_id.clone(), over.alert_id.derived("top")]);
}

#[tokio::test(start_paused = true)]
async fn a_card_that_is_refused_goes_as_text_and_what_is_refused_in_any_form_is_a_dead_letter() {
    let world = World::new();
    let alert1 = alert("ops", "one", 1, Severity::High);
    world.chat().be(Mood::NoCards);
    let outcome = world.deliver(&alert1).await;
    assert_eq!((outcome.end, outcome.as_text), (End::Posted, 1));
    let seen = world.chat().seen();
    assert_eq!(seen[0].body.get("cardsV2"), None);
    assert!(seen[0].body["text"].as_str().unwrap().contains("EC2"), "{:?}", seen[0]);
    assert_eq!(world.chat().too_close(), 0, "text has a slot of its own");
    world.chat().be(Mood::Nothing);
    let outcome = world.deliver(&alert("ops", "two", 1, Severity::High)).await;
    let reason = "Google Chat refused the message (HTTP 400): no".to_owned();
    assert_eq!(outcome.end, End::Refused { reason });
}

#[tokio::test(start_paused = true)]
async fn a_replaced_webhook_is_looked_for_once_and_the_thread_begins_anew() {
    let world = World::new();
    let (first, second) =
        (alert("ops", "incident", 1, Severity::High), alert("ops", "incident", 2, Severity::High));
    let third = alert("ops", "incident", 3, Severity::High);
    world.deliver(&first).await;
    world.chat().kill("ops");
    world.chat().replace("ops", 1);
    assert_eq!(world.deliver(&second).await.end, End::Posted);
    assert_eq!(world.deliver(&third).await.end, End::Posted);
    let seen = world.chat().seen();
    assert_eq!(world.chat().looks(), 1);
    assert_eq!(seen[1].body, card(&second, Occasion::Alone), "the new thread knows nothing yet");
    assert_eq!(seen[2].body, card(&third, Occasion::Usual));
    assert_ne!(card(&second, Occasion::Alone), card(&second, Occasion::Usual));
}

#[tokio::test(start_paused = true)]
async fn a_dead_space_is_told_elsewhere_and_where_nothing_works_that_is_said() {
    let world = World::new();
    let mut alert = alert("payments", "incident", 1, Severity::High);
    alert.target.fallback = Some("ops".into());
    world.chat().kill("payments");
    let outcome = world.deliver(&alert).await;
    let reason = "the webhook of the space does not work any more (HTTP 404)".to_owned();
    assert_eq!(outcome.end, End::Redirected { to: "ops".into(), reason: reason.clone() });
    let seen = world.chat().seen();
    assert_eq!((seen.len(), &seen[0].space), (1, &"ops".into()));
    assert_eq!(seen[0].body, card(&alert, Occasion::Fallback));
    let again =
        world.attempt(&alert, crate::world::after(0), now() + SignedDuration::from_secs(30));
    assert_eq!(again.await.end, End::Repeated);

    world.chat().kill("ops");
    let other = crate::world::alert("ops", "other", 1, Severity::High);
    assert_eq!(world.deliver(&other).await.end, End::Unreachable { reason });
    let ops = "ops".into();
    assert!(world.delibird.alarm_is_due(&ops).await.unwrap());
    assert!(world.delibird.alarm_is_due(&ops).await.unwrap(), "until somebody was told");
    world.delibird.alarmed(&ops).await.unwrap();
    assert!(!world.delibird.alarm_is_due(&ops).await.unwrap(), "once an hour");
    until(now() + SignedDuration::from_hours(1)).await;
    assert!(world.delibird.alarm_is_due(&ops).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_is_sent_again_reaches_its_own_space() {
    let world = World::new();
    let mut alert = alert("payments", "incident", 1, Severity::High);
    alert.target.fallback = Some("ops".into());
    world.chat().kill("payments");
    world.deliver(&alert).await;
    world.chat().replace("payments", 1);
    until(now() + SignedDuration::from_hours(1)).await;
    // Its turn does not come at once: it waits, and nothing of it is forgotten.
    let outcome = world.attempt(&alert, now(), now() + SignedDuration::from_secs(9)).await;
    assert!(matches!(outcome.end, End::Later { why: Why::Pace, .. }), "{outcome:?}");
    assert_eq!(world.deliver(&alert).await.end, End::Posted);
    let spaces: Vec<String> =
        world.chat().seen().iter().map(|seen| seen.space.to_string()).collect();
    assert_eq!(spaces, ["ops", "payments"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_held_back_says_so_and_wakes_nobody_for_what_is_over() {
    let world = World::new();
    let sent = now();
    let mut first = alert("ops", "incident", 1, Severity::Critical);
    first.target.mention = Some("all".to_owned());
    let over = resolved("ops", "incident", 2, Severity::Critical);
    until(sent + SignedDuration::from_hours(2)).await;
    let deadline = |seconds| now() + SignedDuration::from_secs(seconds);
    let second = world.attempt(&over, sent, deadline(30)).await;
    assert!(matches!(second.end, End::Later { why: Why::Order, .. }), "{second:?}");
    let outcome = world.attempt(&first, sent, deadline(30)).await;
    assert_eq!((outcome.end, outcome.held), (End::Posted, SignedDuration::from_hours(2)));
    let seen = world.chat().seen();
    let told = seen[0].body.to_string();
    assert!(told.contains("2 h late"), "{told}");
    assert!(!told.contains("<users/all>"), "{told}");
    let fresh = alert_with_mention("other");
    world.deliver(&fresh).await;
    let told = world.chat().seen()[1].body.to_string();
    assert!(told.contains("<users/all>"), "{told}");
}

fn alert_with_mention(thread: &str) -> model::Alert {
    let mut alert = alert("ops", thread, 1, Severity::Critical);
    alert.target.mention = Some("all".to_owned());
    alert
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_posted_for_days_is_given_up_and_what_follows_goes_on_alone() {
    let world = World::new();
    world.chat().be(Mood::Down);
    let (first, second) =
        (alert("ops", "incident", 1, Severity::High), alert("ops", "incident", 2, Severity::High));
    let sent = now();
    let mut tries = 0;
    let end = loop {
        let deadline = now() + SignedDuration::from_secs(30);
        match world.attempt(&first, sent, deadline).await.end {
            End::Later { due, .. } => until(due).await,
            end => break end,
        }
        tries += 1;
    };
    assert_eq!(end, End::Old);
    assert!(now().duration_since(sent) > SignedDuration::from_hours(72));
    assert!(tries < 1_000, "SQS would have dropped it: {tries}");
    println!("given up after {tries} receives and {} tries", world.chat().tries());
    world.delibird.give_up(&first).await.unwrap();
    let dead = async || undelivered::list(&world.delibird.store, &"ops".into()).await;
    assert_eq!(dead().await, Ok(vec![now()]));
    world.chat().be(Mood::Well);
    until(now() + SignedDuration::from_mins(15)).await;
    assert_eq!(world.deliver(&second).await.end, End::Posted);
    assert_eq!(world.chat().seen()[0].body, card(&second, Occasion::Alone));
    assert_eq!(dead().await.map(|of| of.len()), Ok(1));
    until(now() + SignedDuration::from_mins(15)).await;
    assert_eq!(world.deliver(&first).await.end, End::Posted, "its dead letter was sent again");
    assert_eq!(dead().await, Ok(vec![]));
}
