//! PURE. What a security card adds: until when AWS waits for an answer, and what to do first.

use jiff::{SignedDuration, Timestamp};
use model::When;
use model::words::{Status, Subject};

use super::View;
use super::glance::cell;
use crate::card::{CardHtml, Colour, DecoratedText, IconName, Section, TextParagraph, cut_columns};
use crate::catalogue::steps::{self, Step};

/// AWS blocks resources whose abuse report nobody answered for a day.
/// <https://repost.aws/knowledge-center/aws-abuse-report>
const ANSWER_HOURS: i64 = 24;

impl View<'_> {
    /// Abuse reports are answered; other risks are acted upon at once.
    pub(super) fn answer_by(&self) -> Option<DecoratedText> {
        let by = self.answer_due()?;
        let mut text = CardHtml::default();
        text.status(Some(Colour::Red), &self.clock.relative(by));
        text.ours(" · ").bold(&self.clock.time(by));
        Some(cell(self.words.answer_by, text, self.words.answered, IconName::Mail))
    }

    pub(crate) fn answer_due(&self) -> Option<Timestamp> {
        let event = &self.alert.event;
        let asked = self.alert.subject == Subject::Security
            && event.service.as_str() == "ABUSE"
            && event.status != Status::Resolved;
        let told = event.updated.as_ref().and_then(When::at).or(event.time);
        let told = told.or(event.start.as_ref().and_then(When::at)).filter(|_| asked)?;
        let end = event.end.as_ref().and_then(When::at).filter(|end| *end > told);
        end.or_else(|| told.checked_add(SignedDuration::from_hours(ANSWER_HOURS)).ok())
    }

    /// Numbered, so that two people on the phone can say which one they are at.
    pub(super) fn first_steps(&self) -> Option<Section> {
        let steps = steps::of(&self.alert.event, self.words.locale)?;
        let mut html = CardHtml::default();
        for (at, step) in steps.iter().enumerate() {
            if at > 0 {
                html.line_break();
            }
            html.text(&format!("{}. ", at + 1));
            self.step(&mut html, step);
        }
        let section = Section::open(TextParagraph::of(html).into_iter().collect())?;
        Some(section.titled(self.words.first_steps))
    }

    /// Names the resource where there is one to name.
    fn step(&self, html: &mut CardHtml, step: &Step) {
        let only = match self.alert.resources.shown.as_slice() {
            [only] if self.alert.resources.total <= 1 => Some(&only.id),
            _ => None,
        };
        match (step, only) {
            (Step::Says(text) | Step::OnResource { without: text, .. }, None)
            | (Step::Says(text), Some(_)) => {
                html.text(text);
            }
            (Step::OnResource { before, after, .. }, Some(id)) => {
                html.text(before).code(&cut_columns(id, 80)).text(after);
            }
        }
    }
}
