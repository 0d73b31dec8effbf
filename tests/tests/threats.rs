//! The threat model names a test for each control; none may be gone or renamed.

#![expect(clippy::unwrap_used, reason = "a file that cannot be read is a failed test")]

use std::path::{Path, PathBuf};

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let document = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let (_, model) = document.split_once("## What could go wrong on purpose").unwrap();
    let rows = model.lines().take_while(|line| !line.starts_with("## "));
    let rows: Vec<&str> = rows.filter(|line| line.starts_with("| **")).collect();
    assert!(rows.len() >= 8, "{} threats", rows.len());
    let mut sources = Vec::new();
    for folder in ["crates", "tests"] {
        read(&root.join(folder), &mut sources);
    }
    for row in rows {
        let tests = row.rsplit('|').nth(1).unwrap();
        let names: Vec<&str> =
            tests.split('`').skip(1).step_by(2).filter(|name| !name.contains(' ')).collect();
        assert!(!names.is_empty(), "no test: {row}");
        for name in names {
            let declared = format!("fn {name}()");
            assert!(sources.iter().any(|source| source.contains(&declared)), "no test {name}");
        }
    }
}

fn read(folder: &Path, sources: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    for path in paths {
        if path.is_dir() {
            read(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(std::fs::read_to_string(path).unwrap());
        }
    }
}
