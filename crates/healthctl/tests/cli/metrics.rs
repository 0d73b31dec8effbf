//! Custom metrics on one machine: the frame of a body, the client, and the intake inside `dev`.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::command::{healthctl, run};
use crate::dev::Dev;

/// Synthetic: it decodes to project 1234567.
const KEY: &str = "x64mmgs800082-x61050o3gg28a-xm30d1o7qlala";

fn body() -> Value {
    json!({
        "datas": [{"key": "data1", "value": 1}, {"key": "data2", "value": 140.232_323}],
        "tags": [], "whatapAccessKey": KEY, "pcode": 1_234_567,
        "category": "whatap_custom", "host": "custom-host-1",
    })
}

#[test]
fn the_frame_of_a_body_is_known_byte_for_byte() {
    let ran = run(&["metric", "frame", "--time", "1700000000123"], body().to_string().as_bytes());
    let expected = concat!(
        "0a00",
        "000000000012d687",
        "ff00ffffa900268b",
        "00000063",
        "1601",
        "0312d687",
        "5adb4c25",
        "0000018bcfe5687b",
        "00",
        "0d7768617461705f637573746f6d",
        "080000ffffddbec347",
        "500101056f6e616d65320d637573746f6d2d686f73742d31",
        "50010205646174613128",
        "3ff0000000000000",
        "05646174613228",
        "4061876f30a4e37a",
        "\n",
    );
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, expected, ""));
}

#[test]
fn every_fault_of_a_body_is_named_and_its_key_is_not_shown() {
    let mut body = body();
    body["pcode"] = json!("1");
    body["datas"][0]["value"] = json!(KEY);
    let ran = run(&["metric", "frame", "-"], body.to_string().as_bytes());
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert_eq!(
        ran.stderr,
        "-: datas[0].value: wrong_type: must be a number\n\
         -: pcode: bad_pcode: must be a positive integer of at most 64 bits\n"
    );
    assert_eq!(run(&["metric", "frame", "--time", "x"], b"").status, 2);
}

#[test]
fn the_sample_of_the_documentation_is_taken_as_it_stands() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/custom-metrics.md");
    let page = std::fs::read_to_string(page).unwrap();
    let sample = page.split("-d '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let dev = Dev::start(&["--no-demo"]);
    let answer = dev.request("POST", "/custom", sample.as_bytes());
    assert_eq!(answer, (202, r#"{"requestId":"dev-1","accepted":2,"errors":[]}"#.to_owned()));
    assert!(page.contains(&answer.1));
    assert_eq!(dev.stop(), 0);
}

/// `metric put` with the access key in the environment.
fn put(url: &str, values: &[&str]) -> (i32, String, String) {
    let output = healthctl()
        .args(["metric", "put", "--url", url, "--pcode", "1234567", "--category", "aws_cost"])
        .args(["--host", "billing", "--tag", "team=payments"])
        .args(values)
        .env("WHATAP_ACCESS_KEY", KEY)
        .env("CUSTOM_METRICS_API_KEY", "k-hunter2")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_broken_threshold_becomes_a_card_and_normal_again_resolves_it_in_its_thread() {
    let routes = std::env::temp_dir().join(format!("thresholds-{}.toml", std::process::id()));
    std::fs::write(
        &routes,
        "[defaults]\nspaces = ['ops']\n[[threshold]]\nname = 'cost'\n\
         when = \"category = 'aws_cost' and key = 'daily_usd' and value > 1000\"\n",
    )
    .unwrap();
    let routes = routes.display().to_string();
    let waits = ["--group-wait", "100ms", "--group-interval", "1s"];
    let dev = Dev::start(&[&["--no-demo", "--routes", &routes], &waits[..]].concat());
    let url = format!("http://{}/custom", dev.address);

    let (status, answer, errors) = put(&url, &["daily_usd=1200.5", "hourly_usd=50"]);
    assert_eq!((status, errors.as_str()), (0, ""));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer, json!({"requestId": "dev-1", "accepted": 2, "errors": []}));
    let messages = dev.first_messages();
    assert_eq!(messages[0]["subject"], "metric");
    assert_eq!((&messages[0]["space"], &messages[0]["kind"]), (&json!("ops"), &json!("opened")));

    assert_eq!(put(&url, &["daily_usd=1300"]).0, 0);
    assert_eq!(put(&url, &["daily_usd=800"]).0, 0);
    let start = Instant::now();
    while dev.messages().len() < 2 && start.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    let messages = dev.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[1]["kind"], "resolved");
    assert_eq!(messages[1]["thread"], messages[0]["thread"]);

    let read: Value = serde_json::from_str(&dev.request("GET", "/metrics", b"").1).unwrap();
    assert_eq!((&read["frames"], &read["unreadable"]), (&json!(3), &json!([])));
    let series = read["series"].as_array().unwrap();
    let daily = series.iter().find(|series| series["key"] == "daily_usd").unwrap();
    assert_eq!(daily["tags"], json!([["oname", "billing"], ["team", "payments"]]));
    let values: Vec<_> =
        daily["points"].as_array().unwrap().iter().map(|point| point["value"].clone()).collect();
    assert_eq!(values, [1200.5, 1300.0, 800.0]);
    let (status, charts) = dev.request("GET", "/metrics/charts", b"");
    assert!(status == 200 && charts.contains("<svg") && !charts.contains(&KEY[..13]));

    let refused = dev.request("POST", "/custom", b"{}");
    assert_eq!(refused.0, 400, "{}", refused.1);
    assert_eq!(dev.request("GET", "/custom", b"").0, 405);
    assert_eq!(dev.request("POST", "/custom", &vec![b' '; 2 << 20]).0, 413);
    assert_eq!(dev.stop(), 0);
    std::fs::remove_file(routes).unwrap();
}

/// Answers each request in turn with a status and body; returns the address.
fn api(answers: &'static [(u16, &'static str)]) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/custom", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let mut requests = Vec::new();
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = vec![0; 16_384];
            let mut length = 0;
            while !String::from_utf8_lossy(&request[..length]).ends_with('}') {
                length += stream.read(&mut request[length..]).unwrap();
            }
            requests.push(String::from_utf8_lossy(&request[..length]).into_owned());
            let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            write!(stream, "{head}retry-after: 0\r\nconnection: close\r\n\r\n{body}").unwrap();
        }
        requests
    });
    (url, served)
}

#[test]
fn the_client_repeats_what_was_not_sent_on_and_nothing_else() {
    const UNREACHABLE: &str = r#"{"errors":[{"code":"upstream_unreachable"}]}"#;
    const AMBIGUOUS: &str = r#"{"errors":[{"code":"upstream_ambiguous"}]}"#;
    let (url, served) = api(&[(429, "{}"), (502, UNREACHABLE), (202, "{\"accepted\":1}")]);
    assert_eq!(put(&url, &["a=1"]), (0, "{\"accepted\":1}\n".to_owned(), String::new()));
    let requests = served.join().unwrap();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.contains("x-api-key: k-hunter2")));
    assert!(requests[0].ends_with(&format!(
        r#"{{"datas":[{{"key":"a","value":1}}],"tags":[{{"key":"team","value":"payments"}}],"whatapAccessKey":"{KEY}","pcode":1234567,"category":"aws_cost","host":"billing"}}"#
    )));

    let (url, served) = api(&[(502, AMBIGUOUS)]);
    let (status, answer, _) = put(&url, &["a=1"]);
    assert_eq!((status, answer.trim_end()), (1, AMBIGUOUS));
    assert_eq!(served.join().unwrap().len(), 1);
}

#[test]
fn what_is_no_number_is_not_sent_and_secrets_are_not_shown() {
    let (status, _, errors) = put("http://127.0.0.1:1/custom", &["a=x"]);
    assert_eq!((status, errors.as_str()), (1, "healthctl: the value of a is not a number: x\n"));
    assert_eq!(put("http://127.0.0.1:1/custom", &["a"]).0, 2);
    let (url, served) = api(&[(403, r#"{"message":"Forbidden"}"#)]);
    let (status, answer, errors) = put(&url, &["a=1e400"]);
    assert_eq!(status, 1);
    assert!(!(answer + &errors).contains("hunter2"));
    assert!(served.join().unwrap()[0].contains(r#""value":1e400"#), "as it was typed");
}
