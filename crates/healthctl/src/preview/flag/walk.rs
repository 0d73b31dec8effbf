//! PURE. The walk over a card that finds what to flag.

use super::Flag;
use crate::preview::button::link;
use crate::preview::card_html;
use crate::preview::message::{
    Button, Card, Decorated, Icon, OnClick, Paragraph, Section, Widget, WidgetKind,
};
use crate::preview::text::Formatted;

pub(super) fn card(card: &Card, found: &mut Vec<Flag>) {
    if card.header.as_ref().is_some_and(|header| header.title.trim().is_empty()) {
        found.push(Flag::NoTitle);
    }
    for (at, section) in card.sections.iter().enumerate() {
        self::section(section, &place(at, section), found);
    }
}

/// Sections are counted from one, and named when they have a header.
fn place(at: usize, section: &Section) -> String {
    match &section.header {
        Some(header) => format!("{} (\"{header}\")", at + 1),
        None => (at + 1).to_string(),
    }
}

fn section(section: &Section, at: &str, found: &mut Vec<Flag>) {
    if section.widgets.is_empty() {
        found.push(Flag::EmptySection(at.to_owned()));
    }
    if let Some(header) = &section.header {
        html(header, found);
    }
    for widget in &section.widgets {
        self::widget(widget, at, found);
    }
}

fn widget(widget: &Widget, at: &str, found: &mut Vec<Flag>) {
    if is_empty(&widget.kind) {
        found.push(Flag::EmptyWidget(at.to_owned()));
    }
    match &widget.kind {
        WidgetKind::Paragraph(text) => paragraph(text, found),
        WidgetKind::Decorated(row) => decorated(row, at, found),
        WidgetKind::Buttons(list) => {
            for item in list {
                button(item, found);
            }
        }
        WidgetKind::Columns(columns) => {
            if columns.len() > 2 {
                found.push(Flag::TooManyColumns(columns.len()));
            }
            let nested = columns.iter().flat_map(|column| &column.widgets);
            nested.for_each(|inner| self::widget(inner, at, found));
        }
        WidgetKind::Image(image) => clicked(image.on_click.as_ref(), found),
        WidgetKind::Chips(list) => {
            for chip in &list.chips {
                icon(chip.icon.as_ref(), found);
                clicked(chip.on_click.as_ref(), found);
            }
        }
        WidgetKind::Carousel(slides) => {
            for slide in slides {
                let nested = slide.widgets.iter().chain(&slide.footer_widgets);
                nested.for_each(|inner| self::widget(inner, at, found));
            }
        }
        WidgetKind::Grid(_) | WidgetKind::Divider => {}
        WidgetKind::Unknown(name) => found.push(Flag::UnknownWidget(name.clone())),
    }
}

fn is_empty(kind: &WidgetKind) -> bool {
    match kind {
        WidgetKind::Paragraph(text) => text.text.is_empty(),
        WidgetKind::Decorated(row) => {
            row.text.as_deref().unwrap_or_default().is_empty() && row.content_text.is_none()
        }
        WidgetKind::Buttons(list) => list.is_empty(),
        WidgetKind::Columns(columns) => columns.iter().any(|column| column.widgets.is_empty()),
        WidgetKind::Grid(grid) => grid.items.is_empty(),
        WidgetKind::Image(image) => image.image_url.is_empty(),
        WidgetKind::Chips(list) => list.chips.is_empty(),
        WidgetKind::Carousel(slides) => slides.is_empty(),
        WidgetKind::Divider | WidgetKind::Unknown(_) => false,
    }
}

fn decorated(row: &Decorated, at: &str, found: &mut Vec<Flag>) {
    let labels = [&row.top_label, &row.text, &row.bottom_label];
    labels.into_iter().flatten().for_each(|label| html(label, found));
    let rich = [&row.top_label_text, &row.content_text, &row.bottom_label_text];
    rich.into_iter().flatten().for_each(|text| paragraph(text, found));
    if row.button.is_some() && row.end_icon.is_some() {
        found.push(Flag::ButtonAndIcon(at.to_owned()));
    }
    icon(row.start_icon.as_ref(), found);
    icon(row.end_icon.as_ref(), found);
    clicked(row.on_click.as_ref(), found);
    if let Some(item) = &row.button {
        button(item, found);
    }
}

fn button(item: &Button, found: &mut Vec<Flag>) {
    let name = item.text.as_deref().or(item.alt_text.as_deref()).unwrap_or_default();
    icon(item.icon.as_ref(), found);
    clicked(Some(&item.on_click), found);
    match &item.on_click.overflow_menu {
        None if item.on_click.open_link.is_none() => {
            found.push(Flag::DeadButton(name.to_owned()));
        }
        None => {}
        Some(menu) => {
            for entry in &menu.items {
                icon(entry.start_icon.as_ref(), found);
                clicked(Some(&entry.on_click), found);
                if entry.on_click.open_link.is_none() {
                    found.push(Flag::DeadButton(entry.text.clone()));
                }
            }
        }
    }
}

fn clicked(on_click: Option<&OnClick>, found: &mut Vec<Flag>) {
    let Some(on_click) = on_click else { return };
    if let (Some(open), None) = (&on_click.open_link, link(on_click)) {
        found.push(Flag::UnsafeLink(open.url.clone()));
    }
}

fn icon(icon: Option<&Icon>, found: &mut Vec<Flag>) {
    found.extend(icon.and_then(Flag::of_icon));
}

fn paragraph(text: &Paragraph, found: &mut Vec<Flag>) {
    if text.text_syntax.as_deref() != Some("MARKDOWN") {
        html(&text.text, found);
    }
}

fn html(source: &str, found: &mut Vec<Flag>) {
    formatted(&card_html::parse(source), source, found);
}

pub(super) fn formatted(parsed: &Formatted, source: &str, found: &mut Vec<Flag>) {
    found.extend(parsed.faults.iter().map(|fault| Flag::of_fault(fault, source)));
    found.extend(parsed.colours().into_iter().filter_map(Flag::of_colour));
}
