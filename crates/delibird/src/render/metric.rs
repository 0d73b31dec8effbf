//! PURE. A custom metric against its threshold: the value, what it is held against, since when,
//! and the points behind it. Resolved is back to normal.

use model::When;
use model::alert::Metric;

use super::glance::cell;
use super::{Layout, View, joined};
use crate::card::{
    CardHtml, Colour, Columns, DecoratedText, IconName, Section, TextParagraph, Widget, cut_columns,
};
use crate::catalogue::Catalogue;
use crate::catalogue::figure::{Comparison, comparison, figure};
use crate::limits::{Allowance, Cut};

/// More would not be read, and the graph is elsewhere.
const POINTS: usize = 8;
const TAGS: usize = 20;

impl View<'_> {
    pub(super) fn measured(
        &self,
        metric: &Metric,
        allowance: Allowance,
        cut: &mut Cut,
    ) -> Vec<Section> {
        let glance = vec![Columns::pair(self.measured_at(metric), self.value(metric))];
        let since = Widget::DecoratedText(self.broken_since(metric));
        let points = self.points(metric).map(Widget::DecoratedText);
        let top = joined([self.notes(), glance, vec![since], points.into_iter().collect()]);
        let details = joined([self.threshold(metric), self.all_text(allowance, cut)]);
        let mut sections: Vec<Section> = Vec::with_capacity(3);
        sections.extend(Section::open(top));
        sections.extend(Section::open(self.actions().into_iter().collect()));
        sections.extend(self.details_and_reference(details));
        sections
    }

    /// Whose it is, and where it was measured.
    fn measured_at(&self, metric: &Metric) -> DecoratedText {
        let mut ours = self.ours();
        let host = metric.host.as_deref().filter(|host| !host.trim().is_empty());
        if let Some(host) = host.map(|host| (self.words.metric.host)(&cut_columns(host, 60))) {
            if !ours.bottom_label.is_empty() {
                ours.bottom_label.ours(" · ");
            }
            ours.bottom_label.text(&host);
        }
        ours
    }

    fn value(&self, metric: &Metric) -> DecoratedText {
        let words = &self.words.metric;
        let resolved = self.layout == Layout::Resolved;
        let colour = if resolved { Colour::Green } else { self.value_colour() };
        let mut text = CardHtml::default();
        match (metric.value, comparison(&metric.when)) {
            (Some(value), Some(Comparison { operator, limit })) => {
                text.status(Some(colour), &figure(value));
                if !resolved {
                    text.text(&format!(" {} {limit}", operator.sign()));
                }
            }
            (Some(value), None) => {
                text.status(Some(colour), &figure(value));
            }
            // Its threshold is gone: nobody can say that it is normal.
            (None, _) if resolved => {
                text.bold(words.unwatched);
            }
            (None, _) => {
                text.status(Some(colour), words.no_data);
            }
        }
        let below = match metric.value {
            Some(_) if resolved => words.back_to_normal.to_owned(),
            None if resolved => String::new(),
            _ => metric.breach.as_deref().map(words.points).unwrap_or_default(),
        };
        cell(&cut_columns(&metric.key, 60), text, &below, IconName::Monitoring)
    }

    pub(super) fn value_now(&self, metric: &Metric) -> Widget {
        Widget::DecoratedText(self.value(metric))
    }

    fn value_colour(&self) -> Colour {
        use model::words::Severity;
        if self.alert.severity >= Severity::High { Colour::Red } else { Colour::Amber }
    }

    fn broken_since(&self, metric: &Metric) -> DecoratedText {
        if self.layout == Layout::Resolved {
            return self.lasted();
        }
        let since = metric.since.map(When::At);
        self.since(self.words.metric.since, since.as_ref().or(self.alert.event.start.as_ref()))
    }

    /// `09:20 980 · 09:25 1,020 · 09:30 1,240`, the newest last.
    fn points(&self, metric: &Metric) -> Option<DecoratedText> {
        if metric.points.len() < 2 {
            return None;
        }
        let skipped = metric.points.len().saturating_sub(POINTS);
        let mut text = CardHtml::default();
        for (at, point) in metric.points.iter().skip(skipped).enumerate() {
            if at > 0 {
                text.ours(" · ");
            }
            text.text(&self.clock.hour(point.at)).text(" ").bold(&figure(point.value));
        }
        Some(cell(self.words.metric.last_points, text, "", IconName::TrendingUp))
    }

    /// The rule as it is written, and what the metric was tagged with.
    fn threshold(&self, metric: &Metric) -> Vec<Widget> {
        let words = &self.words.metric;
        let mut html = CardHtml::default();
        let mut row = |label: &str, value: &str, code: Shown| {
            if value.trim().is_empty() {
                return;
            }
            if !html.is_empty() {
                html.line_break();
            }
            html.bold(label).text(" ");
            match code {
                Shown::AsCode => html.code(&cut_columns(value, 300)),
                Shown::AsText => html.text(&cut_columns(value, 600)),
            };
        };
        row(words.rule, &metric.rule, Shown::AsText);
        row(words.condition, &metric.when, Shown::AsCode);
        let tags: Vec<String> = metric
            .tags
            .iter()
            .take(TAGS)
            .map(|(key, value)| format!("{}={}", cut_columns(key, 40), cut_columns(value, 60)))
            .collect();
        row(words.tags, &tags.join(" · "), Shown::AsText);
        TextParagraph::of(html).into_iter().collect()
    }
}

#[derive(Clone, Copy)]
enum Shown {
    AsCode,
    AsText,
}

/// What stands in the header and on the phone, where `<` and `>` cannot:
/// `daily_usd 1,240 above 1,000`.
pub(super) fn headline(metric: &Metric, layout: Layout, words: &Catalogue) -> String {
    let key = cut_columns(&metric.key, 40);
    let value = match metric.value {
        Some(value) => figure(value),
        None => words.metric.no_data.to_owned(),
    };
    match (layout, comparison(&metric.when)) {
        (Layout::Resolved, _) if metric.value.is_none() => {
            format!("{key} · {}", words.metric.unwatched)
        }
        (Layout::Resolved, _) => format!("{key} {value} · {}", words.metric.back_to_normal),
        (_, Some(Comparison { operator, limit })) if metric.value.is_some() => {
            format!("{key} {value} · {}", (words.metric.against)(operator, &limit))
        }
        _ => format!("{key} {value}"),
    }
}
