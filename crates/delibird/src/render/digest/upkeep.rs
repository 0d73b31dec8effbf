//! PURE. The end of a digest: work nobody has done, what was silenced, what could not be
//! delivered, and who has shown no sign of life.

use model::alert::count;
use model::summary::{Counted, Coverage, Digest, Missing};

use crate::card::{
    CardHtml, Colour, DecoratedText, Fold, IconName, Section, TextParagraph, Widget, cut_columns,
};
use crate::catalogue::grouped;
use crate::render::View;
use crate::render::glance::cell;

const NAMES: usize = 10;
const MISSING: usize = 20;

impl View<'_> {
    pub(super) fn upkeep(&self, digest: &Digest) -> Vec<Section> {
        let words = &self.words.digest;
        let mut widgets: Vec<Widget> = Vec::new();
        if digest.undelivered > 0 {
            let mut text = CardHtml::default();
            text.status(Some(Colour::Red), &(words.undelivered)(digest.undelivered));
            let failed = cell(words.undelivered_label, text, "", IconName::Warning);
            widgets.push(Widget::DecoratedText(failed));
        }
        let unactioned = self.tally(words.unactioned, &digest.unactioned, IconName::Person);
        let silenced = self.tally(words.silenced, &digest.silenced, IconName::NotificationsOff);
        widgets.extend(unactioned.into_iter().chain(silenced).map(Widget::DecoratedText));
        let kept = Section::open(widgets);
        let coverage = digest.coverage.as_ref().and_then(|coverage| self.coverage(coverage));
        kept.into_iter().chain(coverage).collect()
    }

    /// `payments 12 · orders 5`.
    fn tally(&self, label: &str, tally: &[Counted], icon: IconName) -> Option<DecoratedText> {
        let mut text = CardHtml::default();
        for counted in tally.iter().take(NAMES) {
            if !text.is_empty() {
                text.ours(" · ");
            }
            let name = match counted.name.trim() {
                "" => self.words.digest.nobody,
                name => name,
            };
            text.text(&cut_columns(name, 40)).text(" ").bold(&grouped(counted.count));
        }
        if tally.len() > NAMES {
            text.text(" ").text(&(self.words.and_more)(count(tally.len() - NAMES)));
        }
        (!tally.is_empty()).then(|| cell(label, text, "", icon))
    }

    fn coverage(&self, coverage: &Coverage) -> Option<Section> {
        let words = &self.words.digest;
        let silent = coverage.expected.saturating_sub(coverage.seen);
        let mut text = CardHtml::default();
        text.text(&(words.covered)(coverage.seen, coverage.expected));
        if silent > 0 {
            text.ours(" · ").status(Some(Colour::Amber), &(words.missing)(silent));
        }
        let mut widgets =
            vec![Widget::DecoratedText(cell(words.coverage, text, "", IconName::Public))];
        widgets.extend(self.missing(&coverage.missing, silent));
        let fold = if widgets.len() > 1 { Fold::After(1) } else { Fold::Open };
        Section::open(widgets).map(|section| Section { fold, ..section })
    }

    fn missing(&self, missing: &[Missing], silent: u32) -> Option<Widget> {
        let words = &self.words.digest;
        let mut html = CardHtml::default();
        for (at, one) in missing.iter().take(MISSING).enumerate() {
            if at > 0 {
                html.line_break();
            }
            let region = cut_columns(one.region.as_str(), 40);
            html.ours("• ").code(&cut_columns(one.account.as_str(), 40));
            html.text(" ").text(&self.words.region(&region)).ours(" · ").text(
                &match one.last_seen {
                    Some(at) => (words.last_seen)(&self.clock.time(at)),
                    None => words.never_seen.to_owned(),
                },
            );
        }
        let hidden = silent.saturating_sub(count(missing.len().min(MISSING)));
        if hidden > 0 && !html.is_empty() {
            html.line_break().text(&(self.words.more_rows)(hidden));
        }
        TextParagraph::of(html)
    }
}
