//! PURE. A digest: what a space should know all at once, by the clock, after quiet hours or in a
//! storm. Numbers first, then the lists, the most urgent first; sent even when all is quiet, for
//! silence alone says nothing.

mod rows;
mod upkeep;

use std::collections::BTreeSet;

use model::ids::Region;
use model::summary::{Digest, DigestReason, DigestRow, Rows};
use model::words::Severity;

use super::View;
use super::glance::cell;
use crate::card::{
    ButtonList, CardHtml, Colour, Grid, GridItem, IconName, PlainLine, Section, Widget,
};
use crate::catalogue::{Counted, DigestWords, grouped};
use crate::limits::{Allowance, Cut};
use crate::links::{self, Dashboard};

/// Three cells side by side are still read on a phone.
const CELLS: u8 = 3;
const CELL: usize = 24;

impl View<'_> {
    pub(super) fn digest(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let Some(digest) = self.alert.digest.as_deref() else { return Vec::new() };
        let mut top = self.notes();
        if is_quiet(digest) {
            top.push(self.all_quiet());
        } else if !tells_of_held_alone(digest) {
            top.extend(self.numbers(digest));
        }
        let mut sections: Vec<Section> = Section::open(top).into_iter().collect();
        let mut told = BTreeSet::new();
        for (title, rows, list) in self.lists(digest) {
            sections.extend(self.list(title, rows, list, &mut told, allowance, cut));
        }
        sections.extend(self.upkeep(digest));
        sections.extend(Section::open(self.dashboards(digest).into_iter().collect()));
        sections
    }

    fn all_quiet(&self) -> Widget {
        let words = &self.words.digest;
        let mut text = CardHtml::default();
        text.status(Some(Colour::Green), words.all_quiet);
        Widget::DecoratedText(cell(
            self.digest_name(),
            text,
            words.all_quiet_note,
            IconName::CheckCircle,
        ))
    }

    fn numbers(&self, digest: &Digest) -> Option<Widget> {
        let words = &self.words.digest;
        // What is held back matters where that is the reason; else what went silent.
        let fifth = match digest.held.total {
            0 => (words.stale_short, digest.stale.total),
            held => (words.held_short, held),
        };
        let cells = [
            (words.overdue, digest.overdue.total),
            (words.open, digest.open.total),
            (words.due, digest.due.total),
            (words.new, digest.new.total),
            fifth,
            (words.resolved, digest.resolved.total),
        ];
        let item = |(label, number): (&str, u32)| GridItem {
            title: PlainLine::new(&grouped(number), CELL),
            subtitle: PlainLine::new(label, CELL),
        };
        Grid::of(cells.into_iter().map(item).collect(), CELLS)
    }

    /// In the order of urgency; what was held back comes first where that is why we write.
    fn lists<'d>(&self, digest: &'d Digest) -> [(&'static str, &'d Rows, List); 7] {
        let words = &self.words.digest;
        let held = match digest.reason {
            DigestReason::QuietHours => words.held_in_quiet_hours,
            DigestReason::Storm => words.held_in_storm,
            DigestReason::Schedule | DigestReason::Other => words.held,
        };
        let held = (held, &digest.held, List::Held);
        let overdue = (words.overdue, &digest.overdue, List::Overdue);
        let open = (words.open, &digest.open, List::Open);
        let due = (words.due, &digest.due, List::Due);
        let new = (words.new, &digest.new, List::New);
        let stale = (words.stale, &digest.stale, List::Stale);
        let resolved = (words.resolved, &digest.resolved, List::Resolved);
        match digest.reason {
            DigestReason::QuietHours | DigestReason::Storm => {
                [held, overdue, open, due, new, stale, resolved]
            }
            DigestReason::Schedule | DigestReason::Other => {
                [overdue, open, due, new, held, stale, resolved]
            }
        }
    }

    fn dashboards(&self, digest: &Digest) -> Option<Widget> {
        let words = &self.words.digest;
        let arn = every_row(digest).find_map(|row| row.arn.as_ref())?;
        let pages = [
            (words.open_issues, Dashboard::OpenIssues),
            (words.scheduled_changes, Dashboard::ScheduledChanges),
        ];
        let buttons = pages.into_iter().filter_map(|(label, page)| {
            Some(super::actions::outlined(label, links::dashboard(arn, page)?))
        });
        let buttons: Vec<_> = buttons.collect();
        (!buttons.is_empty()).then_some(Widget::ButtonList(ButtonList { buttons }))
    }

    /// `Daily digest`, `After quiet hours`.
    pub(crate) fn digest_name(&self) -> &'static str {
        const HOURS: i64 = 60;
        let words = &self.words.digest;
        let Some(digest) = &self.alert.digest else { return words.other };
        let covers = crate::clock::minutes_between(digest.from, digest.to);
        match digest.reason {
            DigestReason::QuietHours => words.after_quiet_hours,
            DigestReason::Storm => words.storm,
            // A changed hour or a late sweep moves it a little.
            DigestReason::Schedule if (20 * HOURS..=28 * HOURS).contains(&covers) => words.daily,
            DigestReason::Schedule if (160 * HOURS..=176 * HOURS).contains(&covers) => words.weekly,
            DigestReason::Schedule | DigestReason::Other => words.other,
        }
    }

    /// `2 open · 9 due`, or that all is quiet.
    pub(crate) fn digest_counts(&self) -> String {
        let words = &self.words.digest;
        let Some(digest) = &self.alert.digest else { return String::new() };
        let counts = [
            (Counted::Held, digest.held.total),
            (Counted::Overdue, digest.overdue.total),
            (Counted::Open, digest.open.total),
            (Counted::Due, digest.due.total),
            (Counted::New, digest.new.total),
            (Counted::Stale, digest.stale.total),
            (Counted::Undelivered, digest.undelivered),
            (Counted::Resolved, digest.resolved.total),
        ];
        let told = counts.into_iter().filter(|(_, n)| *n > 0);
        let told: Vec<_> = told.map(|(what, n)| (words.count)(what, n)).collect();
        if told.is_empty() { words.all_quiet.to_owned() } else { told.join(", ") }
    }

    /// `Seoul`, `3 Regions`, `all Regions` where no row names one.
    pub(crate) fn digest_regions(&self) -> String {
        let words: &DigestWords = &self.words.digest;
        let Some(digest) = &self.alert.digest else { return String::new() };
        let regions: BTreeSet<&str> =
            every_row(digest).flat_map(|row| &row.regions).map(Region::as_str).collect();
        match (regions.len(), regions.first()) {
            (1, Some(one)) => self.words.region_name(one).to_owned(),
            (0, _) => words.all_regions.to_owned(),
            (many, _) => (self.words.regions)(model::alert::count(many)),
        }
    }
}

/// Which list a row stands in: that decides what is worth saying of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Held,
    Overdue,
    Open,
    Due,
    New,
    Stale,
    Resolved,
}

fn every_row(digest: &Digest) -> impl Iterator<Item = &DigestRow> {
    let Digest { held, overdue, open, due, new, stale, resolved, .. } = digest;
    [held, overdue, open, due, new, stale, resolved].into_iter().flat_map(|rows| &rows.shown)
}

/// What is resolved is good news, and does not break the quiet.
fn is_quiet(digest: &Digest) -> bool {
    let Digest { held, overdue, open, due, new, stale, resolved, .. } = digest;
    [held, overdue, open, due, new, stale, resolved].into_iter().all(|rows| rows.total == 0)
}

/// Then the other numbers are not zero but uncounted, and must not be claimed.
fn tells_of_held_alone(digest: &Digest) -> bool {
    let Digest { reason, overdue, open, due, new, stale, resolved, .. } = digest;
    let others = [overdue, open, due, new, stale, resolved];
    matches!(reason, DigestReason::QuietHours | DigestReason::Storm)
        && others.into_iter().all(|rows| rows.total == 0)
}

/// The worst of what is not over.
pub(super) fn worst(digest: &Digest) -> Severity {
    let Digest { held, overdue, open, due, new, stale, .. } = digest;
    let lists = [held, overdue, open, due, new, stale].into_iter();
    let levels = lists.flat_map(|rows| &rows.shown).map(|row| row.severity);
    levels.max().unwrap_or(Severity::Info)
}
