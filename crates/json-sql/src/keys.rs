//! What a document has to ask for: the paths that lead to its values.

use serde_json::Value;

use crate::ast::{Path, Segment};

/// The dotted key names of a document down to `depth` levels, each as a query writes it. Of an array
/// the first element speaks.
pub fn keys(document: &Value, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    walk(document, depth, &mut Path::default(), &mut found);
    found
}

fn walk(value: &Value, depth: usize, path: &mut Path, found: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(items) => {
            if let Some(first) = items.first() {
                walk(first, depth, path, found);
            }
        }
        Value::Object(object) => {
            for (key, value) in object {
                path.0.push(Segment::Key(key.as_str().into()));
                found.push(path.to_string());
                walk(value, depth - 1, path, found);
                path.0.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn keys_go_as_deep_as_asked_and_can_be_pasted_into_a_query() {
        let document = serde_json::json!([
            { "id": 1, "detail-type": "x", "order": 2, "detail": { "service": "S", "a b": [{ "c": 1 }] } },
            { "other": 1 },
        ]);
        for (depth, expected) in [
            (0, ""),
            (1, r#"detail detail-type id "order""#),
            (2, r#"detail detail."a b" detail.service detail-type id "order""#),
            (3, r#"detail detail."a b" detail."a b".c detail.service detail-type id "order""#),
        ] {
            assert_eq!(keys(&document, depth).join(" "), expected, "depth {depth}");
        }
    }
}
