//! PURE. Why a member was judged as it was: every rule with its answer, heard on the very walk
//! that judges.

use jiff::Timestamp;
use json_sql::{Condition, Row as _};
use model::HealthEvent;

use crate::judge::{self, Heard};
use crate::row::Row;
use crate::rule::Place;
use crate::{Judgement, Rules};

/// What was judged, and what each rule of the document said on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub judgement: Judgement,
    /// When none of them matched, the built-in table decided.
    pub severities: Vec<Tried>,
    pub silences: Vec<Tried>,
    /// When the last one that matched did not stop, the default spaces were added.
    pub routes: Vec<Tried>,
}

/// One rule and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    pub place: Place,
    /// The name of a route, the reason of a silence.
    pub name: Option<String>,
    /// None takes everything.
    pub when: Option<String>,
    pub answer: Answer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Matched,
    False,
    /// Neither true nor false, because these columns are NULL here.
    Unknown {
        null: Vec<String>,
    },
    /// The silence is past its `until`.
    Expired,
    /// It fits, but security is never silenced unless a silence includes it.
    Security,
    /// The condition took more steps than one member may.
    Failed,
    /// An earlier rule had decided.
    NotReached,
}

pub(crate) fn explain(rules: &Rules, event: &HealthEvent, now: Timestamp) -> Explanation {
    let known = rules.accounts.known(&event.affected_account());
    let mut heard: Vec<(Place, Answer)> = Vec::new();
    let judgement = judge::walk(rules, Row::new(event, &known, now), |row, place, when, answer| {
        heard.push((place, told(row, when, answer)));
    });
    let tried = |place: Place, name: Option<&String>, when: Option<&Condition>| Tried {
        place,
        name: name.cloned(),
        when: when.map(ToString::to_string),
        answer: heard
            .iter()
            .find(|(asked, _)| *asked == place)
            .map_or(Answer::NotReached, |(_, answer)| answer.clone()),
    };
    let severities = rules.severities.iter();
    let silences = rules.silences.iter();
    let routes = rules.routes.iter();
    Explanation {
        severities: severities.map(|rule| tried(rule.place, None, rule.when.as_ref())).collect(),
        silences: silences
            .map(|rule| tried(rule.place, Some(&rule.reason), Some(&rule.when)))
            .collect(),
        routes: routes
            .map(|rule| tried(rule.place, Some(&rule.name), rule.when.as_ref()))
            .collect(),
        judgement,
    }
}

fn told(row: &Row<'_>, when: Option<&Condition>, heard: Heard) -> Answer {
    match heard {
        Heard::Matched => Answer::Matched,
        Heard::False => Answer::False,
        Heard::Unknown => Answer::Unknown { null: when.map(|w| nulls(row, w)).unwrap_or_default() },
        Heard::Failed => Answer::Failed,
        Heard::Expired => Answer::Expired,
        Heard::Security => Answer::Security,
    }
}

fn nulls(row: &Row<'_>, when: &Condition) -> Vec<String> {
    let mut nulls: Vec<String> = Vec::new();
    for column in when.columns().filter(|column| row.cell(&column.path).is_null()) {
        let name = column.path.to_string();
        if !nulls.contains(&name) {
            nulls.push(name);
        }
    }
    nulls
}
