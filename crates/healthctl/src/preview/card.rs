//! PURE. A card: header, sections, dividers, and the folding of sections.

use maud::{Markup, html};

use super::MAX_WIDGETS;
use super::card_html;
use super::icon;
use super::message::{Card, CollapseControl, Header, Section};
use super::widget;

pub(super) fn draw(card: &Card) -> Markup {
    let shown = shown(card);
    let dropped = card.sections.len() - shown.len();
    let undivided = card.section_divider_style.as_deref() == Some("NO_DIVIDER");
    let label = card.header.as_ref().map_or("Card", |header| header.title.as_str());
    html! {
        article .card .undivided[undivided] aria-label=(label) {
            @if let Some(header) = &card.header { (draw_header(header)) }
            @for section in shown { @if !section.widgets.is_empty() { (draw_section(section)) } }
            @if dropped > 0 {
                div .dropped { (dropped) " more not shown by Chat: over " (MAX_WIDGETS) " widgets" }
            }
        }
    }
}

/// The section that crosses the limit is ignored, with every one after it.
pub(super) fn shown(card: &Card) -> &[Section] {
    let mut total = 0;
    let fits = card.sections.iter().take_while(|section| {
        total += section.weight();
        total <= MAX_WIDGETS
    });
    &card.sections[..fits.count()]
}

fn draw_header(header: &Header) -> Markup {
    html! {
        div .card-header {
            @if header.image_url.is_some() {
                @let alt = header.image_alt_text.as_deref().unwrap_or("header image");
                span .header-image role="img" aria-label=(alt) { (icon::drawing("image")) }
            }
            div {
                h3 .title { (header.title) }
                @if let Some(subtitle) = &header.subtitle { p .subtitle { (subtitle) } }
            }
        }
    }
}

fn draw_section(section: &Section) -> Markup {
    let visible = if section.collapsible {
        section.uncollapsible_widgets_count.min(section.widgets.len())
    } else {
        section.widgets.len()
    };
    let (first, rest) = section.widgets.split_at(visible);
    let header = section.header.as_deref().map(card_html::parse);
    // Whoever hears "show more" hears of which section.
    let name = header.as_ref().map(super::text::Formatted::plain);
    html! {
        div .section role=[name.as_ref().map(|_| "group")] aria-label=[name] {
            @if let Some(header) = header {
                h4 .section-header { (header.markup()) }
            }
            @for item in first { (widget::draw(item)) }
            @if !rest.is_empty() {
                div .rest hidden { @for item in rest { (widget::draw(item)) } }
                (fold_button(section.collapse_control.as_ref()))
            }
        }
    }
}

/// The control's own words count only when both buttons are there; otherwise Chat ignores it.
fn fold_button(control: Option<&CollapseControl>) -> Markup {
    let words = control.and_then(|control| {
        let text = |button: &super::message::Button| button.text.clone();
        Some((
            text(control.expand_button.as_ref()?)?,
            text(control.collapse_button.as_ref()?)?,
            control.horizontal_alignment,
        ))
    });
    let (more, less, alignment) = words.unwrap_or_else(|| {
        ("Show more".to_owned(), "Show less".to_owned(), super::message::Alignment::Start)
    });
    html! {
        button class={ "more " (widget::aligned(alignment)) } type="button" aria-expanded="false"
            data-fold data-more=(more) data-less=(less) {
            span { (more) } (icon::drawing("expand_more"))
        }
    }
}
