//! PURE. Google Chat messages with Card V2, as far as an incoming webhook may use them.
//!
//! The unions of Google's documents are enums here, so that a widget is exactly one thing, and a
//! text field has the newtype of its own rules, so that raw text cannot reach a card. Limits are
//! kept by [`crate::limits`], not here.
//! Reference: <https://developers.google.com/workspace/chat/api/reference/rest/v1/cards>

mod chat_text;
mod clean;
mod html;
mod plain;
mod url;

use serde::Serialize;

pub use chat_text::{ChatText, Mention};
pub use clean::{clean, columns, cost, cut_bytes, cut_columns, cut_cost};
pub use html::{CardHtml, Colour};
pub use plain::PlainLine;
pub use url::{HttpsUrl, NotHttps, encode_component};

/// The body of a create request.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<ChatText>,
    /// What is shown where cards cannot be, such as a phone's notification.
    pub fallback_text: ChatText,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards_v2: Vec<CardWithId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Thread {
    pub thread_key: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CardWithId {
    pub card_id: String,
    pub card: Card,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Card {
    pub header: Header,
    pub sections: Vec<Section>,
}

/// Fixed height: one line each, two for a title alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Header {
    pub title: PlainLine,
    #[serde(skip_serializing_if = "PlainLine::is_empty")]
    pub subtitle: PlainLine,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Section {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<CardHtml>,
    pub widgets: Vec<Widget>,
    #[serde(flatten)]
    pub fold: Fold,
}

/// How much of a section is seen before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    Open,
    /// The first so many widgets stay in sight.
    After(u8),
}

impl Serialize for Fold {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let Self::After(seen) = self else { return serializer.serialize_map(Some(0))?.end() };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("collapsible", &true)?;
        map.serialize_entry("uncollapsibleWidgetsCount", seen)?;
        map.end()
    }
}

impl Section {
    /// Nothing when there is no widget, which Chat refuses.
    pub fn open(widgets: Vec<Widget>) -> Option<Self> {
        (!widgets.is_empty()).then_some(Self { header: None, widgets, fold: Fold::Open })
    }

    pub fn folded(header: &str, widgets: Vec<Widget>) -> Option<Self> {
        let header = Some(CardHtml::esc(header));
        (!widgets.is_empty()).then_some(Self { header, widgets, fold: Fold::After(0) })
    }

    #[must_use]
    pub fn titled(mut self, header: &str) -> Self {
        self.header = Some(CardHtml::esc(header));
        self
    }
}

/// What a section holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Widget {
    TextParagraph(TextParagraph),
    DecoratedText(DecoratedText),
    ButtonList(ButtonList),
    Columns(Columns),
    Grid(Grid),
    Divider(Divider),
}

impl Widget {
    pub const DIVIDER: Self = Self::Divider(Divider {});

    /// How many widgets this counts for; whether Chat counts nested ones is not said, so we do.
    pub fn weight(&self) -> usize {
        match self {
            Self::Columns(columns) => {
                1 + columns.column_items.iter().map(|column| column.widgets.len()).sum::<usize>()
            }
            _ => 1,
        }
    }
}

/// What a column holds: no divider, no columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ColumnWidget {
    TextParagraph(TextParagraph),
    DecoratedText(DecoratedText),
    ButtonList(ButtonList),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Divider {}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TextParagraph {
    pub text: CardHtml,
    /// The rest is behind "show more".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_lines: Option<u8>,
}

impl TextParagraph {
    /// Nothing for an empty text, which Chat refuses.
    pub fn of(text: CardHtml) -> Option<Widget> {
        (!text.is_empty()).then_some(Widget::TextParagraph(Self { text, max_lines: None }))
    }
}

/// One fact: a small label above, the text, a small line below.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DecoratedText {
    #[serde(skip_serializing_if = "CardHtml::is_empty")]
    pub top_label: CardHtml,
    pub text: CardHtml,
    #[serde(skip_serializing_if = "CardHtml::is_empty")]
    pub bottom_label: CardHtml,
    pub wrap_text: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_icon: Option<Icon>,
    /// Icons side by side stand on one line only at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_icon_vertical_alignment: Option<VerticalAlignment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button: Option<Button>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Icon {
    pub material_icon: MaterialIcon,
    /// What a screen reader says.
    pub alt_text: PlainLine,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MaterialIcon {
    pub name: IconName,
}

/// Names of Google's Material Symbols; an invalid one would show as nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IconName {
    Alarm,
    Description,
    Group,
    Mail,
    Monitoring,
    Functions,
    NotificationsOff,
    Person,
    Public,
    Schedule,
    Sell,
    TrendingUp,
    Warning,
    EventUpcoming,
    PendingActions,
    Dns,
    CheckCircle,
    PriorityHigh,
    MoreVert,
}

impl IconName {
    pub fn saying(self, alt_text: &str) -> Icon {
        let alt_text = PlainLine::new(alt_text, 80);
        Icon { material_icon: MaterialIcon { name: self }, alt_text }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Columns {
    pub column_items: Vec<Column>,
}

impl Columns {
    /// Side by side; on a phone the second wraps under the first.
    pub fn pair(left: DecoratedText, right: DecoratedText) -> Widget {
        Widget::Columns(Self { column_items: vec![Column::of(left), Column::of(right)] })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub horizontal_size_style: SizeStyle,
    pub horizontal_alignment: Alignment,
    pub vertical_alignment: VerticalAlignment,
    pub widgets: Vec<ColumnWidget>,
}

impl Column {
    fn of(text: DecoratedText) -> Self {
        Self {
            horizontal_size_style: SizeStyle::FillAvailableSpace,
            horizontal_alignment: Alignment::Start,
            vertical_alignment: VerticalAlignment::Top,
            widgets: vec![ColumnWidget::DecoratedText(text)],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SizeStyle {
    FillAvailableSpace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Alignment {
    Start,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum VerticalAlignment {
    Top,
}

/// Cells of plain text, for numbers side by side.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Grid {
    pub column_count: u8,
    pub border_style: BorderStyle,
    pub items: Vec<GridItem>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BorderStyle {
    #[serde(rename = "type")]
    pub kind: BorderKind,
    pub corner_radius: u8,
    pub stroke_color: Grey,
}

/// A border that is seen on white and on dark grey, and shouts on neither.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Grey {
    red: f32,
    green: f32,
    blue: f32,
}

impl Grey {
    pub const MIDDLE: Self = Self { red: 0.5, green: 0.5, blue: 0.5 };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BorderKind {
    Stroke,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GridItem {
    pub title: PlainLine,
    pub subtitle: PlainLine,
}

impl Grid {
    /// Nothing for no cell, which Chat refuses.
    pub fn of(items: Vec<GridItem>, column_count: u8) -> Option<Widget> {
        let border_style =
            BorderStyle { kind: BorderKind::Stroke, corner_radius: 8, stroke_color: Grey::MIDDLE };
        let grid = Self { column_count, border_style, items };
        (!grid.items.is_empty()).then_some(Widget::Grid(grid))
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ButtonList {
    pub buttons: Vec<Button>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Button {
    pub text: PlainLine,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Icon>,
    #[serde(rename = "type")]
    pub kind: ButtonKind,
    pub alt_text: PlainLine,
    pub on_click: OnClick,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ButtonKind {
    Filled,
    Outlined,
    Borderless,
}

/// A webhook gets no events back, so a click can only open something.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OnClick {
    OpenLink(OpenLink),
    OverflowMenu(OverflowMenu),
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OpenLink {
    pub url: HttpsUrl,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OverflowMenu {
    pub items: Vec<MenuItem>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MenuItem {
    pub text: PlainLine,
    pub on_click: OnClick,
}

impl Message {
    /// Widgets over all cards and sections, nested ones included.
    pub fn widgets(&self) -> usize {
        let sections = self.cards_v2.iter().flat_map(|card| &card.card.sections);
        sections.flat_map(|section| &section.widgets).map(Widget::weight).sum()
    }
}
