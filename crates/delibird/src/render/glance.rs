//! PURE. The two cells read first: whose trouble it is, and since or until when. For a change
//! that is under way, how much is left to do.

use jiff::{SignedDuration, Timestamp};
use model::When;
use model::alert::{Account, AccountGroup, count};
use model::words::{Actionability, Category, Severity, Subject};

use super::{Layout, View};
use crate::card::{
    CardHtml, Colour, Columns, DecoratedText, IconName, VerticalAlignment, Widget, cut_columns,
};
use crate::catalogue::grouped;
use crate::clock::Deadline;

/// An account alias has at most 63 characters.
const NAME: usize = 63;
/// Told so soon after the start, the time of telling says nothing.
const PROMPT: SignedDuration = SignedDuration::from_mins(1);
/// The small line wraps; three lines of a phone are enough.
const BELOW: usize = 160;

impl View<'_> {
    pub(super) fn glance(&self) -> Vec<Widget> {
        vec![Columns::pair(self.ours(), self.timing())]
    }

    pub(crate) fn account_name<'a>(&'a self, account: &'a Account) -> &'a str {
        let named = account.name.as_deref().filter(|name| !name.trim().is_empty());
        named.unwrap_or(if account.id.is_unknown() || account.id.as_str().is_empty() {
            self.words.unknown_account
        } else {
            account.id.as_str()
        })
    }

    pub(super) fn ours(&self) -> DecoratedText {
        let (text, below) = if self.is_public() {
            let mut text = CardHtml::default();
            text.bold(&(self.words.notified)(self.alert.accounts.total));
            (text, self.words.notified_note.to_owned())
        } else {
            (self.names(), self.below_names())
        };
        cell(self.words.ours, text, &below, IconName::Group)
    }

    /// The first three by name, or how many; then how much of theirs is hit.
    fn names(&self) -> CardHtml {
        let accounts = &self.alert.accounts;
        let mut text = CardHtml::default();
        match accounts.shown.as_slice() {
            shown @ ([_] | [_, _] | [_, _, _]) if accounts.total <= 4 => {
                for (at, account) in shown.iter().enumerate() {
                    let name = cut_columns(self.account_name(account), NAME);
                    match at {
                        0 => text.bold(&name),
                        _ => text.ours(" · ").text(&name),
                    };
                }
                let unnamed = accounts.total as usize;
                if unnamed > shown.len() {
                    text.text(&format!(" +{}", unnamed - shown.len()));
                }
            }
            _ => {
                text.bold(&(self.words.accounts)(accounts.total));
            }
        }
        if self.impaired() > 0 && self.layout == Layout::Full {
            self.impaired_of_all(text.line_break());
        }
        text
    }

    /// `2 impaired of 4 resources`.
    pub(super) fn impaired_of_all(&self, text: &mut CardHtml) {
        text.status(Some(Colour::Red), &(self.words.impaired_count)(self.impaired()));
        text.text(&(self.words.of_resources)(self.alert.resources.total));
    }

    fn below_names(&self) -> String {
        let accounts = &self.alert.accounts;
        let mut parts = Vec::new();
        match accounts.shown.as_slice() {
            [only] => {
                if only.name.is_some() {
                    parts.push(only.id.to_string());
                }
                let owner = only.owner.as_deref().filter(|owner| !owner.is_empty());
                parts.extend(owner.map(|owner| (self.words.owner)(&cut_columns(owner, 40))));
            }
            shown if accounts.total > 4 => {
                parts.extend(self.units());
                let most: Vec<_> = by_resources(shown).take(3).collect();
                let names: Vec<_> =
                    most.iter().map(|a| cut_columns(self.account_name(a), 30)).collect();
                if most.iter().any(|account| account.resources > 0) {
                    parts.push((self.words.most_resources)(&names.join(", ")));
                } else if !names.is_empty() {
                    parts.push(format!("{}, …", names.join(", ")));
                }
            }
            _ => {}
        }
        if self.impaired() == 0 && self.alert.resources.total > 0 && self.progress().is_none() {
            parts.push((self.words.resources)(self.alert.resources.total));
        }
        parts.join(" · ")
    }

    /// `prod 71 · stage 70 · dev 72`.
    fn units(&self) -> Option<String> {
        const UNITS: usize = 4;
        let groups = &self.alert.accounts.groups;
        let unit = |group: &AccountGroup| {
            format!("{} {}", cut_columns(self.unit_name(group), 20), grouped(group.accounts))
        };
        let mut units: Vec<String> = groups.iter().take(UNITS).map(unit).collect();
        if groups.len() > UNITS {
            units.push((self.words.and_more)(count(groups.len() - UNITS)));
        }
        (!units.is_empty()).then(|| units.join(" · "))
    }

    /// Some accounts are in no unit anybody knows.
    pub(super) fn unit_name<'a>(&self, group: &'a AccountGroup) -> &'a str {
        if group.name.trim().is_empty() { self.words.no_unit } else { &group.name }
    }

    pub(super) fn timing(&self) -> DecoratedText {
        if self.layout == Layout::Resolved {
            return self.lasted();
        }
        if let Some(answer) = self.answer_by() {
            return answer;
        }
        if let Some(deadline) = self.deadline() {
            return self.due(&deadline);
        }
        let label = match self.alert.subject {
            Subject::Notice | Subject::Unknown | Subject::Other(_) => self.words.sent,
            Subject::Scheduled => self.words.scheduled_for,
            Subject::Security => self.words.reported,
            _ => self.words.started,
        };
        let event = &self.alert.event;
        let start = event.start.as_ref();
        let sent = event.updated.as_ref().filter(|_| self.alert.subject == Subject::Notice);
        let label = if start.is_none() { self.words.sent } else { label };
        self.since(label, sent.or(start))
    }

    /// Started, and when AWS told us, which may be much later.
    pub(super) fn since(&self, label: &str, start: Option<&When>) -> DecoratedText {
        let told = self.alert.event.time;
        let mut text = CardHtml::default();
        let mut below = Vec::new();
        match (start, told) {
            (Some(When::At(at)), _) => {
                text.text(&self.clock.time(*at)).text(" ");
                text.bold(&format!("({})", self.clock.relative(*at)));
                let late = told.filter(|told| told.duration_since(*at) > PROMPT);
                below.extend(
                    late.filter(|_| self.is_from_aws())
                        .map(|told| (self.words.told)(&self.clock.time(told))),
                );
            }
            (Some(When::Text(odd)), _) => {
                text.text(&cut_columns(odd, 80));
                below.push(self.words.time_unclear.to_owned());
            }
            (None, Some(told)) => {
                text.text(&self.clock.time(told)).text(" ");
                text.bold(&format!("({})", self.clock.relative(told)));
            }
            (None, None) => {
                text.text(self.words.no_time);
            }
        }
        if self.alert.event.occurrences > 1 {
            below.push((self.words.occurrences)(self.alert.event.occurrences));
        }
        cell(label, text, &below.join(" · "), IconName::Schedule)
    }

    pub(super) fn due(&self, deadline: &Deadline) -> DecoratedText {
        let action = self.alert.event.actionability.as_ref();
        let ours = action == Some(&Actionability::Required)
            || self.alert.event.category == Category::AccountNotification;
        let label = if ours { self.words.act_by } else { self.words.scheduled_for };
        let text = self.countdown(deadline);
        let mut below: Vec<String> = deadline.clock.iter().cloned().collect();
        below.extend(self.window_end().map(|end| (self.words.ends)(&end)));
        below.extend(action.map(|action| self.words.action(action).to_owned()));
        cell(label, text, &below.join(" · "), IconName::EventUpcoming)
    }

    /// `D-9 · 2026-11-30 (Mon)`, red when it is near.
    pub(super) fn countdown(&self, deadline: &Deadline) -> CardHtml {
        let near = deadline.days <= 3 || self.alert.severity == Severity::Critical;
        let colour = if near { Colour::Red } else { Colour::Amber };
        let days = (self.words.days)(deadline.days);
        let mut text = CardHtml::default();
        text.status(Some(colour), &days).ours(" · ").bold(&deadline.date);
        if deadline.past {
            text.ours(" · ").status(Some(Colour::Red), self.words.overdue);
        }
        text
    }

    /// The end of a maintenance window, when it is another moment than its start.
    fn window_end(&self) -> Option<String> {
        let end = self.alert.event.end.as_ref()?;
        let starts = self.alert.event.start.as_ref().and_then(When::at)?;
        (end.at()? > starts && self.deadline_at() == Some(starts)).then(|| self.clock.when(end))
    }

    pub(super) fn lasted(&self) -> DecoratedText {
        let event = &self.alert.event;
        let start = event.start.as_ref().and_then(When::at);
        let end =
            event.end.as_ref().and_then(When::at).or(event.updated.as_ref().and_then(When::at));
        let mut text = CardHtml::default();
        match (start, end) {
            (Some(start), Some(end)) if self.clock.between(start, end).is_some() => {
                let lasted = self.clock.between(start, end).unwrap_or_default();
                text.bold(&lasted);
                let span = format!("{} – {}", self.clock.time(start), self.clock.time(end));
                return cell(self.words.lasted, text, &span, IconName::CheckCircle);
            }
            (_, Some(end)) => text.text(&self.clock.time(end)),
            (Some(start), None) => text.text(&self.clock.time(start)),
            (None, None) => text.text(self.words.no_time),
        };
        let label = if end.is_some() { self.words.resolved } else { self.words.started };
        cell(label, text, "", IconName::CheckCircle)
    }

    /// How many resources are still to be dealt with.
    pub(super) fn progress(&self) -> Option<Widget> {
        self.left_to_do().map(Widget::DecoratedText)
    }

    pub(super) fn left_to_do(&self) -> Option<DecoratedText> {
        let all = self.alert.resources.total;
        let counts = self.alert.subject == Subject::Scheduled || self.layout == Layout::Reminder;
        if !counts || all == 0 || self.is_public() {
            return None;
        }
        let left = self.unsettled();
        let mut text = CardHtml::default();
        if left == 0 {
            text.status(Some(Colour::Green), &(self.words.all_done)(all));
        } else {
            text.bold(&(self.words.left)(left, all));
        }
        let done = all - left;
        let percent = u64::from(done) * 100 / u64::from(all);
        let below = if left == 0 || done == 0 {
            String::new()
        } else {
            (self.words.done)(done, u32::try_from(percent).unwrap_or(100))
        };
        Some(cell(self.words.progress, text, &below, IconName::PendingActions))
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        self.deadline_at().map(|at| self.clock.deadline(at))
    }

    /// A change happens at its start; a notice that names a later end means that, otherwise a
    /// start later than its own writing.
    pub(super) fn deadline_at(&self) -> Option<Timestamp> {
        let event = &self.alert.event;
        let start = event.start.as_ref().and_then(When::at);
        let end = event.end.as_ref().and_then(When::at);
        match event.category {
            Category::ScheduledChange => start.or(end),
            Category::AccountNotification => {
                let written = event.updated.as_ref().and_then(When::at).or(event.time)?;
                end.filter(|end| *end > written).or(start.filter(|start| *start > written))
            }
            _ => None,
        }
    }
}

/// Those with most resources first.
pub(super) fn by_resources(shown: &[Account]) -> impl Iterator<Item = &Account> {
    let mut sorted: Vec<&Account> = shown.iter().collect();
    sorted.sort_by_key(|account| std::cmp::Reverse(account.resources));
    sorted.into_iter()
}

pub(super) fn cell(label: &str, text: CardHtml, below: &str, icon: IconName) -> DecoratedText {
    DecoratedText {
        top_label: CardHtml::esc(label),
        // Chat refuses an empty text; a name may be made of nothing visible.
        text: if text.is_empty() { CardHtml::esc("–") } else { text },
        bottom_label: CardHtml::esc(&cut_columns(below, BELOW)),
        wrap_text: true,
        start_icon: Some(icon.saying(label)),
        start_icon_vertical_alignment: Some(VerticalAlignment::Top),
        button: None,
    }
}
