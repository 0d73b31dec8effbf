//! `routes diff`, and what `routes push` refuses before it asks anything of AWS.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::command::{Ran, run};

const OLD: &str = r#"
[defaults]
spaces = ["ops"]

[[route]]
name = "payments"
when = "account = '111122223333'"
spaces = ["payments"]

[[silence]]
when = "service = 'CLOUDSHELL'"
reason = "nobody acts on these"
"#;

const NEW: &str = r#"
[defaults]
spaces = ["ops"]

[[severity]]
when = "service = 'RDS'"
level = "critical"

[[route]]
name = "payments"
when = "account = '111122223333'"
spaces = ["payments-oncall"]

[[route]]
name = "databases"
when = "service = 'RDS'"
spaces = ["ops"]
mention = "all"

[[silence]]
when = "service = 'VPN'"
reason = "flaps"
"#;

fn event(account: &str, service: &str) -> Value {
    json!({
        "source": "aws.health", "account": account, "region": "us-east-1",
        "time": "2026-03-02T10:00:00Z", "detail-type": "AWS Health Event",
        "detail": {
            "eventArn": format!("arn:{service}"), "service": service,
            "eventTypeCode": format!("AWS_{service}_OPERATIONAL_ISSUE"),
            "eventTypeCategory": "issue", "eventScopeCode": "ACCOUNT_SPECIFIC", "statusCode": "open",
        }
    })
}

/// A folder of this test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("healthctl-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn diff(more: &[&str]) -> Ran {
    let folder = Folder::new(&format!("diff{}", more.len()));
    let (old, new) = (folder.file("old.toml", OLD), folder.file("new.toml", NEW));
    let events = [
        event("111122223333", "EC2"),
        event("444455556666", "RDS"),
        event("444455556666", "VPN"),
        event("444455556666", "CLOUDSHELL"),
        event("444455556666", "EC2"),
    ];
    let lines: Vec<String> = events.iter().map(ToString::to_string).collect();
    let mut arguments = vec!["routes", "diff", &old, &new, "--events", "-"];
    arguments.extend(more);
    run(&arguments, lines.join("\n").as_bytes())
}

#[test]
fn a_diff_says_of_each_event_what_another_document_changes() {
    let ran = diff(&[]);
    insta::assert_snapshot!(ran.stdout, @r"
    #  account       service     type                              change                            before         after
    -  ------------  ----------  --------------------------------  --------------------------------  -------------  --------------------
    1  111122223333  EC2         AWS_EC2_OPERATIONAL_ISSUE         moved                             high payments  high payments-oncall
    2  444455556666  RDS         AWS_RDS_OPERATIONAL_ISSUE         newly mentions, severity changed  high ops       critical ops @all
    3  444455556666  VPN         AWS_VPN_OPERATIONAL_ISSUE         silenced                          high ops       high silenced
    4  444455556666  CLOUDSHELL  AWS_CLOUDSHELL_OPERATIONAL_ISSUE  no longer silenced                high silenced  high ops
    5  444455556666  EC2         AWS_EC2_OPERATIONAL_ISSUE         unchanged                         high ops       high ops
    ");
    assert_eq!(ran.status, 0);
    assert_eq!(
        ran.stderr,
        "5 events: 1 silenced, 1 no longer silenced, 1 moved, 1 newly mentions, \
         1 severity changed, 1 unchanged\n"
    );
    let changed = diff(&["--changed"]);
    let without: Vec<&str> =
        ran.stdout.lines().filter(|line| !line.contains("unchanged")).collect();
    assert_eq!(changed.stdout.lines().collect::<Vec<_>>(), without);
}

#[test]
fn a_push_refuses_what_check_refuses_before_it_asks_aws() {
    let folder = Folder::new("push");
    let broken = "[[test]]\nevent = { service = \"RDS\" }\nexpect = { spaces = [\"nobody\"] }\n";
    let rows = [
        ("unsound.toml", "[defaults]\nspace = []", "did you mean `spaces`"),
        ("broken.toml", broken, "not published: 1 of its own tests fail"),
    ];
    for (name, text, expected) in rows {
        let file = folder.file(name, text);
        // Nothing listens there, and nothing is asked.
        let arguments = ["routes", "push", "--endpoint-url", "http://127.0.0.1:1", &file];
        let ran = run(&arguments, b"");
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{name}");
        assert!(ran.stderr.contains(expected), "{name}: {}", ran.stderr);
    }
}

#[test]
fn convert_prints_a_document_or_names_the_line_it_does_not_know() {
    let folder = std::env::temp_dir().join(format!("healthctl-convert-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("severity.properties");
    let name = file.to_str().unwrap();
    std::fs::write(&file, "gchat.webhook.url=https://x\nseverity.critical=disruption\n").unwrap();
    let ran = run(&["routes", "convert", name], b"");
    let rule = "\n[[severity]]  # severity.critical\nwhen = \"description ilike '%disruption%'\"\nlevel = \"critical\"\n";
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.ends_with(rule), "{}", ran.stdout);
    std::fs::write(&file, "severity.info=x\n").unwrap();
    let ran = run(&["routes", "convert", name], b"");
    let expected = format!(
        "healthctl: {name}: line 1: `severity.info` is no list of severity words; known are severity.critical, \
         severity.high, severity.warning, severity.subject.critical, severity.subject.high\n"
    );
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (1, "", &*expected));
    std::fs::remove_dir_all(&folder).unwrap();
}
