//! The SDK's way out: its requests on the one HTTP client.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

use crate::http::{Lost, Unanswered};

/// A connector for the SDK. A request with a streamed body is refused: none of ours has one.
#[derive(Clone, Debug)]
pub struct Connector {
    client: reqwest::Client,
    /// From first byte out to last byte in; none means the client's own.
    limit: Option<Duration>,
}

impl Connector {
    pub fn new(client: reqwest::Client) -> Self {
        Self { client, limit: None }
    }
}

impl HttpClient for Connector {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        // The client has one connect time-out for all; a shorter one of the SDK ends the whole.
        let limit = settings
            .read_timeout()
            .map(|read| read + settings.connect_timeout().unwrap_or_default());
        SharedHttpConnector::new(Self { client: self.client.clone(), limit })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (client, limit) = (self.client.clone(), self.limit);
        HttpConnectorFuture::new(async move {
            let mut request = translate(request)?;
            *request.timeout_mut() = limit;
            answer(&client, request).await.map_err(connector_error)?
        })
    }
}

#[derive(Debug, thiserror::Error)]
enum Untranslatable {
    #[error("the body of a request to AWS is not in memory")]
    Streamed,
    #[error("a request to AWS has no absolute URL")]
    Url,
}

fn translate(request: HttpRequest) -> Result<reqwest::Request, ConnectorError> {
    let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
    let (head, body) = request.into_parts();
    let Some(body) = body.bytes().map(Bytes::copy_from_slice) else {
        return Err(ConnectorError::user(Untranslatable::Streamed.into()));
    };
    // The client's own error would quote the URL.
    reqwest::Request::try_from(::http::Request::from_parts(head, body))
        .map_err(|_| ConnectorError::user(Untranslatable::Url.into()))
}

type Answer = Result<HttpResponse, ConnectorError>;

async fn answer(
    client: &reqwest::Client,
    request: reqwest::Request,
) -> Result<Answer, reqwest::Error> {
    let response = client.execute(request).await?;
    let mut answer = ::http::Response::new(());
    *answer.status_mut() = response.status();
    *answer.headers_mut() = response.headers().clone();
    let body = response.bytes().await?;
    let answer = answer.map(|()| SdkBody::from(body));
    Ok(HttpResponse::try_from(answer).map_err(|error| ConnectorError::other(error.into(), None)))
}

/// A lost connection and a silent peer are worth another try; the SDK decides by the kind.
fn connector_error(error: reqwest::Error) -> ConnectorError {
    let timed_out = error.is_timeout();
    let lost = Unanswered::from(error);
    match lost.class {
        _ if timed_out => ConnectorError::timeout(lost.into()),
        Lost::Connect | Lost::Reset | Lost::Timeout => ConnectorError::io(lost.into()),
        Lost::Request => ConnectorError::user(lost.into()),
        Lost::Tls | Lost::Protocol => ConnectorError::other(lost.into(), None),
    }
}

#[cfg(test)]
mod tests;
