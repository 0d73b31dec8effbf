//! PURE. What a failed call to AWS means, by the code AWS gives it.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::failure::Class;
use crate::http::Unanswered;

/// A call to AWS that did not succeed: the class, and AWS's code for it or our word.
///
/// Only the code is kept: the SDK's error prints the whole response, and messages of AWS quote
/// what they refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
pub struct Failed {
    pub class: Class,
    pub code: String,
}

impl<E: ProvideErrorMetadata> From<&SdkError<E, HttpResponse>> for Failed {
    fn from(error: &SdkError<E, HttpResponse>) -> Self {
        let failed = |class, code: &str| Self { class, code: code.to_owned() };
        match error {
            SdkError::ConstructionFailure(_) => failed(Class::Refused, "not a valid request"),
            SdkError::TimeoutError(_) => failed(Class::Unanswered, "no answer came in time"),
            SdkError::DispatchFailure(lost) => {
                let lost = lost.as_connector_error().and_then(Error::source);
                let lost = lost.and_then(|source| source.downcast_ref::<Unanswered>());
                failed(Class::Unanswered, &lost.map_or("no answer".to_owned(), ToString::to_string))
            }
            SdkError::ResponseError(_) => failed(Class::Unanswered, "the answer cannot be read"),
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let code = service.err().code().unwrap_or("an error without a code");
                failed(class(code, status), code)
            }
            _ => failed(Class::Unanswered, "no answer"),
        }
    }
}

impl Failed {
    /// One entry that AWS did not take, in an answer of 200 to its batch. An entry has no status of
    /// its own, so its code says whether AWS is broken or does not want it.
    pub fn entry(code: &str) -> Self {
        let broken = ["Internal", "ServiceUnavailable"].iter().any(|word| code.starts_with(word));
        Self { class: class(code, if broken { 500 } else { 400 }), code: code.to_owned() }
    }
}

/// Codes are alike across services but for their endings and prefixes.
pub(super) fn class(code: &str, status: u16) -> Class {
    const THROTTLED: [&str; 9] = [
        "Throttl",
        "ThroughputExceeded",
        "RequestLimitExceeded",
        "TooManyRequests",
        "LimitExceeded",
        "SlowDown",
        "OverLimit",
        "TransactionConflict",
        "BandwidthLimit",
    ];
    const REPAIRABLE: [&str; 13] = [
        "AccessDenied",
        "AuthorizationError",
        "NotAuthorized",
        "UnrecognizedClient",
        "ExpiredToken",
        "InvalidClientTokenId",
        "Signature",
        "MissingAuthenticationToken",
        "NotFound",
        "NonExistentQueue",
        "QueueDoesNotExist",
        "EndpointDisabled",
        "KMS",
    ];
    let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
    if status == 429 || has(&THROTTLED) {
        Class::Throttled
    } else if has(&REPAIRABLE) {
        Class::Misconfigured
    } else if status >= 500 {
        Class::Unanswered
    } else {
        Class::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::{Failed, class};
    use crate::failure::Class;

    #[test]
    fn codes_of_aws_fall_into_few_classes() {
        let rows = [
            ("ProvisionedThroughputExceededException", 400, Class::Throttled),
            ("ThrottlingException", 400, Class::Throttled),
            ("Throttled", 429, Class::Throttled),
            ("KMSThrottlingException", 400, Class::Throttled),
            ("RequestLimitExceeded", 400, Class::Throttled),
            ("AccessDeniedException", 400, Class::Misconfigured),
            ("AuthorizationErrorException", 403, Class::Misconfigured),
            ("ResourceNotFoundException", 400, Class::Misconfigured),
            ("AWS.SimpleQueueService.NonExistentQueue", 400, Class::Misconfigured),
            ("ExpiredTokenException", 400, Class::Misconfigured),
            ("InvalidSignatureException", 403, Class::Misconfigured),
            ("InternalServerError", 500, Class::Unanswered),
            ("ServiceUnavailable", 503, Class::Unanswered),
            ("ValidationException", 400, Class::Refused),
            ("InvalidParameterValue", 400, Class::Refused),
        ];
        for (code, status, expected) in rows {
            assert_eq!(class(code, status), expected, "{code} {status}");
        }
    }
    #[test]
    fn a_refused_entry_of_a_batch_is_not_taken_for_a_lost_one() {
        let rows = [
            ("InternalFailure", Class::Unanswered),
            ("InternalException", Class::Unanswered),
            ("ServiceUnavailable", Class::Unanswered),
            ("ThrottlingException", Class::Throttled),
            ("AccessDeniedException", Class::Misconfigured),
            ("MalformedDetail", Class::Refused),
            ("InvalidArgument", Class::Refused),
        ];
        for (code, expected) in rows {
            let code = code.to_owned();
            assert_eq!(Failed::entry(&code), Failed { class: expected, code });
        }
    }
}
