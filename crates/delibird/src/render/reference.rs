//! PURE. The folded end of a card: the ids to search by, and why it reached this space.

use super::View;
use crate::card::{CardHtml, TextParagraph, Widget, cut_cost};

/// An ARN of Health is shorter; what is longer is not meant for people.
const FIELD: usize = 400;

/// Whether the fold holds nothing else, and is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    OfDetails,
}

impl View<'_> {
    pub(super) fn reference(&self, part: Part) -> Option<Widget> {
        let words = self.words;
        let (event, why) = (&self.alert.event, &self.alert.why);
        let updated = event.updated.as_ref().map(|when| self.clock.when(when));
        let regions = (event.regions.len() > 1).then(|| {
            let codes: Vec<_> = event.regions.iter().map(model::ids::Region::as_str).collect();
            codes.join(", ")
        });
        let shown = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let only = self.alert.accounts.shown.first().filter(|_| self.alert.accounts.total <= 1);
        let rows = [
            (words.account_label, only.map(|account| account.id.to_string())),
            (
                words.route_label,
                Some(why.route.clone().unwrap_or_else(|| words.default_route.to_owned())),
            ),
            (words.rule_label, shown(&why.rule)),
            (
                words.config_label,
                Some(shown(&why.config_version).unwrap_or_else(|| words.built_in.to_owned())),
            ),
            (words.type_label, shown(event.type_code.as_str())),
            (words.event_label, event.arn.as_ref().map(ToString::to_string)),
            (words.communication_label, event.communication_id.as_ref().map(ToString::to_string)),
            (words.regions_label, regions),
            (words.updated_label, updated),
            (words.thread_label, shown(self.alert.thread.as_str())),
        ];
        let mut html = CardHtml::default();
        if part == Part::OfDetails {
            html.bold(words.reference);
        }
        for (label, value) in rows.iter().filter_map(|(l, v)| Some((l, v.as_deref()?))) {
            if value.is_empty() {
                continue;
            }
            if !html.is_empty() {
                html.line_break();
            }
            html.text(label).ours(" · ").text(cut_cost(value, FIELD));
        }
        html.line_break().text(words.why_label).ours(" · ").code("healthctl explain EVENT.json");
        TextParagraph::of(html)
    }
}
