//! A request of metrics as API Gateway hands it over, or its body alone: whatever the bytes, a batch
//! or faults, an answer that is JSON and holds no access key; and the frame of a batch is read back
//! by the reader that shares nothing with its writer.

#![cfg_attr(fuzzing, no_main)]

use custom::metric::{self, AccessKeyIn, BUILT_IN_CATEGORIES, Batch, Host, Rules};
use custom::respond::gateway::Event;
use custom::respond::{Outcome, respond};
use custom::{emf, whatap::wire};
use healthctl::metrics::Pack;
use jiff::Timestamp;

/// Of a frame, before the pack.
const HEADER: usize = 22;

pub(crate) fn body(data: &[u8]) {
    for access_key in [AccessKeyIn::Body, AccessKeyIn::Store] {
        take(data, access_key);
        let Ok(event) = serde_json::from_slice::<Event>(data) else { continue };
        match event.into_body() {
            Ok(body) => take(&body, access_key),
            Err(outcome) => answer(&outcome),
        }
    }
}

fn take(body: &[u8], access_key: AccessKeyIn) {
    let now = Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
    let Ok(default_host) = Host::new("fuzz") else { panic!("a host was refused") };
    let reserved_categories = BUILT_IN_CATEGORIES.map(str::to_owned).to_vec();
    match metric::parse(body, &Rules { default_host, access_key, reserved_categories }, now) {
        Ok(batch) => sent(&batch),
        Err(faults) => {
            assert!(!faults.is_empty(), "refused without a reason");
            answer(&Outcome::Invalid(faults));
        }
    }
}

fn sent(batch: &Batch) {
    answer(&Outcome::Accepted(batch.datas.len()));
    assert!(emf::documents(batch, "Custom").is_ok());
    let Some(key) = &batch.access_key else { return };
    let frame = wire::frame_of(batch, key);
    let pack = match Pack::read(&frame[HEADER..]) {
        Ok(pack) => pack,
        Err(reason) => panic!("the frame cannot be read: {reason}"),
    };
    assert_eq!(pack.pcode, batch.pcode.get());
    assert_eq!(pack.category, batch.category.as_str());
    let written = batch.datas.iter().map(|data| (data.key.as_str(), data.value.get()));
    let read = pack.datas.iter().map(|(key, value)| (key.as_str(), *value));
    assert!(written.eq(read), "other values were read than were written");
}

fn answer(outcome: &Outcome) {
    let answer = respond(outcome, "request");
    assert!(serde_json::from_str::<serde_json::Value>(&answer.body).is_ok());
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
