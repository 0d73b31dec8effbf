//! Frames and hashes as data, computed by an encoder that shares no code with ours. The first two
//! are what WhaTap's own client writes for the same input.

use custom::metric;
use custom::whatap::wire;
use jiff::Timestamp;
use serde::Deserialize;

use crate::given::rules;

#[derive(Deserialize)]
struct Golden {
    frames: Vec<FrameRow>,
    hashes: Vec<HashRow>,
}

#[derive(Deserialize)]
struct FrameRow {
    name: String,
    now_ms: i64,
    body: String,
    frame: String,
}

#[derive(Deserialize)]
struct HashRow {
    text: String,
    hash32: i32,
    hash64: String,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../fixtures/frames.json")).unwrap()
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn a_request_becomes_the_known_frame() {
    let rows = golden().frames;
    assert_eq!(rows.len(), 12);
    for FrameRow { name, now_ms, body, frame } in rows {
        let now = Timestamp::from_millisecond(now_ms).unwrap();
        let batch = metric::parse(body.as_bytes(), &rules(), now).unwrap();
        let key = batch.access_key.clone().unwrap();
        assert_eq!(wire::frame_of(&batch, &key), bytes(&frame), "{name}");
    }
}

#[test]
fn texts_have_the_known_hashes() {
    for HashRow { text, hash32, hash64 } in golden().hashes {
        assert_eq!(wire::hash32(text.as_bytes()), hash32, "{text}");
        assert_eq!(wire::hash64(text.as_bytes()).to_string(), hash64, "{text}");
    }
}
