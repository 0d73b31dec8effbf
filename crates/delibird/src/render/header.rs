//! PURE. Title and subtitle: severity in a word, service, what; then where, how it stands, whose.

use model::words::{Kind, Severity, Status, Subject};

use super::{Layout, View};
use crate::card::{Header, PlainLine};

/// One line of a phone, the title may take two.
const TITLE: usize = 80;
const SUBTITLE: usize = 80;

impl View<'_> {
    pub(super) fn header(&self) -> Header {
        let mut subtitle = vec![self.region(), self.standing()];
        subtitle.retain(|part| !part.is_empty());
        subtitle.push(self.whose_in_brief());
        Header {
            title: PlainLine::new(&self.title(), TITLE),
            subtitle: PlainLine::new(&subtitle.join(" · "), SUBTITLE),
        }
    }

    fn title(&self) -> String {
        let service = match self.alert.subject {
            Subject::Security if matches!(self.service.as_str(), "ABUSE" | "RISK") => {
                self.words.security
            }
            _ => &self.service,
        };
        format!("{} {} · {service} · {}", self.emoji(), self.level(), self.name)
    }

    /// Shape and colour follow the word beside it, so that neither is ever alone.
    pub(crate) fn emoji(&self) -> &'static str {
        match (self.layout, &self.alert.subject, self.alert.severity) {
            (Layout::Resolved, ..) => "🟢",
            (_, Subject::Security, _) => "🚨",
            (_, _, Severity::Critical)
            | (_, Subject::Issue | Subject::Investigation, Severity::High) => "🔴",
            (_, _, Severity::High | Severity::Warning) => "🟠",
            (_, _, Severity::Info) => "🔵",
        }
    }

    /// The severity; of what is over, that it is.
    pub(crate) fn level(&self) -> &'static str {
        if self.is_resolved() {
            self.words.resolved
        } else {
            (self.words.severity)(self.severity())
        }
    }

    pub(crate) fn region(&self) -> String {
        match self.alert.event.regions.as_slice() {
            [] => String::new(),
            [one] => self.words.region(one.as_str()),
            many => (self.words.regions)(model::alert::count(many.len())),
        }
    }

    fn standing(&self) -> String {
        let event = &self.alert.event;
        match (self.layout, self.deadline()) {
            (Layout::Resolved, _) if self.alert.max_severity > Severity::Info => {
                (self.words.was)((self.words.severity)(self.alert.max_severity))
            }
            (Layout::Resolved, _) => String::new(),
            (Layout::Update, _) => (self.words.update)(crate::post::update_number(self.alert)),
            (Layout::Full, _) if self.alert.kind == Kind::Plain => String::new(),
            (Layout::Full, Some(deadline)) if deadline.past => self.words.overdue.to_owned(),
            (Layout::Full, Some(deadline)) => (self.words.days)(deadline.days),
            // That a notice is "open" tells nobody anything.
            (Layout::Full, None) => {
                match (&self.alert.subject, &event.status, &event.actionability) {
                    (Subject::Notice | Subject::Scheduled, Status::Open, Some(action)) => {
                        self.words.action(action).to_owned()
                    }
                    (Subject::Notice, Status::Open, None) => String::new(),
                    (_, status, _) => self.words.status(status).to_owned(),
                }
            }
        }
    }

    /// `payments-prod`, `3 accounts`, `12 accounts notified`.
    fn whose_in_brief(&self) -> String {
        let accounts = &self.alert.accounts;
        match (accounts.shown.as_slice(), accounts.total) {
            _ if self.is_public() => (self.words.notified)(accounts.total),
            ([only], 0 | 1) => self.account_name(only).to_owned(),
            (_, total) => (self.words.accounts)(total),
        }
    }
}
