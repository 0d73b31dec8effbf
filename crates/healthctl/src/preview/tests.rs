use serde_json::{Value, json};

use super::*;

/// One tag a line, so that a change reads as a change.
fn lines(markup: &Markup) -> String {
    markup.0.replace("><", ">\n<")
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).unwrap()
}

/// The drawing of one widget.
fn widget(json: Value) -> String {
    lines(&widget::draw(&serde_json::from_value(json).unwrap()))
}

fn link() -> Value {
    json!({"openLink": {"url": "https://example.com/?a=1&b=2"}})
}

macro_rules! draws {
    ($($name:ident: $json:tt,)+) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(widget(json!($json)));
        }
    )+};
}

draws! {
    a_paragraph_keeps_its_formatting: {"textParagraph": {"text": "<b>a</b> &lt;b&gt;<br><font color=\"#E8453C\">red</font>"}},
    a_paragraph_with_max_lines_can_be_opened: {"textParagraph": {"text": "long", "maxLines": 2}},
    a_markdown_paragraph_is_shown_as_written: {"textParagraph": {"text": "**a** <b>", "textSyntax": "MARKDOWN"}},
    a_decorated_text_has_labels_icons_and_a_button: {"decoratedText": {
        "topLabel": "Top", "text": "<b>x</b>", "bottomLabel": "Bottom", "wrapText": true,
        "startIcon": {"materialIcon": {"name": "error"}, "altText": "Status"},
        "button": {"text": "Go", "onClick": (link())}
    }},
    a_decorated_text_may_be_one_link: {"decoratedText": {
        "contentText": {"text": "x"}, "endIcon": {"knownIcon": "CLOCK"}, "onClick": (link()),
        "startIconVerticalAlignment": "TOP"
    }},
    buttons_have_styles_and_only_links_work: {"horizontalAlignment": "END", "buttonList": {"buttons": [
        {"text": "Outlined", "onClick": (link())},
        {"text": "Filled", "type": "FILLED", "onClick": (link())},
        {"text": "Tonal", "type": "FILLED_TONAL", "altText": "More words", "onClick": (link())},
        {"text": "Plain", "type": "BORDERLESS", "onClick": (link())},
        {"text": "Red", "color": {"red": 0.7}, "onClick": (link())},
        {"text": "Off", "disabled": true, "onClick": (link())},
        {"text": "Bad", "onClick": {"openLink": {"url": "javascript:x"}}},
        {"text": "Dead", "onClick": {"action": {"function": "f"}}}
    ]}},
    an_overflow_menu_holds_links: {"buttonList": {"buttons": [{
        "icon": {"materialIcon": {"name": "more_vert"}}, "altText": "More",
        "onClick": {"overflowMenu": {"items": [
            {"text": "One", "onClick": (link())}, {"text": "Off", "disabled": true, "onClick": (link())}
        ]}}
    }]}},
    columns_stand_side_by_side_and_a_third_is_not_drawn: {"columns": {"columnItems": [
        {"horizontalSizeStyle": "FILL_MINIMUM_SPACE", "verticalAlignment": "CENTER", "widgets": [{"textParagraph": {"text": "1"}}]},
        {"horizontalAlignment": "END", "widgets": [{"textParagraph": {"text": "2"}}]},
        {"widgets": [{"textParagraph": {"text": "3"}}]}
    ]}},
    a_grid_has_cells: {"grid": {"title": "T", "columnCount": 3, "borderStyle": {"type": "STROKE"}, "items": [
        {"title": "1", "subtitle": "one"},
        {"title": "2", "layout": "TEXT_ABOVE", "image": {"imageUri": "https://example.com/i.png", "altText": "pic"}}
    ]}},
    an_image_is_named_and_not_fetched: {"image": {"imageUrl": "https://example.com/i.png", "altText": "Error rate", "onClick": (link())}},
    chips_may_be_links: {"chipList": {"layout": "HORIZONTAL_SCROLLABLE", "chips": [
        {"label": "prod", "onClick": (link())}, {"label": "off", "disabled": true},
        {"icon": {"materialIcon": {"name": "info"}}, "altText": "About", "onClick": (link())}
    ]}},
    a_carousel_has_slides: {"carousel": {"carouselCards": [
        {"widgets": [{"textParagraph": {"text": "1"}}], "footerWidgets": [{"textParagraph": {"text": "f"}}]}
    ]}},
    a_divider_is_a_line: {"divider": {}},
    an_unknown_icon_is_a_dashed_box: {"decoratedText": {"text": "x", "startIcon": {"materialIcon": {"name": "nope"}}}},
    an_unknown_widget_is_not_drawn: {"keyValue": {"content": "x"}},
}

fn message_with(sections: &Value) -> Box<RawValue> {
    raw(&json!({
        "text": "<users/all> *now*", "fallbackText": "🔴 EC2 <down> & out",
        "thread": {"threadKey": "t#1"},
        "cardsV2": [{"cardId": "c", "card": {"header": {"title": "T <b>", "subtitle": "S & s"}, "sections": sections}}]
    }))
}

#[test]
fn a_message_is_drawn_with_its_notification_header_folds_and_weight() {
    let text = |text: &str| json!({"textParagraph": {"text": text}});
    let body = message_with(&json!([
        {"header": "Open", "widgets": [text("a")]},
        {"header": "Folded", "collapsible": true, "uncollapsibleWidgetsCount": 1, "widgets": [text("b"), text("c")]},
        {"collapsible": true, "widgets": [text("d")], "collapseControl": {
            "horizontalAlignment": "CENTER",
            "expandButton": {"text": "펼치기", "onClick": link()}, "collapseButton": {"text": "접기", "onClick": link()}
        }},
        {"collapsible": true, "uncollapsibleWidgetsCount": 9, "widgets": [text("nothing to fold")]}
    ]));
    insta::assert_snapshot!(lines(&message(&body)));
}

#[test]
fn the_section_that_passes_100_widgets_goes_with_all_after_it() {
    let paragraph = json!({"textParagraph": {"text": "x"}});
    let body = message_with(&json!([
        {"widgets": vec![paragraph.clone(); 60]},
        {"widgets": vec![paragraph.clone(); 41]},
        {"widgets": [paragraph]}
    ]));
    let drawn = message(&body).into_string();
    assert_eq!(drawn.matches("class=\"widget ").count(), 60);
    assert!(drawn.contains("2 more not shown by Chat"));
    assert_eq!(flags(&body), [Flag::TooManyWidgets(102)]);
}

#[test]
fn what_is_no_message_is_said_and_not_drawn() {
    let drawn = lines(&message(&raw(&json!({"text": 7}))));
    insta::assert_snapshot!(drawn);
}

#[test]
fn what_chat_would_drop_or_refuse_is_flagged() {
    let body = include_str!("../../tests/inbox/messages/broken.json").to_owned();
    let body = RawValue::from_string(body).unwrap();
    let said: Vec<String> = flags(&body).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn rarer_faults_are_flagged_too() {
    let fallback = |mut body: Value| {
        body["fallbackText"] = json!("x");
        body
    };
    let card = |widget: Value| {
        fallback(json!({"cardsV2": [{"card": {"sections": [{"widgets": [widget]}]}}]}))
    };
    let rows = [
        (fallback(json!({})), vec![Flag::NothingToShow]),
        (json!({"text": "phones show this"}), vec![]),
        (
            fallback(json!({"text": "<javascript:x|y>"})),
            vec![Flag::UnsafeLink("javascript:x".into())],
        ),
        (fallback(json!({"text": "x".repeat(MAX_BYTES)})), vec![Flag::TooLarge(32_030)]),
        (card(json!({"textParagraph": {"text": ""}})), vec![Flag::EmptyWidget("1".into())]),
        (card(json!({"buttonList": {"buttons": []}})), vec![Flag::EmptyWidget("1".into())]),
        (card(json!({"decoratedText": {"topLabel": "x"}})), vec![Flag::EmptyWidget("1".into())]),
        (card(json!({})), vec![Flag::UnknownWidget(String::new())]),
        (card(json!({"textParagraph": {"text": "<b>*a*</b>", "textSyntax": "MARKDOWN"}})), vec![]),
    ];
    for (body, expected) in rows {
        assert_eq!(flags(&raw(&body)), expected, "{:.80}", body.to_string());
    }
}

#[test]
fn a_page_stands_alone() {
    let page = page(&[&*message_with(&json!([]))]);
    for outside in ["src=", "@import", "url(", "<link rel=\"stylesheet\"", "fetch("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(
        page.contains(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        )
    );
}

#[test]
fn large_numbers_are_grouped() {
    for (number, text) in
        [(0, "0"), (999, "999"), (1_000, "1,000"), (32_000, "32,000"), (1_234_567, "1,234,567")]
    {
        assert_eq!(grouped(number), text);
    }
}
