//! PURE. What must be known before the card is believed: that it was passed on, is taken in
//! hand, is late, old, not from AWS, of an unknown form, or meant for somewhere else.

use model::alert::VERSION;

use super::{Occasion, View};
use crate::card::{CardHtml, TextParagraph, Widget, cut_columns};
use crate::clock::minutes_between;

/// Later than this, a card says so.
const LATE_MINUTES: i64 = 15;

impl View<'_> {
    pub(super) fn notes(&self) -> Vec<Widget> {
        let alert = self.alert;
        let words = self.words;
        let mut notes: Vec<String> = Vec::new();
        if self.occasion == Occasion::Fallback {
            notes.push((words.redirected)(&cut_columns(alert.target.space.as_str(), 60)));
        }
        if alert.version != VERSION {
            notes.push((words.unknown_version)(alert.version));
        }
        if alert.event.replayed {
            notes.push(words.replayed.to_owned());
        } else if let Some(minutes) = self.late_minutes() {
            notes.push((words.late)(&(words.duration)(minutes)));
        }
        // A metric is ours by nature; nobody takes it for AWS's word.
        if !self.is_from_aws() && alert.metric.is_none() {
            notes.push((words.custom_source)(&cut_columns(alert.event.source.as_str(), 60)));
        }
        let mut html = CardHtml::default();
        let mut note = |mark: &str, note: &str| {
            if !html.is_empty() {
                html.line_break();
            }
            html.text(mark).text(" ").bold(note);
        };
        if let Some(escalated) = self.escalated() {
            note("⏫", &escalated);
        }
        if let Some(taken) = self.taken() {
            note("🙋", &taken);
        }
        for warning in &notes {
            note("⚠️", warning);
        }
        TextParagraph::of(html).into_iter().collect()
    }

    /// Why this space hears of it too.
    fn escalated(&self) -> Option<String> {
        let escalation = self.alert.escalation.as_ref()?;
        let waited = minutes_between(escalation.since, self.clock.now);
        let waited = (self.words.duration)(waited);
        Some((self.words.escalated)(&cut_columns(escalation.from.as_str(), 60), &waited))
    }

    /// Who has it in hand; of what is over nobody asks.
    fn taken(&self) -> Option<String> {
        let taken = self.alert.acknowledged.as_ref().filter(|_| !self.is_resolved())?;
        let by = taken.by.as_deref().filter(|by| !by.trim().is_empty());
        let by = by.map(|by| cut_columns(by, 60));
        let mut note = (self.words.taken)(by.as_deref(), &self.clock.time(taken.at));
        if let Some(until) = taken.until {
            note.push(' ');
            note.push_str(&(self.words.quiet_until)(&self.clock.time(until)));
        }
        Some(note)
    }

    /// Between AWS's sending and our receiving it, and what delivery took, when that is too long.
    pub(crate) fn late_minutes(&self) -> Option<i64> {
        let sent = self.alert.event.time.unwrap_or(self.alert.received_at);
        let minutes = minutes_between(sent, self.alert.received_at) + self.held.as_mins();
        (minutes > LATE_MINUTES).then_some(minutes)
    }
}
