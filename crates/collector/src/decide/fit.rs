//! PURE. An alert as JSON of at most 192 KB: SNS carries 256 KB with the attributes, and the
//! wrapping escapes once more. Lists are cut first, then texts; totals stay whole.

use model::Alert;
use model::summary::{Digest, Rows};

pub const MAX_BYTES: usize = 192 * 1024;

pub fn json(alert: &Alert) -> String {
    let whole = encode(alert);
    if whole.len() <= MAX_BYTES {
        return whole;
    }
    let mut cut = alert.clone();
    cut.truncated = true;
    let mut encoded = whole;
    for shown in [100, 50, 20] {
        cut.accounts.shown.truncate(shown);
        cut.accounts.groups.truncate(shown);
        cut.resources.shown.truncate(shown);
        if let Some(digest) = cut.digest.as_deref_mut() {
            for rows in lists(digest) {
                rows.shown.truncate(shown / 2);
            }
        }
        encoded = encode(&cut);
        if encoded.len() <= MAX_BYTES {
            return encoded;
        }
    }
    let mut budget = 64 * 1024;
    while encoded.len() > MAX_BYTES && budget > 0 {
        for text in &mut cut.text {
            let end = text.text.floor_char_boundary(budget.min(text.text.len()));
            text.text.truncate(end);
        }
        budget /= 2;
        encoded = encode(&cut);
    }
    encoded
}

fn lists(digest: &mut Digest) -> [&mut Rows; 7] {
    let Digest { new, held, open, stale, due, overdue, resolved, .. } = digest;
    [new, held, open, stale, due, overdue, resolved]
}

#[expect(
    clippy::expect_used,
    reason = "every field is text, a number, a list or a map of text keys"
)]
fn encode(alert: &Alert) -> String {
    model::json::to_string(alert, 8 * 1024).expect("an alert has no value that JSON cannot hold")
}
