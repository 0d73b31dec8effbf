//! What Lambda hands to delibird: whatever the bytes, records with an alert or a reason each, the
//! same when they are read again.

#![cfg_attr(fuzzing, no_main)]

use delibird::envelope;
use jiff::Timestamp;

pub(crate) fn body(data: &[u8]) {
    let now = Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
    let records = envelope::read(data, now);
    assert!(records == envelope::read(data, now), "read twice, it says something else");
    for alert in records.iter().flat_map(|record| &record.alerts) {
        match alert {
            Ok(alert) => assert!(serde_json::to_string(alert).is_ok()),
            Err(reason) => assert!(!reason.to_string().is_empty()),
        }
    }
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
