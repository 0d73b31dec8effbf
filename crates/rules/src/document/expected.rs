//! PURE. `[[test]]`: the sketch of an event and what is expected of it.

use model::words::{Actionability, Category, Scope, Source, StatusCode};
use toml::Spanned;

use super::routing::{level, placed};
use super::section::{Faults, Section};
use super::{owned, tags};
use crate::AccountEntry;
use crate::expectation::{Expectation, Sketch};
use crate::rule::Place;

const EVENT: [&str; 16] = [
    "account",
    "account_name",
    "ou",
    "owner",
    "tag",
    "source",
    "region",
    "service",
    "category",
    "status",
    "type_code",
    "scope",
    "actionability",
    "description",
    "entity_count",
    "days_left",
];

pub(super) fn expectations(faults: &mut Faults<'_>, root: &Section<'_>) -> Vec<Expectation> {
    let sections = placed(faults, root, "test");
    let mut read = |(place, section): (Place, Section<'_>)| expectation(faults, place, &section);
    sections.into_iter().filter_map(&mut read).collect()
}

fn expectation(
    faults: &mut Faults<'_>,
    place: Place,
    section: &Section<'_>,
) -> Option<Expectation> {
    section.only(faults, &["event", "expect"]);
    section.require(faults, "event");
    section.require(faults, "expect");
    let event = section.inline(faults, "event").map(|event| sketch(faults, &event));
    let expect = section.inline(faults, "expect")?;
    expect.only(faults, &["spaces", "severity", "silenced"]);
    let spaces = expect.texts(faults, "spaces").map(Spanned::into_inner);
    let severity = expect.text(faults, "severity").and_then(|given| level(faults, &given));
    let silenced = expect.flag(faults, "silenced");
    if spaces.is_none() && severity.is_none() && silenced.is_none() {
        faults.note(&expect.span, "`expect` expects nothing; known are spaces, severity, silenced");
    }
    let spaces = spaces.map(|names| names.iter().map(|name| (*name.get_ref()).into()).collect());
    Some(Expectation { place, event: event?, spaces, severity, silenced })
}

fn sketch(faults: &mut Faults<'_>, section: &Section<'_>) -> Sketch {
    section.only(faults, &EVENT);
    let mut word = |key| owned(section.text(faults, key));
    let mut sketch = Sketch {
        account: word("account").map(Into::into),
        entry: AccountEntry {
            name: word("account_name"),
            ou: word("ou"),
            owner: word("owner"),
            ..AccountEntry::default()
        },
        source: word("source").map(|name| Source::parse(&name)),
        region: word("region").map(Into::into),
        service: word("service").map(Into::into),
        category: word("category").map(|name| Category::parse(&name)),
        status: word("status").map(|name| StatusCode::parse(&name)),
        type_code: word("type_code").map(Into::into),
        scope: word("scope").map(|name| Scope::parse(&name)),
        actionability: word("actionability").map(|name| Actionability::parse(&name)),
        description: word("description"),
        ..Sketch::default()
    };
    sketch.entry.tags = tags(faults, section, "tag");
    let entities = section.integer(faults, "entity_count");
    sketch.entity_count = entities.map_or(0, |given| entity_count(faults, &given));
    if let Some(days) = section.integer(faults, "days_left") {
        let planned = matches!(
            sketch.category,
            Some(Category::ScheduledChange | Category::AccountNotification)
        );
        if !planned {
            let what = "`days_left` is only for scheduledChange and accountNotification";
            faults.note(&days.span(), what);
        }
        sketch.days_left = Some(days.into_inner());
    }
    sketch
}

fn entity_count(faults: &mut Faults<'_>, given: &Spanned<i64>) -> u32 {
    const MOST: u32 = 10_000;
    match u32::try_from(*given.get_ref()) {
        Ok(count) if count <= MOST => count,
        _ => {
            faults.note(&given.span(), format!("`entity_count` is from 0 to {MOST}"));
            0
        }
    }
}
