//! PURE. What must be known before the card is believed: that it is late, old, not from AWS, of
//! an unknown form, or meant for somewhere else.

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
        if !self.is_from_aws() {
            notes.push((words.custom_source)(&cut_columns(alert.event.source.as_str(), 60)));
        }
        let mut html = CardHtml::default();
        for (at, note) in notes.iter().enumerate() {
            if at > 0 {
                html.line_break();
            }
            html.text("⚠️ ").bold(note);
        }
        TextParagraph::of(html).into_iter().collect()
    }

    /// Between AWS's sending and our receiving it, when that is too long.
    pub(crate) fn late_minutes(&self) -> Option<i64> {
        let sent = self.alert.event.time?;
        let minutes = minutes_between(sent, self.alert.received_at);
        (minutes > LATE_MINUTES).then_some(minutes)
    }
}
