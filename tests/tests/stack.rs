//! What is built into a function: one TLS, one crypto provider, one HTTP. A second one comes
//! along unnoticed, as a default feature of an AWS SDK crate or by the features of a neighbour,
//! and costs every cold start.

#![expect(clippy::unwrap_used, reason = "a test without cargo is a failed test")]

use std::collections::BTreeSet;
use std::process::Command;

/// Name and version of everything in the function's own tree.
fn tree(function: &str) -> BTreeSet<String> {
    let arguments = ["tree", "--locked", "-e", "normal", "--prefix", "none", "-p", function];
    let tree = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let lines = String::from_utf8(tree.stdout).unwrap();
    let names = lines.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some(format!("{} {}", words.next()?, words.next()?))
    });
    names.collect()
}

#[test]
fn a_function_has_one_tls_stack_on_ring_and_one_http() {
    for function in ["collector", "delibird", "custom"] {
        let tree = tree(function);
        let versions = |name: &str| {
            let name = format!("{name} v");
            tree.iter().filter(|line| line.starts_with(&name)).collect::<Vec<_>>()
        };
        for one in ["rustls", "ring", "hyper", "http", "webpki-roots", "reqwest"] {
            assert_eq!(versions(one).len(), 1, "{function}: {one} {:?}", versions(one));
        }
        for none in ["h2", "aws-lc-rs", "aws-lc-sys", "native-tls", "openssl"] {
            assert!(versions(none).is_empty(), "{function}: {:?}", versions(none));
        }
    }
}
