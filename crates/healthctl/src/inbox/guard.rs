//! Keeps other sites out: a page anywhere on the web could otherwise post into, or through a
//! rebound name read from, an inbox on this machine.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::middleware::{self, Next};

use super::answer;

/// The routes behind the checks, every answer with the headers that lock a page down.
pub(super) fn guarded(routes: Router, listen: SocketAddr) -> Router {
    routes.layer(middleware::from_fn_with_state(listen.ip(), check))
}

async fn check(State(listen): State<IpAddr>, request: Request, next: Next) -> Response<Body> {
    let refusal = refusal(request.method(), request.headers(), listen);
    let mut response = match refusal {
        Some(reason) => answer::error(StatusCode::FORBIDDEN, reason),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in LOCKS {
        headers.entry(name).or_insert(value);
    }
    response
}

const LOCKS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Why a request is not answered; none when it may pass.
fn refusal(method: &Method, headers: &HeaderMap, listen: IpAddr) -> Option<&'static str> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST).filter(|host| is_ours(host, listen)) else {
        return Some("the Host header names another machine; open this server by its own address");
    };
    if method == Method::GET || method == Method::HEAD {
        return None;
    }
    let site = text(HeaderName::from_static("sec-fetch-site")).unwrap_or("none");
    let own_origin = text(header::ORIGIN).is_none_or(|origin| {
        origin.strip_prefix("http://").is_some_and(|origin| origin.eq_ignore_ascii_case(host))
    });
    (!matches!(site, "same-origin" | "none") || !own_origin)
        .then_some("a page of another site may not post here")
}

/// Names can be rebound, addresses cannot. The port may be a forwarded one.
fn is_ours(host: &str, listen: IpAddr) -> bool {
    let Some(name) = host.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)) else {
        return false;
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.is_loopback() || address == listen || listen.is_unspecified(),
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, headers: &[(&'static str, &'static str)], passes: bool) {
        let listen: IpAddr = [127, 0, 0, 1].into();
        let map = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        assert_eq!(refusal(method, &map, listen).is_none(), passes, "{method} {headers:?}");
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let rows = [
            ("localhost:8787", true),
            ("LOCALHOST", true),
            ("127.0.0.1:8787", true),
            ("127.9.9.9", true),
            ("[::1]:8787", true),
            ("192.168.0.7:8787", false),
            ("rebound.example:8787", false),
            ("localhost.evil.example", false),
            ("user@localhost.evil.example", false),
            ("", false),
        ];
        for (host, passes) in rows {
            check(&Method::GET, &[("host", host)], passes);
            check(&Method::POST, &[("host", host)], passes);
        }
        check(&Method::GET, &[], false);
    }

    #[test]
    fn another_sites_page_may_not_post() {
        let host = ("host", "127.0.0.1:8787");
        check(&Method::POST, &[host], true);
        check(&Method::POST, &[host, ("origin", "http://127.0.0.1:8787")], true);
        check(&Method::POST, &[host, ("sec-fetch-site", "same-origin")], true);
        check(&Method::POST, &[host, ("origin", "http://evil.example")], false);
        check(&Method::POST, &[host, ("origin", "null")], false);
        check(&Method::POST, &[host, ("origin", "http://127.0.0.1:9999")], false);
        check(&Method::POST, &[host, ("sec-fetch-site", "cross-site")], false);
        check(&Method::POST, &[host, ("sec-fetch-site", "same-site")], false);
        check(&Method::DELETE, &[host, ("sec-fetch-site", "cross-site")], false);
        check(&Method::GET, &[host, ("sec-fetch-site", "cross-site")], true);
    }

    #[test]
    fn listening_everywhere_any_address_is_ours_but_no_name() {
        let everywhere: IpAddr = [0, 0, 0, 0].into();
        assert!(is_ours("192.168.0.7:8787", everywhere));
        assert!(!is_ours("rebound.example", everywhere));
    }
}
