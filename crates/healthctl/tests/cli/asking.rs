//! `query`, `explain` and `check`.

use crate::command::{fixture, run};

#[test]
fn query_asks_documents_and_lines_in_every_format() {
    let issue = fixture("issue-with-impaired-instances.json");
    let from = format!("h={issue}");
    let entities = "SELECT entityValue, status FROM h.detail.affectedEntities ORDER BY entityValue";
    let rows: &[(&str, &str)] = &[
        (
            "table",
            "entityValue          status\n-------------------  --------\n\
             i-0a1b2c3d4e5f60718  IMPAIRED\ni-0a1b2c3d4e5f60719  IMPAIRED\n",
        ),
        (
            "csv",
            "entityValue,status\r\ni-0a1b2c3d4e5f60718,IMPAIRED\r\ni-0a1b2c3d4e5f60719,IMPAIRED\r\n",
        ),
        (
            "ndjson",
            "{\"entityValue\":\"i-0a1b2c3d4e5f60718\",\"status\":\"IMPAIRED\"}\n\
             {\"entityValue\":\"i-0a1b2c3d4e5f60719\",\"status\":\"IMPAIRED\"}\n",
        ),
        (
            "json",
            "[\n{\"entityValue\":\"i-0a1b2c3d4e5f60718\",\"status\":\"IMPAIRED\"},\n\
             {\"entityValue\":\"i-0a1b2c3d4e5f60719\",\"status\":\"IMPAIRED\"}\n]\n",
        ),
    ];
    for (format, expected) in rows {
        let ran = run(&["query", entities, "--from", &from, "--format", format], b"");
        assert_eq!((ran.status, ran.stdout.as_str()), (0, *expected), "{format}: {}", ran.stderr);
    }
}

#[test]
fn query_takes_values_as_values_and_names_broken_lines() {
    let query = "SELECT id FROM t WHERE name = :name AND id >= :least";
    let arguments = [
        "query",
        query,
        "--from",
        "t=-",
        "--param",
        "name=x' OR 1 = 1",
        "--param",
        "least=2",
        "--format",
        "ndjson",
    ];
    let input = b"{\"id\":1,\"name\":\"x' OR 1 = 1\"}\n{oops\n\n{\"id\":3,\"name\":\"x' OR 1 = 1\"}\n{\"id\":4}\n";
    let ran = run(&arguments, input);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "{\"id\":3}\n"));
    assert_eq!(ran.stderr, "-:2: not JSON: key must be a string at line 1 column 2\n");
}

#[test]
fn query_refuses_what_it_does_not_understand() {
    let rows = [
        ("SELECT a FROM t WHERE a = \"open\"", "t=-", "did you mean 'open'?"),
        ("SELECT a FROM other", "t=-", "other"),
        ("SELECT a FROM t WHERE a = :x", "t=-", "parameter `:x` is not bound"),
        ("SELECT a FROM t", "t=/nowhere", "cannot read /nowhere"),
    ];
    for (query, from, expected) in rows {
        let ran = run(&["query", query, "--from", from], b"");
        assert!(ran.status == 1 && ran.stderr.contains(expected), "{query}: {}", ran.stderr);
    }
}

#[test]
fn query_reads_a_pretty_document_an_array_and_lines_alike() {
    let rows: [&[u8]; 4] =
        [b"{\n \"a\": 1\n}\n", b"[\n {\"a\": 1}\n]", b"[{\"a\":1}]\n", b"{\"a\":1}\n"];
    for input in rows {
        let ran = run(&["query", "SELECT a FROM t", "--from", "t=-", "--format", "csv"], input);
        assert_eq!(ran.stdout, "a\r\n1\r\n", "{}: {}", String::from_utf8_lossy(input), ran.stderr);
    }
}

const ROUTES: &str = r#"
[defaults]
spaces = ["ops"]

[[severity]]
when = "category = 'issue' and service = 'EC2'"
level = "critical"

[[route]]
name = "payments"
when = "account_name like 'payments-%'"
spaces = ["payments-oncall"]
continue = true

[accounts.111122223333]
name = "payments-prod"

[[test]]
event = { service = "EC2", category = "issue", account_name = "payments-prod" }
expect = { spaces = ["payments-oncall", "ops"], severity = "critical" }
"#;

#[test]
fn check_runs_the_documents_own_tests_and_explain_gives_each_rules_answer() {
    let path = std::env::temp_dir().join(format!("healthctl-routes-{}.toml", std::process::id()));
    let routes = path.display().to_string();
    std::fs::write(&path, ROUTES).unwrap();
    let sound = run(&["check", "--routes", &routes], b"");
    let issue = fixture("issue-with-impaired-instances.json");
    let explained = run(&["explain", "--routes", &routes, &issue], b"");
    std::fs::write(&path, ROUTES.replace("'EC2'", "'RDS'")).unwrap();
    let failing = run(&["check", "--routes", &routes], b"");
    std::fs::write(&path, "[defaults]\nspace = []").unwrap();
    let broken = run(&["check", "--routes", &routes], b"");
    std::fs::remove_file(&path).unwrap();
    assert_eq!((sound.status, sound.stdout), (0, format!("{routes}: ok\n")));
    assert!(
        explained.stdout.contains("severity   critical (severity[1] line 5)"),
        "{}",
        explained.stdout
    );
    assert!(explained.stdout.contains("route[1] line 9 payments: matched"), "{}", explained.stdout);
    assert_eq!(failing.status, 1, "{}", failing.stdout);
    assert!(
        broken.status == 1 && broken.stderr.contains("did you mean `spaces`"),
        "{}",
        broken.stderr
    );
}
