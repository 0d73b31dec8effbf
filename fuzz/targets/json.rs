//! Our reader and writer of JSON beside `serde_json`: the same documents, refused alike, written alike.

#![cfg_attr(fuzzing, no_main)]

use model::json::{self, Reader};
use serde_json::Value;

pub(crate) fn body(data: &[u8]) {
    let Ok(document) = std::str::from_utf8(data) else { return };
    let ours = Reader::whole(document, Reader::value);
    let skipped = Reader::whole(document, Reader::skip);
    assert_eq!(ours.as_ref().err(), skipped.as_ref().err(), "skipping is reading");
    match serde_json::from_str::<Value>(document) {
        Ok(theirs) => {
            let mut written = Vec::new();
            assert!(json::write(&mut written, &theirs).is_ok());
            assert_eq!(String::from_utf8(written).as_ref(), Ok(&theirs.to_string()));
            assert_eq!(ours, Ok(theirs));
        }
        Err(error) => {
            let error = error.to_string();
            // Numbers beyond all real ones, and halves of pairs, which we take.
            let ours_alone =
                ["number out of range", "lone leading surrogate", "unexpected end of hex escape"];
            let alone = ours_alone.iter().any(|words| error.starts_with(words));
            assert!(alone || ours.is_err(), "{error}");
        }
    }
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
