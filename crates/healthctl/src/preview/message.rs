//! PURE. A Chat message as read from its bytes, tolerantly: unknown fields pass, and every part
//! may be missing, because the preview must show broken messages too.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Message {
    pub(super) text: Option<String>,
    pub(super) fallback_text: Option<String>,
    #[serde(rename = "cardsV2")]
    pub(super) cards: Vec<CardWithId>,
    thread: Thread,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Thread {
    thread_key: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CardWithId {
    pub(super) card: Card,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Card {
    pub(super) header: Option<Header>,
    pub(super) sections: Vec<Section>,
    pub(super) section_divider_style: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Header {
    pub(super) title: String,
    pub(super) subtitle: Option<String>,
    pub(super) image_url: Option<String>,
    pub(super) image_alt_text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Section {
    pub(super) header: Option<String>,
    pub(super) widgets: Vec<Widget>,
    pub(super) collapsible: bool,
    pub(super) uncollapsible_widgets_count: usize,
    pub(super) collapse_control: Option<CollapseControl>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CollapseControl {
    pub(super) horizontal_alignment: Alignment,
    pub(super) expand_button: Option<Button>,
    pub(super) collapse_button: Option<Button>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Alignment {
    #[default]
    Start,
    Center,
    End,
    #[serde(other)]
    Other,
}

/// One of Chat's widgets, with its alignment.
#[derive(Debug, Deserialize)]
#[serde(from = "WidgetWire")]
pub(super) struct Widget {
    pub(super) kind: WidgetKind,
    pub(super) alignment: Alignment,
}

#[derive(Debug)]
pub(super) enum WidgetKind {
    Paragraph(Paragraph),
    Decorated(Box<Decorated>),
    Buttons(Vec<Button>),
    Columns(Vec<Column>),
    Grid(Grid),
    Image(Image),
    Chips(ChipList),
    Carousel(Vec<Slide>),
    Divider,
    /// The names found where one of the above was due; empty when there was nothing.
    Unknown(String),
}

/// On the wire a widget is an object with exactly one member of a union beside its alignment.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WidgetWire {
    horizontal_alignment: Alignment,
    text_paragraph: Option<Paragraph>,
    decorated_text: Option<Box<Decorated>>,
    button_list: Option<ButtonList>,
    columns: Option<Columns>,
    grid: Option<Grid>,
    image: Option<Image>,
    chip_list: Option<ChipList>,
    carousel: Option<Carousel>,
    divider: Option<IgnoredAny>,
    #[serde(flatten)]
    other: serde_json::Map<String, serde_json::Value>,
}

impl From<WidgetWire> for Widget {
    fn from(wire: WidgetWire) -> Self {
        let kind = wire
            .text_paragraph
            .map(WidgetKind::Paragraph)
            .or_else(|| wire.decorated_text.map(WidgetKind::Decorated))
            .or_else(|| wire.button_list.map(|list| WidgetKind::Buttons(list.buttons)))
            .or_else(|| wire.columns.map(|columns| WidgetKind::Columns(columns.column_items)))
            .or_else(|| wire.grid.map(WidgetKind::Grid))
            .or_else(|| wire.image.map(WidgetKind::Image))
            .or_else(|| wire.chip_list.map(WidgetKind::Chips))
            .or_else(|| wire.carousel.map(|slides| WidgetKind::Carousel(slides.carousel_cards)))
            .or_else(|| wire.divider.map(|_| WidgetKind::Divider))
            .unwrap_or_else(|| {
                WidgetKind::Unknown(wire.other.keys().cloned().collect::<Vec<_>>().join(", "))
            });
        Self { kind, alignment: wire.horizontal_alignment }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) max_lines: Option<i64>,
    pub(super) text_syntax: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Decorated {
    pub(super) top_label: Option<String>,
    pub(super) top_label_text: Option<Paragraph>,
    pub(super) text: Option<String>,
    pub(super) content_text: Option<Paragraph>,
    pub(super) bottom_label: Option<String>,
    pub(super) bottom_label_text: Option<Paragraph>,
    pub(super) wrap_text: bool,
    pub(super) start_icon: Option<Icon>,
    pub(super) start_icon_vertical_alignment: Option<String>,
    pub(super) end_icon: Option<Icon>,
    pub(super) button: Option<Button>,
    pub(super) on_click: Option<OnClick>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names Chat gave them")]
pub(super) struct Icon {
    pub(super) known_icon: Option<String>,
    pub(super) icon_url: Option<String>,
    pub(super) material_icon: Option<MaterialIcon>,
    pub(super) alt_text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MaterialIcon {
    pub(super) name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ButtonList {
    buttons: Vec<Button>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Button {
    pub(super) text: Option<String>,
    pub(super) icon: Option<Icon>,
    pub(super) alt_text: Option<String>,
    pub(super) color: Option<Color>,
    pub(super) disabled: bool,
    #[serde(rename = "type")]
    pub(super) style: ButtonStyle,
    pub(super) on_click: OnClick,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum ButtonStyle {
    #[default]
    Outlined,
    Filled,
    FilledTonal,
    Borderless,
    #[serde(other)]
    Other,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub(super) struct Color {
    pub(super) red: f64,
    pub(super) green: f64,
    pub(super) blue: f64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OnClick {
    pub(super) open_link: Option<OpenLink>,
    pub(super) overflow_menu: Option<OverflowMenu>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OpenLink {
    pub(super) url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OverflowMenu {
    pub(super) items: Vec<MenuItem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MenuItem {
    pub(super) text: String,
    pub(super) start_icon: Option<Icon>,
    pub(super) disabled: bool,
    pub(super) on_click: OnClick,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Columns {
    column_items: Vec<Column>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Column {
    pub(super) horizontal_size_style: Option<String>,
    pub(super) horizontal_alignment: Alignment,
    pub(super) vertical_alignment: Option<String>,
    pub(super) widgets: Vec<Widget>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Grid {
    pub(super) title: Option<String>,
    pub(super) column_count: Option<i64>,
    pub(super) border_style: Option<BorderStyle>,
    pub(super) items: Vec<GridItem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BorderStyle {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GridItem {
    pub(super) title: Option<String>,
    pub(super) subtitle: Option<String>,
    pub(super) image: Option<GridImage>,
    pub(super) layout: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct GridImage {
    pub(super) image_uri: String,
    pub(super) alt_text: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the names Chat gave them")]
pub(super) struct Image {
    pub(super) image_url: String,
    pub(super) alt_text: Option<String>,
    pub(super) on_click: Option<OnClick>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChipList {
    pub(super) layout: Option<String>,
    pub(super) chips: Vec<Chip>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Chip {
    pub(super) label: Option<String>,
    pub(super) icon: Option<Icon>,
    pub(super) alt_text: Option<String>,
    pub(super) disabled: bool,
    pub(super) on_click: Option<OnClick>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Carousel {
    carousel_cards: Vec<Slide>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Slide {
    pub(super) widgets: Vec<Widget>,
    pub(super) footer_widgets: Vec<Widget>,
}

impl Message {
    pub(super) fn read(body: &RawValue) -> Result<Self, serde_json::Error> {
        serde_json::from_str(body.get())
    }

    /// What a phone shows where a card cannot be.
    pub(super) fn notification(&self) -> Option<&str> {
        self.fallback_text.as_deref().or(self.text.as_deref())
    }

    pub(super) fn thread_key(&self) -> Option<&str> {
        self.thread.thread_key.as_deref()
    }

    /// Nested widgets count too; whether Chat counts them is not stated, so this errs high.
    pub(super) fn widgets(&self) -> usize {
        let sections = self.cards.iter().flat_map(|with_id| &with_id.card.sections);
        sections.map(Section::weight).sum()
    }
}

impl Section {
    pub(super) fn weight(&self) -> usize {
        self.widgets.iter().map(Widget::weight).sum()
    }
}

impl Widget {
    fn weight(&self) -> usize {
        let weigh = |widgets: &[Widget]| widgets.iter().map(Widget::weight).sum::<usize>();
        let nested: usize = match &self.kind {
            WidgetKind::Columns(columns) => {
                columns.iter().map(|column| weigh(&column.widgets)).sum()
            }
            WidgetKind::Carousel(slides) => slides
                .iter()
                .map(|slide| weigh(&slide.widgets) + weigh(&slide.footer_widgets))
                .sum(),
            _ => 0,
        };
        1 + nested
    }
}
