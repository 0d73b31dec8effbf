//! The card of any alert, ours or of a release to come, and of any event, in both languages: within
//! the bytes and widgets that Google Chat takes, and nothing in it that a reader's eyes or a link
//! could be deceived by.

#![cfg_attr(fuzzing, no_main)]

use delibird::card::Message;
use delibird::{limits, posts};
use jiff::Timestamp;
use model::Alert;
use serde_json::Value;

/// <https://developers.google.com/workspace/chat/create-messages>
const BYTES: usize = 32_000;
/// <https://developers.google.com/workspace/chat/api/reference/rest/v1/cards>
const WIDGETS: usize = 100;

pub(crate) fn body(data: &[u8]) {
    let now = Timestamp::from_second(1_800_000_000).unwrap_or(Timestamp::UNIX_EPOCH);
    let alerts = match serde_json::from_slice::<Alert>(data) {
        Ok(alert) => vec![alert],
        Err(_) => model::read(data).iter().flatten().map(|event| Alert::of(event, now)).collect(),
    };
    for mut alert in alerts {
        for locale in ["ko", "en"] {
            locale.clone_into(&mut alert.target.locale);
            for post in posts(&alert, now) {
                let text = post.as_text();
                check(&post.message, &post.body);
                check(&text, &limits::bytes(&text));
            }
        }
    }
}

fn check(message: &Message, body: &[u8]) {
    assert!(body.len() <= BYTES, "{} bytes", body.len());
    assert!(message.widgets() <= WIDGETS, "{} widgets", message.widgets());
    let Ok(message) = serde_json::from_slice::<Value>(body) else { panic!("no JSON") };
    every_text(&message, &mut |text| {
        let deceiving = text.chars().find(|sign| deceives(*sign));
        assert_eq!(deceiving, None, "{text:?}");
    });
}

/// Control characters but tab and line feed, and those that turn the order of what follows.
fn deceives(sign: char) -> bool {
    (sign.is_control() && !"\n\t".contains(sign))
        || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

fn every_text(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| every_text(item, see)),
        Value::Object(members) => members.values().for_each(|member| every_text(member, see)),
        _ => {}
    }
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| body(data));
