//! What is in a binary, as `scripts/sbom.py` tells it, against cargo's own tree.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn output(program: &str, arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let run = Command::new(program).args(arguments).current_dir(root).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key}: {value}"))
}

/// "name version", and the licence.
fn tree(function: &str, target: &str) -> BTreeMap<String, String> {
    let arguments = ["-e", "normal", "--prefix", "none", "--format", "{p}|{l}|", "--locked"];
    let arguments = [&["tree", "-p", function, "--target", target], &arguments[..]].concat();
    let lines = output(env!("CARGO"), &arguments);
    let rows = lines.lines().map(|line| {
        let (package, rest) = line.split_once('|').unwrap();
        let mut words = package.split(' ');
        let (name, version) = (words.next().unwrap(), words.next().unwrap());
        let licence = rest.split('|').next().unwrap().replace('/', " OR ");
        (format!("{name} {}", version.trim_start_matches('v')), licence)
    });
    rows.collect()
}

#[test]
fn the_bill_of_materials_names_every_crate_of_the_binary_and_no_other() {
    let lock = include_str!("../../../Cargo.lock");
    for (function, platform, target, without) in [
        ("collector", "linux/arm64", "aarch64-unknown-linux-gnu", "aws-sdk-secretsmanager"),
        ("delibird", "linux/amd64", "x86_64-unknown-linux-gnu", "aws-sdk-eventbridge"),
        ("custom", "linux/arm64", "aarch64-unknown-linux-gnu", "aws-sdk-sqs"),
    ] {
        let bill = output("python3", &["scripts/sbom.py", "--platform", platform, function]);
        let bill: Value = serde_json::from_str(&bill).unwrap();
        let format = (text(&bill, "bomFormat"), text(&bill, "specVersion"), &bill["version"]);
        assert_eq!(format, ("CycloneDX", "1.6", &Value::from(1)));
        let main = &bill["metadata"]["component"];
        assert_eq!((text(main, "type"), text(main, "name")), ("application", function));

        let mut told = BTreeMap::new();
        let mut references = BTreeSet::new();
        let components = bill["components"].as_array().unwrap();
        for component in components.iter().chain([main]) {
            let (name, version) = (text(component, "name"), text(component, "version"));
            let licence = text(&component["licenses"][0], "expression");
            assert!(told.insert(format!("{name} {version}"), licence.to_owned()).is_none());
            assert!(references.insert(text(component, "bom-ref")), "twice: {name}");
            let purl = text(component, "purl");
            // A crate of the registry is held to its archive; ours have none.
            let archive = component["hashes"][0]["content"].as_str();
            let entry = format!("name = \"{name}\"\nversion = \"{version}\"\nsource = ");
            if let Some((_, entry)) = lock.split_once(&entry) {
                let checksum = entry.split("checksum = \"").nth(1).unwrap().split('"').next();
                assert_eq!(checksum, archive, "{name}");
                assert_eq!(purl, format!("pkg:cargo/{name}@{version}"));
            } else {
                assert_eq!(purl, format!("pkg:generic/{name}@{version}"));
            }
        }
        assert_eq!(told, tree(function, target), "{function}");
        assert!(!told.keys().any(|name| name.starts_with(without)), "{function} has {without}");

        let mut reached = BTreeSet::from([text(main, "bom-ref")]);
        let edges = bill["dependencies"].as_array().unwrap();
        let edges: BTreeMap<&str, &Vec<Value>> = edges
            .iter()
            .map(|edge| (text(edge, "ref"), edge["dependsOn"].as_array().unwrap()))
            .collect();
        let mut open: Vec<&str> = reached.iter().copied().collect();
        while let Some(from) = open.pop() {
            for on in edges[from].iter().map(|on| on.as_str().unwrap()) {
                if reached.insert(on) {
                    open.push(on);
                }
            }
        }
        assert_eq!(reached, references, "{function}: what depends on what");
    }
}
