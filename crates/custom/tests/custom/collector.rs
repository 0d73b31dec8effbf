//! Collectors on the loopback that behave, and that do not. What each connection lives through is a
//! list; what arrived can be waited for, so no test sleeps.

use std::time::Duration;

use custom::whatap::servers::{Server, Servers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::decoder::body_length;

/// One connection, from accept to its end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Play {
    /// Reads frames until the client leaves.
    Listen,
    /// Reads that many frames, then closes.
    CloseAfter(usize),
    ResetAfter(usize),
    /// Reads that many bytes of a frame, then closes.
    CloseWithin(usize),
    /// Holds the connection and never reads.
    Ignore,
    /// Reads frames in small pieces.
    Slow,
    /// Talks while it listens.
    Talk,
}

#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) frames: Vec<Vec<u8>>,
    pub(crate) connections: usize,
    pub(crate) ended: usize,
}

pub(crate) struct Collector {
    pub(crate) server: Server,
    seen: watch::Receiver<Seen>,
}

impl Collector {
    /// The n-th connection lives through the n-th play, later ones through the last.
    pub(crate) async fn start(plays: &[Play]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = server(listener.local_addr().unwrap().port());
        let (seen, receiver) = watch::channel(Seen::default());
        let plays = plays.to_vec();
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                seen.send_modify(|seen| seen.connections += 1);
                let play = plays[connection.min(plays.len() - 1)];
                let seen = seen.clone();
                tokio::spawn(async move {
                    live(play, stream, &seen).await;
                    seen.send_modify(|seen| seen.ended += 1);
                });
            }
        });
        Self { server, seen: receiver }
    }

    pub(crate) async fn until(&self, what: impl FnMut(&Seen) -> bool) {
        let mut seen = self.seen.clone();
        timeout(Duration::from_secs(5), seen.wait_for(what)).await.expect("in time").unwrap();
    }

    pub(crate) async fn frames(&self, count: usize) -> Vec<Vec<u8>> {
        self.until(|seen| seen.frames.len() >= count).await;
        self.seen.borrow().frames.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.borrow().connections
    }
}

async fn live(play: Play, mut stream: TcpStream, seen: &watch::Sender<Seen>) {
    match play {
        Play::Listen => while frame(&mut stream, seen, usize::MAX).await.is_some() {},
        Play::Slow => while frame(&mut stream, seen, 4096).await.is_some() {},
        Play::CloseAfter(count) | Play::ResetAfter(count) => {
            for _ in 0..count {
                frame(&mut stream, seen, usize::MAX).await;
            }
            if matches!(play, Play::ResetAfter(_)) {
                stream.set_zero_linger().unwrap();
            }
        }
        Play::CloseWithin(bytes) => {
            stream.read_exact(&mut vec![0; bytes]).await.ok();
        }
        Play::Ignore => std::future::pending().await,
        Play::Talk => loop {
            stream.write_all(&[7; 3000]).await.ok();
            if frame(&mut stream, seen, usize::MAX).await.is_none() {
                break;
            }
        },
    }
}

/// One frame, in pieces of at most `piece` bytes; `None` when the client has left.
async fn frame(stream: &mut TcpStream, seen: &watch::Sender<Seen>, piece: usize) -> Option<()> {
    let mut frame = vec![0; 22];
    stream.read_exact(&mut frame).await.ok()?;
    frame.resize(22 + body_length(&frame[18..]).unwrap(), 0);
    for part in frame[22..].chunks_mut(piece) {
        stream.read_exact(part).await.ok()?;
        tokio::task::yield_now().await;
    }
    seen.send_modify(|seen| seen.frames.push(frame));
    Some(())
}

fn server(port: u16) -> Server {
    Server { host: "127.0.0.1".into(), port }
}

/// A port where nobody listens: connecting is refused.
pub(crate) async fn nobody() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    server(listener.local_addr().unwrap().port())
}

/// A port whose connections never come about: a listener nobody accepts from, its queue full.
pub(crate) struct BlackHole {
    pub(crate) server: Server,
    _held: (TcpListener, Vec<TcpStream>),
}

impl BlackHole {
    pub(crate) async fn dig() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = Vec::new();
        while let Ok(stream) = timeout(Duration::from_millis(50), TcpStream::connect(address)).await
        {
            queued.push(stream.unwrap());
            assert!(queued.len() < 64, "the queue of a listener should fill up");
        }
        Self { server: server(address.port()), _held: (listener, queued) }
    }
}

pub(crate) fn servers(list: &[&Server]) -> Servers {
    let list: Vec<_> = list.iter().map(ToString::to_string).collect();
    Servers::parse(&list.join("/"), 1).unwrap()
}
