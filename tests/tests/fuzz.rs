//! The bodies of the fuzz targets on the stable compiler: every seed, and many small changes of
//! each, without a panic or an endless run. A target is one file in fuzz/targets.

#![expect(clippy::unwrap_used, reason = "a seed that cannot be read is a failed test")]

use std::path::Path;

#[path = "../../fuzz/targets/card.rs"]
mod card;
#[path = "../../fuzz/targets/envelope.rs"]
mod envelope;
#[path = "../../fuzz/targets/event.rs"]
mod event;
#[path = "../../fuzz/targets/json.rs"]
mod json;
#[path = "../../fuzz/targets/pack.rs"]
mod pack;
#[path = "../../fuzz/targets/request.rs"]
mod request;
#[path = "../../fuzz/targets/routes.rs"]
mod routes;
#[path = "../../fuzz/targets/sql.rs"]
mod sql;

/// Changes of each seed.
const CHANGES: u64 = 300;

#[test]
fn no_record_makes_its_reader_panic() {
    replay("event", event::body);
}

#[test]
fn no_document_is_read_or_written_otherwise_than_by_serde_json() {
    replay("json", json::body);
}

#[test]
fn no_invocation_makes_delibird_panic() {
    replay("envelope", envelope::body);
}

#[test]
fn no_alert_makes_a_card_that_google_chat_refuses() {
    replay("card", card::body);
}

#[test]
fn no_request_makes_the_intake_of_metrics_panic() {
    replay("request", request::body);
}

#[test]
fn no_bytes_make_the_reader_of_packs_panic() {
    replay("pack", pack::body);
}

#[test]
fn no_text_makes_json_sql_panic() {
    replay("sql", sql::body);
}

#[test]
fn no_text_makes_the_reader_of_routes_panic() {
    replay("routes", routes::body);
}

fn replay(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let mut seeds: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    seeds.sort();
    assert!(seeds.len() >= 5, "the seeds of {target} are missing");
    let contents: Vec<Vec<u8>> = seeds.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for (number, content) in contents.iter().enumerate() {
        body(content);
        let other = &contents[(number + 1) % contents.len()];
        for change in 0..CHANGES {
            body(&changed(content, other, change));
        }
    }
}

/// One of a few kinds of damage, the same for the same number.
fn changed(content: &[u8], other: &[u8], number: u64) -> Vec<u8> {
    let hash = |what: &str| model::fingerprint::of(&format!("{what}{number}{}", content.len()));
    let place = |what: &str, length: usize| {
        usize::try_from(hash(what) % (length as u64 + 1)).unwrap_or_default()
    };
    let (from, to) = (place("from", content.len()), place("to", content.len()));
    let (from, to) = (from.min(to), from.max(to));
    let mut changed = content.to_vec();
    match number % 5 {
        0 => changed.truncate(from),
        1 => drop(changed.drain(from..to)),
        2 => {
            let cut = place("other", other.len());
            changed.splice(from..to, other[cut..].iter().copied());
        }
        3 => {
            const BYTES: &[u8] = b"()[]{}'\"\\,.:;=<>%_*-0\n \xc3\xa9";
            let byte = BYTES[place("byte", BYTES.len() - 1)];
            changed.insert(from, byte);
        }
        _ => {
            let piece = content[from..to].to_vec();
            changed.splice(to..to, piece.repeat(3));
        }
    }
    changed
}
