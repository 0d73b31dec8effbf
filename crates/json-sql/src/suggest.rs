//! "Did you mean": the nearest known name, if it is near at all.

/// The candidate with the fewest edits from `name`, when that is at most a third of its length.
/// Letter case does not count as an edit.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().flat_map(char::to_lowercase).collect();
    let allowed = (wanted.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, candidate), candidate))
        .filter(|(edits, candidate)| *edits <= allowed && *edits < candidate.chars().count())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Edits between the two names: insert, delete, replace, and swap of neighbours.
fn distance(wanted: &[char], candidate: &str) -> usize {
    let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=wanted.len()).collect()];
    for i in 0..letters.len() {
        let mut row = vec![i + 1];
        for j in 0..wanted.len() {
            let replaced = rows[i][j] + usize::from(letters[i] != wanted[j]);
            let mut least = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && letters[i] == wanted[j - 1] && letters[i - 1] == wanted[j] {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[letters.len()][wanted.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let known = ["account", "region", "service", "status", "type_code"];
        for (typed, expected) in [
            ("acount", Some("account")),
            ("Status", Some("status")),
            ("servcie", Some("service")),
            ("typecode", Some("type_code")),
            ("x", None),
            ("description", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, known), expected, "{typed}");
        }
    }
}
