//! The wire in production is TLS: who is trusted, and what a peer is told that is not.

use std::sync::Arc;

use delibird::chat::webhook::{Hosts, read_all};
use delibird::chat::{ChatTransport, Webhooks};
use function::Secret;
use function::http::{self, Egress, ExtraRoots};
use model::ids::SpaceName;
use rcgen::CertifiedKey;
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{Scene, THREE_TRIES, hello, post, situation, unpaced, webhooks};

#[tokio::test]
async fn a_peer_that_does_not_speak_tls_is_a_tls_failure_and_got_nothing() {
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    let url = scene.chat.webhook("ops").replace("http:", "https:");
    let result = webhooks([("ops", url)], THREE_TRIES);
    let result = result.post(&"ops".into(), &post("a", &hello("t"))).await;
    assert_eq!((situation(&result).as_str(), scene.tries()), ("unreachable, Tls", 0));
}

/// A peer with a certificate of its own making for `localhost`, which says yes to every request
/// that gets through. Gives its port and the certificate.
async fn private_peer() -> (u16, String) {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            // The message is small: it comes in one piece.
            let read = stream.read(&mut [0; 16 * 1024]).await;
            assert!(read.is_ok_and(|bytes| bytes > 0), "a handshake and then nothing");
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
        }
    });
    (port, cert.pem())
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_configured_and_only_for_its_host() {
    let (port, pem) = private_peer().await;
    let trusting = || Some(ExtraRoots::from_pem(pem.as_bytes()).unwrap());
    let rows = [
        ("nothing configured", "localhost", None, "unreachable, Tls"),
        ("configured", "localhost", trusting(), "posted, Posted { name: None, thread: None }"),
        ("another host", "127.0.0.1", trusting(), "unreachable, Tls"),
    ];
    for (name, host, roots, expected) in rows {
        let url = format!("https://{host}:{port}/v1/spaces/A/messages?key=k&token=t");
        let urls = [(SpaceName::from("ops"), Secret::new(url))];
        let urls = urls.iter().map(|(space, url)| (space, url));
        let client = http::client(&Egress { roots, ..Egress::default() }).unwrap();
        let webhooks = read_all(urls, Hosts::GoogleOrLoopback).unwrap();
        let webhooks = Webhooks::new(client, webhooks, THREE_TRIES);
        let result = webhooks.post(&"ops".into(), &post("a", &hello("t"))).await;
        assert_eq!(situation(&result), expected, "{name}");
    }
}
