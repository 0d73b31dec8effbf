//! The network between a function and everything it calls, with its failures on demand: an HTTP
//! proxy, one for each process, that knows every call and decides its fate.
//!
//! The product is told of it by its own settings for egress: calls to AWS come as plain
//! requests to a proxy, calls to Google Chat through a tunnel that ends here, under a
//! certificate the process was given to trust. What happens to calls is decided by [`Weather`].

mod authority;
pub mod call;
pub mod fate;
mod forward;
mod weather;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::lambda_service::Process;
use crate::reset::{Broken, twin};
use call::Call;
use fate::Fate;
use forward::Sent;
pub use weather::{Figures, Flavour, Published, Weather};

/// Listens until it is dropped.
pub struct Proxy {
    origin: String,
    listening: JoinHandle<()>,
}

/// Whose calls these are.
struct Caller {
    function: String,
    process: Process,
    weather: Arc<Weather>,
    /// Publishes that were answered before they were sent: see [`Flavour::MarkBeforeSend`].
    kept: tokio::sync::Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    publishes: Vec<(Call, Sent)>,
    /// The outbox was emptied, so that the publishes are said to be out.
    marked: bool,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Proxy {
    pub async fn start(
        weather: &Arc<Weather>,
        function: &str,
        process: &Process,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let caller = Caller {
            function: function.to_owned(),
            process: process.clone(),
            weather: Arc::clone(weather),
            kept: tokio::sync::Mutex::default(),
        };
        let listening = tokio::spawn(listen(listener, Arc::new(caller)));
        Ok(Self { origin, listening })
    }

    /// What makes a function call through it.
    pub fn settings(&self, weather: &Weather) -> BTreeMap<String, String> {
        let roots = weather.authority.certificate().to_owned();
        BTreeMap::from([
            ("EGRESS_PROXY_URL".to_owned(), self.origin.clone()),
            ("EGRESS_ROOTS_PEM".to_owned(), roots),
        ])
    }
}

async fn listen(listener: TcpListener, caller: Arc<Caller>) {
    // Ends its connections with itself.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let caller = Arc::clone(&caller);
        connections.spawn(async move {
            // Ends with an error whenever the call was to break, which is the point.
            let _ = serve(stream, &caller).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, caller: &Arc<Caller>) -> Result<(), Broken> {
    let (stream, handle) = twin(stream).map_err(|_| Broken)?;
    let handle = Arc::new(handle);
    let service = service_fn(|request: Request<Incoming>| {
        let (caller, handle) = (Arc::clone(caller), Arc::clone(&handle));
        async move {
            if request.method() == Method::CONNECT {
                tokio::spawn(tunnel(request, caller, handle));
                return Ok(Response::default());
            }
            let weather = Arc::clone(&caller.weather);
            answer(request, &caller, &handle, &weather.aws).await
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    connection.await.map_err(|_| Broken)
}

/// To Google Chat, as far as the function can tell.
async fn tunnel(
    request: Request<Incoming>,
    caller: Arc<Caller>,
    handle: Arc<TcpStream>,
) -> Result<(), Broken> {
    let upgraded = hyper::upgrade::on(request).await.map_err(|_| Broken)?;
    let acceptor = caller.weather.authority.acceptor();
    let stream = acceptor.accept(TokioIo::new(upgraded)).await.map_err(|_| Broken)?;
    let service = service_fn(|request: Request<Incoming>| {
        let (caller, handle) = (Arc::clone(&caller), Arc::clone(&handle));
        async move { answer(request, &caller, &handle, &caller.weather.chat).await }
    });
    let connection =
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    connection.await.map_err(|_| Broken)
}

async fn answer(
    request: Request<Incoming>,
    caller: &Caller,
    handle: &TcpStream,
    origin: &str,
) -> Result<Response<Full<Bytes>>, Broken> {
    let answered = decide(request, caller, origin).await;
    if answered.is_err() {
        // Closing then discards what is unsent and sends RST in place of FIN.
        handle.set_zero_linger().map_err(|_| Broken)?;
    }
    answered
}

async fn decide(
    request: Request<Incoming>,
    caller: &Caller,
    origin: &str,
) -> Result<Response<Full<Bytes>>, Broken> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let call = Call::read(&head, &body, origin == caller.weather.chat);
    let sent = Sent::new(&head, body, origin);
    let weather = &*caller.weather;
    match weather.fate(&caller.function, &call) {
        Fate::KilledBefore => {
            caller.process.kill();
            Err(Broken)
        }
        Fate::Refused(refusal) => Ok(forward::refusal(&call, refusal)),
        Fate::ResetBefore => Err(Broken),
        Fate::Answered { after } => {
            tokio::time::sleep(after).await;
            caller.send(&call, sent).await
        }
        Fate::ResetAfter => {
            caller.send(&call, sent).await?;
            Err(Broken)
        }
        Fate::NeverAnswered => {
            caller.send(&call, sent).await?;
            std::future::pending().await
        }
        Fate::KilledAfter => {
            let sent = caller.send(&call, sent).await;
            caller.process.kill();
            sent.and(Err(Broken))
        }
    }
}

impl Caller {
    /// On to whom it was meant for, or as the flavour has it.
    async fn send(&self, call: &Call, sent: Sent) -> Result<Response<Full<Bytes>>, Broken> {
        let weather = &*self.weather;
        match weather.flavour {
            Flavour::AsItIs => {}
            Flavour::DroppedWrite => {
                if weather.drops(call) {
                    return Ok(forward::empty());
                }
            }
            Flavour::MarkBeforeSend => {
                let mut kept = self.kept.lock().await;
                if call.step == call::Step::Publish {
                    kept.publishes.push((call.clone(), sent));
                    return Ok(forward::published());
                }
                if std::mem::take(&mut kept.marked) {
                    let is_at_stake = !kept.publishes.is_empty();
                    if is_at_stake && weather.kills_after_the_mark(&self.function, call) {
                        self.process.kill();
                        return Err(Broken);
                    }
                    for (call, sent) in kept.publishes.drain(..) {
                        weather.forward(&self.function, &call, sent).await?;
                    }
                }
                kept.marked = call.step == call::Step::Thaw;
            }
        }
        weather.forward(&self.function, call, sent).await
    }
}
