//! The client against every collector that could cost a value: right outcome, never a silent loss.

use std::time::{Duration, Instant};

use custom::whatap::client::{Client, Connection, Deadlines, SendError};
use custom::whatap::wire;

use crate::collector::{BlackHole, Collector, Play, nobody, servers};
use crate::given::{parse, with};

/// Short enough for tests; `settle` long enough for the loopback under load.
const DEADLINES: Deadlines = Deadlines {
    connect: Duration::from_millis(200),
    write: Duration::from_millis(300),
    total: Duration::from_millis(1500),
    settle: Duration::from_millis(100),
    idle: Duration::from_mins(1),
};

/// The n-th frame, told apart by its host.
fn frame(n: usize) -> Vec<u8> {
    let batch = parse(&with(&[("host", &format!("\"host-{n}\""))])).unwrap();
    wire::frame_of(&batch, batch.access_key.as_ref().unwrap())
}

/// Far more than both kernels buffer.
fn huge() -> Vec<u8> {
    let mut frame = frame(0);
    frame.resize(64 << 20, 0);
    frame
}

#[tokio::test]
async fn frames_follow_each_other_on_one_connection() {
    let up = Collector::start(&[Play::Listen]).await;
    let client = Client::new(servers(&[&up.server]), DEADLINES);
    let connections = [Connection::New, Connection::Kept, Connection::Kept];
    for (n, connection) in connections.into_iter().enumerate() {
        let delivery = client.send(&frame(n)).await.unwrap();
        assert_eq!((delivery.server, delivery.connection), (up.server.clone(), connection));
    }
    assert_eq!(up.frames(3).await, [frame(0), frame(1), frame(2)]);
    assert_eq!(up.connections(), 1);
}

#[tokio::test]
async fn a_refusing_first_server_gives_way_to_the_second_and_is_not_asked_again_first() {
    let (down, up) = (nobody().await, Collector::start(&[Play::CloseAfter(1)]).await);
    let client = Client::new(servers(&[&down, &up.server]), DEADLINES);
    for n in 0..3 {
        assert_eq!(client.send(&frame(n)).await.unwrap().server, up.server);
    }
    assert_eq!(up.frames(3).await, [frame(0), frame(1), frame(2)]);
}

#[tokio::test]
async fn when_all_refuse_nothing_was_sent_and_it_may_be_tried_again() {
    let (one, two) = (nobody().await, nobody().await);
    let client = Client::new(servers(&[&one, &two]), DEADLINES);
    let error = client.send(&frame(0)).await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable { tried: 2, .. }), "{error:?}");
    assert!(error.retryable());
}

#[tokio::test]
async fn a_connection_reset_at_once_counts_as_refused() {
    let (reset, up) =
        (Collector::start(&[Play::ResetAfter(0)]).await, Collector::start(&[Play::Listen]).await);
    let client = Client::new(servers(&[&reset.server]), DEADLINES);
    let error = client.send(&frame(0)).await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable { tried: 1, .. }), "{error:?}");

    let client = Client::new(servers(&[&reset.server, &up.server]), DEADLINES);
    assert_eq!(client.send(&frame(1)).await.unwrap().server, up.server);
    assert_eq!(up.frames(1).await, [frame(1)]);
}

#[tokio::test]
async fn a_connection_closed_at_once_counts_as_refused() {
    let closing = Collector::start(&[Play::CloseAfter(0)]).await;
    let client = Client::new(servers(&[&closing.server]), DEADLINES);
    let error = client.send(&frame(0)).await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable { tried: 1, .. }), "{error:?}");
}

#[tokio::test]
async fn a_kept_connection_the_peer_has_ended_is_replaced_before_the_next_frame() {
    // Not watched after the frame, so that the end comes while the connection is idle.
    let deadlines = Deadlines { settle: Duration::ZERO, ..DEADLINES };
    for end in [Play::CloseAfter(1), Play::ResetAfter(1)] {
        let up = Collector::start(&[end, Play::Listen]).await;
        let client = Client::new(servers(&[&up.server]), deadlines);
        client.send(&frame(0)).await.unwrap();
        up.until(|seen| seen.ended == 1).await;
        let delivery = client.send(&frame(1)).await.unwrap();
        assert_eq!(delivery.connection, Connection::New);
        assert_eq!(up.frames(2).await, [frame(0), frame(1)], "{end:?}");
    }
}

#[tokio::test]
async fn the_end_of_a_kept_connection_is_seen_although_the_runtime_slept() {
    let up = Collector::start(&[Play::Listen]).await;
    // A peer outside this runtime, so that nothing polls between its close and our next frame.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let first = format!("127.0.0.1:{port}/{}", up.server);
    let client =
        Client::new(custom::whatap::servers::Servers::parse(&first, 1).unwrap(), DEADLINES);
    let (accepted, stream) = std::sync::mpsc::channel();
    let accepting = std::thread::spawn(move || accepted.send(listener.accept().unwrap().0));
    client.send(&frame(0)).await.unwrap();
    accepting.join().unwrap().unwrap();
    let mut stream = stream.recv().unwrap();
    std::io::Read::read_exact(&mut stream, &mut vec![0; frame(0).len()]).unwrap();
    drop(stream);
    let delivery = client.send(&frame(1)).await.unwrap();
    assert_eq!((delivery.server, delivery.connection), (up.server.clone(), Connection::New));
    assert_eq!(up.frames(1).await, [frame(1)]);
}

#[tokio::test]
async fn a_connection_kept_too_long_is_not_trusted() {
    let up = Collector::start(&[Play::Listen]).await;
    let deadlines = Deadlines { idle: Duration::ZERO, ..DEADLINES };
    let client = Client::new(servers(&[&up.server]), deadlines);
    for n in 0..2 {
        assert_eq!(client.send(&frame(n)).await.unwrap().connection, Connection::New);
    }
    assert_eq!(up.frames(2).await, [frame(0), frame(1)]);
}

#[tokio::test]
async fn a_black_hole_costs_its_deadline_and_no_more() {
    let (hole, up) = (BlackHole::dig().await, Collector::start(&[Play::Listen]).await);
    let start = Instant::now();
    let client = Client::new(servers(&[&hole.server]), DEADLINES);
    let error = client.send(&frame(0)).await.unwrap_err();
    assert!(matches!(error, SendError::TimedOut { tried: 1 }), "{error:?}");
    assert!(error.retryable());
    assert!(start.elapsed() >= DEADLINES.connect && start.elapsed() < DEADLINES.total);

    let client = Client::new(servers(&[&hole.server, &up.server]), DEADLINES);
    assert_eq!(client.send(&frame(1)).await.unwrap().server, up.server);
    assert_eq!(up.frames(1).await, [frame(1)]);
}

#[tokio::test]
async fn however_many_black_holes_the_whole_request_ends_in_time() {
    let hole = BlackHole::dig().await;
    let deadlines = Deadlines { total: Duration::from_millis(500), ..DEADLINES };
    let client = Client::new(servers(&[&hole.server; 50]), deadlines);
    let start = Instant::now();
    let error = client.send(&frame(0)).await.unwrap_err();
    assert!(matches!(error, SendError::TimedOut { tried: 2..=3 }), "{error:?}");
    assert!(start.elapsed() < deadlines.total * 2);
}

#[tokio::test]
async fn a_refusing_server_beside_a_silent_one_is_a_matter_of_time() {
    let (hole, down) = (BlackHole::dig().await, nobody().await);
    let client = Client::new(servers(&[&hole.server, &down]), DEADLINES);
    let error = client.send(&frame(0)).await.unwrap_err();
    assert!(matches!(error, SendError::TimedOut { tried: 2 }), "{error:?}");
}

#[tokio::test]
async fn a_server_that_never_reads_leaves_it_open_what_arrived_and_nobody_else_is_asked() {
    let (deaf, up) =
        (Collector::start(&[Play::Ignore]).await, Collector::start(&[Play::Listen]).await);
    let client = Client::new(servers(&[&deaf.server, &up.server]), DEADLINES);
    let frame = huge();
    let start = Instant::now();
    let error = client.send(&frame).await.unwrap_err();
    let SendError::Ambiguous { sent, length, ref source } = error else { panic!("{error:?}") };
    assert_eq!((length, source.kind()), (frame.len(), std::io::ErrorKind::TimedOut));
    assert!(0 < sent && sent < length);
    assert!(!error.retryable());
    assert!(start.elapsed() < DEADLINES.total);
    assert_eq!(up.connections(), 0);
}

#[tokio::test]
async fn a_slow_reader_gets_everything() {
    let up = Collector::start(&[Play::Slow]).await;
    let client = Client::new(servers(&[&up.server]), DEADLINES);
    let mut frame = frame(0);
    frame.resize(1 << 20, 7);
    let body = u32::try_from(frame.len() - 22).unwrap();
    frame[18..22].copy_from_slice(&body.to_be_bytes());
    client.send(&frame).await.unwrap();
    assert!(up.frames(1).await == [frame]);
}

#[tokio::test]
async fn half_a_frame_read_is_ambiguous_and_never_sent_to_anyone_again() {
    for bytes in [1, 22, 60] {
        let (half, up) = (
            Collector::start(&[Play::CloseWithin(bytes), Play::Listen]).await,
            Collector::start(&[Play::Listen]).await,
        );
        let client = Client::new(servers(&[&half.server, &up.server]), DEADLINES);
        let error = client.send(&frame(0)).await.unwrap_err();
        assert!(matches!(error, SendError::Ambiguous { .. }), "{bytes}: {error:?}");
        assert_eq!((half.connections(), up.connections()), (1, 0));

        let delivery = client.send(&frame(1)).await.unwrap();
        assert_eq!(delivery.connection, Connection::New, "the broken socket was dropped");
        assert_eq!(half.frames(1).await, [frame(1)]);
    }
}

#[tokio::test]
async fn a_reset_in_the_middle_of_a_frame_is_ambiguous() {
    let cut = Collector::start(&[Play::CloseWithin(4096)]).await;
    let client = Client::new(servers(&[&cut.server]), DEADLINES);
    let error = client.send(&huge()).await.unwrap_err();
    assert!(matches!(error, SendError::Ambiguous { sent: 1.., .. }), "{error:?}");
}

#[tokio::test]
async fn what_a_collector_says_is_ignored() {
    let up = Collector::start(&[Play::Talk]).await;
    let client = Client::new(servers(&[&up.server]), DEADLINES);
    for n in 0..5 {
        client.send(&frame(n)).await.unwrap();
        up.frames(n + 1).await;
    }
    assert_eq!(up.connections(), 1);
}

#[tokio::test]
async fn every_frame_reported_as_delivered_has_arrived() {
    let moody = [
        Play::CloseAfter(1),
        Play::ResetAfter(2),
        Play::CloseWithin(30),
        Play::ResetAfter(0),
        Play::CloseAfter(0),
        Play::CloseAfter(3),
        Play::CloseWithin(21),
        Play::Listen,
    ];
    let (one, two) = (Collector::start(&moody).await, Collector::start(&moody).await);
    let client = Client::new(servers(&[&one.server, &two.server]), DEADLINES);
    let (mut delivered, mut unknown) = (Vec::new(), Vec::new());
    for n in 0..30 {
        match client.send(&frame(n)).await {
            Ok(_) => {
                // A collector that closes while a frame is on its way cannot be told from one that
                // takes it; here what it does after a frame is done before the next one.
                tokio::select! {
                    () = one.until(|seen| seen.frames.contains(&frame(n))) => {}
                    () = two.until(|seen| seen.frames.contains(&frame(n))) => {}
                }
                delivered.push(frame(n));
            }
            Err(SendError::Ambiguous { .. }) => unknown.push(frame(n)),
            Err(error) => assert!(error.retryable(), "{error:?}"),
        }
    }
    assert!(delivered.len() >= 20 && !unknown.is_empty());
    let arrived = [one.frames(0).await, two.frames(0).await].concat();
    for frame in &delivered {
        assert_eq!(arrived.iter().filter(|seen| *seen == frame).count(), 1);
    }
    for frame in &arrived {
        assert!(delivered.contains(frame) || unknown.contains(frame));
    }
}

#[tokio::test]
async fn one_client_serves_requests_side_by_side() {
    let up = Collector::start(&[Play::Listen]).await;
    let client = std::sync::Arc::new(Client::new(servers(&[&up.server]), DEADLINES));
    let sends: Vec<_> = (0..8)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move { client.send(&frame(n)).await.map(|_| ()) })
        })
        .collect();
    for send in sends {
        send.await.unwrap().unwrap();
    }
    let mut arrived = up.frames(8).await;
    arrived.sort();
    let mut expected: Vec<_> = (0..8).map(frame).collect();
    expected.sort();
    assert_eq!(arrived, expected);
}
