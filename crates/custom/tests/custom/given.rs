//! One good request and ways to bend it. The key is synthetic: it decodes to `PCODE`.

use custom::metric::{self, AccessKeyIn, Batch, Faults, Host, Rules};
use jiff::Timestamp;

pub(crate) const KEY: &str = "x64mmgs800082-x61050o3gg28a-xm30d1o7qlala";
pub(crate) const OTHER_PROJECTS_KEY: &str = "x8emud2oh0p35-x6cpr8d5l6mr3d-x6srrge5p77ala";
pub(crate) const NOW_MS: i64 = 1_700_000_000_123;

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millisecond(NOW_MS).unwrap()
}

pub(crate) fn rules() -> Rules {
    Rules {
        default_host: Host::new("custom").unwrap(),
        access_key: AccessKeyIn::Body,
        reserved_categories: metric::BUILT_IN_CATEGORIES.map(String::from).to_vec(),
    }
}

pub(crate) fn parse(body: &str) -> Result<Batch, Faults> {
    metric::parse(body.as_bytes(), &rules(), now())
}

/// The members of the good request as JSON text.
pub(crate) fn members() -> Vec<(&'static str, String)> {
    [
        ("datas", r#"[{"key":"data1","value":1},{"key":"data2","value":140.232323}]"#),
        ("tags", "[]"),
        ("whatapAccessKey", &format!(r#""{KEY}""#)),
        ("pcode", "1234567"),
        ("category", r#""whatap_custom""#),
        ("host", r#""custom-host-1""#),
    ]
    .map(|(name, json)| (name, json.to_owned()))
    .to_vec()
}

pub(crate) fn body_of(members: &[(&'static str, String)]) -> String {
    let members: Vec<_> =
        members.iter().map(|(name, json)| format!(r#""{name}":{json}"#)).collect();
    format!("{{{}}}", members.join(","))
}

pub(crate) fn body() -> String {
    body_of(&members())
}

/// The good request with these members in place of its own, or added.
pub(crate) fn with(changes: &[(&'static str, &str)]) -> String {
    let mut all = members();
    for (name, json) in changes {
        all.retain(|(known, _)| known != name);
        all.push((name, (*json).to_owned()));
    }
    body_of(&all)
}

pub(crate) fn without(name: &str) -> String {
    let mut all = members();
    all.retain(|(known, _)| *known != name);
    body_of(&all)
}

/// The good request with one value, given as JSON text.
pub(crate) fn value(json: &str) -> String {
    with(&[("datas", &format!(r#"[{{"key":"v","value":{json}}}]"#))])
}

pub(crate) fn many_datas(count: usize) -> String {
    let datas: Vec<_> =
        (0..count).map(|n| format!(r#"{{"key":"metric_{n}","value":{n}.25}}"#)).collect();
    with(&[("datas", &format!("[{}]", datas.join(",")))])
}
