//! PURE. Durations as people write them in `routes.toml`: `30s`, `5m`, `2h`, `14d`.

use jiff::SignedDuration;

/// Whole numbers of one unit; nothing else, so that `5` never silently means minutes.
pub(crate) fn parse(text: &str) -> Option<SignedDuration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at(unit_at);
    let count: i64 = digits.parse().ok()?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    count.checked_mul(seconds).map(SignedDuration::from_secs)
}
