//! PURE. Measured values as people read them, and the one comparison that a threshold's
//! condition makes with `value`, where it makes just one.

use super::grouped;

/// Thousands apart, no more decimals than are worth reading.
pub fn figure(value: f64) -> String {
    const PLAIN: f64 = 1e9;
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value.abs() >= PLAIN || (value != 0.0 && value.abs() < 1e-4) {
        return format!("{value:.3e}");
    }
    let decimals = if value.abs() >= 100.0 { 1 } else { 4 };
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |parts| parts);
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    match (fraction, whole.as_str()) {
        ("", "0") => whole,
        ("", _) => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{fraction}"),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
    Unequal,
}

impl Operator {
    /// The longer ones first: `>=` begins with `>`.
    const ALL: [(&'static str, Self); 7] = [
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("<>", Self::Unequal),
        ("!=", Self::Unequal),
        (">", Self::Above),
        ("<", Self::Below),
        ("=", Self::Equal),
    ];

    /// As people write it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => "≥",
            Self::Below => "<",
            Self::AtMost => "≤",
            Self::Equal => "=",
            Self::Unequal => "≠",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub operator: Operator,
    pub limit: String,
}

/// `value > 1000` out of `key = 'daily_usd' and value > 1000`; nothing where that alone is not the
/// threshold: with `or`, `not` or arithmetic, or with two of them.
pub fn comparison(condition: &str) -> Option<Comparison> {
    let lower = condition.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    if words.iter().any(|word| matches!(*word, "or" | "not")) {
        return None;
    }
    let line = words.join(" ");
    let mut of_value = line.split(" and ").filter(|part| speaks_of_value(part));
    match (of_value.next(), of_value.next()) {
        (Some(part), None) => compared(part),
        _ => None,
    }
}

fn speaks_of_value(part: &str) -> bool {
    let joined = |c: Option<char>| {
        c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\'' | '"'))
    };
    part.match_indices("value").any(|(at, name)| {
        let (before, rest) = (&part[..at], &part[at + name.len()..]);
        !joined(before.chars().next_back()) && !joined(rest.chars().next())
    })
}

/// The whole of it: the value, an operator, a number.
fn compared(part: &str) -> Option<Comparison> {
    let rest = part.strip_prefix("value")?.trim_start();
    let (sign, operator) = Operator::ALL.into_iter().find(|(sign, _)| rest.starts_with(sign))?;
    let limit: f64 = rest[sign.len()..].trim().parse().ok()?;
    limit.is_finite().then(|| Comparison { operator, limit: figure(limit) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_people_read_them() {
        let rows = [
            (0.0, "0"),
            (-0.0, "0"),
            (7.0, "7"),
            (0.125, "0.125"),
            (0.000_01, "1.000e-5"),
            (99.987_65, "99.9877"),
            (1_240.5, "1,240.5"),
            (-1_234_567.0, "-1,234,567"),
            (999_999_999.0, "999,999,999"),
            (4.2e15, "4.200e15"),
            (f64::NAN, "–"),
        ];
        for (value, expected) in rows {
            assert_eq!(figure(value), expected);
        }
    }

    #[test]
    fn a_condition_gives_its_one_comparison() {
        let found = |operator, limit: &str| Some(Comparison { operator, limit: limit.to_owned() });
        let rows = [
            ("category = 'aws_cost' and value > 1000", found(Operator::Above, "1,000")),
            ("VALUE>=1.5e3", found(Operator::AtLeast, "1,500")),
            ("value <= -3 and key = 'x'", found(Operator::AtMost, "-3")),
            ("value <> 0", found(Operator::Unequal, "0")),
            ("value > 1 and value < 5", None),
            ("key = 'value' and value < 5", found(Operator::Below, "5")),
            ("value between 1 and 5", None),
            ("values > 3 and my_value > 3", None),
            ("value > 5\nAND key = 'x'", found(Operator::Above, "5")),
            ("not value > 1000", None),
            ("2 * value > 100", None),
            ("value > 1000 + 200", None),
            ("value > 5 or key = 'x'", None),
            ("(value > 5)", None),
            ("5 < value", None),
            ("", None),
        ];
        for (condition, expected) in rows {
            assert_eq!(comparison(condition), expected, "{condition}");
        }
    }
}
