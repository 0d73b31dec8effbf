//! Every fixture through every verb that takes events.

use model::ids::{AlertId, IncidentId, ThreadKey};
use serde_json::{Value, json};

use crate::command::{assert_valid, fixture, fixtures, run};

#[test]
fn each_fixture_becomes_a_valid_message_that_names_what_it_is_about() {
    for path in fixtures() {
        let ran = run(&["simulate", &path], b"");
        assert_eq!(ran.status, 0, "{path}: {}", ran.stderr);
        let messages = ran.messages();
        assert_eq!(messages.len(), 1, "{path}");
        let message = &messages[0]["message"];
        assert_valid(message);
        let shown = message.to_string();
        let events = model::read(&std::fs::read(&path).unwrap());
        for event in events {
            let event = event.unwrap();
            let mut names = vec![event.service.0.clone()];
            names.extend(event.account.map(|account| account.0));
            names.extend(event.region.filter(|region| region.as_str() != "global").map(|r| r.0));
            names.extend(event.entities.into_iter().take(5).map(|entity| entity.id));
            for name in names {
                assert!(shown.contains(&name), "{path} does not name {name}: {shown}");
            }
        }
    }
}

#[test]
fn each_line_is_the_documented_object() {
    let ran = run(&["simulate", &fixture("issue-with-impaired-instances.json")], b"");
    let mut lines = ran.messages();
    let message = lines[0].as_object_mut().unwrap().remove("message").unwrap();
    let thread = ThreadKey::of(
        &IncidentId::from(
            "arn|aws.health|arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/\
             AWS_EC2_OPERATIONAL_ISSUE_7Q2XK_ONE",
        ),
        1,
    );
    let expected = json!({
        "space": "default", "thread": thread, "kind": "opened", "subject": "issue",
        "severity": "critical", "alertId": AlertId::of(&thread, &"default".into(), 1),
        "accounts": 1,
    });
    assert_eq!(lines[0], expected);
    assert_eq!(message["thread"]["threadKey"], lines[0]["thread"]);
    assert_eq!(
        ran.stderr,
        "1 records, 0 unreadable, 0 not believed, 0 without change; 1 messages in 1 threads\n"
    );
}

#[test]
fn every_fixture_renders_in_both_languages() {
    for path in fixtures() {
        for locale in ["en", "ko"] {
            let ran = run(&["render", "--locale", locale, "--zone", "Asia/Seoul", &path], b"");
            assert_eq!(ran.status, 0, "{path}: {}", ran.stderr);
            assert_valid(&serde_json::from_str::<Value>(&ran.stdout).unwrap());
            let html = run(&["render", "--locale", locale, "--format", "html", &path], b"");
            assert!(html.stdout.starts_with("<!DOCTYPE html>"), "{path}");
        }
    }
}

#[test]
fn unreadable_records_are_named_and_spoil_no_neighbour() {
    let good = std::fs::read_to_string(fixture("retirement-scheduled.json")).unwrap();
    let good = serde_json::from_str::<Value>(&good).unwrap().to_string();
    let input = format!("{good}\n{{oops\n3\n{{}}\n");
    let ran = run(&["simulate", "-"], input.as_bytes());
    assert_eq!((ran.status, ran.messages().len()), (1, 1));
    insta::assert_snapshot!(ran.stderr, @r"
    -:2: not JSON: key must be a string at line 1 column 2
    -:3: expected a JSON object, found a number
    -:4: no AWS Health record: expected `source`, `detail`, `eventArn`, `eventTypeCode` or `Entries`
    4 records, 3 unreadable, 0 not believed, 0 without change; 1 messages in 1 threads
    ");
}

#[test]
fn faults_of_a_call_are_told_with_their_remedy() {
    let two = format!("[{0},{0}]", r#"{"eventTypeCode":"A"}"#);
    let rows: &[(&[&str], &str, i32, &str)] = &[
        (
            &["simulate", "/nowhere"],
            "",
            1,
            "healthctl: cannot read /nowhere: No such file or directory (os error 2)\n",
        ),
        (
            &["render", "-"],
            &two,
            1,
            "healthctl: -: 2 events; render shows one, simulate takes many\n",
        ),
        (&["render", "-"], "", 1, "healthctl: -:1: empty: no record\n"),
    ];
    for (arguments, input, status, stderr) in rows {
        let ran = run(arguments, input.as_bytes());
        assert_eq!((ran.status, ran.stderr.as_str()), (*status, *stderr), "{arguments:?}");
    }
    for usage in
        [&["simulat"][..], &["render", "--locale", "fr"], &["render", "--zone", "Seoul"], &[]]
    {
        assert_eq!(run(usage, b"").status, 2, "{usage:?}");
    }
}
