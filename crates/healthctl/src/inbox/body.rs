//! Reads a request body up to the limit, whether or not its length was announced.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;

/// 10 MB.
pub const MAX_BODY: usize = 10 * 1024 * 1024;

/// A client that is cut off while it sends sees a broken connection, not the answer; so what is
/// too much is read and thrown away up to here.
const MAX_DRAINED: usize = 64 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("the body is over 10 MB; send it in parts")]
    TooLarge,
    #[error("the body ended early")]
    Broken(#[source] axum::Error),
}

pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refused> {
    // A client that asks first is told at once, and sends nothing.
    if headers.contains_key(header::EXPECT) && announced(headers) > MAX_BODY {
        return Err(Refused::TooLarge);
    }
    let mut stream = body.into_data_stream();
    let (mut bytes, mut seen) = (Vec::new(), 0);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(Refused::Broken)?;
        seen += chunk.len();
        if seen <= MAX_BODY {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
        if seen > MAX_DRAINED {
            break;
        }
    }
    if seen > MAX_BODY { Err(Refused::TooLarge) } else { Ok(bytes) }
}

fn announced(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|text| text.parse().ok()).unwrap_or(0)
}
