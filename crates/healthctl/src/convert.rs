//! PURE. From the `severity.properties` of the Kotlin system to severity rules.
//!
//! It matched a word anywhere in the text, in any letter case, the most urgent list first; the
//! rules say the same, in the same order. Its lists for the subject of the SNS message come out as
//! comments, since EventBridge sends none and they never took effect.

use std::fmt::Write as _;

/// What was read, in the order in which it was asked.
const LISTS: [(&str, &str); 3] =
    [("severity.critical", "critical"), ("severity.high", "high"), ("severity.warning", "warning")];
const SUBJECT_LISTS: [&str; 2] = ["severity.subject.critical", "severity.subject.high"];
/// A list whose first item is shorter than this was not used at all.
const SHORTEST: usize = 3;

/// A list that had no use there. Keys of other things, such as the webhook, are passed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: `{key}` is no list of severity words; known are {}", known())]
pub struct Unknown {
    pub line: usize,
    pub key: String,
}

fn known() -> String {
    let lists = LISTS.iter().map(|(key, _)| *key).chain(SUBJECT_LISTS);
    lists.collect::<Vec<_>>().join(", ")
}

/// The `[[severity]]` tables of a routing document.
pub fn severity_rules(properties: &str) -> Result<String, Unknown> {
    let entries = entries(properties);
    let is_ours = |key: &str| key.starts_with("severity.");
    if let Some(odd) = entries.iter().find(|entry| is_ours(&entry.key) && !is_known(&entry.key)) {
        return Err(Unknown { line: odd.line, key: odd.key.clone() });
    }
    let words = |key: &str| {
        // A key given twice keeps its last value, as Java reads it.
        let value = entries.iter().rfind(|entry| entry.key == key).map(|entry| &entry.value);
        value.map(|value| list(value)).unwrap_or_default()
    };
    let mut document = String::from(
        "# Any of these words anywhere in the text, in any letter case; the first rule that matches wins.\n\
         # The built-in table, which reads what AWS says of the event, comes after them.\n",
    );
    for (key, level) in LISTS {
        let words = words(key);
        if !words.is_empty() {
            let conditions: Vec<String> = words.iter().map(|word| condition(word)).collect();
            let when = toml::Value::String(conditions.join(" or "));
            // Writing to a String cannot fail.
            let _ =
                write!(document, "\n[[severity]]  # {key}\nwhen = {when}\nlevel = \"{level}\"\n");
        }
    }
    for key in SUBJECT_LISTS {
        let words = words(key);
        if !words.is_empty() {
            let _ = writeln!(
                document,
                "\n# {key} = {} was matched with the subject of the SNS message, which is empty.",
                words.join(",")
            );
        }
    }
    Ok(document)
}

fn is_known(key: &str) -> bool {
    LISTS.iter().any(|(known, _)| *known == key) || SUBJECT_LISTS.contains(&key)
}

/// `%` and `_` in a word stand for themselves.
fn condition(word: &str) -> String {
    let quoted = word.replace('\'', "''");
    if !word.contains(['%', '_', '!']) {
        return format!("description ilike '%{quoted}%'");
    }
    let escaped = quoted.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("description ilike '%{escaped}%' escape '!'")
}

fn list(value: &str) -> Vec<String> {
    let words: Vec<&str> = value.split(',').map(str::trim).collect();
    if words.first().is_none_or(|first| first.chars().count() < SHORTEST) {
        return Vec::new();
    }
    words.into_iter().filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

struct Entry {
    line: usize,
    key: String,
    value: String,
}

/// Java's format as far as such a file uses it: `#` and `!` begin comments, a backslash at the
/// end of a line goes on in the next, `=` or `:` divides.
/// <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)>
fn entries(properties: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut lines = properties.lines().enumerate();
    while let Some((number, first)) = lines.next() {
        let first = first.trim_start();
        if first.is_empty() || first.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = first.to_owned();
        while logical.ends_with('\\') {
            logical.pop();
            let Some((_, more)) = lines.next() else { break };
            logical.push_str(more.trim_start());
        }
        let (key, value) = logical.split_once(['=', ':']).unwrap_or((&logical, ""));
        entries.push(Entry {
            line: number + 1,
            key: key.trim().to_owned(),
            value: value.trim().to_owned(),
        });
    }
    entries
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use model::words::Severity;

    use super::{Unknown, severity_rules};

    const SHIPPED: &str = "# words\n\
        severity.subject.critical=[Immediate Action],[Service Disruption]\n\
        severity.critical=disruption\n\
        severity.high=\n\
        severity.warning = will require downtime,\\\n  will retire, 100% of_it's\n";

    #[test]
    fn words_become_rules_in_their_order_and_dead_lists_become_comments() {
        let expected = r#"# Any of these words anywhere in the text, in any letter case; the first rule that matches wins.
# The built-in table, which reads what AWS says of the event, comes after them.

[[severity]]  # severity.critical
when = "description ilike '%disruption%'"
level = "critical"

[[severity]]  # severity.warning
when = "description ilike '%will require downtime%' or description ilike '%will retire%' or description ilike '%100!% of!_it''s%' escape '!'"
level = "warning"

# severity.subject.critical = [Immediate Action],[Service Disruption] was matched with the subject of the SNS message, which is empty.
"#;
        assert_eq!(severity_rules(SHIPPED).as_deref(), Ok(expected));
    }

    #[test]
    fn what_comes_out_is_read_and_judges_as_the_words_did() {
        let document = severity_rules(SHIPPED).unwrap();
        let rules = rules::Rules::parse(&document, "converted").unwrap();
        let judged = |text: &str| {
            let event = serde_json::json!({"source": "custom.health", "detail": {
                "eventTypeCode": "X", "eventTypeCategory": "accountNotification",
                "eventDescription": [{"language": "en_US", "latestDescription": text}],
            }});
            let event = model::read(event.to_string().as_bytes()).remove(0).unwrap();
            rules.judge(&event, Timestamp::UNIX_EPOCH).severity
        };
        let rows = [
            ("A Disruption in one zone", Severity::Critical),
            ("your host WILL RETIRE soon", Severity::Warning),
            ("about 100% of_it's capacity", Severity::Warning),
            ("about 100 of it's capacity", Severity::Info),
        ];
        for (text, expected) in rows {
            assert_eq!(judged(text), expected, "{text}");
        }
    }

    #[test]
    fn a_list_that_was_switched_off_stays_off_and_an_unknown_key_is_named() {
        let off = severity_rules("severity.critical=x,disruption").unwrap();
        assert!(!off.contains("[[severity]]"), "{off}");
        let odd = severity_rules("gchat.webhook.url=x\n# c\nseverity.info=x").unwrap_err();
        assert_eq!(odd, Unknown { line: 3, key: "severity.info".to_owned() });
    }
}
