//! The operator's proof of the chain, on the chain itself.

use std::process::{Command, Output};

use serde_json::json;
use system_tests::emulator::REGION;

use super::delivery::chat;
use super::hub::{self, Hub};

/// What is usual waits for up to a minute.
const QUICK: &str = "[defaults]\ngroup_wait = '2s'\ngroup_wait_issue = '2s'\n";

fn healthctl(hub: &Hub, arguments: &[&str]) -> Output {
    Command::new(hub::binary("healthctl"))
        .args(arguments)
        .env_clear()
        .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
        .envs([("AWS_REGION", REGION), ("STATE_TABLE", hub::TABLE)])
        .env("AWS_ENDPOINT_URL", hub.emulator.endpoint())
        .output()
        .unwrap()
}

/// What it said on both streams, after it ended like this.
fn ended(ran: &Output, code: i32) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let said = format!("{}{}", text(&ran.stdout), text(&ran.stderr));
    assert_eq!(ran.status.code(), Some(code), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_sent_is_followed_into_its_space_each_time_and_a_broken_chain_is_said() {
    let chat = chat().await;
    let Some(hub) = Hub::start().await else { return };
    let nobody = healthctl(&hub, &["send", "--wait", "--timeout", "1s"]);
    let said = ended(&nobody, 1);
    assert!(said.contains("health-health-collector-bus"), "{said}");

    let routes = std::env::temp_dir().join(format!("send-{}.toml", std::process::id()));
    std::fs::write(&routes, QUICK).unwrap();
    ended(&healthctl(&hub, &["routes", "push", routes.to_str().unwrap()]), 0);
    std::fs::remove_file(routes).unwrap();

    // Nothing posts yet.
    let send = ["send", "--bus", hub::BUS, "--wait"];
    let said = ended(&healthctl(&hub, &[&send[..], &["--timeout", "20s"]].concat()), 1);
    assert!(said.contains("to default\n") && said.contains("not posted to default"), "{said}");

    let hub = hub.with_delibird(&json!({"default": chat.webhook("default")})).await;
    for sample in ["test", "maintenance", "maintenance", "issue"] {
        let before = chat.ledger().posted("default").len();
        let said = ended(&healthctl(&hub, &[&send[..], &["--sample", sample]].concat()), 0);
        assert!(said.contains("received after") && said.contains("posted to default"), "{said}");
        assert_eq!(chat.ledger().posted("default").len(), before + 1, "{sample}: {said}");
    }
    assert_eq!(chat.ledger().threads("default").len(), 4);

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/issue-with-impaired-instances.json");
    let said = ended(&healthctl(&hub, &[&send[..], &[file]].concat()), 0);
    assert!(said.contains("posted to default"), "{said}");
    let wrong = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let said = ended(&healthctl(&hub, &["send", wrong]), 1);
    assert!(said.contains("Cargo.toml cannot be sent"), "{said}");
}
