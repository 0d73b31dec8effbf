//! Every failure of the fake, and what the transport makes of it.

use std::io::ErrorKind;
use std::time::Duration;

use delibird::chat::ChatTransport;
use delibird::chat::webhook::Patience;
use function::http;
use system_tests::chat_server::{ChatServer, Fault, Faults, Kind, RetryAfter, Stored};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::{Scene, THREE_TRIES, hello, post, situation, unpaced, webhooks};
use Fault::{Answer, CutBody, Hang, ResetAfterRead, ResetBeforeRead, SlowBody};
use Kind::{Empty, Error, ErrorQuotingRequest, Html, Later, Moved};

/// A failure that goes on, how it is told, after how many tries, and how many messages there are.
type Row = (Fault, &'static str, usize, usize);

const NOT_READABLE: &str = "rejected 400: no reason that can be read";
const NAMELESS: &str = "posted, Posted { name: None, thread: None }";

pub(super) const FAILURES: [Row; 32] = [
    (Answer(429, Error), "throttled", 3, 0),
    (Answer(429, Html), "throttled", 3, 0),
    (Answer(429, Empty), "throttled", 3, 0),
    (Answer(429, Later(RetryAfter::Seconds(0))), "throttled, 0ns", 3, 0),
    (Answer(429, Later(RetryAfter::Seconds(7))), "throttled, 7s", 1, 0),
    (Answer(429, Later(RetryAfter::Date(90))), "throttled, 90s", 1, 0),
    (Answer(500, Error), "unavailable 500", 3, 0),
    (Answer(500, ErrorQuotingRequest), "unavailable 500", 3, 0),
    (Answer(500, Html), "unavailable 500", 3, 0),
    (Answer(502, Empty), "unavailable 502", 3, 0),
    (Answer(503, Error), "unavailable 503", 3, 0),
    (Answer(503, Later(RetryAfter::Seconds(30))), "unavailable 503, 30s", 1, 0),
    (Answer(408, Error), "unavailable 408", 3, 0),
    (Answer(302, Html), "unavailable 302", 3, 0),
    (Answer(307, Moved), "unavailable 307", 3, 0),
    (Answer(400, Error), "rejected 400: A failure on demand.", 1, 0),
    (Answer(400, Html), NOT_READABLE, 1, 0),
    (Answer(400, Empty), NOT_READABLE, 1, 0),
    (Answer(413, Error), "rejected 413: A failure on demand.", 1, 0),
    (Answer(401, Error), "gone 401", 1, 0),
    (Answer(403, Error), "gone 403", 1, 0),
    (Answer(403, ErrorQuotingRequest), "gone 403", 1, 0),
    (Answer(404, Html), "gone 404", 1, 0),
    (Answer(410, Error), "gone 410", 1, 0),
    (Answer(200, Html), "unreachable, Protocol, ambiguous", 3, 0),
    (Answer(204, Empty), NAMELESS, 1, 0),
    (CutBody, NAMELESS, 1, 1),
    (SlowBody, NAMELESS, 1, 1),
    (Hang, "unreachable, Timeout, ambiguous", 3, 0),
    (ResetAfterRead(Stored::Yes), "unreachable, Reset, ambiguous", 3, 1),
    (ResetAfterRead(Stored::No), "unreachable, Reset, ambiguous", 3, 0),
    (ResetBeforeRead, "unreachable, Reset, ambiguous", 3, 0),
];

/// Only where no answer ever comes is it safe to be short of patience on a loaded machine.
pub(super) fn patience(fault: Fault) -> Patience {
    let per_try = match fault {
        Hang => Duration::from_millis(500),
        SlowBody => Duration::from_secs(1),
        _ => THREE_TRIES.per_try,
    };
    Patience { per_try, ..THREE_TRIES }
}

#[tokio::test]
async fn every_failure_has_its_name_its_tries_and_its_messages() {
    for (fault, told, tries, messages) in FAILURES {
        let scene = Scene::new(unpaced(), patience(fault)).await;
        scene.chat.fail("ops", Faults::Always(fault));
        let result = scene.post("a", &hello("t")).await;
        let seen = (scene.tries(), scene.chat.ledger().posted("ops").len());
        assert_eq!((situation(&result), seen), (told.to_owned(), (tries, messages)), "{fault:?}");
        let retryable = !(told.starts_with("rejected") || told.starts_with("gone"));
        if let Err(error) = result {
            assert_eq!(error.retryable(), retryable, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_failure_that_passes_costs_one_more_try_and_leaves_one_message() {
    let passing = FAILURES.into_iter().filter(|(_, _, tries, _)| *tries > 1);
    for (fault, ..) in passing {
        let scene = Scene::new(unpaced(), patience(fault)).await;
        scene.chat.fail("ops", [fault]);
        let result = scene.post("a", &hello("t")).await;
        let seen = (scene.tries(), scene.chat.ledger().posted("ops").len());
        assert_eq!((situation(&result).as_str(), seen), ("posted", (2, 1)), "{fault:?}");
    }
}

#[tokio::test]
async fn a_pause_chat_asks_for_is_kept_when_it_fits() {
    let patience = Patience { backoff: Duration::from_secs(1), ..THREE_TRIES };
    let scene = Scene::new(unpaced(), patience).await;
    scene.chat.fail("ops", [Answer(429, Later(RetryAfter::Date(1)))]);
    assert_eq!(situation(&scene.post("a", &hello("t")).await), "posted");
    let ledger = scene.chat.ledger();
    let at: Vec<Duration> = ledger.received("ops").iter().map(|received| received.at).collect();
    let [first, second] = at[..] else { panic!("not two tries: {at:?}") };
    assert!(second >= first + Duration::from_secs(1), "{at:?}");
}

#[tokio::test]
async fn a_try_without_an_answer_ends_when_its_time_is_over() {
    let scene = Scene::new(unpaced(), patience(Hang)).await;
    scene.chat.fail("ops", [Hang]);
    assert_eq!(situation(&scene.post("a", &hello("t")).await), "posted");
    let ledger = scene.chat.ledger();
    let at: Vec<Duration> = ledger.received("ops").iter().map(|received| received.at).collect();
    let [first, second] = at[..] else { panic!("not two tries: {at:?}") };
    assert!(second < first + http::TOTAL / 2, "{at:?}");
}

#[tokio::test]
async fn tries_that_hang_use_up_the_time_for_further_ones() {
    let backoff = Duration::from_millis(100);
    let scene = Scene::new(unpaced(), Patience { backoff, tries: 5, ..patience(Hang) }).await;
    scene.chat.fail("ops", Faults::Always(Hang));
    let told = situation(&scene.post("a", &hello("t")).await);
    assert_eq!((told.as_str(), scene.tries()), ("unreachable, Timeout, ambiguous", 2));
}

/// What the word of the fake is worth: without it, resets would be tested as tidy endings.
#[tokio::test]
async fn a_reset_of_the_fake_is_a_reset_on_the_wire() {
    for fault in [ResetBeforeRead, ResetAfterRead(Stored::Yes)] {
        let chat = ChatServer::start(unpaced()).await.unwrap();
        let url = chat.webhook("ops");
        chat.fail("ops", [fault]);
        let (host, path) = url.trim_start_matches("http://").split_once('/').unwrap();
        let request = format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n");
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let read = stream.read(&mut [0]).await.map_err(|error| error.kind());
        assert_eq!(read, Err(ErrorKind::ConnectionReset), "{fault:?}");
    }
}

#[tokio::test]
async fn nobody_listening_is_a_connect_failure_that_left_nothing_behind() {
    // Bound and never listening: the port is refused, and nobody else can take it meanwhile.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/v1/spaces/A/messages?key=k&token=t");
    let closed = webhooks([("ops", url)], THREE_TRIES);
    let result = closed.post(&"ops".into(), &post("a", &hello("t"))).await;
    assert_eq!(situation(&result), "unreachable, Connect");
}

#[tokio::test]
async fn a_space_without_a_webhook_is_named_and_nothing_is_sent() {
    let scene = Scene::new(unpaced(), THREE_TRIES).await;
    let result = scene.webhooks.post(&"leads".into(), &post("a", &hello("t"))).await;
    assert_eq!((situation(&result).as_str(), scene.tries()), ("unknown space leads", 0));
    assert!(!result.unwrap_err().retryable());
}
