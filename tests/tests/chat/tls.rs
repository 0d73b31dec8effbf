//! The wire in production is TLS. The fake speaks clear text, which is a failure of its own.

use delibird::chat::ChatTransport;

use super::{Scene, THREE_TRIES, hello, post, situation, unpaced, webhooks};

#[tokio::test]
async fn a_peer_that_does_not_speak_tls_is_a_tls_failure_and_got_nothing() {
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    let url = scene.chat.webhook("ops").replace("http:", "https:");
    let result = webhooks([("ops", url)], THREE_TRIES);
    let result = result.post(&"ops".into(), &post("a", &hello("t"))).await;
    assert_eq!((situation(&result).as_str(), scene.tries()), ("unreachable, Tls", 0));
}
