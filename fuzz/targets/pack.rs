//! What comes in WhaTap's place over TCP: whatever the bytes of a pack, its values or a reason.

#![cfg_attr(fuzzing, no_main)]

use healthctl::metrics::Pack;

pub(crate) fn body(data: &[u8]) {
    match Pack::read(data) {
        // Each value has a key of at least a byte, its type and its length.
        Ok(pack) => assert!(pack.datas.len() + pack.tags.len() <= data.len()),
        Err(reason) => assert!(!reason.to_string().is_empty()),
    }
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
