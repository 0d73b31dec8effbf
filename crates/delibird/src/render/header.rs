//! PURE. Title and subtitle: severity in a word, service, what; then where, how it stands, whose.

use model::words::{Kind, Severity, Status, Subject};

use super::{Layout, View};
use crate::card::{Header, PlainLine, cut_columns};

/// One line of a phone, the title may take two.
const TITLE: usize = 80;
const SUBTITLE: usize = 80;

/// The mark of what is over.
pub(super) const OVER: &str = "🟢";

/// The mark of what is not over.
pub(super) fn mark(subject: &Subject, severity: Severity) -> &'static str {
    match (subject, severity) {
        (Subject::Security, _) => "🚨",
        (_, Severity::Critical) | (Subject::Issue | Subject::Investigation, Severity::High) => "🔴",
        (_, Severity::High | Severity::Warning) => "🟠",
        (_, Severity::Info) => "🔵",
    }
}

impl View<'_> {
    pub(super) fn header(&self) -> Header {
        if self.layout == Layout::Digest {
            return self.digest_header();
        }
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
        let mark = format!("{} {}", self.emoji(), self.level());
        match self.deadline().filter(|_| self.layout == Layout::Reminder) {
            Some(deadline) => {
                let days = (self.words.days)(deadline.days);
                format!("{mark} · {days} · {service} · {}", self.name)
            }
            None => format!("{mark} · {service} · {}", self.name),
        }
    }

    fn digest_header(&self) -> Header {
        let title = format!("{} {} · {}", self.emoji(), self.level(), self.digest_name());
        let words = &self.words.digest;
        let from = self.alert.digest.as_ref().map(|digest| self.clock.time(digest.from));
        let since = from.map(|from| (words.since)(&from)).unwrap_or_default();
        let space = cut_columns(self.alert.target.space.as_str(), 30);
        let parts = [self.clock.date(self.clock.today()), since, space.into_owned()];
        Header {
            title: PlainLine::new(&title, TITLE),
            subtitle: PlainLine::new(&parts.join(" · "), SUBTITLE),
        }
    }

    /// Shape and colour follow the word beside it, so that neither is ever alone.
    pub(crate) fn emoji(&self) -> &'static str {
        match self.layout {
            Layout::Resolved => OVER,
            Layout::Digest => "📋",
            _ => mark(&self.alert.subject, self.alert.severity),
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
            (Layout::Resolved | Layout::Digest, _) => String::new(),
            (Layout::Reminder, Some(deadline)) if deadline.past => {
                format!("{} · {}", self.words.reminder, self.words.overdue)
            }
            (Layout::Reminder, _) => self.words.reminder.to_owned(),
            (Layout::Full, _) if self.alert.escalation.is_some() => {
                self.words.escalated_short.to_owned()
            }
            (Layout::Full, _) if self.alert.metric.is_some() => {
                self.words.metric.threshold_crossed.to_owned()
            }
            (Layout::Update, _) if self.is_passed_on() => self.words.escalated_short.to_owned(),
            (Layout::Update, _) => (self.words.update)(crate::post::update_number(self.alert)),
            (Layout::Full, _) if self.alert.kind == Kind::Plain => String::new(),
            (Layout::Full, _) if self.answer_due().is_some() => self.words.answer_needed.to_owned(),
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
            _ if self.layout == Layout::Reminder => (self.words.accounts)(self.not_done_yet()),
            (_, total) => (self.words.accounts)(total),
        }
    }
}
