use std::error::Error;

use super::{Egress, ExtraRoots, Lost, Proxy, Unanswered, client, is_loopback};
use crate::Secret;

#[test]
fn a_proxy_that_cannot_be_read_is_refused_without_quoting_it() {
    let rows = ["", "proxy.corp:3128", "ftp://u:hunter2@proxy", "http://", "http://u:hunter2@:x"];
    for row in rows {
        let error = Proxy::parse(&Secret::new(row.to_owned())).unwrap_err();
        assert!(error.source().is_none(), "{row:?}");
        let told = format!("{error}; {error:?}");
        assert_eq!(told, "is not an http or https URL with a host; Proxy", "{row:?}");
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
    let begin = "-----BEGIN CERTIFICATE-----\nMIIB\n";
    let rows = [
        (String::new(), "holds no certificate", false),
        (begin.to_owned(), "is not PEM", true),
        // As a PEM without its line ends is pasted: the cause quotes it, so it is not told.
        ("-----BEGIN PRIVATE KEY hunter2".to_owned(), "is not PEM", true),
        (format!("{begin}-----END CERTIFICATE-----\n"), "holds an unusable certificate", true),
    ];
    for (pem, told, has_cause) in rows {
        let error = ExtraRoots::from_pem(pem.as_bytes()).unwrap_err();
        assert_eq!((&*error.to_string(), error.source().is_some()), (told, has_cause), "{pem:?}");
    }
}

#[test]
fn only_this_machine_is_loopback() {
    let rows = [
        ("localhost", true),
        ("127.0.0.1", true),
        ("127.8.8.8", true),
        ("::1", true),
        ("[::1]", true),
        ("", false),
        ("10.0.0.1", false),
        ("[::]", false),
        ("localhost.evil.example", false),
        ("127.0.0.1.evil.example", false),
    ];
    for (host, expected) in rows {
        assert_eq!(is_loopback(host), expected, "{host}");
    }
}

#[test]
fn a_failure_says_what_was_lost_and_never_where_to() {
    let client = client(&Egress::default()).unwrap();
    let error = client.get("http://[bad/?token=hunter2").build().unwrap_err();
    let lost = Unanswered::from(error);
    assert_eq!((lost.class, lost.ambiguous), (Lost::Request, false));
    let source = lost.source().map(|source| format!("{source} {source:?}"));
    assert!(!format!("{lost} {lost:?} {source:?}").contains("hunter2"), "{lost:?}");
}
