//! PURE. The built-in severity table, applied after the rules of `routes.toml`.
//! The first row that fits wins; each row has a name, which `explain` and the card show.

use jiff::{SignedDuration, Timestamp};
use memchr::memmem;

use crate::event::HealthEvent;
use crate::ids::Region;
use crate::words::{Actionability, Category, EntityStatus, Severity, Source, Subject};

/// A level and the row that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub level: Severity,
    pub rule: &'static str,
}

/// `regions`: where the organization runs, when it said so; a PUBLIC issue elsewhere is info.
pub fn built_in(event: &HealthEvent, now: Timestamp, regions: Option<&[Region]>) -> Verdict {
    let verdict = |level, rule| Verdict { level, rule };
    if let (true, Some(level)) = (event.source != Source::AwsHealth, event.severity) {
        return verdict(level, "stated by the custom source");
    }
    let unresolved = !event.is_resolved(now);
    let code = event.type_code.as_str();
    if event.subject() == Subject::Security && unresolved {
        return verdict(Severity::Critical, "open security event");
    }
    if code.ends_with("_EXPOSED") || code.ends_with("_COMPROMISED") {
        return verdict(Severity::Critical, "exposed or compromised");
    }
    match event.category {
        Category::Issue | Category::Investigation if unresolved => issue(event, regions),
        Category::Issue | Category::Investigation => verdict(Severity::Info, "resolved"),
        Category::ScheduledChange if unresolved => scheduled(event, now),
        Category::ScheduledChange => verdict(Severity::Info, "nothing left to do"),
        Category::AccountNotification | Category::Other(_) => notice(event, now),
    }
}

fn issue(event: &HealthEvent, regions: Option<&[Region]>) -> Verdict {
    let impaired = event.entity_statuses().any(|status| *status == EntityStatus::Impaired);
    if impaired && !event.is_public() && event.category == Category::Issue {
        return Verdict { level: Severity::Critical, rule: "issue with impaired resources" };
    }
    let elsewhere = |ours: &[Region]| {
        event.region.as_ref().is_some_and(|at| at.as_str() != "global" && !ours.contains(at))
    };
    if event.is_public() && regions.is_some_and(elsewhere) {
        return Verdict { level: Severity::Info, rule: "public event outside our Regions" };
    }
    Verdict { level: Severity::High, rule: "open issue or investigation" }
}

fn scheduled(event: &HealthEvent, now: Timestamp) -> Verdict {
    let action = event.actionability == Some(Actionability::Required);
    let verdict = |level, rule| Verdict { level, rule };
    match event.deadline().map(|deadline| deadline.duration_since(now)) {
        Some(left) if left <= days(1) => verdict(Severity::Critical, "change due within a day"),
        Some(left) if left <= days(7) => verdict(Severity::High, "change due within 7 days"),
        Some(left) if action && left <= days(14) => {
            verdict(Severity::High, "change that requires action, due within 14 days")
        }
        _ => verdict(Severity::Warning, "scheduled change"),
    }
}

fn notice(event: &HealthEvent, now: Timestamp) -> Verdict {
    let left = event.deadline().map(|deadline| deadline.duration_since(now));
    let base = match event.actionability {
        Some(Actionability::Required) if left.is_some_and(|left| left <= days(7)) => {
            Verdict { level: Severity::High, rule: "action required within 7 days" }
        }
        Some(Actionability::Required) => {
            Verdict { level: Severity::Warning, rule: "action required" }
        }
        Some(Actionability::MayBeRequired) => {
            Verdict { level: Severity::Warning, rule: "action may be required" }
        }
        _ => Verdict { level: Severity::Info, rule: "notice" },
    };
    if alarming(event.preferred_text()) {
        return Verdict { level: base.level.raised(), rule: "notice with an alarming wording" };
    }
    base
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

/// Wordings that raise a notice by one step. Stems, so that "disruptions" counts too.
const ALARMING: [&str; 10] = [
    "[IMMEDIATE ACTION",
    "[ACTION REQUIRED",
    "[SERVICE DISRUPTION",
    "[SECURITY ISSUE",
    "[MAINTENANCE REQUIRED",
    "WILL REQUIRE DOWNTIME",
    "WILL RETIRE",
    "WILL BE RETIRED",
    "INTERVENTION",
    "DISRUPTION",
];

/// Words that turn the meaning around when they stand shortly before, in the same sentence.
const NEGATIONS: [&str; 10] =
    ["no", "not", "without", "never", "nor", "cannot", "don't", "doesn't", "isn't", "won't"];

fn alarming(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ALARMING.iter().any(|wording| {
        let mut found = memmem::find_iter(upper.as_bytes(), wording);
        found.any(|at| wording.starts_with('[') || !negated(text, at))
    })
}

/// "no disruption", "not cause any disruption", "without customer intervention": a negation
/// within the four words before, with no end of sentence between.
fn negated(text: &str, at: usize) -> bool {
    let Some(before) = text.get(..at) else { return false };
    let sentence = before.rsplit(['.', '!', '?', '\n']).next().unwrap_or(before);
    sentence.split_whitespace().rev().take(4).any(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
        NEGATIONS.iter().any(|negation| word.eq_ignore_ascii_case(negation))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, detail: &str, expected: &str) {
        let document = format!(
            r#"{{"source":"aws.health","account":"1","time":"2026-03-02T10:00:00Z","detail":{{{detail}}}}}"#
        );
        let event = crate::read(document.as_bytes()).remove(0).unwrap();
        let now = "2026-03-02T10:00:00Z".parse().unwrap();
        let ours = [Region::from("ap-northeast-2")];
        let verdict = built_in(&event, now, Some(&ours));
        assert_eq!(format!("{} {}", verdict.level, verdict.rule), expected, "{name}");
    }

    #[test]
    fn the_first_row_of_the_table_that_fits_wins() {
        let issue = r#""eventTypeCode":"AWS_EC2_X","eventTypeCategory":"issue""#;
        let public =
            r#""eventTypeCode":"AWS_EC2_X","eventTypeCategory":"issue","eventScopeCode":"PUBLIC""#;
        let change = r#""eventTypeCode":"AWS_EC2_X","eventTypeCategory":"scheduledChange""#;
        let notice = r#""eventTypeCode":"AWS_EC2_X","eventTypeCategory":"accountNotification""#;
        let impaired = r#","affectedEntities":[{"entityValue":"i","status":"IMPAIRED"}]"#;
        let settled = r#","affectedEntities":[{"entityValue":"i","status":"RESOLVED"}]"#;
        let says = |text: &str| {
            format!(r#"{notice},"eventDescription":[{{"latestDescription":"{text}"}}]"#)
        };
        let starts = |day: u32| format!(r#","startTime":"2026-03-{day:02}T10:00:00Z""#);
        let action = r#","actionability":"ACTION_REQUIRED""#;
        let rows: Vec<(&str, String, &str)> = vec![
            ("abuse", r#""service":"ABUSE","eventTypeCode":"A","eventTypeCategory":"issue""#.to_owned(), "critical open security event"),
            ("exposed", r#""eventTypeCode":"AWS_IAM_KEY_EXPOSED","eventTypeCategory":"accountNotification""#.to_owned(), "critical exposed or compromised"),
            ("impaired", format!("{issue}{impaired}"), "critical issue with impaired resources"),
            ("issue", issue.to_owned(), "high open issue or investigation"),
            ("issue, all settled", format!("{issue}{settled}"), "info resolved"),
            ("public, ours", format!(r#"{public},"eventRegion":"ap-northeast-2""#), "high open issue or investigation"),
            ("public, global", format!(r#"{public},"eventRegion":"global""#), "high open issue or investigation"),
            ("public, elsewhere", format!(r#"{public},"eventRegion":"sa-east-1""#), "info public event outside our Regions"),
            ("due in a day", format!("{change}{}", starts(3)), "critical change due within a day"),
            ("due in 7 days", format!("{change}{}", starts(9)), "high change due within 7 days"),
            ("due in 14 days", format!("{change}{}", starts(16)), "warning scheduled change"),
            ("action in 14 days", format!("{change}{}{action}", starts(16)), "high change that requires action, due within 14 days"),
            ("action in 15 days", format!("{change}{}{action}", starts(17)), "warning scheduled change"),
            ("change done", format!("{change}{}{settled}", starts(3)), "info nothing left to do"),
            ("notice", notice.to_owned(), "info notice"),
            ("may be", format!(r#"{notice},"actionability":"ACTION_MAY_BE_REQUIRED""#), "warning action may be required"),
            ("required", format!("{notice}{action}"), "warning action required"),
            ("required soon", format!("{notice}{action}{}", starts(8)), "high action required within 7 days"),
            ("wording", says("Your volume will retire soon."), "warning notice with an alarming wording"),
            ("wording and action", format!("{}{action}", says("This causes a disruption.")), "high notice with an alarming wording"),
            ("negated", says("There will be no service disruption."), "info notice"),
            ("negated before", says("This does not cause any disruption."), "info notice"),
            ("negation of another sentence", says("No action. Expect a disruption."), "warning notice with an alarming wording"),
            ("marked", says("[Action Required] Please upgrade."), "warning notice with an alarming wording"),
        ];
        for (name, detail, expected) in rows {
            check(name, &detail, expected);
        }
    }

    #[test]
    fn a_custom_source_may_state_its_level_and_aws_may_not() {
        let document = |source| {
            format!(r#"{{"source":"{source}","detail":{{"eventTypeCode":"X","severity":"high"}}}}"#)
        };
        let level = |source| {
            let event = crate::read(document(source).as_bytes()).remove(0).unwrap();
            built_in(&event, Timestamp::UNIX_EPOCH, None).level
        };
        assert_eq!((level("custom.health"), level("aws.health")), (Severity::High, Severity::Info));
    }
}
