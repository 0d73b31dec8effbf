//! Every way the table can fail, what it is called, and that no secret is told by it.

use aws_sdk_dynamodb::Client;
use function::Secret;
use function::aws::{self, Access};
use function::http::{self, Egress};
use state::{DynamoStore, StateError, StateStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::clock;

/// A store on a peer that answers everything alike; `None` closes the connection.
async fn store(answer: Option<(u16, &'static str)>) -> DynamoStore {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 16_384];
            if stream.read(&mut request).await.is_ok()
                && let Some((status, code)) = answer
            {
                let body = format!(r#"{{"__type":"com.amazonaws#{code}","message":"hunter2"}}"#);
                let head = format!("HTTP/1.1 {status} No\r\ncontent-length: {}\r\n", body.len());
                let answer = format!("{head}connection: close\r\n\r\n{body}");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    let access = Access {
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint),
        key_id: Secret::new("hunter2".to_owned()),
        key: Secret::new("hunter2".to_owned()),
        session: Some(Secret::new("hunter2".to_owned())),
    };
    let config = aws::config(&access, http::client(&Egress::default()).unwrap());
    DynamoStore::new(Client::new(&config), "state".to_owned(), clock)
}

#[tokio::test]
async fn every_failure_has_its_name_and_tells_no_secret() {
    let unavailable = |reason: &str| StateError::Unavailable {
        attempted: "counting an arrival",
        reason: reason.to_owned(),
    };
    let refused = |reason: &str| StateError::Refused {
        attempted: "counting an arrival",
        reason: reason.to_owned(),
    };
    let throttled = StateError::Throttled { attempted: "counting an arrival" };
    let rows = [
        (Some((400, "ProvisionedThroughputExceededException")), throttled.clone()),
        (Some((400, "ThrottlingException")), throttled),
        (Some((500, "InternalServerError")), unavailable("InternalServerError")),
        (Some((400, "AccessDeniedException")), unavailable("AccessDeniedException")),
        (Some((400, "ResourceNotFoundException")), unavailable("ResourceNotFoundException")),
        (Some((400, "ValidationException")), refused("ValidationException")),
        (None, unavailable("the connection broke before the answer")),
    ];
    for (answer, expected) in rows {
        let store = store(answer).await;
        let error = store.bump(&"x".into()).await.unwrap_err();
        assert_eq!(error, expected, "{answer:?}");
        assert!(!format!("{error} {error:?} {store:?}").contains("hunter2"), "{answer:?}");
        for error in [
            store.read(&"x".into()).await.map(drop).unwrap_err(),
            store.put_member(&"x".into(), crate::storm::member(1)).await.map(drop).unwrap_err(),
            store.overdue(clock(), 1).await.map(drop).unwrap_err(),
        ] {
            assert_eq!(error.retryable(), expected.retryable(), "{error:?}");
        }
    }
}
