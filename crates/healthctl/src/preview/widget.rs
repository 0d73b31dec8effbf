//! PURE. Every widget a webhook may send, drawn.

use maud::{Markup, html};

use super::button;
use super::card_html;
use super::icon;
use super::message::{
    Alignment, Column, Decorated, Grid, GridItem, Image, OnClick, Paragraph, Slide, Widget,
    WidgetKind,
};

pub(super) fn draw(widget: &Widget) -> Markup {
    if matches!(widget.kind, WidgetKind::Unknown(_)) {
        return html! {};
    }
    html! {
        div class={ "widget " (aligned(widget.alignment)) } {
            @match &widget.kind {
                WidgetKind::Paragraph(paragraph) => (draw_paragraph(paragraph)),
                WidgetKind::Decorated(decorated) => (draw_decorated(decorated)),
                WidgetKind::Buttons(buttons) => (button::list(buttons)),
                WidgetKind::Columns(columns) => (draw_columns(columns)),
                WidgetKind::Grid(grid) => (draw_grid(grid)),
                WidgetKind::Image(image) => (draw_image(image)),
                WidgetKind::Chips(chips) => (button::chips(chips)),
                WidgetKind::Carousel(slides) => (draw_carousel(slides)),
                WidgetKind::Divider => hr;,
                WidgetKind::Unknown(_) => {},
            }
        }
    }
}

pub(super) fn aligned(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::Start | Alignment::Other => "at-start",
        Alignment::Center => "at-center",
        Alignment::End => "at-end",
    }
}

/// `maxLines` hides the rest behind a button of its own; the page shows it when lines are hidden.
fn draw_paragraph(paragraph: &Paragraph) -> Markup {
    let text = text(paragraph);
    match paragraph.max_lines.filter(|lines| *lines > 0) {
        None => html! { div .text { (text) } },
        Some(lines) => html! {
            div .clamp {
                div class={ "text lines lines-" (lines.min(20)) } { (text) }
                button .more type="button" aria-expanded="false" data-clamp hidden {
                    span { "Show more" } (icon::drawing("expand_more"))
                }
            }
        },
    }
}

/// Chat's Markdown is new and undrawn: the text is shown with its marks.
fn text(paragraph: &Paragraph) -> Markup {
    if paragraph.text_syntax.as_deref() == Some("MARKDOWN") {
        return html! { (paragraph.text) };
    }
    card_html::parse(&paragraph.text).markup()
}

fn draw_decorated(decorated: &Decorated) -> Markup {
    let top = decorated.start_icon_vertical_alignment.as_deref();
    let icon_at = match top {
        Some("TOP") => "icon-top",
        Some("BOTTOM") => "icon-bottom",
        _ => "icon-middle",
    };
    html! {
        div class={ "decorated " (icon_at) } {
            @if let Some(icon) = &decorated.start_icon { (icon::draw(icon)) }
            div .words { (words(decorated)) }
            @if let Some(button) = &decorated.button { (button::draw(button)) }
            @else if let Some(icon) = &decorated.end_icon { (icon::draw(icon)) }
        }
    }
}

fn words(decorated: &Decorated) -> Markup {
    let label = |plain: &Option<String>, rich: &Option<Paragraph>| match (rich, plain) {
        (Some(rich), _) => Some(text(rich)),
        (None, Some(plain)) => Some(card_html::parse(plain).markup()),
        (None, None) => None,
    };
    let content = label(&decorated.text, &decorated.content_text);
    html! {
        @if let Some(top) = label(&decorated.top_label, &decorated.top_label_text) {
            div .top-label { (top) }
        }
        @if let Some(content) = content {
            div .content .wraps[decorated.wrap_text || decorated.content_text.is_some()] {
                (linked(decorated.on_click.as_ref(), &content))
            }
        }
        @if let Some(bottom) = label(&decorated.bottom_label, &decorated.bottom_label_text) {
            div .bottom-label { (bottom) }
        }
    }
}

fn linked(on_click: Option<&OnClick>, inner: &Markup) -> Markup {
    html! {
        @match on_click.and_then(button::link) {
            Some(link) => a .whole href=(link) target="_blank" rel="noopener noreferrer" { (inner) },
            None => (inner),
        }
    }
}

fn draw_columns(columns: &[Column]) -> Markup {
    html! {
        div .columns {
            // Chat shows two and ignores the rest.
            @for column in columns.iter().take(2) {
                div class={ "column " (column_class(column)) " " (aligned(column.horizontal_alignment)) } {
                    @for widget in &column.widgets { (draw(widget)) }
                }
            }
        }
    }
}

fn column_class(column: &Column) -> &'static str {
    let narrow = column.horizontal_size_style.as_deref() == Some("FILL_MINIMUM_SPACE");
    match (narrow, column.vertical_alignment.as_deref()) {
        (true, Some("CENTER")) => "narrow v-center",
        (true, Some("BOTTOM")) => "narrow v-bottom",
        (true, _) => "narrow v-top",
        (false, Some("CENTER")) => "wide v-center",
        (false, Some("BOTTOM")) => "wide v-bottom",
        (false, _) => "wide v-top",
    }
}

fn draw_grid(grid: &Grid) -> Markup {
    let columns = grid.column_count.unwrap_or(2).clamp(1, 6);
    let border = grid.border_style.as_ref().and_then(|style| style.kind.as_deref());
    let border = if border == Some("STROKE") { " stroked" } else { "" };
    html! {
        @if let Some(title) = &grid.title { div .grid-title { (title) } }
        div class={ "grid cols-" (columns) (border) } {
            @for item in &grid.items { (grid_item(item)) }
        }
    }
}

fn grid_item(item: &GridItem) -> Markup {
    let image = html! {
        @if let Some(image) = &item.image {
            (placeholder(image.alt_text.as_deref(), &image.image_uri))
        }
    };
    let words = html! {
        @if let Some(title) = &item.title { div .cell-title { (title) } }
        @if let Some(subtitle) = &item.subtitle { div .cell-subtitle { (subtitle) } }
    };
    html! {
        div .cell {
            @if item.layout.as_deref() == Some("TEXT_ABOVE") { (words) (image) }
            @else { (image) (words) }
        }
    }
}

fn draw_image(image: &Image) -> Markup {
    linked(image.on_click.as_ref(), &placeholder(image.alt_text.as_deref(), &image.image_url))
}

/// Google fetches images; a preview that did would leak what it shows.
fn placeholder(alt: Option<&str>, url: &str) -> Markup {
    let alt = alt.unwrap_or("image without alt text");
    html! {
        span .image role="img" aria-label=(alt) title=(url) {
            (icon::drawing("image")) span { (alt) }
        }
    }
}

fn draw_carousel(slides: &[Slide]) -> Markup {
    html! {
        div .carousel tabindex="0" role="group" aria-label="Carousel" {
            @for slide in slides {
                div .slide {
                    @for widget in slide.widgets.iter().chain(&slide.footer_widgets) { (draw(widget)) }
                }
            }
        }
    }
}
