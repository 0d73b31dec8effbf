//! Ticks in AWS: delayed messages on the flush queue. A message can be delayed by 15 minutes at
//! most, so it carries its due time, and who receives it too early sends it on.
//!
//! A message that is lost, or deleted by hand, is found by the sweep.

use std::fmt;

use aws_sdk_sqs::Client;
use function::aws::Failed;
use function::failure::Class;
use function::wire;
use jiff::Timestamp;
use model::ids::IncidentId;
use serde::{Deserialize, Serialize};

use super::{TickError, Ticks};

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const LONGEST_DELAY: i64 = 900;

/// The format this code writes. Older ones are read as long as one may be in a queue: 14 days.
const VERSION: u32 = 1;

/// A message of the flush queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    version: u32,
    pub incident: IncidentId,
    /// Not to be looked at earlier.
    pub due: Timestamp,
}

/// Why a message of the flush queue is no tick.
#[derive(Debug, thiserror::Error)]
pub enum NoTick {
    #[error("not a tick")]
    Unreadable(#[source] serde_json::Error),
    #[error("a tick of version {0}, which is from a later release")]
    Later(u32),
}

impl Tick {
    pub fn read(message: &str) -> Result<Self, NoTick> {
        let tick: Self = serde_json::from_str(message).map_err(NoTick::Unreadable)?;
        if tick.version > VERSION { Err(NoTick::Later(tick.version)) } else { Ok(tick) }
    }
}

#[derive(Clone)]
pub struct SqsTicks {
    client: Client,
    queue: String,
    /// Says how long a delay is until then.
    clock: fn() -> Timestamp,
}

/// Without the client, which would print its configuration.
impl fmt::Debug for SqsTicks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqsTicks").field("queue", &self.queue).finish_non_exhaustive()
    }
}

impl SqsTicks {
    pub fn new(client: Client, queue: String, clock: fn() -> Timestamp) -> Self {
        Self { client, queue, clock }
    }
}

impl Ticks for SqsTicks {
    async fn send(&self, incident: &IncidentId, at: Timestamp) -> Result<(), TickError> {
        let tick = Tick { version: VERSION, incident: incident.clone(), due: at };
        let unanswered = |reason| TickError::Unanswered { reason };
        let body = serde_json::to_string(&tick).map_err(|error| unanswered(error.to_string()))?;
        let send = self
            .client
            .send_message()
            .queue_url(&self.queue)
            .delay_seconds(delay((self.clock)(), at))
            .message_body(wire::json(&body));
        send.send().await.map(drop).map_err(|error| match Failed::from(&error) {
            Failed { class: Class::Throttled, .. } => TickError::Throttled,
            Failed { code, .. } => unanswered(code),
        })
    }
}

/// Rounded up: a tick that comes too early would only be sent again.
fn delay(now: Timestamp, at: Timestamp) -> i32 {
    let left = at.duration_since(now);
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    i32::try_from(seconds.clamp(0, LONGEST_DELAY)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use model::ids::IncidentId;

    use super::{NoTick, Tick, VERSION, delay};

    #[test]
    fn delays_are_whole_seconds_that_are_never_too_short_unless_they_chain() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let rows = [
            (SignedDuration::from_secs(-5), 0),
            (SignedDuration::ZERO, 0),
            (SignedDuration::from_nanos(1), 1),
            (SignedDuration::from_millis(10_001), 11),
            (SignedDuration::from_secs(900), 900),
            (SignedDuration::from_hours(48), 900),
        ];
        for (left, expected) in rows {
            assert_eq!(delay(now, now + left), expected, "{left:?}");
        }
    }

    #[test]
    fn the_message_is_pinned() {
        let tick = Tick {
            version: VERSION,
            incident: IncidentId("arn|aws.health|x".to_owned()),
            due: "2026-03-02T10:00:10.000000001Z".parse().unwrap(),
        };
        let message =
            r#"{"version":1,"incident":"arn|aws.health|x","due":"2026-03-02T10:00:10.000000001Z"}"#;
        assert_eq!(serde_json::to_string(&tick).ok().as_deref(), Some(message));
        assert_eq!(Tick::read(message).ok(), Some(tick));
    }

    #[test]
    fn what_is_no_tick_says_so() {
        assert!(matches!(Tick::read("{}"), Err(NoTick::Unreadable(_))));
        let later = r#"{"version":2,"incident":"x","due":"2026-03-02T10:00:10Z","more":1}"#;
        assert!(matches!(Tick::read(later), Err(NoTick::Later(2))));
    }
}
