//! PURE. Every word a card says, in each language. A catalogue is a struct whose fields are the
//! messages: a language that lacks one does not compile. What takes a value is a function, since
//! languages order words differently.
//!
//! Texts by AWS are not here; they are shown as AWS wrote them.

mod en;
pub mod events;
pub mod figure;
mod josa;
mod ko;
pub mod regions;
pub mod steps;

use figure::Operator;
use model::words::{Actionability, EntityStatus, Severity, Status};

pub use en::EN;
pub use ko::KO;

/// The languages we speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    En,
    Ko,
}

impl Locale {
    /// `ko`, `ko-KR`, `ko_KR`; anything else is English.
    pub fn parse(text: &str) -> Self {
        let language = text.get(..2).unwrap_or(text);
        if language.eq_ignore_ascii_case("ko") { Self::Ko } else { Self::En }
    }

    pub fn words(self) -> &'static Catalogue {
        match self {
            Self::En => &EN,
            Self::Ko => &KO,
        }
    }

    /// What AWS's language tags begin with.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }
}

type Count = fn(u32) -> String;
type Quote = fn(&str) -> String;
/// From one number to another, in two parts.
pub type Moved = fn(u32, u32) -> (String, String);

/// One language.
pub struct Catalogue {
    pub locale: Locale,
    pub severity: fn(Severity) -> &'static str,
    /// Monday first.
    pub weekdays: [&'static str; 7],

    pub open: &'static str,
    pub upcoming: &'static str,
    pub resolved: &'static str,
    pub was: Quote,
    pub update: Count,

    pub impaired: &'static str,
    pub pending: &'static str,
    pub unknown: &'static str,
    pub unimpaired: &'static str,
    pub settled: &'static str,

    pub action_required: &'static str,
    pub action_may_be_required: &'static str,
    pub informational: &'static str,

    pub ours: &'static str,
    pub accounts: Count,
    pub notified: Count,
    pub notified_note: &'static str,
    pub unknown_account: &'static str,
    pub owner: Quote,
    pub resources: Count,
    pub resources_label: &'static str,
    pub regions: Count,
    pub unknown_form: &'static str,
    pub account_label: &'static str,
    pub security: &'static str,
    pub impaired_count: Count,
    pub of_resources: Count,
    pub occurrences: Count,
    pub most_resources: Quote,

    pub started: &'static str,
    pub reported: &'static str,
    pub sent: &'static str,
    pub told: Quote,
    pub lasted: &'static str,
    pub scheduled_for: &'static str,
    pub act_by: &'static str,
    pub ends: Quote,
    pub overdue: &'static str,
    pub no_time: &'static str,
    pub time_unclear: &'static str,
    pub progress: &'static str,
    pub left: fn(u32, u32) -> String,
    pub done: fn(u32, u32) -> String,
    pub all_done: Count,
    /// Days until; zero is today, negative is past.
    pub days: fn(i64) -> String,
    /// Whole minutes.
    pub duration: fn(i64) -> String,
    pub ago: Quote,
    pub in_time: Quote,
    pub next_day: &'static str,
    pub previous_day: &'static str,

    pub what_changed: &'static str,
    pub last_word: &'static str,
    /// The same of a source that is not AWS.
    pub last_word_of_source: &'static str,
    pub details: &'static str,
    pub accounts_and_resources: &'static str,
    pub reference: &'static str,
    pub no_text: &'static str,

    /// How many there were, and how many there are: the part to be stressed stands last.
    pub accounts_moved: Moved,
    pub resources_moved: Moved,
    pub now_severity: Quote,
    pub now_status: Quote,
    pub now_accounts: Count,
    pub now_resources: Count,
    pub new_deadline: &'static str,
    pub new_text: &'static str,
    /// From what was said before to what holds now.
    pub was_before: Quote,
    pub moved: fn(i64) -> String,
    pub status: &'static str,
    pub severity_label: &'static str,
    pub deadline_unknown: &'static str,

    pub open_health: &'static str,
    pub runbook: &'static str,
    pub more: &'static str,
    pub aws_docs: &'static str,
    pub aws_support: &'static str,
    pub aws_console: &'static str,

    pub more_rows: Count,
    pub text_cut: &'static str,
    /// The same of a source that is not AWS.
    pub text_cut_of_source: &'static str,

    pub late: Quote,
    pub replayed: &'static str,
    pub unknown_version: Count,
    pub redirected: Quote,
    pub custom_source: Quote,
    /// From which space, and how long nobody had taken it there.
    pub escalated: fn(&str, &str) -> String,
    pub escalated_short: &'static str,
    /// By whom, when.
    pub taken: fn(Option<&str>, &str) -> String,
    pub quiet_until: Quote,

    pub reminder: &'static str,
    pub not_done: Count,
    pub by_unit: &'static str,
    pub no_unit: &'static str,
    pub and_more: Count,
    pub answer_by: &'static str,
    pub first_steps: &'static str,
    pub answered: &'static str,
    pub answer_needed: &'static str,
    pub taken_short: fn(Option<&str>) -> String,
    pub metric: MetricWords,
    pub digest: DigestWords,

    pub event_label: &'static str,
    pub type_label: &'static str,
    pub communication_label: &'static str,
    pub updated_label: &'static str,
    pub route_label: &'static str,
    pub default_route: &'static str,
    pub rule_label: &'static str,
    pub config_label: &'static str,
    pub built_in: &'static str,
    pub regions_label: &'static str,
    pub why_label: &'static str,
    /// What `healthctl ack` wants.
    pub thread_label: &'static str,
}

/// `1,240`: thousands are told apart at a glance, in both languages alike.
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What only cards of metrics say.
pub struct MetricWords {
    pub threshold_crossed: &'static str,
    pub back_to_normal: &'static str,
    pub no_data: &'static str,
    pub unwatched: &'static str,
    /// A comparison in words, where `<` and `>` cannot stand: operator and limit.
    pub against: fn(Operator, &str) -> String,
    pub since: &'static str,
    pub last_points: &'static str,
    pub points: Quote,
    pub rule: &'static str,
    pub condition: &'static str,
    pub host: Quote,
    pub tags: &'static str,
}

/// What only digests say.
pub struct DigestWords {
    pub daily: &'static str,
    pub weekly: &'static str,
    pub other: &'static str,
    pub after_quiet_hours: &'static str,
    pub storm: &'static str,
    pub since: Quote,
    pub all_regions: &'static str,
    pub all_quiet: &'static str,
    pub all_quiet_note: &'static str,
    /// Why these were held.
    pub held_in_quiet_hours: &'static str,
    pub held_in_storm: &'static str,
    pub held: &'static str,
    /// For a cell of a grid.
    pub held_short: &'static str,
    pub stale_short: &'static str,
    pub open: &'static str,
    pub new: &'static str,
    pub due: &'static str,
    pub overdue: &'static str,
    pub stale: &'static str,
    pub resolved: &'static str,
    pub is_new: &'static str,
    pub count: fn(Counted, u32) -> String,
    pub no_news: Quote,
    pub unactioned: &'static str,
    pub nobody: &'static str,
    pub silenced: &'static str,
    pub undelivered_label: &'static str,
    pub undelivered: Count,
    pub coverage: &'static str,
    pub covered: fn(u32, u32) -> String,
    pub missing: Count,
    pub never_seen: &'static str,
    pub last_seen: Quote,
    pub open_button: &'static str,
    pub open_issues: &'static str,
    pub scheduled_changes: &'static str,
}

/// What a digest counts in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Held,
    Overdue,
    Open,
    New,
    Due,
    /// Open, and not heard of for long.
    Stale,
    Resolved,
    Undelivered,
}

impl Catalogue {
    /// A word AWS added since is shown as AWS wrote it.
    pub fn status<'a>(&self, status: &'a Status) -> &'a str {
        match status {
            Status::Open => self.open,
            Status::Upcoming => self.upcoming,
            Status::Resolved => self.resolved,
            Status::Other(word) => word,
        }
    }

    pub fn entity<'a>(&self, status: &'a EntityStatus) -> &'a str {
        match status {
            EntityStatus::Impaired => self.impaired,
            EntityStatus::Pending => self.pending,
            EntityStatus::Unknown => self.unknown,
            EntityStatus::Unimpaired => self.unimpaired,
            EntityStatus::Resolved => self.settled,
            EntityStatus::Other(word) => word,
        }
    }

    pub fn action<'a>(&self, action: &'a Actionability) -> &'a str {
        match action {
            Actionability::Required => self.action_required,
            Actionability::MayBeRequired => self.action_may_be_required,
            Actionability::Informational => self.informational,
            Actionability::Other(word) => word,
        }
    }

    /// `Seoul`, or the code when it has no name here.
    pub fn region_name<'a>(&self, code: &'a str) -> &'a str {
        regions::name(code, self.locale).unwrap_or(code)
    }

    /// `Seoul (ap-northeast-2)`, or the code alone when it has no name here.
    pub fn region(&self, code: &str) -> String {
        match regions::name(code, self.locale) {
            Some(name) if code == "global" => name.to_owned(),
            Some(name) => format!("{name} ({code})"),
            None => code.to_owned(),
        }
    }
}
