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

    /// As a condition writes it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, operator)| *operator == self).map_or("", |(sign, _)| sign)
    }

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

/// `value > 1000` out of `key = 'daily_usd' and value > 1000`; nothing where there are two, for
/// then neither alone is the threshold.
pub fn comparison(condition: &str) -> Option<Comparison> {
    let lower = condition.to_ascii_lowercase();
    let mut found = None;
    for (at, name) in lower.match_indices("value") {
        let joined = |c: Option<char>| {
            c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\'' | '"'))
        };
        let rest = &lower[at + name.len()..];
        if joined(lower[..at].chars().next_back()) || joined(rest.chars().next()) {
            continue;
        }
        let read = compared(rest);
        if read.is_none() || found.is_some() {
            return None;
        }
        found = read;
    }
    found
}

fn compared(text: &str) -> Option<Comparison> {
    let text = text.trim_start();
    let (sign, operator) = Operator::ALL.into_iter().find(|(sign, _)| text.starts_with(sign))?;
    let number = text[sign.len()..].trim_start();
    let end = number.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+' | 'e'));
    let number: f64 = number[..end.unwrap_or(number.len())].parse().ok()?;
    Some(Comparison { operator, limit: figure(number) })
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
            ("", None),
        ];
        for (condition, expected) in rows {
            assert_eq!(comparison(condition), expected, "{condition}");
        }
    }
}
