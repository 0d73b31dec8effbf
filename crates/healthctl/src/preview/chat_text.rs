//! PURE. The markup of a message's `text`: `*bold*`, `_italic_`, `~strike~`, code, mentions and
//! `<url|label>`. HTML means nothing here and is shown as written.
//!
//! <https://developers.google.com/workspace/chat/format-messages#format-texts>

use super::link::HttpsLink;
use super::text::{Fault, Formatted, Node, Style};

pub(super) fn parse(source: &str) -> Formatted {
    let mut faults = Vec::new();
    let nodes = nodes(source, &mut faults);
    Formatted { nodes, faults }
}

/// The text without its marks, as a notification shows it.
pub(super) fn plain(source: &str) -> String {
    parse(source).plain()
}

fn nodes(source: &str, faults: &mut Vec<Fault>) -> Vec<Node> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let starts_a_word = text.chars().last().is_none_or(|before| !before.is_alphanumeric());
        let found = match c {
            '\n' => Some((Node::Break, 1)),
            '<' => angle(rest, faults),
            '`' => code(rest),
            '*' if starts_a_word => wrapped(rest, '*', &Style::Bold, faults),
            '_' if starts_a_word => wrapped(rest, '_', &Style::Italic, faults),
            '~' if starts_a_word => wrapped(rest, '~', &Style::Strike, faults),
            _ => None,
        };
        if let Some((node, len)) = found {
            if !text.is_empty() {
                out.push(Node::Text(std::mem::take(&mut text)));
            }
            out.push(node);
            rest = &rest[len..];
        } else {
            text.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if !text.is_empty() {
        out.push(Node::Text(text));
    }
    out
}

/// `<users/all>`, `<users/123>`, `<https://…|label>`, `<https://…>`.
fn angle(rest: &str, faults: &mut Vec<Fault>) -> Option<(Node, usize)> {
    let end = rest.find('>')?;
    let inside = &rest[1..end];
    if let Some(user) = inside.strip_prefix("users/") {
        return Some((Node::Mention(user.to_owned()), end + 1));
    }
    let (url, label) = inside.split_once('|').unwrap_or((inside, inside));
    if !url.contains(':') || url.contains(char::is_whitespace) {
        return None;
    }
    let label = vec![Node::Text(label.to_owned())];
    let style = if let Some(link) = HttpsLink::upgraded(url) {
        Style::Link(link)
    } else {
        faults.push(Fault::UnsafeLink(url.to_owned()));
        Style::Plain
    };
    Some((Node::Styled(style, label), end + 1))
}

fn code(rest: &str) -> Option<(Node, usize)> {
    let (fence, style) =
        if rest.starts_with("```") { ("```", Style::Preformatted) } else { ("`", Style::Code) };
    let inside = &rest[fence.len()..];
    let len = inside.find(fence).filter(|len| *len > 0)?;
    let text = vec![Node::Text(inside[..len].to_owned())];
    Some((Node::Styled(style, text), len + 2 * fence.len()))
}

/// A pair of marks on one line that hugs its text and ends at a word's end.
fn wrapped(
    rest: &str,
    mark: char,
    style: &Style,
    faults: &mut Vec<Fault>,
) -> Option<(Node, usize)> {
    let inside = &rest[1..];
    let line = inside.split('\n').next().unwrap_or_default();
    let len = line.match_indices(mark).map(|(at, _)| at).find(|at| {
        let after = line[at + 1..].chars().next();
        *at > 0 && after.is_none_or(|c| !c.is_alphanumeric())
    })?;
    let text = &inside[..len];
    let hugs = !text.starts_with(char::is_whitespace) && !text.ends_with(char::is_whitespace);
    if !hugs || text.chars().all(|c| c == mark) {
        return None;
    }
    Some((Node::Styled(style.clone(), nodes(text, faults)), len + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_mentions_and_links_are_drawn_and_html_is_not() {
        let rows = [
            ("<users/all> down", r#"<span class="mention">@all</span> down"#),
            ("for *prod-edge* now", "for <b>prod-edge</b> now"),
            ("a_b_c 2*3*4", "a_b_c 2*3*4"),
            ("_i_ ~s~ `c`", "<i>i</i> <s>s</s> <code>c</code>"),
            (
                "<https://a.example|label>",
                r#"<a href="https://a.example" target="_blank" rel="noopener noreferrer">label</a>"#,
            ),
            ("<javascript:x|click>", "click"),
            ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
            ("* item *", "* item *"),
            ("a\nb", "a<br>b"),
        ];
        for (source, expected) in rows {
            assert_eq!(parse(source).markup().into_string(), expected, "{source}");
        }
    }

    #[test]
    fn a_notification_has_no_marks() {
        assert_eq!(plain("<users/all> *EC2* down\nnow"), "@all EC2 down now");
    }

    #[test]
    fn a_long_run_of_marks_is_text() {
        assert_eq!(plain(&"*".repeat(5_000)).len(), 5_000);
    }
}
