//! The routing document, published by version and rolled back.

use serde_json::Value;
use state::configuration::{self, Number};

use crate::Scene;

fn document(space: &str) -> String {
    format!("[defaults]\nspaces = [\"{space}\"]\n")
}

#[tokio::test]
async fn a_document_is_pushed_listed_shown_and_rolled_back() {
    let Some(scene) = Scene::new("routes").await else { return };
    let nothing = scene.healthctl(&["routes", "show"]);
    assert!(nothing.stderr.contains("the built-in defaults hold"), "{}", nothing.stderr);

    let rows = [("ops", "first", "v1"), ("payments", "payments alone", "v2")];
    for (space, comment, version) in rows {
        let file = scene.file("routes.toml", &document(space));
        let ran = scene.healthctl(&["routes", "push", "--comment", comment, &file]);
        assert_eq!((ran.status, ran.stdout), (0, format!("{version}\n")), "{}", ran.stderr);
    }
    let file = scene.file("routes.toml", &document("payments"));
    let again = scene.healthctl(&["routes", "push", &file]);
    assert_eq!((again.status, again.stdout.as_str()), (0, "v2\n"));
    assert!(again.stderr.contains("in force already"), "{}", again.stderr);
    let shown = scene.healthctl(&["routes", "show"]);
    assert_eq!(shown.stdout, document("payments"));

    let back = scene.healthctl(&["routes", "rollback", "--comment", "too narrow"]);
    assert_eq!((back.status, back.stdout.as_str()), (0, "v1\n"), "{}", back.stderr);
    let further = scene.healthctl(&["routes", "rollback"]);
    assert_eq!(further.status, 1);
    assert!(further.stderr.contains("no version before v1"), "{}", further.stderr);
    assert!(further.stderr.contains("table state in us-east-1"), "{}", further.stderr);

    let history = scene.healthctl(&["routes", "history", "--format", "json"]);
    let history: Value = serde_json::from_str(&history.stdout).unwrap();
    let list = |name: &str| {
        let rows = history[name].as_array().unwrap().iter();
        let of = |row: &Value| {
            assert!(row["by"].as_str().unwrap().starts_with("arn:aws:"), "{row}");
            (row["number"].as_u64().unwrap(), row["comment"].as_str().unwrap_or("").to_owned())
        };
        rows.map(of).collect::<Vec<_>>()
    };
    let said = |rows: &[(u64, &str)]| {
        rows.iter().map(|(number, comment)| (*number, (*comment).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(history["inForce"], 1);
    assert_eq!(list("versions"), said(&[(2, "payments alone"), (1, "first")]));
    assert_eq!(list("switches"), said(&[(1, "too narrow"), (2, "payments alone"), (1, "first")]));
    let table = scene.healthctl(&["routes", "history"]).stdout;
    assert!(table.lines().any(|line| line.starts_with("v1       in force")), "{table}");

    let kept = configuration::text(&scene.store(), Number(1)).await.unwrap();
    assert_eq!(kept, document("ops"));
}

#[tokio::test]
async fn what_the_deployed_system_lacks_is_said_in_words() {
    let Some(scene) = Scene::new("lacking").await else { return };
    let rows: [(&[&str], &str); 3] = [
        (
            &["routes", "history", "--table", "nowhere"],
            "table nowhere in us-east-1: the state store did not do",
        ),
        (&["routes", "history", "--profile", "nobody"], "no Region"),
        (&["routes", "show", "v9"], "there is no version v9"),
    ];
    for (arguments, expected) in rows {
        let ran = scene.healthctl(arguments);
        assert_eq!(ran.status, 1, "{arguments:?}");
        assert!(ran.stderr.contains(expected), "{arguments:?}: {}", ran.stderr);
    }
}
