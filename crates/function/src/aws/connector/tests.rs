//! A peer that answers, breaks off, stays silent, or is not there; what the SDK is told of each,
//! and that none of it tells a secret.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::Connector;
use crate::http::{Egress, client};

enum Peer {
    Says(&'static str),
    Closes,
    IsSilent,
}

/// The address of a peer for one request.
async fn peer(peer: Peer) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4_096];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        match peer {
            Peer::Says(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            Peer::Closes => drop(stream),
            Peer::IsSilent => std::future::pending().await,
        }
    });
    origin
}

async fn call(origin: &str) -> Result<HttpResponse, ConnectorError> {
    let connector = Connector {
        client: client(&Egress::default()).unwrap(),
        limit: Some(Duration::from_millis(200)),
    };
    let mut request = HttpRequest::new(SdkBody::from("{\"token\":\"hunter2\"}"));
    request.set_method("POST").unwrap();
    request.set_uri(format!("{origin}/?token=hunter2")).unwrap();
    connector.call(request).await
}

#[tokio::test]
async fn an_answer_is_handed_over_whole() {
    let origin = peer(Peer::Says(
        "HTTP/1.1 400 Bad Request\r\nx-amz-crc32: 7\r\ncontent-length: 2\r\n\r\n{}",
    ))
    .await;
    let answer = call(&origin).await.unwrap();
    assert_eq!(answer.status().as_u16(), 400);
    assert_eq!(answer.headers().get("x-amz-crc32"), Some("7"));
    assert_eq!(answer.body().bytes(), Some(b"{}".as_slice()));
}

#[tokio::test]
async fn each_way_to_get_no_answer_is_named_and_none_tells_a_secret() {
    let gone = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let rows = [
        (peer(Peer::Closes).await, "io"),
        (peer(Peer::IsSilent).await, "timeout"),
        (peer(Peer::Says("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}")).await, "io"),
        (peer(Peer::Says("SMTP hello\r\n\r\n")).await, "other"),
        (gone, "io"),
        (String::new(), "user"),
    ];
    for (origin, expected) in rows {
        let Err(error) = call(&origin).await else { panic!("{origin} answered") };
        let kind = match &error {
            error if error.is_timeout() => "timeout",
            error if error.is_io() => "io",
            error if error.is_user() => "user",
            _ => "other",
        };
        assert_eq!(kind, expected, "{error:?}");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert!(!format!("{error} {error:?} {source:?}").contains("hunter2"), "{error:?}");
    }
}
