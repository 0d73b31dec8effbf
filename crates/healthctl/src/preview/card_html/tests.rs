use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// The tree as one line: `b[..]` for an element, `|` for a break, `!` before the faults.
fn shown(source: &str) -> String {
    fn walk(nodes: &[Node], out: &mut String) {
        for node in nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Break => out.push('|'),
                Node::Mention(who) => out.extend(["@", who]),
                Node::Styled(style, inner) => {
                    let name = match style {
                        Style::Colour(rgb) => rgb.to_string(),
                        Style::Link(link) => format!("a={link}"),
                        other => format!("{other:?}"),
                    };
                    out.extend([&name, "["]);
                    walk(inner, out);
                    out.push(']');
                }
            }
        }
    }
    let parsed = parse(source);
    let mut out = String::new();
    walk(&parsed.nodes, &mut out);
    for fault in &parsed.faults {
        out.extend([" !", &format!("{fault:?}")]);
    }
    out
}

#[test]
fn the_subset_of_chat_is_read() {
    let rows = [
        ("plain", "plain"),
        ("<b>a</b> <i>b</i>", "Bold[a] Italic[b]"),
        ("<B>a</B><br>b<BR/>c<br />d", "Bold[a]|b|c|d"),
        ("<u>a</u><s>b</s><code>c</code>", "Underline[a]Strike[b]Code[c]"),
        ("<font color=\"#E8453C\"><b>x</b></font>", "#e8453c[Bold[x]]"),
        ("<font color=#fff>x</font>", "#ffffff[x]"),
        ("<a href=\"https://a.example/?x=1&amp;y=2\">l</a>", "a=https://a.example/?x=1&y=2[l]"),
        ("<ul><li>a</li><li>b</li></ul>", "Bullets[Item[a]Item[b]]"),
        ("<ol><li>a</ol>", "Numbers[Item[a]]"),
        ("<pre><code>x\ny</code></pre>", "Preformatted[Code[x|y]]"),
        ("<time>2026-11-21</time>", "Time[2026-11-21]"),
        ("한국어 <b>굵게</b> 👩‍👩‍👧", "한국어 Bold[굵게] 👩‍👩‍👧"),
    ];
    for (source, expected) in rows {
        assert_eq!(shown(source), expected, "{source}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let rows = [
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("&amp;lt; &amp;amp; &#x3C;", "&lt; &amp; <"),
        (
            "&#0;&#xD800;&nope;",
            "&#0;&#xD800;&nope; !UnescapedAmpersand !UnescapedAmpersand !UnescapedAmpersand",
        ),
        (
            "p < 0.01 && q > 3",
            "p < 0.01 && q > 3 !UnescapedLess !UnescapedAmpersand !UnescapedAmpersand",
        ),
        ("R&D", "R&D !UnescapedAmpersand"),
        ("<users/all> hi", " hi !UnknownTag(\"users/all\")"),
        ("<script>alert(1)</script>", "alert(1) !UnknownTag(\"script\")"),
        ("<img src=x onerror=alert(1)>", " !UnknownTag(\"img\")"),
        ("<a href=\"javascript:alert(1)\">x</a>", "Plain[x] !UnsafeLink(\"javascript:alert(1)\")"),
        ("<a href='data:text/html,x'>x</a>", "Plain[x] !UnsafeLink(\"data:text/html,x\")"),
        (
            "<a href=\"https://good@evil.example\">x</a>",
            "Plain[x] !UnsafeLink(\"https://good@evil.example\")",
        ),
        ("<a>x</a>", "Plain[x] !UnsafeLink(\"\")"),
        ("<a href=\"https://a.example\" onclick=\"x()\">l</a>", "a=https://a.example[l]"),
        (
            "<font color=\"red;background:url(x)\">x</font>",
            "Plain[x] !BadColour(\"red;background:url(x)\")",
        ),
        ("<b>open", "Bold[open] !Unclosed(\"b\")"),
        ("<b><i>x</b>y</i>", "Bold[Italic[x]]y !Unclosed(\"i\") !Stray(\"i\")"),
        ("<font color=\"#E8453C\">x</a>", "#e8453c[x] !Stray(\"a\") !Unclosed(\"font\")"),
        ("<b title=\"a>b\">x</b>", "Bold[x]"),
        ("<b title=\"a>x</b>", "Bold[x]"),
        ("<", "< !UnescapedLess"),
        ("a <b", "a <b !UnescapedLess"),
        ("</>", "</> !UnescapedLess"),
        ("<!-- x -->", "<!-- x --> !UnescapedLess"),
        ("&", "& !UnescapedAmpersand"),
        ("&한글;", "&한글; !UnescapedAmpersand"),
    ];
    for (source, expected) in rows {
        assert_eq!(shown(source), expected, "{source}");
    }
}

#[test]
fn a_thousand_nested_tags_do_not_exhaust_the_stack() {
    let parsed = parse(&"<b>".repeat(100_000));
    assert_eq!(parsed.faults.iter().filter(|fault| **fault == Fault::TooDeep).count(), 99_968);
    assert!(!parsed.markup().into_string().is_empty());
}

/// What a reader sees, breaks as line ends.
fn seen(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Break => out.push('\n'),
            Node::Mention(_) => {}
            Node::Styled(_, inner) => seen(inner, out),
        }
    }
}

proptest! {
    #[test]
    fn escaped_text_is_seen_as_written(text in "\\PC{0,40}|[<>&;#x0-9a-z\\n\"'/= ]{0,40}") {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let parsed = parse(&escaped);
        let mut out = String::new();
        seen(&parsed.nodes, &mut out);
        prop_assert_eq!(out, text);
        prop_assert_eq!(parsed.faults, vec![]);
    }

    #[test]
    fn no_soup_of_tags_gets_anything_but_the_subset_out(
        pieces in vec(select(SOUP), 0..24)
    ) {
        let drawn = parse(&pieces.concat()).markup().into_string();
        for tag in drawn.split('<').skip(1) {
            let tag = tag.split('>').next().unwrap();
            prop_assert!(ALLOWED.iter().any(|allowed| tag.starts_with(allowed)), "<{}> in {}", tag, drawn);
            prop_assert!(!tag.contains("onx") && !tag.contains("script"), "<{}> in {}", tag, drawn);
        }
    }
}

const SOUP: &[&str] = &[
    "<",
    ">",
    "\"",
    "'",
    "&",
    "&lt;",
    "&#60;",
    "&quot;",
    "/",
    "=",
    " ",
    "a",
    "<b>",
    "</b>",
    "<a ",
    "href=",
    "\"https://e.example/\"",
    "javascript:x",
    "onx=1",
    "<script>",
    "</script>",
    "<font color=",
    "#fff",
    "<li>",
    "</ul>",
    "<ul>",
    "<!--",
    "-->",
    "<br/>",
    "é",
    "\u{202e}",
    "\n",
];

/// How a tag of the subset begins once it is drawn.
const ALLOWED: &[&str] = &[
    "b",
    "/b",
    "br",
    "i",
    "/i",
    "li",
    "/li",
    "ul",
    "/ul",
    "a href=\"https://",
    "/a",
    "font color=\"#",
    "/font",
];
