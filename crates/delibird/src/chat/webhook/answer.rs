//! What Chat's answer to a post means. Google's error body is read when it is one; HTML from a
//! front end, an empty body and a cut one are met in practice and decide nothing.

use std::time::Duration;

use function::http::{Lost, Unanswered};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde::Deserialize;

use super::url::WebhookUrl;
use crate::chat::{ChatError, Posted, Reason};

/// Chat sends the message back, of which we need two names at its end or start; 32,000 bytes of
/// card grow with escaping.
const BODY_LIMIT: usize = 128 * 1024;

pub(super) async fn read(response: Response, webhook: &WebhookUrl) -> Result<Posted, ChatError> {
    let status = response.status().as_u16();
    let retry_after = retry_after(response.headers());
    match status {
        // Something between us and Chat said yes in its place; the message went nowhere.
        200..=299 if is_foreign(response.headers()) => {
            Err(ChatError::Unreachable(Unanswered::new(Lost::Protocol, true)))
        }
        200..=299 => Ok(posted(&body(response).await)),
        429 => Err(ChatError::Throttled { retry_after }),
        401 | 403 | 404 | 410 => Err(ChatError::Gone { status }),
        // Request time-out: Chat waited for our bytes, not we for its answer.
        408 => Err(ChatError::Unavailable { status, retry_after }),
        400..=499 => {
            let body = body(response).await;
            Err(ChatError::Rejected { status, reason: reason(&body, webhook) })
        }
        _ => Err(ChatError::Unavailable { status, retry_after }),
    }
}

/// As much as came. After a 200 the message is posted, whatever happens to the rest of the answer.
async fn body(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > BODY_LIMIT {
            break;
        }
    }
    body
}

fn posted(body: &[u8]) -> Posted {
    #[derive(Deserialize)]
    struct Message {
        name: Option<String>,
        thread: Option<Thread>,
    }
    #[derive(Deserialize)]
    struct Thread {
        name: Option<String>,
    }
    match serde_json::from_slice::<Message>(body) {
        Ok(message) => {
            Posted { name: message.name, thread: message.thread.and_then(|thread| thread.name) }
        }
        Err(_) => Posted::default(),
    }
}

fn reason(body: &[u8], webhook: &WebhookUrl) -> Reason {
    #[derive(Deserialize)]
    struct Answer {
        error: Status,
    }
    #[derive(Deserialize)]
    struct Status {
        message: String,
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return Reason::new("no reason that can be read", &[]);
    };
    let spellings = webhook.spellings();
    let secrets: Vec<&str> = spellings.iter().map(String::as_str).collect();
    Reason::new(&answer.error.message, &secrets)
}

fn is_foreign(headers: &HeaderMap) -> bool {
    text(headers, &CONTENT_TYPE).is_some_and(|kind| !kind.starts_with("application/json"))
}

/// Seconds, or a date. A date is taken against the `Date` of the same answer, so that our clock
/// being wrong changes nothing.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = http_date(asked)?.duration_since(http_date(text(headers, &DATE)?)?);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

    use super::retry_after;

    #[test]
    fn retry_after_is_seconds_or_a_date_after_the_date_of_the_answer() {
        let now = "Sun, 06 Nov 1994 08:49:37 GMT";
        let rows = [
            ("seconds", "120", Some(now), Some(120)),
            ("zero", "0", None, Some(0)),
            ("a date", "Sun, 06 Nov 1994 08:49:49 GMT", Some(now), Some(12)),
            (
                "a date, another day of the week",
                "Mon, 06 Nov 1994 08:49:49 GMT",
                Some(now),
                Some(12),
            ),
            ("a date that has passed", "Sun, 06 Nov 1994 08:00:00 GMT", Some(now), Some(0)),
            ("a date and no clock", "Sun, 06 Nov 1994 08:49:49 GMT", None, None),
            ("nonsense", "soon", Some(now), None),
            ("negative", "-1", Some(now), None),
        ];
        for (name, asked, date, expected) in rows {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, asked.parse().unwrap());
            if let Some(date) = date {
                headers.insert(DATE, date.parse().unwrap());
            }
            assert_eq!(retry_after(&headers), expected.map(Duration::from_secs), "{name}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
