//! PURE. Buttons, their overflow menus, and chips. A link is the only thing a webhook's card can
//! do; a button that does anything else is drawn disabled and flagged.

use maud::{Markup, html};

use super::colour::{Rgb, WHITE};
use super::icon;
use super::link::HttpsLink;
use super::message::{Button, ButtonStyle, Chip, ChipList, MenuItem, OnClick};

pub(super) fn list(buttons: &[Button]) -> Markup {
    html! { div .buttons { @for button in buttons { (draw(button)) } } }
}

pub(super) fn draw(button: &Button) -> Markup {
    let class = class(button);
    let label = button.alt_text.as_deref().filter(|alt| Some(*alt) != button.text.as_deref());
    if let (Some(menu), false) = (&button.on_click.overflow_menu, button.disabled) {
        return html! {
            div .menu {
                button type="button" class=(class) aria-label=[label] aria-haspopup="true"
                    aria-expanded="false" data-menu { (face(button)) }
                ul .menu-items hidden { @for item in &menu.items { (menu_item(item)) } }
            }
        };
    }
    let open = link(&button.on_click).filter(|_| !button.disabled);
    html! {
        @match open {
            Some(link) => a class=(class) href=(link) target="_blank" rel="noopener noreferrer"
                aria-label=[label] { (face(button)) },
            None => span class=(class) aria-disabled="true" { (face(button)) },
        }
    }
}

fn class(button: &Button) -> &'static str {
    let ink = button.color.map(|color| Rgb::of(color).ink() == WHITE);
    match (ink, button.style) {
        (Some(true), _) => "button painted white-ink",
        (Some(false), _) => "button painted black-ink",
        (None, ButtonStyle::Filled) => "button filled",
        (None, ButtonStyle::FilledTonal) => "button tonal",
        (None, ButtonStyle::Borderless) => "button borderless",
        (None, ButtonStyle::Outlined | ButtonStyle::Other) => "button outlined",
    }
}

/// A colour of the card's own comes as the `fill` of a shape: no inline style is needed.
fn face(button: &Button) -> Markup {
    html! {
        @if let Some(color) = button.color {
            svg .paint aria-hidden="true" focusable="false" data-paint=(Rgb::of(color)) {
                rect width="100%" height="100%" fill=(Rgb::of(color)) {}
            }
        }
        @if let Some(icon) = &button.icon { (icon::draw(icon)) }
        @if let Some(text) = &button.text { span .label { (text) } }
    }
}

fn menu_item(item: &MenuItem) -> Markup {
    let face = html! {
        @if let Some(icon) = &item.start_icon { (icon::draw(icon)) }
        (item.text)
    };
    html! {
        li {
            @match link(&item.on_click).filter(|_| !item.disabled) {
                Some(link) => a href=(link) target="_blank" rel="noopener noreferrer" { (face) },
                None => span aria-disabled="true" { (face) },
            }
        }
    }
}

pub(super) fn link(on_click: &OnClick) -> Option<HttpsLink> {
    HttpsLink::upgraded(&on_click.open_link.as_ref()?.url)
}

pub(super) fn chips(list: &ChipList) -> Markup {
    let scrolls = list.layout.as_deref() == Some("HORIZONTAL_SCROLLABLE");
    html! { div .chips .scrolls[scrolls] { @for chip in &list.chips { (draw_chip(chip)) } } }
}

fn draw_chip(chip: &Chip) -> Markup {
    let face = html! {
        @if let Some(icon) = &chip.icon { (icon::draw(icon)) }
        @if let Some(label) = &chip.label { span { (label) } }
    };
    let label = chip.alt_text.as_deref().filter(|_| chip.label.is_none());
    html! {
        @match chip.on_click.as_ref().and_then(link).filter(|_| !chip.disabled) {
            Some(link) => a .chip href=(link) target="_blank" rel="noopener noreferrer"
                aria-label=[label] { (face) },
            None => span .chip .disabled[chip.disabled] { (face) },
        }
    }
}
