//! PURE. The simple HTML of card texts. The only ways in are [`CardHtml::esc`] and the builders,
//! which clean and escape, so that text from elsewhere is always only text. Our own tags and marks
//! are `'static`, which no text from elsewhere is, and go in as they are.
//! Tags: <https://developers.google.com/workspace/chat/format-messages>

use serde::Serialize;

use super::clean::clean;
use super::url::HttpsUrl;

/// Escaped card text with our own tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CardHtml(String);

/// For status words and counts only, never for body text: each has a contrast of 3.6 or more on
/// both white and #1F1F1F.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    Red,
    Amber,
    Green,
}

impl Colour {
    fn hex(self) -> &'static str {
        match self {
            Self::Red => "#E8453C",
            Self::Amber => "#C26401",
            Self::Green => "#1E8E3E",
        }
    }
}

impl CardHtml {
    pub fn esc(text: &str) -> Self {
        let mut html = Self(String::with_capacity(text.len() + text.len() / 16));
        html.text(text);
        html
    }

    pub fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Bytes of markup, before JSON.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Most texts are put together from several pieces: the first makes room for some more.
    fn push(&mut self, markup: &str) {
        const ROOM: usize = 96;
        if self.0.capacity() == 0 {
            self.0.reserve(markup.len().max(ROOM));
        }
        self.0.push_str(markup);
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        if is_short_and_plain(text) {
            self.push(text);
            return self;
        }
        let text = clean(text);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text.as_bytes()) {
            self.line(&text[start..end]).line_break();
            start = end + 1;
        }
        self.line(&text[start..])
    }

    fn line(&mut self, line: &str) -> &mut Self {
        let mut start = 0;
        for at in memchr::memchr3_iter(b'&', b'<', b'>', line.as_bytes()) {
            self.push(&line[start..at]);
            self.push(match line.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                _ => "&gt;",
            });
            start = at + 1;
        }
        self.push(&line[start..]);
        self
    }

    /// What stands between words: ours, and no markup.
    pub(crate) fn ours(&mut self, mark: &'static str) -> &mut Self {
        self.push(mark);
        self
    }

    pub fn bold(&mut self, text: &str) -> &mut Self {
        self.push("<b>");
        self.text(text).push("</b>");
        self
    }

    pub fn code(&mut self, text: &str) -> &mut Self {
        self.push("<code>");
        self.text(text).push("</code>");
        self
    }

    /// A status word or a count: coloured and bold, so that colour is never alone.
    pub fn status(&mut self, colour: Option<Colour>, text: &str) -> &mut Self {
        let Some(colour) = colour else { return self.bold(text) };
        self.push("<font color=\"");
        self.push(colour.hex());
        self.push("\">");
        self.bold(text).push("</font>");
        self
    }

    pub fn link(&mut self, url: &HttpsUrl, label: &str) -> &mut Self {
        self.push("<a href=\"");
        self.push(&url.as_str().replace('&', "&amp;"));
        self.push("\">");
        self.text(label).push("</a>");
        self
    }

    pub fn line_break(&mut self) -> &mut Self {
        self.push("<br>");
        self
    }

    pub fn html(&mut self, other: &Self) -> &mut Self {
        self.push(&other.0);
        self
    }
}

/// Most of what stands on a card are words, names and numbers, which stand there as they are.
fn is_short_and_plain(text: &str) -> bool {
    const SHORT: usize = 64;
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = b' ';
        while byte <= b'~' {
            plain[byte as usize] = !matches!(byte, b'&' | b'<' | b'>');
            byte += 1;
        }
        plain
    };
    text.len() <= SHORT && text.bytes().all(|byte| PLAIN[usize::from(byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_elsewhere_is_only_ever_text() {
        let rows = [
            ("p < 0.01 && q > 3 & R&D", "p &lt; 0.01 &amp;&amp; q &gt; 3 &amp; R&amp;D"),
            ("&lt; &amp;amp; &#x3C;", "&amp;lt; &amp;amp;amp; &amp;#x3C;"),
            ("<users/all>", "&lt;users/all&gt;"),
            ("a\nb", "a<br>b"),
            ("</b><a href=\"javascript:x\">", "&lt;/b&gt;&lt;a href=\"javascript:x\"&gt;"),
        ];
        for (given, expected) in rows {
            assert_eq!(CardHtml::esc(given).as_str(), expected);
        }
    }

    #[test]
    fn builders_close_what_they_open_and_escape_what_they_hold() {
        let url = HttpsUrl::parse("https://example.com/?a=1&b=2").unwrap();
        let mut html = CardHtml::default();
        html.bold("<b>").text(" ").code("a&b").line_break();
        html.status(Some(Colour::Red), "2").link(&url, "<x>");
        assert_eq!(
            html.as_str(),
            "<b>&lt;b&gt;</b> <code>a&amp;b</code><br><font color=\"#E8453C\"><b>2</b></font>\
             <a href=\"https://example.com/?a=1&amp;b=2\">&lt;x&gt;</a>"
        );
    }
}
