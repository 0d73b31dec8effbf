//! PURE. What Chat would drop, refuse or spoil, found before it is posted.

mod walk;

use std::fmt;

use maud::{Markup, html};
use serde_json::value::RawValue;

use super::colour::Rgb;
use super::message::Message;
use super::text::Fault;
use super::{MAX_BYTES, MAX_WIDGETS, icon};

/// One finding. The text says where, in the words of the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flag {
    Unreadable(String),
    TooLarge(usize),
    TooManyWidgets(usize),
    NothingToShow,
    NoNotification,
    NoTitle,
    EmptySection(String),
    EmptyWidget(String),
    UnknownWidget(String),
    UnknownIcon(String),
    ForeignIcon(String),
    TooManyColumns(usize),
    ButtonAndIcon(String),
    DeadButton(String),
    UnsafeLink(String),
    Markup(String, String),
    FaintColour(String),
}

impl fmt::Display for Flag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "not a message: {error}"),
            Self::TooLarge(bytes) => write!(f, "{bytes} bytes: Chat refuses more than {MAX_BYTES}"),
            Self::TooManyWidgets(widgets) => {
                write!(
                    f,
                    "{widgets} widgets: Chat ignores the section that passes {MAX_WIDGETS} and all after it"
                )
            }
            Self::NothingToShow => f.write_str("neither text nor card: Chat refuses it"),
            Self::NoNotification => {
                f.write_str("no fallbackText: phones say \"sent an attachment\"")
            }
            Self::NoTitle => f.write_str("card header without a title: Chat refuses it"),
            Self::EmptySection(at) => write!(f, "empty section {at}: Chat drops it"),
            Self::EmptyWidget(at) => {
                write!(f, "empty widget in section {at}: Chat drops or refuses it")
            }
            Self::UnknownWidget(name) if name.is_empty() => f.write_str("widget without content"),
            Self::UnknownWidget(name) => write!(f, "unknown widget `{name}`: Chat refuses it"),
            Self::UnknownIcon(name) => {
                write!(f, "icon `{name}` is not known here: Chat draws nothing for a wrong name")
            }
            Self::ForeignIcon(url) => write!(f, "icon from outside, {url}: Google fetches it"),
            Self::TooManyColumns(columns) => write!(f, "{columns} columns: Chat takes two"),
            Self::ButtonAndIcon(at) => {
                write!(f, "button and end icon in section {at}: Chat takes one")
            }
            Self::DeadButton(text) => {
                write!(f, "button \"{text}\" opens no link: dead in a webhook")
            }
            Self::UnsafeLink(url) => {
                write!(f, "unsafe link {url:?}: only https to a host is drawn")
            }
            Self::Markup(fault, text) => write!(f, "{fault} in \"{text}\""),
            Self::FaintColour(colour) => {
                write!(f, "colour {colour} is hard to read in light or dark (contrast below 3)")
            }
        }
    }
}

/// Everything worth saying about a body, without repeats, in the order of the card.
pub fn flags(body: &RawValue) -> Vec<Flag> {
    let mut found = Vec::new();
    let bytes = body.get().len();
    if bytes > MAX_BYTES {
        found.push(Flag::TooLarge(bytes));
    }
    match Message::read(body) {
        Ok(message) => of_message(&message, &mut found),
        Err(error) => found.push(Flag::Unreadable(error.to_string())),
    }
    let mut unique = Vec::with_capacity(found.len());
    for flag in found {
        if !unique.contains(&flag) {
            unique.push(flag);
        }
    }
    unique
}

fn of_message(message: &Message, found: &mut Vec<Flag>) {
    let widgets = message.widgets();
    if widgets > MAX_WIDGETS {
        found.push(Flag::TooManyWidgets(widgets));
    }
    if message.text.is_none() && message.cards.is_empty() {
        found.push(Flag::NothingToShow);
    }
    if message.notification().is_none() {
        found.push(Flag::NoNotification);
    }
    if let Some(text) = &message.text {
        walk::formatted(&super::chat_text::parse(text), text, found);
    }
    for with_id in &message.cards {
        walk::card(&with_id.card, found);
    }
}

impl Flag {
    fn of_fault(fault: &Fault, text: &str) -> Self {
        let what = match fault {
            Fault::UnescapedLess => "unescaped `<`".to_owned(),
            Fault::UnescapedAmpersand => "unescaped `&`".to_owned(),
            Fault::UnknownTag(name) => format!("tag `<{name}>` that Chat does not know"),
            Fault::Unclosed(name) => format!("`<{name}>` is never closed"),
            Fault::Stray(name) => format!("`</{name}>` closes nothing"),
            Fault::BadColour(colour) => format!("colour {colour:?} is not #RRGGBB"),
            Fault::TooDeep => "tags nested too deep".to_owned(),
            Fault::UnsafeLink(url) => return Self::UnsafeLink(url.clone()),
        };
        Self::Markup(what, excerpt(text))
    }

    /// A card is read on white and on dark grey; below 3 even a bold word is lost.
    fn of_colour(colour: Rgb) -> Option<Self> {
        let grounds = [super::colour::WHITE, super::colour::DARK];
        let faint = grounds.iter().any(|ground| colour.contrast(*ground) < 3.0);
        faint.then(|| Self::FaintColour(colour.to_string()))
    }

    fn of_icon(icon: &super::message::Icon) -> Option<Self> {
        if let Some(url) = &icon.icon_url {
            return Some(Self::ForeignIcon(url.clone()));
        }
        if icon::is_drawn(icon) {
            return None;
        }
        let material = icon.material_icon.as_ref().map(|material| material.name.clone());
        Some(Self::UnknownIcon(material.or_else(|| icon.known_icon.clone()).unwrap_or_default()))
    }
}

fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

pub(super) fn list(flags: &[Flag]) -> Markup {
    html! {
        div .flags role="note" aria-label="What Chat would drop or refuse" {
            (icon::drawing("warning"))
            ul { @for flag in flags { li { (flag.to_string()) } } }
        }
    }
}
