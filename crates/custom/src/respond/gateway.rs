//! PURE. A request as API Gateway hands it to a function: the proxy event of a REST API (format
//! 1.0) and of an HTTP API (format 2.0), read by the few members we need.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Outcome;
use crate::metric::{Code, Fault, Faults, MAX_BODY, Path};

/// Either format. Unknown members pass; `Debug` shows neither body nor headers, where keys are.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    http_method: Option<String>,
    headers: Option<HashMap<String, Option<String>>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    request_context: Option<Context>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    request_id: Option<String>,
    http: Option<Http>,
}

#[derive(Deserialize)]
struct Http {
    method: Option<String>,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("request_id", &self.request_id())
            .field("method", &self.method())
            .finish_non_exhaustive()
    }
}

impl Event {
    /// API Gateway's own id of the request; empty when the event has none.
    pub fn request_id(&self) -> &str {
        let id = self.request_context.as_ref().and_then(|context| context.request_id.as_deref());
        id.unwrap_or_default()
    }

    fn method(&self) -> Option<&str> {
        let http = self.request_context.as_ref().and_then(|context| context.http.as_ref());
        http.and_then(|http| http.method.as_deref()).or(self.http_method.as_deref())
    }

    /// The decoded body of a POST.
    ///
    /// Any content type but multipart is taken for JSON: `curl -d` names a form.
    ///
    /// # Errors
    /// The outcome to answer with. An event without a method is no request and is refused too.
    pub fn into_body(self) -> Result<Vec<u8>, Outcome> {
        if !self.method().is_some_and(|method| method.eq_ignore_ascii_case("POST")) {
            return Err(Outcome::MethodNotAllowed);
        }
        if self.content_type().is_some_and(is_multipart) {
            return Err(refused(Code::UnsupportedMedia, "multipart is not taken, send JSON"));
        }
        let body = self.body.unwrap_or_default();
        if self.is_base64_encoded != Some(true) {
            return Ok(body.into_bytes());
        }
        if body.len() > MAX_BODY.div_ceil(3) * 4 {
            let message = format!("the body is longer than {MAX_BODY} bytes");
            return Err(refused(Code::TooLarge, message));
        }
        STANDARD.decode(body).map_err(|_| refused(Code::BadEncoding, "not base64 as announced"))
    }

    fn content_type(&self) -> Option<&str> {
        let headers = self.headers.as_ref()?;
        let (_, value) =
            headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?;
        value.as_deref()
    }
}

fn is_multipart(content_type: &str) -> bool {
    content_type.trim_start().get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/"))
}

fn refused(code: Code, message: impl Into<Cow<'static, str>>) -> Outcome {
    Outcome::Invalid(Faults::from(Fault::new(code, Path::Body, message)))
}
