use std::error::Error;

use super::{Class, Egress, ExtraRoots, HttpError, Proxy, Unanswered, client};
use crate::Secret;

#[test]
fn a_proxy_that_cannot_be_read_is_refused_without_quoting_it() {
    let rows = ["", "proxy.corp:3128", "ftp://u:hunter2@proxy", "http://", "http://u:hunter2@:x"];
    for row in rows {
        let error = Proxy::parse(&Secret::new(row.to_owned())).unwrap_err();
        assert!(matches!(error, HttpError::Proxy) && error.source().is_none(), "{row:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{row:?}");
    }
}

#[test]
fn the_password_of_a_proxy_is_not_printed() {
    let url = Secret::new("http://user:hunter2@127.0.0.1:1/".to_owned());
    let egress = Egress { proxy: Some(Proxy::parse(&url).unwrap()), ..Egress::default() };
    assert!(client(&egress).is_ok());
    assert_eq!(format!("{egress:?}"), "Egress { roots: None, proxy: Some(Proxy([secret])) }");
}

#[test]
fn extra_roots_without_a_usable_certificate_are_refused() {
    let empty = ExtraRoots::from_pem(b"").unwrap_err();
    assert!(matches!(empty, HttpError::NoCertificate), "{empty:?}");
    let cut = ExtraRoots::from_pem(b"-----BEGIN CERTIFICATE-----\nMIIB\n").unwrap_err();
    assert!(matches!(cut, HttpError::Pem(_)), "{cut:?}");
    let pem = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let not_x509 = ExtraRoots::from_pem(pem).unwrap_err();
    assert!(matches!(not_x509, HttpError::Root(_)), "{not_x509:?}");
}

#[test]
fn a_failure_says_what_was_lost_and_never_where_to() {
    let client = client(&Egress::default()).unwrap();
    let error = client.get("http://[bad/?token=hunter2").build().unwrap_err();
    let lost = Unanswered::from(error);
    assert_eq!((lost.class, lost.ambiguous), (Class::Request, false));
    let source = lost.source().map(|source| format!("{source} {source:?}"));
    assert!(!format!("{lost} {lost:?} {source:?}").contains("hunter2"), "{lost:?}");
}
