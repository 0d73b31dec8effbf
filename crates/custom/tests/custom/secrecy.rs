//! The access key, looked for wherever a request can leave a trace.

use std::error::Error;
use std::time::Duration;

use custom::emf::documents;
use custom::metric::{self, AccessKey};
use custom::respond::gateway::Event;
use custom::respond::{Outcome, respond};
use custom::whatap::client::{Client, Deadlines};
use custom::whatap::wire;
use serde_json::json;

use crate::collector::{BlackHole, Collector, Play, nobody, servers};
use crate::given::{KEY, OTHER_PROJECTS_KEY, body, now, parse, rules, value, with};

/// Any token of any key, and the bytes of the session key inside.
#[track_caller]
fn silent(text: &str) {
    for key in [KEY, OTHER_PROJECTS_KEY] {
        for token in key.split('-') {
            assert!(!text.contains(token), "{text}");
        }
    }
    assert!(!text.contains("0, 1, 2, 3, 4"), "{text}");
}

fn printed(error: &(dyn Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| (*error).source());
    chain.map(|error| format!("{error} {error:?} ")).collect::<Vec<_>>().concat()
}

#[test]
fn no_fault_quotes_what_was_sent() {
    let quoted = |key: &str| format!("\"{key}\"");
    let broken = body() + KEY;
    let key_as_name = format!(r#"[{{"key":"{KEY}","value":1}},{{"key":"{KEY}","value":"{KEY}"}}]"#);
    let key_as_tag = format!(r#"[{{"key":"oname","value":"{KEY}"}},{{"key":"{KEY}","value":1}}]"#);
    let bodies = [
        broken.clone(),
        KEY.to_owned(),
        quoted(KEY),
        format!(r#"{{"{KEY}":1,"{KEY}":2}}"#),
        value(KEY),
        value(&quoted(KEY)),
        with(&[("whatapAccessKey", &quoted(OTHER_PROJECTS_KEY))]),
        with(&[("whatapAccessKey", &quoted(&format!("{KEY}-{KEY}-")))]),
        with(&[("whatapAccessKey", &format!("[{}]", quoted(KEY)))]),
        with(&[("pcode", &quoted(KEY)), ("timestamp", &quoted(KEY))]),
        with(&[("category", &quoted(&KEY.repeat(9))), ("host", &quoted(&KEY.repeat(9)))]),
        with(&[("datas", &key_as_name), ("tags", &key_as_tag)]),
    ];
    for body in bodies {
        let faults = metric::parse(body.as_bytes(), &rules(), now()).unwrap_err();
        silent(&format!("{faults:?}"));
        let outcome = Outcome::Invalid(faults);
        silent(&format!("{outcome:?} {:?}", respond(&outcome, "id")));
    }
    let event = json!({"httpMethod": "POST", "body": broken, "headers": {"authorization": KEY}, "isBase64Encoded": true});
    let event: Event = serde_json::from_value(event).unwrap();
    silent(&format!("{event:?}"));
    silent(&format!("{:?}", event.into_body().unwrap_err()));
}

#[test]
fn neither_a_batch_nor_its_key_can_be_printed() {
    let batch = parse(&body()).unwrap();
    silent(&format!("{batch:?}"));
    let key = batch.access_key.as_ref().unwrap();
    silent(&format!("{key:?} {:?} {:?}", key.text(), key.session_key()));
    silent(&printed(&AccessKey::parse(&format!("{KEY}-{KEY}W")).unwrap_err()));
    silent(&documents(&batch, "Custom").unwrap().lines.concat());
}

#[tokio::test]
async fn no_failure_to_deliver_names_it() {
    let deadlines = Deadlines {
        connect: Duration::from_millis(100),
        write: Duration::from_millis(100),
        total: Duration::from_millis(300),
        settle: Duration::from_millis(50),
        ..Deadlines::default()
    };
    let batch = parse(&body()).unwrap();
    let mut frame = wire::frame_of(&batch, batch.access_key.as_ref().unwrap());
    // The frame holds only a hash; the failing one carries the key itself, to be sure.
    frame.extend(KEY.as_bytes());
    frame.resize(64 << 20, 0);
    let hole = BlackHole::dig().await;
    let deaf = Collector::start(&[Play::Ignore]).await;
    let half = Collector::start(&[Play::CloseWithin(9)]).await;
    for server in [&nobody().await, &hole.server, &deaf.server, &half.server] {
        let client = Client::new(servers(&[server]), deadlines);
        let error = client.send(&frame).await.unwrap_err();
        silent(&printed(&error));
        silent(&format!("{:?} {client:?}", respond(&Outcome::from(&error), "id")));
    }
}
