//! The rules of Google Chat, as the transport meets them.

use std::time::Duration;

use bytes::Bytes;
use delibird::chat::webhook::Patience;
use delibird::chat::{ChatTransport, Post};
use function::http::{self, Egress};
use serde_json::{Value, json};
use system_tests::chat_server::{ChatServer, Pace};

use super::{GOOGLE, Rules, Scene, THREE_TRIES, hello, post, situation, unpaced, webhooks};

fn paragraph() -> Value {
    json!({"textParagraph": {"text": "x"}})
}

fn card(id: Option<&str>, widgets: &[Value]) -> Value {
    let mut card = json!({"card": {"sections": [{"widgets": widgets}]}});
    if let Some(id) = id {
        card["cardId"] = json!(id);
    }
    card
}

fn cards(cards: &[Value]) -> Value {
    json!({ "cardsV2": cards })
}

/// `top` paragraphs and one pair of columns with `nested` ones: `top + 1 + nested` widgets.
fn columns(top: usize, nested: usize) -> Value {
    let mut widgets = vec![paragraph(); top];
    let column = json!({"widgets": vec![paragraph(); nested]});
    widgets.push(json!({"columns": {"columnItems": [column]}}));
    cards(&[card(None, &widgets)])
}

/// One card of two sections.
fn sections(first: usize, second: usize) -> Value {
    let section = |widgets| json!({"widgets": vec![paragraph(); widgets]});
    cards(&[json!({"card": {"sections": [section(first), section(second)]}})])
}

/// A message of exactly so many bytes.
fn sized(bytes: usize) -> Value {
    let frame = json!({"text": ""}).to_string().len();
    json!({"text": "x".repeat(bytes - frame)})
}

#[tokio::test]
async fn a_message_is_taken_within_the_limits_and_refused_with_its_reason_beyond_them() {
    let one = || card(Some("a"), &[paragraph()]);
    let too_long = "rejected 400: Message is 32001 bytes, more than 32000.";
    let widgets = "rejected 400: cardsV2[0] has 101 widgets, more than 100.";
    let not_unique = "rejected 400: cardsV2[1] has a cardId that is not unique.";
    let no_id = "rejected 400: cardsV2[0] has no cardId among several cards.";
    let rows = [
        ("the last byte", sized(32_000), "posted"),
        ("one byte more", sized(32_001), too_long),
        ("the last widget", sections(60, 40), "posted"),
        ("one widget more", sections(60, 41), widgets),
        ("the last nested widget", columns(90, 9), "posted"),
        ("one nested widget more", columns(90, 10), widgets),
        ("two cards", cards(&[one(), card(Some("b"), &[paragraph()])]), "posted"),
        ("two cards of one id", cards(&[one(), one()]), not_unique),
        ("two cards, one without id", cards(&[card(None, &[paragraph()]), one()]), no_id),
        ("the longest key", hello(&"k".repeat(4_000)), "posted"),
    ];
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    for (name, body, expected) in rows {
        assert_eq!(situation(&scene.post(name, &body).await), expected, "{name}");
    }
}

#[tokio::test]
async fn what_is_not_in_the_schema_is_refused_at_once_and_the_place_is_named() {
    let rows = [
        ("unknown field", json!({"text": "x", "colour": "red"}), "''"),
        ("no content", json!({}), "''"),
        ("snake case", json!({"text": "x", "fallback_text": "x"}), "''"),
        ("empty section", cards(&[card(None, &[])]), "'/cardsV2/0/card/sections/0/widgets'"),
        ("a key too long", hello(&"k".repeat(4_001)), "'/thread/threadKey'"),
        ("number as text", json!({"text": 1}), "'/text'"),
    ];
    for (name, body, place) in rows {
        let scene = Scene::new(unpaced(), THREE_TRIES).await;
        let told = situation(&scene.post("a", &body).await);
        let start = format!("rejected 400: Invalid value at {place}: ");
        assert!(told.starts_with(&start), "{name}: {told}");
        let ledger = scene.chat.ledger();
        assert_eq!((ledger.posted("ops").len(), ledger.refused("ops").len()), (0, 1), "{name}");
    }
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    let cut = Post { request_id: "a".into(), body: Bytes::from_static(b"{\"text\":") };
    let told = situation(&scene.webhooks.post(&"ops".into(), &cut).await);
    assert!(told.starts_with("rejected 400: Invalid JSON payload: "), "{told}");
}

/// Sends a body to a URL as it is, and gives status and body.
async fn raw(url: &str, body: &'static str) -> (u16, Value) {
    let client = http::client(&Egress::default()).unwrap();
    let answer = client.post(url).body(body).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
}

#[tokio::test]
async fn answers_have_the_shape_google_documents() {
    let chat = ChatServer::start(unpaced()).await.unwrap();
    let url = chat.webhook("ops");
    assert_eq!(
        raw(&url, r#"{"text":"x"}"#).await,
        (
            200,
            json!({
                "text": "x",
                "name": "spaces/AAQA0000/messages/0001",
                "thread": {"name": "spaces/AAQA0000/threads/0001"},
            })
        )
    );
    let long = "{\"text\":\"".to_owned() + &"x".repeat(40_000) + "\"}";
    assert_eq!(
        raw(&url, long.leak()).await,
        (
            400,
            json!({"error": {
                "code": 400,
                "message": "Message is 40011 bytes, more than 32000.",
                "status": "INVALID_ARGUMENT",
            }})
        )
    );
}

#[tokio::test]
async fn a_wrong_key_a_wrong_token_and_a_deleted_webhook_are_gone() {
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    let good = scene.chat.webhook("ops");
    let rows = [
        (good.clone(), "posted"),
        (good.replace("key=AIza", "key=BIza"), "gone 401"),
        (good.replace("token=fAkE", "token=other"), "gone 403"),
        (good.replace("AAQA0000", "AAQA9999"), "gone 404"),
    ];
    for (url, expected) in rows {
        let result = webhooks([("ops", url)], THREE_TRIES);
        let result = result.post(&"ops".into(), &post("a", &hello("t"))).await;
        assert_eq!(situation(&result), expected);
    }
    scene.chat.delete_webhooks("ops");
    assert_eq!(situation(&scene.post("b", &hello("t")).await), "gone 404");
    scene.chat.add_webhook("ops");
    assert_eq!(
        situation(&scene.post("b", &hello("t")).await),
        "gone 404",
        "the old one is deleted"
    );
}

#[tokio::test]
async fn a_space_takes_one_write_in_its_time_and_the_next_space_does_not_wait() {
    let hour = Pace::Every(Duration::from_hours(1));
    let chat = ChatServer::start(Rules { pace: hour, ..unpaced() }).await.unwrap();
    let urls = [("ops", chat.webhook("ops")), ("leads", chat.webhook("leads"))];
    let webhooks = webhooks(urls, THREE_TRIES);
    for (space, id, expected) in
        [("ops", "a", "posted"), ("ops", "b", "throttled"), ("leads", "c", "posted")]
    {
        let result = webhooks.post(&space.into(), &post(id, &hello("t"))).await;
        assert_eq!(situation(&result), expected, "{space} {id}");
    }
    assert_eq!(Rules::of_google(GOOGLE.clone()).pace, Pace::Every(Duration::from_secs(1)));
}

#[tokio::test]
async fn backoff_gets_a_message_through_a_space_that_is_busy_for_a_moment() {
    let pace = Pace::Every(Duration::from_millis(30));
    let slow = Duration::from_millis(80);
    let patience = Patience { first: slow, longest: slow, ..THREE_TRIES };
    let scene = Scene::new(Rules { pace, ..unpaced() }, patience).await;
    for id in ["a", "b", "c"] {
        assert_eq!(situation(&scene.post(id, &hello("t")).await), "posted", "{id}");
    }
}

#[tokio::test]
async fn a_thread_is_found_by_its_key_under_the_webhook_that_opened_it() {
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    let rotated = webhooks([("ops", scene.chat.add_webhook("ops"))], THREE_TRIES);
    let alone = json!({"text": "hello"});
    // (sent through, body, the thread it lands in)
    let rows = [
        (&scene.webhooks, hello("t"), "0001"),
        (&scene.webhooks, hello("u"), "0002"),
        (&scene.webhooks, hello("t"), "0001"),
        (&scene.webhooks, alone.clone(), "0003"),
        (&scene.webhooks, alone, "0004"),
        (&rotated, hello("t"), "0005"),
        (&rotated, hello("t"), "0005"),
    ];
    for (id, (webhooks, body, thread)) in rows.iter().enumerate() {
        let post = post(&id.to_string(), body);
        let posted = webhooks.post(&"ops".into(), &post).await.unwrap();
        assert_eq!(posted.thread, Some(format!("spaces/AAQA0000/threads/{thread}")), "post {id}");
    }
    let ledger = scene.chat.ledger();
    let threads: Vec<usize> = ledger.threads("ops").values().map(Vec::len).collect();
    assert_eq!(threads, [2, 1, 1, 1, 2]);
    let replies: Vec<bool> = ledger.posted("ops").iter().map(|message| message.reply).collect();
    assert_eq!(replies, [false, false, true, false, false, false, true]);
    let webhook = |webhooks: &delibird::chat::Webhooks| webhooks.fingerprint(&"ops".into());
    assert_ne!(webhook(&scene.webhooks), webhook(&rotated));
}

#[tokio::test]
async fn without_the_reply_option_a_key_opens_a_new_thread_every_time() {
    let chat = ChatServer::start(unpaced()).await.unwrap();
    let url = chat.webhook("ops");
    let body = r#"{"text":"x","thread":{"threadKey":"t"}}"#;
    for (option, status) in [
        ("", 200),
        ("", 200),
        ("&messageReplyOption=REPLY_MESSAGE_OR_FAIL", 404),
        ("&messageReplyOption=x", 400),
    ] {
        assert_eq!(raw(&format!("{url}{option}"), body).await.0, status, "{option}");
    }
    assert_eq!(chat.ledger().threads("ops").len(), 2);
}
