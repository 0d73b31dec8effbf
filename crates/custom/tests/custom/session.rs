//! The secure session against frames of WhaTap's own client, and answers that open nothing.

use std::net::Ipv4Addr;

use custom::metric::{AccessKey, Host, Pcode};
use custom::whatap::wire::Pack;
use custom::whatap::wire::session::{Cover, Session, SessionFault, key_reset};

use crate::given::{KEY, OTHER_PROJECTS_KEY, now, parse, with};
use crate::golden::bytes;

const RESET: &str = "01ff000000000012d6875adb4c2500000000000000201d6a4d5feee83eed01a984097ae0e7fe224799bb1cddb753c0831c56bc591e2d";
const REPLY: &str = "04ff000000000012d6875adb4c2500000000000000202d91ade7f6bab89adab7a4a9447ed954f3fac9006598ed8aa45792e1ff8d0117";
/// Project, object and transfer key, as every frame of the session repeats them.
const WHO: &str = "000000000012d6875adb4c2511223344";
const PLAIN: &str = "16010312d6875adb4c250000018bcfe5687b000d7768617461705f637573746f6d080000ffffddbec347500101056f6e616d65320d637573746f6d2d686f73742d31500102056461746131283ff0000000000000056461746132284061876f30a4e37a";
const HIDDEN: &str = "4367749a83e12d531943778854edb86d3d1d7785220e16fc341628eb201503e7386e7788aa99aa3696212789546318e6340b12ba580502fb21091aa53d0904fc78572789576313e9210746a06a96778855667788500216fc34545fc834e118b8f1850d";
const ENCIPHERED: &str = "1c6d581a95ddce75a37fc2c3ebe5cfeb94004721e2702a95cb5b8c78355c5d2450d0a4b7b2f4df9a8418448ec41ec6d4e49038b22316210fa9d70ca8fcba6f5575c7575ee6d557d4d112a3f8898b0c74d34670f319af6ef389b61075a97285a213616b5309c4f7c7cbc5099222f43013";

fn opened(key: &str, reply: &[u8]) -> Result<Session, SessionFault> {
    let host = Host::new("custom-host-1").unwrap();
    let pcode = Pcode::new(1_234_567).unwrap();
    Session::open(&AccessKey::parse(key).unwrap(), pcode, &host, reply)
}

#[test]
fn a_session_opens_with_the_known_frame() {
    let host = Host::new("custom-host-1").unwrap();
    let key = AccessKey::parse(KEY).unwrap();
    let frame = key_reset(&key, Pcode::new(1_234_567).unwrap(), &host, Ipv4Addr::LOCALHOST);
    assert_eq!(frame, bytes(RESET));
}

#[test]
fn frames_of_a_session_are_the_known_ones() {
    let session = opened(KEY, &bytes(REPLY)).unwrap();
    let batch = parse(&with(&[])).unwrap();
    let pack = Pack::of(&batch);
    let rows = [
        (Cover::Plain, "00", PLAIN),
        (Cover::Hidden, "01", HIDDEN),
        (Cover::Enciphered, "02", ENCIPHERED),
    ];
    for (cover, flag, body) in rows {
        let expected = format!("01{flag}{WHO}{:08x}{body}", body.len() / 2);
        assert_eq!(session.frame(&pack, cover), bytes(&expected), "{cover:?}");
    }
    let sync = format!("01fe{WHO}000000080000018bcfe5687b");
    assert_eq!(session.time_sync(now()), bytes(&sync));
}

#[test]
fn an_answer_that_is_none_opens_nothing() {
    let reply = bytes(REPLY);
    let changed = |at: usize| {
        let mut reply = reply.clone();
        reply[at] ^= 1;
        reply
    };
    let long = {
        let mut long = reply[..18].to_vec();
        long.extend(1040_u32.to_be_bytes());
        long.extend([0; 1040]);
        long
    };
    let empty = [&reply[..18], &[0; 4]].concat();
    let rows = [
        (Vec::new(), SessionFault::Framing),
        (reply[..40].to_vec(), SessionFault::Framing),
        ([&reply[..], &[0]].concat(), SessionFault::Framing),
        (long, SessionFault::Framing),
        (empty, SessionFault::Content),
        (changed(9), SessionFault::OtherObject),
        (changed(13), SessionFault::OtherObject),
        (changed(22), SessionFault::Content),
    ];
    for (reply, fault) in rows {
        let found = opened(KEY, &reply).unwrap_err();
        assert_eq!(found, fault, "{reply:?}");
        assert!(!found.retryable());
    }
    assert_eq!(opened(OTHER_PROJECTS_KEY, &reply).unwrap_err(), SessionFault::Content);
}

#[test]
fn a_session_does_not_print_its_keys() {
    let session = opened(KEY, &bytes(REPLY)).unwrap();
    assert_eq!(format!("{session:?}"), "Session { pcode: 1234567, .. }");
}
