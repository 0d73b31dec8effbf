//! The Runtime API of one process.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use super::Invocation;

/// Listens until it is dropped.
pub(super) struct RuntimeApi {
    address: String,
    listening: JoinHandle<()>,
}

struct Desk {
    waiting: tokio::sync::Mutex<mpsc::Receiver<Invocation>>,
    open: Mutex<HashMap<String, oneshot::Sender<Result<Bytes, String>>>>,
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl RuntimeApi {
    pub(super) async fn start(waiting: mpsc::Receiver<Invocation>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let desk = Desk { waiting: tokio::sync::Mutex::new(waiting), open: Mutex::default() };
        let listening = tokio::spawn(listen(listener, Arc::new(desk)));
        Ok(Self { address, listening })
    }

    /// As `AWS_LAMBDA_RUNTIME_API` names it.
    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

async fn listen(listener: TcpListener, desk: Arc<Desk>) {
    // Ends its connections with itself.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            let desk = &*desk;
            let service = service_fn(move |request| async move { desk.answer(request).await });
            // A process that was killed cuts its connection, which is no news.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

type Answer = Result<Response<Full<Bytes>>, hyper::Error>;

impl Desk {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let path: Vec<&str> = head.uri.path().split('/').skip(1).collect();
        match (&head.method, path.as_slice()) {
            (&Method::GET, ["2018-06-01", "runtime", "invocation", "next"]) => {
                Ok(self.next().await)
            }
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "response"]) => {
                Ok(self.close(id, Ok(body)))
            }
            (&Method::POST, ["2018-06-01", "runtime", "invocation", id, "error"]) => {
                Ok(self.close(id, Err(String::from_utf8_lossy(&body).into_owned())))
            }
            // The process ends after it, which is what counts.
            (&Method::POST, ["2018-06-01", "runtime", "init", "error"]) => {
                Ok(response(StatusCode::ACCEPTED, Bytes::new()))
            }
            _ => Ok(response(StatusCode::NOT_FOUND, Bytes::new())),
        }
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        let Some(invocation) = self.waiting.lock().await.recv().await else {
            // The service is being taken down.
            return response(StatusCode::INTERNAL_SERVER_ERROR, Bytes::new());
        };
        let Invocation { id, payload, deadline, answer } = invocation;
        let mut next = response(StatusCode::OK, payload);
        for (name, value) in [
            ("lambda-runtime-aws-request-id", &*id),
            ("lambda-runtime-deadline-ms", &*deadline.to_string()),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:us-east-1:000000000000:function:f",
            ),
        ] {
            if let Ok(value) = value.parse() {
                next.headers_mut().insert(name, value);
            }
        }
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(id, answer);
        next
    }

    fn close(&self, id: &str, with: Result<Bytes, String>) -> Response<Full<Bytes>> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        let Some(answer) = open else { return response(StatusCode::BAD_REQUEST, Bytes::new()) };
        // Whoever asked may have given up.
        let _ = answer.send(with);
        response(StatusCode::ACCEPTED, Bytes::new())
    }
}

fn response(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response
}
