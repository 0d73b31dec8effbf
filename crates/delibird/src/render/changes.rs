//! PURE. What an update says: only what moved since this space was last told.

use model::words::{Change, Severity};

use super::View;
use super::glance::cell;
use crate::card::{CardHtml, Colour, DecoratedText, IconName, Widget, cut_columns};
use crate::limits::{Allowance, Cut};

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
                Change::Text | Change::Other(_) => continue,
            };
            widgets.push(Widget::DecoratedText(fact));
        }
        let says_nothing = widgets.is_empty();
        if self.changed(&Change::Text) || says_nothing {
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

    fn severity_now(&self) -> DecoratedText {
        let severity = self.alert.severity;
        let colour = match severity {
            Severity::Critical | Severity::High => Some(Colour::Red),
            Severity::Warning => Some(Colour::Amber),
            Severity::Info => None,
        };
        let mut text = CardHtml::default();
        text.status(colour, &(self.words.now_severity)((self.words.severity)(severity)));
        cell(self.words.severity_label, text, "", IconName::PriorityHigh)
    }

    fn status_now(&self) -> DecoratedText {
        let status = self.words.status(&self.alert.event.status);
        let mut text = CardHtml::default();
        text.bold(&(self.words.now_status)(&cut_columns(status, 40)));
        cell(self.words.status, text, "", IconName::Schedule)
    }

    fn deadline_now(&self) -> DecoratedText {
        let deadline = self.deadline();
        let (text, below) = match &deadline {
            Some(deadline) => (self.countdown(deadline), deadline.clock.clone()),
            None => (CardHtml::esc(self.words.deadline_unknown), None),
        };
        cell(self.words.new_deadline, text, &below.unwrap_or_default(), IconName::EventUpcoming)
    }

    fn accounts_now(&self) -> DecoratedText {
        let mut text = CardHtml::default();
        text.bold(&(self.words.now_accounts)(self.alert.accounts.total));
        let names: Vec<_> =
            self.alert.accounts.shown.iter().take(5).map(|a| self.account_name(a)).collect();
        cell(self.words.ours, text, &names.join(" · "), IconName::Group)
    }

    fn resources_now(&self) -> DecoratedText {
        let all = self.alert.resources.total;
        let mut text = CardHtml::default();
        if self.impaired() > 0 {
            self.impaired_of_all(&mut text);
        } else {
            text.bold(&(self.words.now_resources)(all));
        }
        let ids: Vec<_> =
            self.alert.resources.shown.iter().take(5).map(|r| r.id.as_str()).collect();
        cell(&(self.words.resources)(all), text, &ids.join(" · "), IconName::Dns)
    }
}
