//! PURE. The columns a condition may name. Short names win; everything else is a path into the
//! envelope or the detail, as far as reading an event keeps it. A name that is not here is
//! refused when the document is read, so that no rule is ever silently false.

use json_sql::{Path, Segment};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column<'p> {
    Account,
    AccountName,
    Ou,
    Owner,
    Tag(&'p str),
    Region,
    Service,
    Category,
    Status,
    TypeCode,
    Scope,
    Severity,
    Actionability,
    Description,
    EntityCount,
    DaysLeft,
    Envelope(Envelope),
    Detail(Detail),
    /// A list of the detail, or one element of it.
    List(List, Option<usize>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Envelope {
    Source,
    DetailType,
    Account,
    Region,
    Time,
    ReplayName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    EventArn,
    CommunicationId,
    Service,
    TypeCode,
    Category,
    Scope,
    StatusCode,
    Start,
    End,
    Updated,
    Region,
    Account,
    Page,
    Pages,
    Actionability,
    Severity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Personas,
    Texts,
    Languages,
    Descriptions,
    Entities,
    EntityValues,
    EntityStatuses,
}

pub(crate) const SHORT: [(&str, Column<'static>); 15] = [
    ("account", Column::Account),
    ("account_name", Column::AccountName),
    ("ou", Column::Ou),
    ("owner", Column::Owner),
    ("region", Column::Region),
    ("service", Column::Service),
    ("category", Column::Category),
    ("status", Column::Status),
    ("type_code", Column::TypeCode),
    ("scope", Column::Scope),
    ("severity", Column::Severity),
    ("actionability", Column::Actionability),
    ("description", Column::Description),
    ("entity_count", Column::EntityCount),
    ("days_left", Column::DaysLeft),
];

pub(crate) const ENVELOPE: [(&str, Envelope); 6] = [
    ("source", Envelope::Source),
    ("detail-type", Envelope::DetailType),
    ("account", Envelope::Account),
    ("region", Envelope::Region),
    ("time", Envelope::Time),
    ("replay-name", Envelope::ReplayName),
];

const DETAIL: [(&str, Detail); 16] = [
    ("eventArn", Detail::EventArn),
    ("communicationId", Detail::CommunicationId),
    ("service", Detail::Service),
    ("eventTypeCode", Detail::TypeCode),
    ("eventTypeCategory", Detail::Category),
    ("eventScopeCode", Detail::Scope),
    ("statusCode", Detail::StatusCode),
    ("startTime", Detail::Start),
    ("endTime", Detail::End),
    ("lastUpdatedTime", Detail::Updated),
    ("eventRegion", Detail::Region),
    ("affectedAccount", Detail::Account),
    ("page", Detail::Page),
    ("totalPages", Detail::Pages),
    ("actionability", Detail::Actionability),
    ("severity", Detail::Severity),
];

/// Lists of the detail, each with the key of an element where elements are objects.
const LISTS: [(&str, Option<&str>, List); 7] = [
    ("personas", None, List::Personas),
    ("eventDescription", None, List::Texts),
    ("eventDescription", Some("language"), List::Languages),
    ("eventDescription", Some("latestDescription"), List::Descriptions),
    ("affectedEntities", None, List::Entities),
    ("affectedEntities", Some("entityValue"), List::EntityValues),
    ("affectedEntities", Some("status"), List::EntityStatuses),
];

impl<'p> Column<'p> {
    /// Nothing for a name that no event can answer.
    pub(crate) fn of(path: &'p Path) -> Option<Self> {
        match path.segments() {
            [Segment::Key(name)] => found(&SHORT, name),
            [Segment::Key(space), Segment::Key(key)] if &**space == "tag" => Some(Self::Tag(key)),
            [Segment::Key(space), Segment::Key(key)] if &**space == "envelope" => {
                found(&ENVELOPE, key).map(Self::Envelope)
            }
            [Segment::Key(space), rest @ ..] if &**space == "detail" => detail(rest),
            _ => None,
        }
    }
}

fn detail<'p>(path: &[Segment]) -> Option<Column<'p>> {
    if let [Segment::Key(key)] = path
        && let Some(field) = found(&DETAIL, key)
    {
        return Some(Column::Detail(field));
    }
    let (list, at, part) = match path {
        [Segment::Key(list)] => (list, None, None),
        [Segment::Key(list), Segment::Index(at)] => (list, Some(*at), None),
        [Segment::Key(list), Segment::Key(part)] => (list, None, Some(&**part)),
        [Segment::Key(list), Segment::Index(at), Segment::Key(part)] => {
            (list, Some(*at), Some(&**part))
        }
        _ => return None,
    };
    let of_list = |(name, key, _): &&(&str, Option<&str>, List)| *name == &**list && *key == part;
    LISTS.iter().find(of_list).map(|(_, _, list)| Column::List(*list, at))
}

fn found<T: Copy>(names: &[(&str, T)], wanted: &str) -> Option<T> {
    names.iter().find(|(name, _)| *name == wanted).map(|(_, found)| *found)
}

/// Which names a condition may use, by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    /// `[[severity]]`: everything but the severity it decides.
    Severity,
    /// `[[silence]]` and `[[route]]`.
    Member,
    /// `[[threshold]]`: a metric, not an event.
    Metric,
}

const METRIC: [&str; 5] = ["category", "key", "value", "host", "pcode"];

impl Vocabulary {
    /// What is wrong with naming this column here.
    pub(crate) fn refuses(self, column: &json_sql::Column) -> Option<String> {
        let is_tag = matches!(column.path.segments(),
            [Segment::Key(space), Segment::Key(_)] if &**space == "tag");
        let known = match self {
            Self::Metric => is_tag || column.path.as_name().is_some_and(|n| METRIC.contains(&n)),
            Self::Severity => {
                if Column::of(&column.path) == Some(Column::Severity) {
                    return Some(
                        "`severity` may not be used here: it is what these rules decide".to_owned(),
                    );
                }
                Column::of(&column.path).is_some()
            }
            Self::Member => Column::of(&column.path).is_some(),
        };
        (!known).then(|| unknown(column, self))
    }
}

fn unknown(column: &json_sql::Column, vocabulary: Vocabulary) -> String {
    let written = column.path.to_string();
    if written == "tag" {
        return "unknown column `tag` (write tag.<key>)".to_owned();
    }
    if vocabulary == Vocabulary::Metric {
        let hint = match json_sql::nearest(&written, METRIC) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("known are {}, tag.<key>", METRIC.join(", ")),
        };
        return format!("unknown column `{written}` ({hint})");
    }
    if let Some((place @ ("detail" | "envelope"), field)) = written.split_once('.') {
        return format!("unknown column `{written}` ({})", kept(place, field));
    }
    let paths = paths();
    let with_prefix = paths.iter().find(|path| {
        path.split_once('.').is_some_and(|(_, field)| field.eq_ignore_ascii_case(&written))
    });
    if let Some(path) = with_prefix {
        return format!("unknown column `{written}` (did you mean {path}?)");
    }
    let error = column.unknown(SHORT.iter().map(|(name, _)| *name));
    match error.hint {
        Some(hint) => format!("{} ({hint})", error.problem),
        None => format!("{} (a path begins with envelope. or detail.)", error.problem),
    }
}

/// The near field, else all that reading an event keeps of this place.
fn kept(place: &str, field: &str) -> String {
    let paths = paths();
    let fields: Vec<&str> = paths
        .iter()
        .filter_map(|path| path.split_once('.'))
        .filter(|(own, _)| *own == place)
        .map(|(_, field)| field)
        .collect();
    let whole = !field.contains(['.', '[']);
    match json_sql::nearest(field, fields.iter().copied()).filter(|_| whole) {
        Some(near) => format!("did you mean {place}.{near}?"),
        None => format!("kept of it are {}", fields.join(", ")),
    }
}

/// Every path, as a hint writes it.
fn paths() -> Vec<String> {
    let envelope = ENVELOPE.iter().map(|(name, _)| format!("envelope.{name}"));
    let detail = DETAIL.iter().map(|(name, _)| format!("detail.{name}"));
    let lists = LISTS.iter().map(|(list, part, _)| match part {
        Some(part) => format!("detail.{list}.{part}"),
        None => format!("detail.{list}"),
    });
    envelope.chain(detail).chain(lists).collect()
}
