//! PURE. A Chat message as Google Chat draws it: the inbox and `render --format html` share this.
//!
//! Answers what a person would see, and what Chat would drop or refuse ([`flags`]). It fetches
//! nothing: icons are drawn from paths in the file, images are named, not shown. It does not
//! check the message against the schema; it reads whatever is there.

mod button;
mod card;
mod card_html;
mod chat_text;
mod colour;
mod flag;
mod icon;
mod link;
mod message;
pub(crate) mod page;
pub(crate) mod policy;
mod text;
mod widget;

use maud::{Markup, html};
use serde_json::value::RawValue;

pub use flag::{Flag, flags};
pub use page::page;

/// The look of cards, for any page that shows [`message`] fragments.
pub const STYLE: &str = include_str!("preview/preview.css");
/// Folding, menus and the light/dark switch, for any page that shows [`message`] fragments.
pub const SCRIPT: &str = include_str!("preview/preview.js");

/// What a message may weigh, contents included:
/// <https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create>
pub const MAX_BYTES: usize = 32_000;
/// <https://developers.google.com/workspace/chat/api/reference/rest/v1/cards>
pub const MAX_WIDGETS: usize = 100;

/// One message body, drawn: the notification, the message, its weight and its flags.
pub fn message(body: &RawValue) -> Markup {
    let flags = flags(body);
    html! {
        div .preview {
            @if let Ok(read) = message::Message::read(body) { (drawn(&read, body, &flags)) }
            @if !flags.is_empty() { (flag::list(&flags)) }
        }
    }
}

/// What a phone says when the message arrives, as plain text.
pub fn sentence(body: &RawValue) -> Option<String> {
    let read = message::Message::read(body).ok()?;
    read.notification().map(chat_text::plain)
}

fn drawn(read: &message::Message, body: &RawValue, flags: &[Flag]) -> Markup {
    html! {
        @if let Some(sentence) = read.notification() { (notification(sentence)) }
        div .message {
            span .avatar aria-hidden="true" { "📦" }
            div .sender { b { "delibird" } " " span .app { "App" } }
            div .body {
                @if let Some(text) = &read.text { p .line { (chat_text::parse(text).markup()) } }
                @for with_id in &read.cards { (card::draw(&with_id.card)) }
            }
        }
        (facts(read, body, flags))
    }
}

/// As a phone would show it: two lines, then nothing.
fn notification(sentence: &str) -> Markup {
    html! {
        div .phone role="note" aria-label="Phone notification" {
            span .phone-icon aria-hidden="true" { (icon::drawing("chat")) }
            span .phone-app { "Chat · delibird" }
            p .phone-text { (chat_text::plain(sentence)) }
        }
    }
}

fn facts(read: &message::Message, body: &RawValue, flags: &[Flag]) -> Markup {
    let bytes = body.get().len();
    html! {
        p .facts {
            span .over[bytes > MAX_BYTES] { (grouped(bytes)) " / " (grouped(MAX_BYTES)) " bytes" }
            " · "
            span .over[read.widgets() > MAX_WIDGETS] { (read.widgets()) " / " (MAX_WIDGETS) " widgets" }
            @if let Some(key) = read.thread_key() { " · thread " code { (key) } }
            @if !flags.is_empty() { " · " b .over { (flags.len()) @if flags.len() == 1 { " flag" } @else { " flags" } } }
        }
    }
}

/// `32,000`: a reader compares sizes at a glance.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
