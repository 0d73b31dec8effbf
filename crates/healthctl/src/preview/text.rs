//! PURE. Formatted text as a safe tree: whatever came in, only these shapes can go out, and the
//! HTML builder escapes every leaf.

use maud::{Markup, html};

use super::colour::Rgb;
use super::link::HttpsLink;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    Break,
    Mention(String),
    Styled(Style, Vec<Node>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Italic,
    Underline,
    Strike,
    Code,
    Preformatted,
    Time,
    Colour(Rgb),
    Link(HttpsLink),
    Bullets,
    Numbers,
    Item,
    /// A known tag that does nothing here, such as a `font` without a readable colour.
    Plain,
}

/// What is wrong with a text, in the words of its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    UnescapedLess,
    UnescapedAmpersand,
    UnknownTag(String),
    Unclosed(String),
    Stray(String),
    UnsafeLink(String),
    BadColour(String),
    TooDeep,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Formatted {
    pub(super) nodes: Vec<Node>,
    pub(super) faults: Vec<Fault>,
}

impl Formatted {
    pub(super) fn markup(&self) -> Markup {
        draw(&self.nodes)
    }

    /// The words alone, for a reader that hears them.
    pub(super) fn plain(&self) -> String {
        fn walk(nodes: &[Node], out: &mut String) {
            for node in nodes {
                match node {
                    Node::Text(text) => out.push_str(text),
                    Node::Break => out.push(' '),
                    Node::Mention(who) => {
                        out.push('@');
                        out.push_str(who);
                    }
                    Node::Styled(_, inner) => walk(inner, out),
                }
            }
        }
        let mut out = String::new();
        walk(&self.nodes, &mut out);
        out
    }

    pub(super) fn colours(&self) -> Vec<Rgb> {
        let mut found = Vec::new();
        collect_colours(&self.nodes, &mut found);
        found
    }
}

fn collect_colours(nodes: &[Node], found: &mut Vec<Rgb>) {
    for node in nodes {
        if let Node::Styled(style, inner) = node {
            if let Style::Colour(rgb) = style {
                found.push(*rgb);
            }
            collect_colours(inner, found);
        }
    }
}

fn draw(nodes: &[Node]) -> Markup {
    html! { @for node in nodes { (draw_one(node)) } }
}

fn draw_one(node: &Node) -> Markup {
    match node {
        Node::Text(text) => html! { (text) },
        Node::Break => html! { br; },
        Node::Mention(who) => html! { span .mention { "@" (who) } },
        Node::Styled(style, inner) => styled(style, &draw(inner)),
    }
}

/// `font color` and not a style attribute: the pages forbid inline styles altogether.
fn styled(style: &Style, inner: &Markup) -> Markup {
    match style {
        Style::Bold => html! { b { (inner) } },
        Style::Italic => html! { i { (inner) } },
        Style::Underline => html! { u { (inner) } },
        Style::Strike => html! { s { (inner) } },
        Style::Code => html! { code { (inner) } },
        Style::Preformatted => html! { pre { (inner) } },
        Style::Time => html! { time { (inner) } },
        Style::Colour(rgb) => html! { font color=(rgb) { (inner) } },
        Style::Link(link) => html! {
            a href=(link) target="_blank" rel="noopener noreferrer" { (inner) }
        },
        Style::Bullets => html! { ul { (inner) } },
        Style::Numbers => html! { ol { (inner) } },
        Style::Item => html! { li { (inner) } },
        Style::Plain => html! { (inner) },
    }
}
