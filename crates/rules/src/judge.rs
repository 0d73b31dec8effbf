//! PURE. One walk over the rules for one member: severity first, since silences and routes may
//! ask for it, then silences, then routes in the order of the file. Whoever watches the walk
//! hears every answer, so that what is explained is what was done.

use json_sql::Condition;
use model::ids::SpaceName;
use model::words::{Severity, Subject};
use model::{canary, severity};

use crate::row::Row;
use crate::rule::{After, Place, Silence};
use crate::{Destination, Judgement, Rules};

/// What a rule said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Matched,
    False,
    /// A column it needs is NULL.
    Unknown,
    /// It took more steps than one member may: neither a match nor a miss.
    Failed,
    /// A silence past its `until`.
    Expired,
    /// A silence that fits, of a security event, which it does not include.
    Security,
}

/// Judges one member. `hear` is told of each rule that was asked, with its answer.
pub(crate) fn walk(
    rules: &Rules,
    mut row: Row<'_>,
    mut hear: impl FnMut(&Row<'_>, Place, Option<&Condition>, Heard),
) -> Judgement {
    if row.event.is_canary() {
        return canary();
    }
    let mut decided = None;
    for rule in &rules.severities {
        let heard = ask(rule.when.as_ref(), &row);
        hear(&row, rule.place, rule.when.as_ref(), heard);
        if heard == Heard::Matched {
            decided = Some((rule.level, rule.place.to_string()));
            break;
        }
    }
    let (severity, rule) = decided.unwrap_or_else(|| {
        let built_in = severity::built_in(row.event, row.now, rules.regions.as_deref());
        (built_in.level, built_in.rule.to_owned())
    });
    row.severity = Some(severity);
    for silence in &rules.silences {
        let heard = ask_silence(silence, &row);
        hear(&row, silence.place, Some(&silence.when), heard);
        if heard == Heard::Matched {
            let reason = silence.reason.clone();
            let destination = Destination::Silenced { reason, rule: silence.place.to_string() };
            return Judgement { severity, rule, destination };
        }
    }
    let destination = Destination::To(route(rules, &row, hear));
    Judgement { severity, rule, destination }
}

/// No rule may silence, raise or redirect what proves that the chain works.
fn canary() -> Judgement {
    Judgement {
        severity: Severity::Info,
        rule: "canary".to_owned(),
        destination: Destination::To(vec![(SpaceName::from(canary::SPACE), None)]),
    }
}

fn ask(when: Option<&Condition>, row: &Row<'_>) -> Heard {
    match when.map(|condition| condition.truth(row, row.now)) {
        None | Some(Ok(Some(true))) => Heard::Matched,
        Some(Ok(Some(false))) => Heard::False,
        Some(Ok(None)) => Heard::Unknown,
        Some(Err(_)) => Heard::Failed,
    }
}

fn ask_silence(silence: &Silence, row: &Row<'_>) -> Heard {
    if silence.until.is_some_and(|until| until <= row.now) {
        return Heard::Expired;
    }
    match ask(Some(&silence.when), row) {
        Heard::Matched if !silence.include_security && row.event.subject() == Subject::Security => {
            Heard::Security
        }
        heard => heard,
    }
}

/// The spaces of every route that takes the member, then the default spaces unless a route
/// stopped the walk. A route that gave no answer may have been the one that leads on, so that
/// the default spaces are told in any case.
fn route(
    rules: &Rules,
    row: &Row<'_>,
    mut hear: impl FnMut(&Row<'_>, Place, Option<&Condition>, Heard),
) -> Vec<(SpaceName, Option<String>)> {
    let mut reached: Vec<(SpaceName, Option<String>)> = Vec::new();
    let mut defaults = true;
    let mut failed = false;
    for route in &rules.routes {
        let heard = ask(route.when.as_ref(), row);
        hear(row, route.place, route.when.as_ref(), heard);
        failed |= heard == Heard::Failed;
        if heard != Heard::Matched {
            continue;
        }
        for space in &route.spaces {
            reach(&mut reached, space, Some(&route.name));
        }
        if route.after == After::Stop {
            defaults = false;
            break;
        }
    }
    if defaults || failed {
        for space in &rules.spaces {
            reach(&mut reached, space, None);
        }
    }
    reached
}

/// The first to reach a space speaks for it.
fn reach(reached: &mut Vec<(SpaceName, Option<String>)>, space: &SpaceName, by: Option<&String>) {
    if !reached.iter().any(|(known, _)| known == space) {
        reached.push((space.clone(), by.cloned()));
    }
}
