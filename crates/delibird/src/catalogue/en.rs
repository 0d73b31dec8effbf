//! PURE. English.

use model::words::Severity;

use super::figure::Operator;
use super::{Catalogue, Counted, DigestWords, Locale, MetricWords, grouped};

pub static EN: Catalogue = Catalogue {
    locale: Locale::En,
    severity: |level| match level {
        Severity::Info => "Info",
        Severity::Warning => "Warning",
        Severity::High => "High",
        Severity::Critical => "Critical",
    },
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],

    open: "Open",
    upcoming: "Upcoming",
    resolved: "Resolved",
    was: |severity| format!("was {severity}"),
    update: |number| format!("Update {number}"),

    impaired: "impaired",
    pending: "action needed",
    unknown: "unknown",
    unimpaired: "unaffected",
    settled: "done",

    action_required: "Action required",
    action_may_be_required: "Action may be required",
    informational: "For information",

    ours: "Ours?",
    accounts: |n| plural(n, "account", "accounts"),
    notified: |n| format!("{} notified", plural(n, "account", "accounts")),
    notified_note: "AWS does not say whose resources are affected",
    unknown_account: "account not named",
    owner: |owner| format!("owner {owner}"),
    resources_label: "Resources",
    resources: |n| plural(n, "resource", "resources"),
    regions: |n| plural(n, "Region", "Regions"),
    unknown_form: "Event of an unknown form",
    account_label: "Account",
    security: "Security",
    impaired_count: |n| format!("{n} impaired"),
    of_resources: |n| format!(" of {}", plural(n, "resource", "resources")),
    occurrences: |n| format!("happened {n} times"),
    most_resources: |names| format!("most resources: {names}"),

    started: "Started",
    reported: "Reported",
    sent: "Sent",
    told: |time| format!("AWS told us {time}"),
    lasted: "Lasted",
    scheduled_for: "Scheduled for",
    act_by: "Act by",
    ends: |time| format!("until {time}"),
    overdue: "overdue",
    no_time: "no time given",
    time_unclear: "as AWS wrote it",
    progress: "Left to do",
    left: |left, all| format!("{left} of {} left", plural(all, "resource", "resources")),
    done: |done, percent| format!("{done} done ({percent}%)"),
    all_done: |all| format!("all {} done", plural(all, "resource", "resources")),
    days: |days| match days {
        0 => "D-day".to_owned(),
        1.. => format!("D-{days}"),
        _ => format!("D+{}", days.unsigned_abs()),
    },
    duration: |minutes| match minutes {
        ..1 => "under 1 min".to_owned(),
        1..60 => format!("{minutes} min"),
        60..1_440 => two(minutes / 60, "h", minutes % 60, "min"),
        1_440..43_200 => two(minutes / 1_440, "d", minutes % 1_440 / 60, "h"),
        _ => format!("{} d", minutes / 1_440),
    },
    ago: |duration| format!("{duration} ago"),
    in_time: |duration| format!("in {duration}"),
    next_day: "next day",
    previous_day: "day before",

    what_changed: "What changed",
    last_word: "Last word from AWS",
    last_word_of_source: "Last word",
    details: "Details",
    accounts_and_resources: "Accounts and resources",
    reference: "Reference",
    no_text: "There is no text in a language we read.",

    accounts_moved: |from, to| (format!("{from} → "), plural(to, "account", "accounts")),
    resources_moved: |from, to| (format!("{from} → "), plural(to, "resource", "resources")),
    now_severity: |severity| format!("now {severity}"),
    now_status: |status| format!("now {status}"),
    now_accounts: |n| format!("now {}", plural(n, "account", "accounts")),
    now_resources: |n| format!("now {}", plural(n, "resource", "resources")),
    new_deadline: "New date",
    new_text: "new text",
    was_before: |before| format!("was {before}"),
    moved: |days| match days {
        1.. => format!("{} later", plural_days(days)),
        _ => format!("{} earlier", plural_days(-days)),
    },
    status: "Status",
    severity_label: "Severity",
    deadline_unknown: "the date was withdrawn",

    open_health: "Open in AWS Health",
    runbook: "Runbook",
    more: "More",
    aws_docs: "AWS docs",
    aws_support: "AWS Support",
    aws_console: "AWS console",

    more_rows: |n| format!("+{n} more"),
    text_cut: "… text cut here; AWS Health has all of it",
    text_cut_of_source: "… text cut here",

    late: |duration| format!("This arrived {duration} late."),
    replayed: "Not new: from an archive, or more than a day old.",
    unknown_version: |version| {
        format!("This alert is of version {version}, which this release does not know.")
    },
    redirected: |space| format!("Meant for “{space}”, which could not be reached."),
    custom_source: |source| format!("Custom source: {source}. Not from AWS."),
    escalated: |space, duration| {
        format!("Escalated from “{space}”: nobody has taken it for {duration}.")
    },
    escalated_short: "Escalated",
    taken: |by, at| match by {
        Some(by) => format!("{by} took this in hand at {at}."),
        None => format!("Taken in hand at {at}."),
    },
    quiet_until: |until| format!("Quiet until {until}."),

    reminder: "Reminder",
    not_done: |n| format!("Not done yet: {}", plural(n, "account", "accounts")),
    by_unit: "By unit",
    no_unit: "others",
    and_more: |n| format!("+{n}"),
    answer_by: "Answer AWS by",
    first_steps: "First steps",
    answer_needed: "Answer needed",
    taken_short: |by| match by {
        Some(by) => format!("taken by {by}"),
        None => "taken in hand".to_owned(),
    },
    answered: "AWS may suspend what is not answered",
    metric: METRIC,
    digest: DIGEST,

    event_label: "Event",
    type_label: "Type",
    communication_label: "Communication",
    updated_label: "Last update",
    route_label: "Route",
    default_route: "default spaces",
    rule_label: "Severity rule",
    config_label: "Configuration",
    built_in: "built-in",
    regions_label: "Regions",
    why_label: "Why here",
    thread_label: "Thread",
};

const METRIC: MetricWords = MetricWords {
    threshold_crossed: "Threshold crossed",
    back_to_normal: "Back to normal",
    no_data: "no data",
    unwatched: "not watched any more",
    against: |operator, limit| match operator {
        Operator::Above => format!("above {limit}"),
        Operator::AtLeast => format!("at or above {limit}"),
        Operator::Below => format!("below {limit}"),
        Operator::AtMost => format!("at or below {limit}"),
        Operator::Equal => format!("equal to {limit}"),
        Operator::Unequal => format!("other than {limit}"),
    },
    since: "Since",
    last_points: "Last points",
    points: |breach| format!("{breach} points"),
    rule: "Threshold",
    condition: "Condition",
    host: |host| format!("host {host}"),
    tags: "Tags",
};

const DIGEST: DigestWords = DigestWords {
    daily: "Daily digest",
    weekly: "Weekly digest",
    other: "Digest",
    after_quiet_hours: "After quiet hours",
    storm: "Alert storm",
    since: |time| format!("since {time}"),
    all_regions: "all Regions",
    all_quiet: "All quiet",
    all_quiet_note: "Nothing is open, due or overdue. This message is also the sign of life.",
    held_in_quiet_hours: "Held during quiet hours",
    held_in_storm: "Folded: too many at once",
    held: "Held back",
    held_short: "Held",
    stale_short: "No news",
    open: "Open now",
    new: "New",
    due: "Due next",
    overdue: "Overdue",
    stale: "Open, but no news for long",
    resolved: "Resolved",
    is_new: "new",
    count: |what, n| match what {
        Counted::Held => format!("{n} held"),
        Counted::Overdue => format!("{n} overdue"),
        Counted::Open => format!("{n} open"),
        Counted::New => format!("{n} new"),
        Counted::Due => format!("{n} due"),
        Counted::Stale => format!("{n} without news"),
        Counted::Resolved => format!("{n} resolved"),
        Counted::Undelivered => format!("{n} undelivered"),
    },
    no_news: |duration| format!("no news for {duration}"),
    unactioned: "Not acted on, by owner",
    nobody: "no owner",
    silenced: "Silenced, by rule",
    undelivered_label: "Undelivered",
    undelivered: |n| format!("{} could not be delivered", plural(n, "message", "messages")),
    coverage: "Coverage",
    covered: |seen, expected| {
        format!("{} of {} accounts × Regions reported", grouped(seen), grouped(expected))
    },
    missing: |n| format!("{} silent", grouped(n)),
    never_seen: "never reported",
    last_seen: |time| format!("last {time}"),
    open_button: "Open",
    open_issues: "All open issues",
    scheduled_changes: "All scheduled changes",
};

fn plural_days(days: i64) -> String {
    format!("{days} {}", if days == 1 { "day" } else { "days" })
}

fn plural(n: u32, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn two(big: i64, big_unit: &str, small: i64, small_unit: &str) -> String {
    match small {
        0 => format!("{big} {big_unit}"),
        _ => format!("{big} {big_unit} {small} {small_unit}"),
    }
}
