//! One call of an AWS service that speaks JSON, signed, on the one HTTP client. For
//! services of which a handful of calls are needed: an SDK crate for them would be megabytes.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Access, Failed, failed};
use crate::failure::Class;
use crate::http::Unanswered;

/// How a service is spoken to, as its model at AWS has it.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// As in the signature's scope: `organizations`.
    pub name: &'static str,
    /// The first part of its address, mostly the same: `api.ecr`.
    pub host: &'static str,
    /// Before the operation in the target: `AWSOrganizationsV20161128`. A service with paths has none.
    pub target: &'static str,
    /// Each service takes only its own.
    pub content_type: &'static str,
}

/// A service and where it is.
#[derive(Clone, Debug)]
pub struct JsonService {
    pub access: Access,
    pub client: reqwest::Client,
    pub api: Api,
    /// The Region of the signature, which for a global service is fixed.
    pub region: String,
    pub endpoint: String,
}

impl JsonService {
    /// `now` is the time of the signature; AWS refuses one that is five minutes off.
    pub async fn call<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &Q,
        now: SystemTime,
    ) -> Result<A, Failed> {
        let body = serde_json::to_vec(question).map_err(|_| invalid())?;
        let target = format!("{}.{operation}", self.api.target);
        let headers = [("content-type", self.api.content_type), ("x-amz-target", target.as_str())];
        let request = ::http::Request::post(&self.endpoint);
        self.answered(self.signed(request, &headers, body, now)?).await
    }

    /// Of a service with paths: Lambda.
    pub async fn get<A: DeserializeOwned>(&self, path: &str, now: SystemTime) -> Result<A, Failed> {
        let request = ::http::Request::get(format!("{}{path}", self.endpoint));
        self.answered(self.signed(request, &[], Vec::new(), now)?).await
    }

    async fn answered<A: DeserializeOwned>(&self, request: reqwest::Request) -> Result<A, Failed> {
        let answer = self.client.execute(request).await.map_err(unanswered)?;
        let status = answer.status().as_u16();
        let kind = answer.headers().get("x-amzn-errortype").cloned();
        let body = answer.bytes().await.map_err(unanswered)?;
        if status >= 400 {
            return Err(refused(status, kind.as_ref(), &body));
        }
        serde_json::from_slice(&body).map_err(|_| unreadable())
    }

    fn signed(
        &self,
        mut request: ::http::request::Builder,
        headers: &[(&str, &str)],
        body: Vec<u8>,
        now: SystemTime,
    ) -> Result<reqwest::Request, Failed> {
        let identity = self.credentials().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.api.name)
            .time(now)
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| invalid())?
            .into();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Bytes::from(body)).map_err(|_| invalid())?;
        let signable = SignableRequest::new(
            request.method().as_str(),
            request.uri().to_string(),
            headers.iter().copied(),
            SignableBody::Bytes(request.body()),
        );
        let signable = signable.map_err(|_| invalid())?;
        let (instructions, _) = sign(signable, &parameters).map_err(|_| invalid())?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        reqwest::Request::try_from(request).map_err(|_| invalid())
    }

    fn credentials(&self) -> Credentials {
        let Access { key_id, key, session, .. } = &self.access;
        let session = session.as_ref().map(|token| token.expose().clone());
        Credentials::new(key_id.expose(), key.expose(), session, None, "environment")
    }
}

fn invalid() -> Failed {
    Failed { class: Class::Refused, code: "not a valid request".to_owned() }
}

fn unanswered(error: reqwest::Error) -> Failed {
    Failed { class: Class::Unanswered, code: Unanswered::from(error).to_string() }
}

fn unreadable() -> Failed {
    Failed { class: Class::Unanswered, code: "the answer cannot be read".to_owned() }
}

/// The code is the last part of `__type`, or a header of its own with more behind a colon; the
/// message may quote what was asked.
fn refused(status: u16, kind: Option<&::http::HeaderValue>, body: &[u8]) -> Failed {
    #[derive(serde::Deserialize)]
    struct Refusal {
        #[serde(rename = "__type")]
        code: String,
    }
    let code = serde_json::from_slice::<Refusal>(body).map(|refusal| refusal.code);
    let kind = kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
    let code = code.ok().or(kind).unwrap_or_else(|| "an error without a code".to_owned());
    let code = code.rsplit('#').next().and_then(|code| code.split(':').next());
    let code = code.unwrap_or_default().to_owned();
    Failed { class: failed::class(&code, status), code }
}
