//! PURE. How long to insist before a message is handed back to its queue.

use std::time::Duration;

use model::ids::AlertId;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Google asks for truncated exponential backoff with jitter, and does not promise `Retry-After`.
/// <https://developers.google.com/workspace/chat/limits>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// One request, from connecting to the last byte of the answer.
    pub per_try: Duration,
    /// From the first failure to the start of the last try, so that a post that fails in every
    /// way takes no longer than two tries and this.
    pub backoff: Duration,
    /// In all, the first one included.
    pub tries: u32,
    /// The first wait; the following ones double.
    pub first: Duration,
    /// No single wait of our own is longer.
    pub longest: Duration,
}

impl Default for Patience {
    /// Half a second covers a blip; five seconds, and ten for a try that hangs, keep the worst
    /// post at 25 seconds, within a function time-out of 30.
    fn default() -> Self {
        Self {
            per_try: function::http::TOTAL,
            backoff: Duration::from_secs(5),
            tries: 5,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(4),
        }
    }
}

impl Patience {
    /// The wait before the given retry (counted from 0) when so much is spent since the first
    /// failure, or none when it is not to be. What Chat asked for is never undercut: if it does not fit, there is no retry.
    ///
    /// The jitter comes from the id: different messages spread out, and the same one is always
    /// treated alike.
    pub fn wait(
        &self,
        retry: u32,
        spent: Duration,
        asked: Option<Duration>,
        id: &AlertId,
    ) -> Option<Duration> {
        if retry.saturating_add(1) >= self.tries {
            return None;
        }
        let left = self.backoff.saturating_sub(spent);
        let full = self.first.saturating_mul(2_u32.saturating_pow(retry)).min(self.longest);
        let own = full / 2 + (full / 2).mul_f64(jitter(id, retry));
        // Asked to wait no time at all, we still keep our own pace; otherwise it would never end.
        match asked.filter(|asked| !asked.is_zero()) {
            Some(asked) if asked > left => None,
            Some(asked) => Some(own.max(asked).min(left)),
            None => (own <= left).then_some(own),
        }
    }
}

/// From 0 to 1, evenly.
fn jitter(id: &AlertId, retry: u32) -> f64 {
    let hash = xxh3_64_with_seed(id.as_str().as_bytes(), retry.into());
    let [a, b, ..] = hash.to_be_bytes();
    f64::from(u16::from_be_bytes([a, b])) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::ids::AlertId;

    use super::Patience;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_wait_lies_between_half_and_all_of_the_doubled_one() {
        let rows = [(0, 250, 500), (1, 500, 1_000), (2, 1_000, 2_000), (3, 2_000, 4_000)];
        for (retry, least, most) in rows {
            for id in 0..100 {
                let id = AlertId(format!("alert-{id}"));
                let wait = Patience::default().wait(retry, Duration::ZERO, None, &id).unwrap();
                assert!((ms(least)..=ms(most)).contains(&wait), "retry {retry} of {id}: {wait:?}");
            }
        }
    }

    #[test]
    fn tries_are_counted_whatever_time_is_left() {
        let wait = |tries, retry| {
            let patience = Patience { tries, ..Patience::default() };
            patience.wait(retry, Duration::ZERO, Some(ms(1)), &AlertId::from("a")).is_some()
        };
        let rows = [
            (0, 0, false),
            (1, 0, false),
            (2, 0, true),
            (2, 1, false),
            (5, 3, true),
            (5, 4, false),
        ];
        for (tries, retry, expected) in rows {
            assert_eq!(wait(tries, retry), expected, "retry {retry} of {tries} tries");
        }
    }

    #[test]
    fn waits_end_with_the_budget_and_what_chat_asks_is_never_undercut() {
        let patience = Patience { longest: ms(500), ..Patience::default() };
        let id = AlertId::from("a");
        let own = patience.wait(0, Duration::ZERO, None, &id).unwrap();
        let rows = [
            ("the budget is spent", 5_000, None, None),
            ("too little is left", 4_800, None, None),
            ("asked for less than our own", 0, Some(1), Some(own)),
            ("asked for more than our own", 0, Some(3_000), Some(ms(3_000))),
            ("asked for what is left", 2_000, Some(3_000), Some(ms(3_000))),
            ("asked for more than is left", 2_001, Some(3_000), None),
            ("asked, and our own does not fit", 4_900, Some(100), Some(ms(100))),
            ("asked for nothing", 0, Some(0), Some(own)),
            ("asked for nothing, the budget is spent", 5_000, Some(0), None),
            ("asked for an hour", 0, Some(3_600_000), None),
        ];
        for (name, waited, asked, expected) in rows {
            assert_eq!(patience.wait(0, ms(waited), asked.map(ms), &id), expected, "{name}");
        }
    }

    #[test]
    fn messages_that_fail_together_do_not_come_back_together() {
        let wait = |n: u32| {
            Patience::default().wait(0, Duration::ZERO, None, &AlertId(format!("alert-{n}")))
        };
        let waits: std::collections::BTreeSet<_> = (0..100).map(wait).collect();
        assert!(waits.len() > 90, "{} different waits of 100", waits.len());
    }
}
