//! PURE. What AWS says: two lines in sight, the rest folded and never dropped before the byte
//! limit demands it.

use super::{Layout, View};
use crate::card::{CardHtml, TextParagraph, Widget, cost, cut_cost};
use crate::catalogue::events;
use model::words::{Kind, Subject};

use crate::limits::{Allowance, Cut};

impl View<'_> {
    /// In the reader's language first what it means, where we know and AWS wrote another one.
    pub(super) fn lead(&self, allowance: Allowance) -> Vec<Widget> {
        let mut widgets = Vec::new();
        if let Some(meaning) = self.meaning() {
            widgets.extend(TextParagraph::of(CardHtml::esc(meaning)));
        }
        match &self.story {
            Some(story) => widgets.push(Widget::TextParagraph(TextParagraph {
                text: CardHtml::esc(cut_cost(&story.lead, allowance.lead)),
                max_lines: Some(self.lines()),
            })),
            None => widgets.extend(TextParagraph::of(CardHtml::esc(self.words.no_text))),
        }
        widgets
    }

    /// Google Chat puts what is more behind "show more". A new message leaves room for its
    /// buttons on a phone; the later ones are short anyway, and a plain one is all text.
    fn lines(&self) -> u8 {
        match (self.layout, &self.alert.subject) {
            _ if self.alert.kind == Kind::Plain => 12,
            (_, Subject::Unknown | Subject::Metric | Subject::Other(_)) => 12,
            (Layout::Full | Layout::Reminder | Layout::Digest, _) => 2,
            (Layout::Update | Layout::Resolved, _) => 4,
        }
    }

    fn meaning(&self) -> Option<&'static str> {
        let told = self.story.as_ref().is_some_and(|story| {
            story
                .language
                .get(..2)
                .is_some_and(|tag| tag.eq_ignore_ascii_case(self.words.locale.tag()))
        });
        if told || self.layout != Layout::Full {
            return None;
        }
        events::meaning(self.alert.event.type_code.as_str(), self.words.locale)
    }

    pub(super) fn rest_cost(&self) -> usize {
        self.story.as_ref().map_or(0, |story| cost(&story.lead) + cost(&story.rest))
    }

    /// The collector cuts lists or texts; with every list whole it was the text.
    fn text_came_cut(&self) -> bool {
        let (accounts, resources) = (&self.alert.accounts, &self.alert.resources);
        self.alert.truncated
            && accounts.shown.len() >= accounts.total as usize
            && resources.shown.len() >= resources.total as usize
    }

    /// Lead and rest, for cards whose subject is something else.
    pub(super) fn all_text(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Widget> {
        let Some(story) = &self.story else { return Vec::new() };
        let lead = CardHtml::esc(cut_cost(&story.lead, allowance.lead));
        let mut widgets: Vec<Widget> = TextParagraph::of(lead).into_iter().collect();
        widgets.extend(self.rest(allowance, cut));
        widgets
    }

    /// What the lead left, as much as the allowance gives.
    pub(super) fn rest(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Widget> {
        let Some(story) = &self.story else { return Vec::new() };
        let over = &story.lead[cut_cost(&story.lead, allowance.lead).len()..];
        let whole = match (over, story.rest.as_str()) {
            ("", rest) => std::borrow::Cow::Borrowed(rest),
            (over, rest) => std::borrow::Cow::Owned(format!("{over}\n\n{rest}")),
        };
        let shown = cut_cost(&whole, allowance.text);
        let mut html = CardHtml::esc(shown);
        if shown.len() < whole.len() || self.text_came_cut() {
            cut.text = shown.len() < whole.len();
            if !html.is_empty() {
                html.line_break();
            }
            let from_aws = self.is_from_aws();
            let words = self.words;
            html.bold(if from_aws { words.text_cut } else { words.text_cut_of_source });
        }
        TextParagraph::of(html).into_iter().collect()
    }
}
