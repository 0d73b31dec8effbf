//! A webhook URL lets anybody post. Whatever happens, no text the product makes may hold it.

use std::error::Error;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};

use delibird::chat::webhook::{Hosts, read_all};
use delibird::chat::{ChatError, ChatTransport, Posted, Webhooks};
use function::Secret;
use function::http::{self, Egress, Proxy};
use model::ids::SpaceName;
use system_tests::chat_server::{ChatServer, Fault, Faults, Kind};

use super::failures::{FAILURES, patience};
use super::{THREE_TRIES, hello, post, situation, unpaced, webhooks};

/// What all crates of this process log, at every level.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn logged() -> MutexGuard<'static, Vec<u8>> {
    LOGGED.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        logged().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn keep_all_logs() {
    let level = tracing_subscriber::filter::LevelFilter::TRACE;
    tracing_subscriber::fmt().with_max_level(level).with_writer(|| Log).init();
}

/// Everything that could be printed of a result, and of the panic of whoever unwraps it.
fn texts(webhooks: &Webhooks, result: Result<Posted, ChatError>) -> String {
    let mut texts = format!("{webhooks:?} {webhooks:#?} {result:?} {result:#?}");
    let mut next: Option<&dyn Error> = result.as_ref().err().map(|error| error as _);
    while let Some(error) = next {
        texts.extend([format!(" {error} "), format!("{error:?} {error:#?}")]);
        next = error.source();
    }
    #[expect(clippy::expect_used, reason = "the panic of a careless caller is what is looked at")]
    let panic = catch_unwind(AssertUnwindSafe(|| result.expect("posting")));
    if let Err(panic) = panic {
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.starts_with("posting: "), "{message}");
        texts += message;
    }
    texts
}

/// All parts of a webhook URL nobody may see, encoded and plain.
fn secrets(url: &str) -> Vec<String> {
    let (_, query) = url.split_once('?').unwrap();
    let raw = query.split('&').filter_map(|pair| pair.split_once('='));
    let raw = raw.map(|(_, value)| value.to_owned());
    let plain = form_urlencoded::parse(query.as_bytes()).map(|(_, value)| value.into_owned());
    let whole = [url.to_owned(), query.to_owned(), "hunter2".to_owned()];
    raw.chain(plain).chain(whole).collect()
}

fn assert_silent(secrets: &[String], text: &str, when: &str) {
    for secret in secrets {
        let at = text.find(secret.as_str());
        assert_eq!(at, None, "{when} tells {secret:?}: {text}");
    }
}

#[tokio::test]
async fn no_failure_tells_the_webhook_in_an_error_a_panic_or_a_log() {
    keep_all_logs();
    let quoting =
        [400, 401, 404, 409, 429, 503].map(|s| Fault::Answer(s, Kind::ErrorQuotingRequest));
    let mut secret = Vec::new();
    for fault in FAILURES.map(|(fault, ..)| fault).into_iter().chain(quoting) {
        let chat = ChatServer::start(unpaced()).await.unwrap();
        let url = chat.webhook("ops");
        chat.fail("ops", Faults::Always(fault));
        let sender = webhooks([("ops", url.clone())], patience(fault));
        let result = sender.post(&"ops".into(), &post("a", &hello("t"))).await;
        secret = secrets(&url);
        assert_silent(&secret, &texts(&sender, result), &format!("{fault:?}"));

        drop(chat);
        for (when, url) in
            [("nobody listening", url.clone()), ("no TLS", url.replace("http:", "https:"))]
        {
            let sender = webhooks([("ops", url)], THREE_TRIES);
            let result = sender.post(&"ops".into(), &post("a", &hello("t"))).await;
            assert_silent(&secret, &texts(&sender, result), when);
        }
    }
    let result = through_a_proxy_with_a_password().await;
    assert_silent(&secret, &format!("{result:?}"), "a proxy");
    let logged = String::from_utf8_lossy(&logged()).into_owned();
    assert!(logged.contains("starting new connection"), "nothing was captured: {logged}");
    assert_silent(&secret, &logged, "a log line");
}

/// Nobody listens there either; what the client says of its proxy is what matters.
async fn through_a_proxy_with_a_password() -> Result<Posted, ChatError> {
    let proxy = Secret::new("http://user:hunter2@127.0.0.1:1/".to_owned());
    let egress = Egress { proxy: Some(Proxy::parse(&proxy).unwrap()), ..Egress::default() };
    let url = Secret::new("http://127.0.0.1:1/v1/spaces/A/messages?key=k&token=hunter2".to_owned());
    let space = SpaceName::from("ops");
    let by_space = read_all([(&space, &url)], Hosts::GoogleOrLoopback).unwrap();
    let sender = Webhooks::new(http::client(&egress).unwrap(), by_space, THREE_TRIES);
    sender.post(&space, &post("a", &hello("t"))).await
}

#[tokio::test]
async fn googles_words_survive_without_the_webhook_they_quote() {
    let chat = ChatServer::start(unpaced()).await.unwrap();
    chat.fail("ops", [Fault::Answer(400, Kind::ErrorQuotingRequest)]);
    let sender = webhooks([("ops", chat.webhook("ops"))], THREE_TRIES);
    let result = sender.post(&"ops".into(), &post("a", &hello("t"))).await;
    assert_eq!(
        situation(&result),
        "rejected 400: Request to /v1/spaces/AAQA0000/messages?key=[secret]&token=[secret]\
         &messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD&requestId=a with \
         [(\"key\", \"[secret]\"), (\"token\", \"[secret]\"), (\"messageReplyOption\", \
         \"REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD\"), (\"requestId\", \"a\")] failed."
    );
}
