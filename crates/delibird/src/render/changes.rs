//! PURE. What an update says: only what moved since this space was last told, from what it was
//! to what it is now.

use jiff::Timestamp;
use model::alert::Previous;
use model::words::{Change, Severity};
use model::{Alert, When};

use super::View;
use super::glance::{by_resources, cell};
use super::lists::worst_first;
use crate::card::{CardHtml, Colour, DecoratedText, IconName, Widget, cut_columns};
use crate::catalogue::Moved;
use crate::limits::{Allowance, Cut};

/// Between what was and what is.
const TO: &str = " → ";

impl View<'_> {
    pub(super) fn changes(&self, allowance: Allowance) -> Vec<Widget> {
        let mut widgets: Vec<Widget> = Vec::new();
        for change in &self.alert.changes {
            let fact = match change {
                Change::Severity => self.severity_now(),
                Change::Status => self.status_now(),
                Change::Deadline => self.deadline_now(),
                Change::Accounts => self.accounts_now(),
                Change::Resources => self.resources_now(),
                Change::Escalated | Change::Text | Change::Other(_) => continue,
            };
            widgets.push(Widget::DecoratedText(fact));
        }
        // Whoever is called now reads what it is; that somebody took it is news enough.
        let speaks_for_itself = !widgets.is_empty() || self.is_note_alone();
        if self.changed(&Change::Text) || self.is_passed_on() || !speaks_for_itself {
            widgets.extend(self.lead(allowance));
        }
        widgets
    }

    /// The lists behind the counts that moved.
    pub(super) fn changed_names(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Widget> {
        let mut lists = Vec::new();
        if self.changed(&Change::Resources) {
            lists.extend(self.resource_rows(allowance, cut));
        }
        if self.changed(&Change::Accounts) {
            lists.extend(self.account_rows(allowance, cut));
        }
        lists
    }

    fn before<T: PartialEq>(&self, of: impl Fn(&Previous) -> T, now: &T) -> Option<T> {
        self.alert.previous.as_ref().map(of).filter(|before| before != now)
    }

    fn severity_now(&self) -> DecoratedText {
        let severity = self.alert.severity;
        let colour = match severity {
            Severity::Critical | Severity::High => Some(Colour::Red),
            Severity::Warning => Some(Colour::Amber),
            Severity::Info => None,
        };
        let word = self.words.severity;
        let mut text = CardHtml::default();
        match self.before(|previous| previous.severity, &severity) {
            Some(before) => {
                text.text(word(before)).text(TO).status(colour, word(severity));
            }
            None => {
                text.status(colour, &(self.words.now_severity)(word(severity)));
            }
        }
        cell(self.words.severity_label, text, "", IconName::PriorityHigh)
    }

    fn status_now(&self) -> DecoratedText {
        let status = &self.alert.event.status;
        let word = |status| cut_columns(self.words.status(status), 40).into_owned();
        let mut text = CardHtml::default();
        match self.before(|previous| previous.status.clone(), status) {
            Some(before) => text.text(&word(&before)).text(TO).bold(&word(status)),
            None => text.bold(&(self.words.now_status)(&word(status))),
        };
        cell(self.words.status, text, "", IconName::Schedule)
    }

    fn deadline_now(&self) -> DecoratedText {
        let deadline = self.deadline();
        let mut below = Vec::new();
        let text = match &deadline {
            Some(deadline) => {
                below.extend(deadline.clock.clone());
                self.countdown(deadline)
            }
            None => CardHtml::esc(self.words.deadline_unknown),
        };
        let before = self.alert.previous.as_ref().and_then(|previous| previous.deadline.as_ref());
        if let Some(before) = before {
            below.push((self.words.was_before)(&cut_columns(&self.clock.when(before), 60)));
            below.extend(self.moved(before));
        }
        cell(self.words.new_deadline, text, &below.join(" · "), IconName::EventUpcoming)
    }

    /// `14 days later`.
    fn moved(&self, before: &When) -> Option<String> {
        let (before, now): (Timestamp, Timestamp) = (before.at()?, self.deadline_at()?);
        let days = now.duration_since(before).as_hours() / 24;
        (days != 0).then(|| (self.words.moved)(days))
    }

    fn accounts_now(&self) -> DecoratedText {
        let total = self.alert.accounts.total;
        let text = self.counted(
            total,
            |previous| previous.accounts,
            Counts { moved: self.words.accounts_moved, now: self.words.now_accounts },
        );
        let most = by_resources(&self.alert.accounts.shown).take(5);
        let mut names: Vec<_> = most.map(|account| self.account_name(account)).collect();
        if total as usize > names.len() {
            names.push("…");
        }
        cell(self.words.ours, text, &names.join(", "), IconName::Group)
    }

    fn resources_now(&self) -> DecoratedText {
        let all = self.alert.resources.total;
        let mut text = self.counted(
            all,
            |previous| previous.resources,
            Counts { moved: self.words.resources_moved, now: self.words.now_resources },
        );
        if self.impaired() > 0 {
            if self.before(|previous| previous.resources, &all).is_none() {
                text = CardHtml::default();
            } else {
                text.line_break();
            }
            self.impaired_of_all(&mut text);
        }
        let worst = worst_first(&self.alert.resources.shown).take(3);
        let mut ids: Vec<_> = worst.map(|resource| cut_columns(&resource.id, 40)).collect();
        if all as usize > ids.len() {
            ids.push("…".into());
        }
        cell(self.words.resources_label, text, &ids.join(", "), IconName::Dns)
    }

    /// `12 → 15 accounts`, or `now 15 accounts` where nobody remembers.
    fn counted(&self, now: u32, of: impl Fn(&Previous) -> u32, words: Counts) -> CardHtml {
        let mut text = CardHtml::default();
        match self.before(of, &now) {
            Some(before) => {
                let (before, now) = (words.moved)(before, now);
                text.text(&before).bold(&now)
            }
            None => text.bold(&(words.now)(now)),
        };
        text
    }

    /// The same on one line, the weightiest first: `2 → 4 resources`.
    pub(crate) fn news_in_brief(&self) -> Option<String> {
        const ORDER: [Change; 7] = [
            Change::Escalated,
            Change::Severity,
            Change::Deadline,
            Change::Status,
            Change::Resources,
            Change::Accounts,
            Change::Text,
        ];
        let words = self.words;
        let from = |before: Option<String>, now: String| match before {
            Some(before) => format!("{before}{TO}{now}"),
            None => now,
        };
        let count =
            |now: u32, of: fn(&Previous) -> u32, moved: Moved, all: fn(u32) -> String| match self
                .before(of, &now)
                .map(|before| moved(before, now))
            {
                Some((before, now)) => before + &now,
                None => all(now),
            };
        let alert = self.alert;
        let news = ORDER.iter().filter(|change| self.changed(change)).map(|change| match change {
            Change::Escalated => words.escalated_short.to_owned(),
            Change::Severity => {
                let before = self.before(|previous| previous.severity, &alert.severity);
                let word = words.severity;
                from(before.map(|level| word(level).to_owned()), word(alert.severity).to_owned())
            }
            Change::Deadline => match self.deadline() {
                Some(deadline) => format!("{} {}", words.new_deadline, deadline.date),
                None => words.deadline_unknown.to_owned(),
            },
            Change::Status => words.status(&alert.event.status).to_owned(),
            Change::Resources => {
                let all = alert.resources.total;
                count(all, |p| p.resources, words.resources_moved, words.resources)
            }
            Change::Accounts => {
                count(alert.accounts.total, |p| p.accounts, words.accounts_moved, words.accounts)
            }
            Change::Text | Change::Other(_) => words.new_text.to_owned(),
        });
        let news: Vec<String> = news.take(2).collect();
        (!news.is_empty()).then(|| news.join(", "))
    }

    fn is_note_alone(&self) -> bool {
        let Alert { escalation, acknowledged, .. } = self.alert;
        escalation.is_some() || acknowledged.is_some()
    }
}

/// A count in words, alone and as news.
#[derive(Clone, Copy)]
struct Counts {
    moved: Moved,
    now: fn(u32) -> String,
}
