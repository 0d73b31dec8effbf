//! `requestId` is what makes an ambiguous failure harmless, where Chat honours it.

use system_tests::chat_server::{Fault, Outcome, Stored};

use super::{RequestIds, Rules, Scene, THREE_TRIES, hello, situation, unpaced};

fn outcomes(scene: &Scene) -> Vec<(String, &'static str)> {
    let ledger = scene.chat.ledger();
    let outcome = |received: &system_tests::chat_server::Received| {
        let told = match received.outcome {
            Outcome::Posted(_) => "posted",
            Outcome::Repeated { .. } => "repeated",
            Outcome::Refused { .. } => "refused",
            Outcome::Failed => "failed",
        };
        (received.request_id.clone().unwrap_or_default(), told)
    };
    ledger.received("ops").into_iter().map(outcome).collect()
}

#[tokio::test]
async fn a_post_lost_after_it_was_stored_is_one_message_where_ids_are_honoured() {
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    scene.chat.fail("ops", [Fault::ResetAfterRead(Stored::Yes)]);
    assert_eq!(situation(&scene.post("a", &hello("t")).await), "posted");
    assert_eq!(outcomes(&scene), [("a".into(), "posted"), ("a".into(), "repeated")]);
    assert_eq!(scene.chat.ledger().duplicates("ops").len(), 0);
}

#[tokio::test]
async fn a_post_lost_after_it_was_stored_is_counted_twice_where_ids_are_ignored() {
    let rules = Rules { request_ids: RequestIds::Ignored, ..unpaced() };
    let scene = Scene::new(rules, THREE_TRIES).await;
    scene.chat.fail("ops", [Fault::ResetAfterRead(Stored::Yes)]);
    assert_eq!(situation(&scene.post("a", &hello("t")).await), "posted");
    assert_eq!(outcomes(&scene), [("a".into(), "posted"), ("a".into(), "posted")]);
    assert_eq!(scene.chat.ledger().duplicates("ops").len(), 1);
}

#[tokio::test]
async fn a_later_post_under_a_known_id_returns_the_first_message() {
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    let first = scene.post("a", &hello("t")).await.unwrap();
    let other = scene.post("b", &hello("t")).await.unwrap();
    let again = scene.post("a", &hello("another thread")).await.unwrap();
    assert_eq!(again, first);
    assert_ne!(other, first);
    assert_eq!(scene.chat.ledger().posted("ops").len(), 2);
}
