//! What must hold for every message, whatever its alert.

use std::sync::LazyLock;

use delibird::card::clean;
use delibird::{Rendered, posts, render};
use jiff::Timestamp;
use model::Alert;
use serde_json::Value;

/// Of the 32,000 Google allows.
const MAX_BYTES: usize = 30_000;
const MAX_WIDGETS: usize = 100;

pub(crate) fn now() -> Timestamp {
    "2026-11-21T00:30:00Z".parse().unwrap()
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = include_str!("../schema/chat-webhook-message.schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
});

/// Renders and holds the message, and every post of the alert, against all limits.
pub(crate) fn checked(alert: &Alert) -> Rendered {
    let rendered = render(alert, now());
    check_body(&rendered.body, rendered.message.widgets());
    for post in posts(alert, now()) {
        check_body(&post.body, post.message.widgets());
        check_body(&delibird::limits::bytes(&post.as_text()), 0);
    }
    rendered
}

fn check_body(body: &[u8], widgets: usize) {
    let json: Value = serde_json::from_slice(body).unwrap();
    if let Err(error) = SCHEMA.validate(&json) {
        panic!("{error} at {}", error.instance_path());
    }
    assert!(body.len() <= MAX_BYTES, "{} bytes", body.len());
    assert!(widgets <= MAX_WIDGETS, "{widgets} widgets");
    for (path, text) in strings(&json) {
        check_text(&path, text);
    }
}

/// Every string of a message with its path.
pub(crate) fn strings(json: &Value) -> Vec<(String, &str)> {
    fn walk<'a>(path: &str, json: &'a Value, found: &mut Vec<(String, &'a str)>) {
        match json {
            Value::String(text) => found.push((path.to_owned(), text)),
            Value::Array(items) => items.iter().for_each(|item| walk(path, item, found)),
            Value::Object(map) => {
                map.iter().for_each(|(key, item)| walk(&format!("{path}.{key}"), item, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk("", json, &mut found);
    found
}

fn check_text(path: &str, text: &str) {
    let chat_text = path == ".text" || path == ".fallbackText";
    // Our own breaks in `text` are the only zero-width characters there may be.
    let bare = if chat_text { text.replace('\u{200B}', "") } else { text.to_owned() };
    assert_eq!(clean(&bare), bare, "{path}: not clean");
    let field = path.rsplit('.').next().unwrap();
    let is_html = matches!(field, "topLabel" | "bottomLabel")
        || field == "text"
            && (path.contains("textParagraph") || path.ends_with("decoratedText.text"))
        || field == "header" && path.contains("sections");
    if is_html {
        check_html(path, text);
    } else if !chat_text {
        assert!(!text.contains(['<', '>', '\n']), "{path}: {text}");
    }
    if field == "url" {
        assert!(text.starts_with("https://"), "{path}: {text}");
    }
}

/// Tags are ours, opened and closed in order; every `&` begins an entity we write.
fn check_html(path: &str, html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>', '&']) {
        rest = &rest[at..];
        if rest.starts_with('&') {
            let known = ["&amp;", "&lt;", "&gt;", "&quot;"];
            assert!(known.iter().any(|entity| rest.starts_with(entity)), "{path}: {rest}");
            rest = &rest[1..];
            continue;
        }
        assert!(rest.starts_with('<'), "{path}: a bare > in {html}");
        let end = rest.find('>').unwrap_or_else(|| panic!("{path}: an open tag in {html}"));
        match &rest[1..end] {
            "br" => {}
            "b" => open.push("b"),
            "code" => open.push("code"),
            tag if tag.starts_with("a href=\"https://") && tag.matches('"').count() == 2 => {
                open.push("a");
            }
            tag if tag.starts_with("font color=\"#") && tag.len() == 20 => open.push("font"),
            tag if tag.starts_with('/') => {
                assert_eq!(open.pop(), Some(&tag[1..]), "{path}: {html}");
            }
            tag => panic!("{path}: <{tag}> in {html}"),
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{path}: {open:?} left open in {html}");
}
