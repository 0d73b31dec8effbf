//! The one HTTP client of every function: HTTP/1.1 over rustls with ring and the compiled-in
//! public roots, so it starts in microseconds, works from an empty image and looks at no file,
//! variable or certificate store of the machine it runs on.
//!
//! It makes the client and says what a failure means ([`Unanswered`]). It does not retry: how
//! long to insist is the decision of each caller.

mod unanswered;

use std::time::Duration;

use reqwest::redirect::Policy;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, TrustAnchor};
use rustls::{ClientConfig, RootCertStore};

use crate::Secret;
use crate::settings::Reader;
pub use unanswered::{Lost, Unanswered};

/// A TCP and TLS handshake that takes longer will not end: two lost SYNs are already 3 seconds.
pub const CONNECT: Duration = Duration::from_secs(3);

/// Between two pieces of an answer. Shorter than [`TOTAL`], so that a peer that went silent
/// mid-answer is told apart from one that is slow to think.
pub const READ: Duration = Duration::from_secs(8);

/// One request from first byte to last. Far beyond what a working peer takes, and short enough
/// for a second try within a function time-out of 30 seconds.
pub const TOTAL: Duration = Duration::from_secs(10);

/// An idle connection is dropped before the usual 60 s of load balancers, so that a function
/// thawed after a pause does not write into a connection its peer has closed.
const POOL_IDLE: Duration = Duration::from_secs(50);

/// How requests leave: straight to public hosts unless said otherwise.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    /// Trusted besides the public roots, for a network that inspects TLS.
    pub roots: Option<ExtraRoots>,
    pub proxy: Option<Proxy>,
}

/// Certificates in PEM that are trusted besides the public ones.
pub const ROOTS_PEM: &str = "EGRESS_ROOTS_PEM";
/// The proxy's URL; may hold a password.
pub const PROXY_URL: &str = "EGRESS_PROXY_URL";

impl Egress {
    pub fn read<L: Fn(&str) -> Option<String>>(from: &mut Reader<L>) -> Self {
        let roots = from.optional(ROOTS_PEM, |pem| ExtraRoots::from_pem(pem.as_bytes()));
        let proxy = from.optional(PROXY_URL, |url| Proxy::parse(&Secret::new(url)));
        Self { roots, proxy }
    }
}

/// Certificates of private authorities, read from PEM.
#[derive(Clone, Debug)]
pub struct ExtraRoots(Vec<TrustAnchor<'static>>);

impl ExtraRoots {
    /// Every certificate of the text; a text without any is an error, not an empty set.
    pub fn from_pem(pem: &[u8]) -> Result<Self, HttpError> {
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(HttpError::Pem)?;
        if certificates.is_empty() {
            return Err(HttpError::NoCertificate);
        }
        let mut store = RootCertStore::empty();
        for certificate in certificates {
            store.add(certificate).map_err(HttpError::Root)?;
        }
        Ok(Self(store.roots))
    }
}

/// An HTTP proxy through which every request goes. Its URL may carry a password.
#[derive(Clone, Debug)]
pub struct Proxy(Secret<reqwest::Proxy>);

impl Proxy {
    pub fn parse(url: &Secret<String>) -> Result<Self, HttpError> {
        let parsed = reqwest::Url::parse(url.expose()).map_err(|_| HttpError::Proxy)?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
            return Err(HttpError::Proxy);
        }
        reqwest::Proxy::all(parsed).map(Secret::new).map(Self).map_err(|_| HttpError::Proxy)
    }
}

/// The settings are wrong; nothing here depends on the network. What is wrong with one of them reads
/// on after its name.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Its source quotes what it read, which may be a key by mistake.
    #[error("is not PEM")]
    Pem(#[source] PemError),
    #[error("holds no certificate")]
    NoCertificate,
    #[error("holds an unusable certificate")]
    Root(#[source] rustls::Error),
    /// Has no source: every parser of URLs quotes what it read.
    #[error("is not an http or https URL with a host")]
    Proxy,
    #[error("choosing the versions of TLS")]
    Versions(#[source] rustls::Error),
    #[error("building the HTTP client")]
    Build(#[source] reqwest::Error),
}

/// Builds the client. It costs microseconds and opens no connection.
pub fn client(egress: &Egress) -> Result<reqwest::Client, HttpError> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls(egress.roots.as_ref())?)
        .http1_only()
        // A redirect would take a secret URL or a signed request to a host nobody configured.
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .timeout(TOTAL)
        .pool_idle_timeout(POOL_IDLE)
        // Otherwise HTTPS_PROXY of the environment would silently decide where secrets go.
        .no_proxy();
    if let Some(Proxy(proxy)) = &egress.proxy {
        builder = builder.proxy(proxy.expose().clone());
    }
    builder.build().map_err(|error| HttpError::Build(error.without_url()))
}

/// Whether a URL's host is this machine. An IPv6 address may be in its brackets.
pub fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn tls(extra: Option<&ExtraRoots>) -> Result<ClientConfig, HttpError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(ExtraRoots(extra)) = extra {
        roots.roots.extend_from_slice(extra);
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(HttpError::Versions)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests;
