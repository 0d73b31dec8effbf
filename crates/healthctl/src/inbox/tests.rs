use super::*;

/// A small message to a space and thread.
pub(super) fn posted(space: &str, thread: &str) -> PostedMessage {
    let body = format!(r#"{{"text":"hello","thread":{{"threadKey":"{thread}"}}}}"#);
    PostedMessage {
        space: space.into(),
        thread: thread.into(),
        kind: Kind::Opened,
        subject: Subject::Issue,
        severity: Severity::High,
        alert_id: "id".into(),
        accounts: 1,
        copy: None,
        message: RawValue::from_string(body).unwrap(),
    }
}

#[test]
fn a_posted_message_is_written_as_simulate_prints_it() {
    insta::assert_snapshot!(
        serde_json::to_string(&posted("ops", "t1")).unwrap(),
        @r#"{"space":"ops","thread":"t1","kind":"opened","subject":"issue","severity":"high","alertId":"id","accounts":1,"message":{"text":"hello","thread":{"threadKey":"t1"}}}"#
    );
}
