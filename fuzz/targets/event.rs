//! The reader of records: whatever the bytes, events or a reason each; and what was read becomes an
//! alert that is read back from its JSON as it was.

#![cfg_attr(fuzzing, no_main)]

use jiff::Timestamp;
use model::Alert;

pub(crate) fn body(data: &[u8]) {
    let now = Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
    let whole = model::read(data);
    assert!(!whole.is_empty(), "neither read nor refused");
    let listing = model::record::read_listing(data, 2);
    assert_eq!(whole.len(), listing.len(), "the listing reader found other records");
    for (whole, listing) in whole.iter().zip(&listing) {
        let (Ok(event), Ok(listing)) = (whole, listing) else {
            assert_eq!(whole.is_ok(), listing.is_ok());
            continue;
        };
        let _ = (model::record::order_hint(event), event.subject(), event.is_resolved(now));
        let alert = Alert::of(event, now);
        let shorter = Alert::of(listing, now);
        assert_eq!(alert.resources.total, shorter.resources.total, "resources were not counted");
        let mut json = Vec::new();
        assert!(model::json::write(&mut json, &alert).is_ok(), "an alert has no JSON");
        let Ok(json) = String::from_utf8(json) else { panic!("no text") };
        let again: Result<Alert, _> = serde_json::from_str(&json);
        assert_eq!(again.ok().as_ref(), Some(&alert), "{json}");
    }
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
