//! PURE. The HTML subset of card texts, parsed into a safe tree. Tags Chat does not know are
//! dropped and their text stays; a `<` that opens no tag is shown as written.
//!
//! The subset: <https://developers.google.com/workspace/chat/format-messages#card-formatting>

mod tag;

use super::colour::Rgb;
use super::link::HttpsLink;
use super::text::{Fault, Formatted, Node, Style};
use tag::Tag;

/// No card needs more, and drawing walks the tree recursively.
const MAX_DEPTH: usize = 32;

pub(super) fn parse(source: &str) -> Formatted {
    let mut tree = Tree::default();
    let mut rest = source;
    while let Some(at) = rest.find(['<', '&', '\n']) {
        tree.text(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.as_bytes()[0] {
            b'<' => tree.angle(rest),
            b'&' => tree.ampersand(rest),
            _ => {
                tree.push(Node::Break);
                &rest[1..]
            }
        };
    }
    tree.text(rest);
    tree.finish()
}

/// The elements still open, outermost first; the root has no name.
#[derive(Default)]
struct Tree {
    root: Vec<Node>,
    open: Vec<Open>,
    faults: Vec<Fault>,
}

struct Open {
    name: String,
    style: Style,
    inner: Vec<Node>,
}

impl Tree {
    fn here(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(open) => &mut open.inner,
            None => &mut self.root,
        }
    }

    fn push(&mut self, node: Node) {
        self.here().push(node);
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.here().last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => self.push(Node::Text(text.to_owned())),
        }
    }

    /// At `<`: a tag, or a sign someone forgot to escape. Returns what is left to read.
    fn angle<'a>(&mut self, rest: &'a str) -> &'a str {
        let Some((tag, len)) = tag::read(rest) else {
            self.faults.push(Fault::UnescapedLess);
            self.text("<");
            return &rest[1..];
        };
        match tag {
            Tag::Close(name) => self.close(&name),
            Tag::Open { name, .. } if name == "br" => self.push(Node::Break),
            Tag::Open { name, attributes } => self.open(name, &attributes),
        }
        &rest[len..]
    }

    fn ampersand<'a>(&mut self, rest: &'a str) -> &'a str {
        if let Some((decoded, len)) = tag::entity(rest) {
            self.text(decoded.encode_utf8(&mut [0; 4]));
            return &rest[len..];
        }
        self.faults.push(Fault::UnescapedAmpersand);
        self.text("&");
        &rest[1..]
    }

    fn open(&mut self, name: String, attributes: &[(String, String)]) {
        if self.open.len() >= MAX_DEPTH {
            self.faults.push(Fault::TooDeep);
            return;
        }
        if let Some(style) = self.style(&name, attributes) {
            self.open.push(Open { name, style, inner: Vec::new() });
        } else {
            self.faults.push(Fault::UnknownTag(name));
        }
    }

    fn style(&mut self, name: &str, attributes: &[(String, String)]) -> Option<Style> {
        let attribute = |wanted: &str| {
            attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        Some(match name {
            "b" => Style::Bold,
            "i" => Style::Italic,
            "u" => Style::Underline,
            "s" => Style::Strike,
            "code" => Style::Code,
            "pre" => Style::Preformatted,
            "time" => Style::Time,
            "ul" => Style::Bullets,
            "ol" => Style::Numbers,
            "li" => Style::Item,
            "font" => self.font(attribute("color").unwrap_or_default()),
            "a" => self.link(attribute("href").unwrap_or_default()),
            _ => return None,
        })
    }

    fn font(&mut self, colour: &str) -> Style {
        Rgb::parse(colour).map_or_else(
            || {
                self.faults.push(Fault::BadColour(colour.to_owned()));
                Style::Plain
            },
            Style::Colour,
        )
    }

    fn link(&mut self, href: &str) -> Style {
        HttpsLink::parse(href).map_or_else(
            || {
                self.faults.push(Fault::UnsafeLink(href.to_owned()));
                Style::Plain
            },
            Style::Link,
        )
    }

    /// Closes the nearest element of that name, and with it whatever was left open inside.
    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open.name == name) else {
            if name != "br" && !self.faults.contains(&Fault::UnknownTag(name.to_owned())) {
                self.faults.push(Fault::Stray(name.to_owned()));
            }
            return;
        };
        while self.open.len() > at + 1 {
            self.close_last_as_unclosed();
        }
        self.close_last();
    }

    fn close_last_as_unclosed(&mut self) {
        if let Some(open) = self.open.last() {
            // HTML itself lets a list item end with the next one or with its list.
            if open.style != Style::Item {
                self.faults.push(Fault::Unclosed(open.name.clone()));
            }
        }
        self.close_last();
    }

    fn close_last(&mut self) {
        if let Some(Open { style, inner, .. }) = self.open.pop() {
            self.push(Node::Styled(style, inner));
        }
    }

    fn finish(mut self) -> Formatted {
        while !self.open.is_empty() {
            self.close_last_as_unclosed();
        }
        Formatted { nodes: self.root, faults: self.faults }
    }
}

#[cfg(test)]
mod tests;
