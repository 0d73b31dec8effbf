//! PURE. The form of `routes.toml`, read strictly: an unknown key is a problem with its line
//! and, where one is near, the key that was meant.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use model::ids::AccountId;
use serde::Deserialize;
use toml::Spanned;

use crate::{AccountEntry, Pace, Rules, duration};

/// One fault of a document, for the person who edits it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// Counted from 1.
    pub line: usize,
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The longest `group_interval`: SQS delays a tick by at most 15 minutes.
const MAX_INTERVAL: SignedDuration = SignedDuration::from_mins(15);

/// Tables this version reads, and those it knows of but does not read yet.
const TABLES: [&str; 2] = ["defaults", "accounts"];
const NOT_YET: [&str; 10] = [
    "severity",
    "silence",
    "route",
    "threshold",
    "quiet_hours",
    "reminders",
    "digest",
    "links",
    "storm",
    "test",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    defaults: Defaults,
    #[serde(default)]
    accounts: BTreeMap<AccountId, AccountEntry>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Defaults {
    spaces: Option<Spanned<Vec<String>>>,
    fallback: Option<String>,
    regions: Option<Vec<String>>,
    trusted_accounts: Option<Vec<String>>,
    locale: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    group_wait: Option<Spanned<String>>,
    group_wait_issue: Option<Spanned<String>>,
    group_interval: Option<Spanned<String>>,
}

pub(crate) fn parse(text: &str, version: &str) -> Result<Rules, Vec<Problem>> {
    let refused = refused_tables(text);
    if !refused.is_empty() {
        return Err(refused);
    }
    let document: Document = toml::from_str(text).map_err(|error| vec![of_toml(text, &error)])?;
    let mut reader = Reader { text, problems: Vec::new() };
    let rules = reader.rules(document, version);
    if reader.problems.is_empty() { Ok(rules) } else { Err(reader.problems) }
}

/// Tables are refused by name before anything else, so that nobody believes in a rule that is
/// not read.
fn refused_tables(text: &str) -> Vec<Problem> {
    let headings = text.lines().enumerate().filter_map(|(index, line)| {
        let name = line.trim().strip_prefix('[')?.trim_start_matches('[');
        let name = name.split([']', '.']).next()?.trim().trim_matches(['"', '\'']);
        Some((index + 1, name))
    });
    headings
        .filter(|(_, name)| !TABLES.contains(name))
        .map(|(line, name)| {
            let what = if NOT_YET.contains(&name) {
                format!("[{name}] is not supported yet; remove it or use a later version")
            } else {
                format!("unknown table [{name}]; known are [defaults] and [accounts.<id>]")
            };
            Problem { line, what }
        })
        .collect()
}

fn of_toml(text: &str, error: &toml::de::Error) -> Problem {
    let line = error.span().map_or(1, |span| line_of(text, &span));
    let message = error.message().replace('\n', " ");
    Problem { line, what: suggestion(&message).unwrap_or(message) }
}

/// "unknown field `gruop_wait`, expected one of `spaces`, …" names the nearest one.
fn suggestion(message: &str) -> Option<String> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    let wrong = quoted.next()?;
    let nearest = quoted.min_by_key(|known| distance(wrong, known))?;
    (distance(wrong, nearest) <= 3)
        .then(|| format!("unknown key `{wrong}`; did you mean `{nearest}`?"))
}

/// Levenshtein's distance, for keys of a few letters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1)
}

struct Reader<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, span: &Range<usize>, what: String) {
        self.problems.push(Problem { line: line_of(self.text, span), what });
    }

    fn rules(&mut self, document: Document, version: &str) -> Rules {
        let built_in = Rules::default();
        let defaults = document.defaults;
        let spaces = match defaults.spaces {
            Some(names) if names.get_ref().is_empty() => {
                self.problem(&names.span(), "`spaces` names no space".to_owned());
                built_in.spaces
            }
            Some(names) => names.into_inner().into_iter().map(Into::into).collect(),
            None => built_in.spaces,
        };
        Rules {
            version: version.to_owned(),
            spaces,
            fallback: defaults.fallback.map(Into::into),
            regions: defaults.regions.map(|names| names.into_iter().map(Into::into).collect()),
            trusted_accounts: defaults
                .trusted_accounts
                .map(|ids| ids.into_iter().map(Into::into).collect()),
            locale: self.locale(defaults.locale, built_in.locale),
            zone: self.zone(defaults.zone, built_in.zone),
            pace: Pace {
                group_wait: self.wait(defaults.group_wait, built_in.pace.group_wait),
                group_wait_issue: self
                    .wait(defaults.group_wait_issue, built_in.pace.group_wait_issue),
                group_interval: self.wait(defaults.group_interval, built_in.pace.group_interval),
            },
            accounts: document.accounts,
        }
    }

    fn locale(&mut self, given: Option<Spanned<String>>, built_in: String) -> String {
        let Some(given) = given else { return built_in };
        if !matches!(given.get_ref().as_str(), "ko" | "en") {
            let what = format!("unknown locale `{}`; known are `ko` and `en`", given.get_ref());
            self.problem(&given.span(), what);
        }
        given.into_inner()
    }

    fn zone(&mut self, given: Option<Spanned<String>>, built_in: String) -> String {
        let Some(given) = given else { return built_in };
        if TimeZone::get(given.get_ref()).is_err() {
            let what = format!(
                "unknown zone `{}`; expected an IANA name such as `Asia/Seoul`",
                given.get_ref()
            );
            self.problem(&given.span(), what);
        }
        given.into_inner()
    }

    fn wait(&mut self, given: Option<Spanned<String>>, built_in: SignedDuration) -> SignedDuration {
        let Some(given) = given else { return built_in };
        match duration::parse(given.get_ref()) {
            Some(wait) if wait <= MAX_INTERVAL => wait,
            Some(_) => {
                self.problem(&given.span(), "at most 15m: a tick cannot wait longer".to_owned());
                built_in
            }
            None => {
                let what = format!(
                    "`{}` is no duration; write a number and s, m, h or d, such as `30s`",
                    given.get_ref()
                );
                self.problem(&given.span(), what);
                built_in
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_overrides_the_built_in_defaults() {
        let text = r#"
            [defaults]
            spaces = ["ops", "sec"]
            regions = ["ap-northeast-2"]
            trusted_accounts = ["111122223333"]
            locale = "ko"
            zone = "Asia/Seoul"
            group_wait = "45s"
            [accounts.444455556666]
            name = "payments-prod"
            ou = "prod"
        "#;
        let rules = Rules::parse(text, "7").unwrap();
        let expected = Rules {
            version: "7".to_owned(),
            spaces: vec!["ops".into(), "sec".into()],
            regions: Some(vec!["ap-northeast-2".into()]),
            trusted_accounts: Some([AccountId::from("111122223333")].into()),
            locale: "ko".to_owned(),
            zone: "Asia/Seoul".to_owned(),
            pace: Pace { group_wait: SignedDuration::from_secs(45), ..Pace::default() },
            accounts: BTreeMap::from([(
                "444455556666".into(),
                AccountEntry {
                    name: Some("payments-prod".to_owned()),
                    ou: Some("prod".to_owned()),
                    owner: None,
                },
            )]),
            ..Rules::default()
        };
        assert_eq!(rules, expected);
    }

    #[test]
    fn faults_are_named_with_their_line_and_what_to_do() {
        let rows = [
            (
                "[defaults]\ngruop_wait = '1s'",
                "line 2: unknown key `gruop_wait`; did you mean `group_wait`?",
            ),
            (
                "[[route]]\nname = 'a'",
                "line 1: [route] is not supported yet; remove it or use a later version",
            ),
            (
                "\n[defualts]",
                "line 2: unknown table [defualts]; known are [defaults] and [accounts.<id>]",
            ),
            ("[defaults]\nspaces = []", "line 2: `spaces` names no space"),
            ("[defaults]\nlocale = 'kr'", "line 2: unknown locale `kr`; known are `ko` and `en`"),
            (
                "[defaults]\nzone = 'Seoul'",
                "line 2: unknown zone `Seoul`; expected an IANA name such as `Asia/Seoul`",
            ),
            (
                "[defaults]\ngroup_wait = '5'",
                "line 2: `5` is no duration; write a number and s, m, h or d, such as `30s`",
            ),
            ("[defaults]\ngroup_interval = '1h'", "line 2: at most 15m: a tick cannot wait longer"),
            ("[accounts.1]\nnmae = 'x'", "line 2: unknown key `nmae`; did you mean `name`?"),
        ];
        for (text, expected) in rows {
            let problems = Rules::parse(text, "1").unwrap_err();
            let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert_eq!(shown, [expected], "{text}");
        }
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let text = "[defaults]\nlocale = 'kr'\nzone = 'Seoul'\ngroup_wait = 'soon'";
        assert_eq!(Rules::parse(text, "1").unwrap_err().len(), 3);
    }
}
