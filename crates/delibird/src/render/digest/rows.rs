//! PURE. One list of a digest: a few rows in sight, the next ones folded, the rest counted. A
//! row says what, how it stands and whose it is, and its button opens its own event.

use std::collections::BTreeSet;

use model::When;
use model::alert::count;
use model::ids::AccountId;
use model::summary::{DigestRow, Rows};
use model::words::Status;

use super::List;
use crate::card::{
    CardHtml, DecoratedText, Fold, HttpsUrl, Section, TextParagraph, Widget, cut_columns,
};
use crate::catalogue::events;
use crate::limits::{Allowance, Cut};
use crate::links;
use crate::render::View;
use crate::render::{actions, header};

/// Rows in sight before "show more".
const SEEN: u8 = 3;
const NAME: usize = 60;

impl View<'_> {
    /// Nothing for an empty list, or one whose rows were all told above.
    pub(super) fn list<'d>(
        &self,
        title: &str,
        rows: &'d Rows,
        list: List,
        told: &mut BTreeSet<&'d str>,
        allowance: Allowance,
        cut: &mut Cut,
    ) -> Option<Section> {
        let lines = if list == List::Held { allowance.lines } else { 0 };
        let mut repeated = 0;
        let mut fresh: Vec<&DigestRow> = Vec::new();
        for row in &rows.shown {
            if told.contains(row.thread.as_str()) {
                repeated += 1;
            } else if fresh.len() < allowance.rows + lines {
                told.insert(row.thread.as_str());
                fresh.push(row);
            }
        }
        let hidden = rows.total.saturating_sub(count(fresh.len())).saturating_sub(repeated);
        cut.rows = cut.rows.saturating_add(hidden);
        let (whole, brief) = fresh.split_at(fresh.len().min(allowance.rows));
        let mut widgets: Vec<Widget> =
            whole.iter().map(|row| Widget::DecoratedText(self.row(row, list))).collect();
        let mut html = CardHtml::default();
        for row in brief {
            self.line(&mut html, row, list);
        }
        if hidden > 0 {
            next_line(&mut html).text(&(self.words.more_rows)(hidden));
        }
        widgets.extend(TextParagraph::of(html));
        // One more row is shown rather than hidden behind a click.
        let fold =
            if widgets.len() > usize::from(SEEN) + 1 { Fold::After(SEEN) } else { Fold::Open };
        let title = format!("{title} ({})", rows.total.saturating_sub(repeated));
        Section::open(widgets).map(|section| Section { fold, ..section.titled(&title) })
    }

    /// What has no message of its own, where a hundred of them came at once.
    fn line(&self, html: &mut CardHtml, row: &DigestRow, list: List) {
        let (service, name) = self.name_of(row);
        let label = format!("{service} {name}");
        next_line(html).text(mark(row)).text(" ");
        match links::row(&self.alert.target, row) {
            Some(url) => html.link(&url, &label),
            None => html.text(&label),
        };
        html.ours(" · ").text(&cut_columns(&self.standing_of(row, list), 120));
    }

    fn name_of(&self, row: &DigestRow) -> (String, String) {
        let service = events::service(row.service.as_str(), self.words.locale);
        let code = cut_columns(row.type_code.as_str(), 200);
        let name = events::name(&code, row.service.as_str(), self.words.locale);
        let name = if name.is_empty() { self.words.unknown_form.to_owned() } else { name };
        (cut_columns(&service, 30).into_owned(), cut_columns(&name, NAME).into_owned())
    }

    fn row(&self, row: &DigestRow, list: List) -> DecoratedText {
        let (service, name) = self.name_of(row);
        let mut text = CardHtml::default();
        text.text(mark(row)).text(" ").bold(&service).text(" ").text(&name);
        let button = links::row(&self.alert.target, row).map(|url| self.open(url, &service, &name));
        DecoratedText {
            top_label: CardHtml::default(),
            text,
            bottom_label: CardHtml::esc(&cut_columns(&self.standing_of(row, list), 200)),
            wrap_text: true,
            start_icon: None,
            start_icon_vertical_alignment: None,
            button,
        }
    }

    fn open(&self, url: HttpsUrl, service: &str, name: &str) -> crate::card::Button {
        let label = self.words.digest.open_button;
        actions::borderless(label, &format!("{label}: {service} {name}"), url)
    }

    /// `Critical · D-9 · 2026-11-30 (Mon) · Seoul · 213 accounts · 340 of 612 resources left`.
    fn standing_of(&self, row: &DigestRow, list: List) -> String {
        let words = self.words;
        let mut parts: Vec<String> = Vec::new();
        if self.is_news(row, list) {
            parts.push(words.digest.is_new.to_owned());
        }
        match row.status {
            Status::Resolved => parts.push(words.resolved.to_owned()),
            _ => parts.push((words.severity)(row.severity).to_owned()),
        }
        let deadline = row.deadline.as_ref().and_then(When::at).map(|at| self.clock.deadline(at));
        if let Some(deadline) = deadline.filter(|_| row.status != Status::Resolved) {
            parts.push((words.days)(deadline.days));
            parts.push(deadline.date);
        }
        parts.extend(self.region_of(row));
        parts.extend(self.whose_of(row));
        // Progress is told of what has a date; of one resource there is none.
        if row.deadline.is_some() && row.unsettled > 0 && row.resources > 1 {
            parts.push((words.left)(row.unsettled, row.resources));
        }
        parts.extend(self.age_of(row, list));
        parts.join(" · ")
    }

    /// New ones are marked where they stand in a more urgent list.
    fn is_news(&self, row: &DigestRow, list: List) -> bool {
        let digest = self.alert.digest.as_deref();
        let new = digest.map(|digest| digest.new.shown.as_slice()).unwrap_or_default();
        matches!(list, List::Open | List::Due | List::Overdue)
            && new.iter().any(|other| other.thread == row.thread)
    }

    fn region_of(&self, row: &DigestRow) -> Option<String> {
        match row.regions.as_slice() {
            [] => None,
            [one] => Some(cut_columns(self.words.region_name(one.as_str()), 40).into_owned()),
            many => Some((self.words.regions)(count(many.len()))),
        }
    }

    fn whose_of(&self, row: &DigestRow) -> Option<String> {
        let name = row.account_name.as_deref().filter(|name| !name.trim().is_empty());
        let only = name.or(row.account.as_ref().map(AccountId::as_str));
        match (row.accounts, only) {
            (0 | 1, Some(only)) => Some(cut_columns(only, 40).into_owned()),
            (0, None) => None,
            (many, _) => Some((self.words.accounts)(many)),
        }
    }

    /// How long it has been open, or silent.
    fn age_of(&self, row: &DigestRow, list: List) -> Option<String> {
        let now = self.clock.now;
        match list {
            List::Stale => {
                let silent = self.clock.between(row.updated?, now)?;
                Some((self.words.digest.no_news)(&silent))
            }
            List::Open | List::New | List::Held if row.deadline.is_none() => {
                self.clock.between(row.start.as_ref()?.at()?, now)
            }
            _ => None,
        }
    }
}

fn next_line(html: &mut CardHtml) -> &mut CardHtml {
    if html.is_empty() { html } else { html.line_break() }
}

/// As in a header; the word stands below it.
fn mark(row: &DigestRow) -> &'static str {
    match row.status {
        Status::Resolved => header::OVER,
        _ => header::mark(&row.subject, row.severity),
    }
}
