use super::*;

fn one(document: &str) -> Result<HealthEvent, Unreadable> {
    let mut read = read(document.as_bytes());
    assert_eq!(read.len(), 1, "{document}");
    read.remove(0)
}

#[test]
fn each_form_that_is_a_record_is_one() {
    let rows = [
        r#"{"source":"aws.health"}"#,
        r#"{"detail":{}}"#,
        r#"{"eventArn":"arn:aws:health:us-east-1::event/X"}"#,
        r#"{"eventTypeCode":"AWS_X_Y"}"#,
        r#"{"Entries":[{"Source":"custom.health","DetailType":"d","Detail":"{\"eventTypeCode\":\"X\"}"}]}"#,
        r#"{"Source":"my.app","Detail":"no json"}"#,
    ];
    for row in rows {
        assert!(one(row).is_ok(), "{row}");
    }
}

#[test]
fn what_is_no_record_says_why() {
    let no_record = "no AWS Health record: expected `source`, `detail`, `eventArn`, `eventTypeCode` or `Entries`";
    let rows = [
        ("{}", no_record),
        (r#"{"source":5}"#, no_record),
        (r#"{"detail":[]}"#, no_record),
        (r#"{"detail":"text"}"#, "`Detail` is a text that holds no JSON object"),
        (r#"{"Entries":[]}"#, "`Entries` is empty"),
        (r#"{"Entries":[[],[]]}"#, "`Entries` is empty"),
        ("[]", "an empty array: no record"),
        ("[[], []]", "an empty array: no record"),
        ("5", "expected a JSON object, found a number"),
        ("null", "expected a JSON object, found null"),
        ("{oops}", "not JSON: key must be a string at line 1 column 2"),
    ];
    for (row, expected) in rows {
        assert_eq!(one(row).unwrap_err().to_string(), expected, "{row}");
    }
}

#[test]
fn odd_types_spellings_and_doubled_keys_still_read() {
    let event = one(
        r#"{"source":"aws.health","account":111122223333,"time":null,"resources":"x",
            "detail":{"eventTypeCode":"AWS_X_Y","eventTypeCategory":"ACCOUNTNOTIFICATION",
            "page":2,"totalPages":"3","communicationId":"c-9-2",
            "lastupdatedTime":"Fri,5Jul202419:00:29GMT","lastUpdatedTime":"Fri, 5 Jul 2024 19:00:30 GMT",
            "eventDescription":"only text","personas":"SECURITY","endTime":"",
            "affectedEntities":[{"entityValue":"a","statusCode":"PENDING"},"b",7,null,[1],{"x":1}]}}"#,
    )
    .unwrap();
    let entities: Vec<_> =
        event.entities.iter().map(|e| (e.id.as_str(), e.status.as_str())).collect();
    assert_eq!(entities, [("a", "PENDING"), ("b", "UNKNOWN"), ("7", "UNKNOWN")]);
    assert_eq!(event.affected_account().as_str(), "111122223333");
    assert_eq!((event.page, event.pages), (2, 3));
    assert_eq!(event.communication, Some("c-9".into()));
    assert_eq!(event.category, Category::AccountNotification);
    assert_eq!(event.updated.unwrap().to_string(), "2024-07-05T19:00:30Z");
    assert_eq!(event.end, None);
    assert_eq!(event.texts[0].text, "only text");
    assert_eq!(event.personas, [Persona::Security]);
}

#[test]
fn numbers_are_read_however_they_are_written() {
    let event = one(r#"{"source":"custom.health","account":111122223333.0,"time":1720754487.0,
            "detail":{"eventArn":"a","page":2e0,"totalPages":3.0,"startTime":1.720754487E9,
            "endTime":1720754487000}}"#)
    .unwrap();
    let at = "2024-07-12T03:21:27Z";
    assert_eq!(event.affected_account().as_str(), "111122223333");
    assert_eq!(event.time.unwrap().to_string(), at);
    assert_eq!((event.page, event.pages), (2, 3));
    assert_eq!(
        (event.start.unwrap().to_string(), event.end.unwrap().to_string()),
        (at.to_owned(), at.to_owned())
    );
}

#[test]
fn what_is_no_list_invents_nothing() {
    for odd in ["false", "0", "1.5", "null", "[true, null]"] {
        let event = one(&format!(
            r#"{{"source":"custom.x","detail":{{"message":"disk full","eventDescription":{odd},
                "affectedEntities":{odd},"personas":{odd}}}}}"#
        ))
        .unwrap();
        assert_eq!(event.texts[0].text, "message: disk full", "{odd}");
        assert!(event.entities.is_empty() && event.personas.is_empty(), "{odd}");
    }
}

#[test]
fn half_a_pair_in_a_detail_that_is_a_text_loses_no_event() {
    let event = one(
        r#"{"Source":"custom.x","Detail":"{\"eventArn\":\"arn:x\",\"note\":\"cut \\ud83d\"}"}"#,
    )
    .unwrap();
    assert_eq!(event.arn.unwrap().as_str(), "arn:x");
}

#[test]
fn the_region_is_that_of_the_impact_not_of_the_delivery() {
    let rows = [
        (
            r#"{"source":"s","region":"us-west-2","detail":{"eventRegion":"ap-northeast-2"}}"#,
            "ap-northeast-2",
        ),
        (r#"{"source":"s","region":"us-west-2","detail":{}}"#, "us-west-2"),
        (r#"{"eventArn":"arn:aws:health:global::event/ABUSE"}"#, "global"),
    ];
    for (row, expected) in rows {
        assert_eq!(one(row).unwrap().region, Some(expected.into()), "{row}");
    }
}

#[test]
fn only_the_page_is_cut_off_a_communication_id() {
    let rows = [("123-1", 1, "123"), ("123-2", 1, "123-2"), ("abc", 1, "abc"), ("-1", 1, "-1")];
    for (id, page, expected) in rows {
        assert_eq!(without_page(id.to_owned(), page), CommunicationId::from(expected), "{id}");
    }
}

#[test]
fn broken_escapes_and_bytes_are_repaired_not_refused() {
    let event = one(r#"{"eventTypeCode":"half \ud800 whole \ud83d\ude00"}"#).unwrap();
    assert_eq!(event.type_code.as_str(), "half \u{fffd} whole 😀");
    let mut read = read(b"\xef\xbb\xbf{\"eventTypeCode\":\"\xff\"}");
    assert_eq!(read.remove(0).unwrap().type_code.as_str(), "\u{fffd}");
}

#[test]
fn a_record_without_a_health_shape_says_what_it_says() {
    let rows = [
        (
            r#"{"id":"1","source":"my.app","note":"hello","detail":{"disk":"full","n":3}}"#,
            "disk: full\nn: 3\nnote: hello",
        ),
        (
            r#"{"Source":"my.app","Detail":"{\"disk\":\"full\",\"source\":\"df\"}"}"#,
            "disk: full\nsource: df",
        ),
    ];
    for (record, text) in rows {
        let event = one(record).unwrap();
        assert_eq!((event.shape, event.texts[0].text.as_str()), (Shape::Plain, text), "{record}");
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        read(&bytes);
    }

    #[test]
    fn no_json_panics(value in "[\\[\\]{}\",:a-z0-9\\\\ud]{0,60}") {
        read(value.as_bytes());
        read(format!("{{\"source\":\"x\",\"detail\":{value}}}").as_bytes());
    }
}

#[test]
fn a_reader_of_a_few_entities_still_counts_them_all() {
    let event = |communication: &str| {
        let entities: Vec<String> = (0..30)
            .map(|at| {
                let status =
                    ["IMPAIRED", "PENDING", "odd"][usize::from(at >= 10) + usize::from(at >= 29)];
                format!(r#"{{"entityValue":"i-{at}","status":"{status}"}}"#)
            })
            .collect();
        format!(
            r#"{{"eventArn":"arn:x",{communication}"affectedEntities":[{},{{"entityValue":" "}}]}}"#,
            entities.join(",")
        )
    };
    let known = event(r#""communicationId":"c-1","#);
    let whole = read(known.as_bytes()).remove(0).unwrap();
    let few = read_listing(known.as_bytes(), 4).remove(0).unwrap();
    let ids: Vec<&str> = few.entities.iter().map(|entity| entity.id.as_str()).collect();
    assert_eq!(ids, ["i-0", "i-1", "i-2", "i-3", "i-10", "i-11", "i-12", "i-13", "i-29"]);
    let (few_alert, whole_alert) = (
        crate::Alert::of(&few, Timestamp::UNIX_EPOCH),
        crate::Alert::of(&whole, Timestamp::UNIX_EPOCH),
    );
    assert_eq!(few_alert.resources.by_status, whole_alert.resources.by_status);
    assert_eq!(few_alert.resources.total, 30);
    assert_eq!(few_alert.accounts, whole_alert.accounts);
    assert_eq!(few_alert.alert_id, whole_alert.alert_id);
    // Without a communication id the resources are part of what tells it from others.
    let unnamed = event("");
    assert_eq!(read_listing(unnamed.as_bytes(), 4), read(unnamed.as_bytes()));
}
