//! The items themselves: their size, their way there and back, and what is refused.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use model::ids::{AccountId, IncidentId, SpaceName};
use model::words::{EntityStatus, Severity, Status};
use model::{Entity, Text};

use super::item::{self, Arrived, Item, MemberItem};
use super::keys;
use crate::group::{Course, Group, Hashes, MAX_HASHES};
use crate::member::{Member, MemberKey, Routed, Routing, Texts};
use crate::store::StateError;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn incident() -> IncidentId {
    IncidentId("arn|aws.health|arn:aws:health:ap-northeast-2::event/EC2/ISSUE/ONE".to_owned())
}

/// As a storm of an issue brings them, with as many impaired resources.
fn member(resources: usize) -> Member {
    let event = model::read(
        br#"{"source":"aws.health","account":"111122223333","time":"2026-03-02T10:00:00Z","detail":{
        "eventArn":"arn:aws:health:ap-northeast-2::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/AWS_EC2_OPERATIONAL_ISSUE_7f35c8ae",
        "service":"EC2","eventTypeCode":"AWS_EC2_OPERATIONAL_ISSUE","eventTypeCategory":"issue",
        "communicationId":"01b0993207d81a09dcd552ebd1e633e36cf1f09a-1","statusCode":"open",
        "startTime":"Mon, 2 Mar 2026 09:50:00 GMT","lastUpdatedTime":"Mon, 2 Mar 2026 10:00:00 GMT",
        "eventRegion":"ap-northeast-2","page":"1","totalPages":"1"}}"#,
    )
    .remove(0)
    .unwrap();
    let communication = event.communication_key();
    let entity = |n| Entity { id: format!("i-{n:017x}"), status: EntityStatus::Impaired };
    Member {
        schema: crate::member::SCHEMA,
        key: MemberKey(format!("{communication}#111122223333#00112233aabbccdd#1")),
        communication,
        real_communication: event.communication.clone(),
        account: event.affected_account(),
        page: 1,
        pages: 1,
        subject: event.subject(),
        says_resolved: false,
        deadline: None,
        moment: at(0),
        received: at(1) + SignedDuration::from_nanos(7),
        time: event.time,
        text: u64::MAX,
        stale: false,
        health: true,
        arn: event.arn,
        source: event.source,
        service: event.service,
        type_code: event.type_code,
        category: event.category,
        scope: event.scope,
        region: event.region,
        status: event.status,
        start: event.start,
        end: event.end,
        updated: event.updated,
        actionability: None,
        severity: Severity::Critical,
        rule: "issue open, account-specific, impaired resources".to_owned(),
        config_version: "built-in".to_owned(),
        texts: "4f2a".to_owned(),
        own_texts: vec![Text { language: "en_US".to_owned(), text: "i-1".to_owned() }],
        entities: (0..resources).map(entity).collect(),
        metric: None,
        routing: Routing::To(vec![Routed {
            space: SpaceName::from("payments-oncall"),
            route: Some("payments".to_owned()),
        }]),
    }
}

/// As DynamoDB counts: names and values, a number as up to 21 bytes.
fn size(item: &Item) -> usize {
    let of = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len().div_ceil(2) + 1,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        other => panic!("no item has {other:?}"),
    };
    item.iter().map(|(name, value)| name.len() + of(value)).sum()
}

fn gathered(items: impl IntoIterator<Item = Item>) -> Result<Vec<Member>, StateError> {
    let mut arrived = Arrived::default();
    for item in items {
        arrived.add(&item)?;
    }
    let reading = arrived.into_reading()?;
    Ok(reading.members.iter().map(|member| Member::clone(member)).collect())
}

#[test]
fn an_ordinary_member_is_one_item_of_at_most_one_kilobyte() {
    let written = MemberItem::of(&incident(), member(1)).unwrap();
    assert!(written.pieces.is_empty());
    assert!(size(&written.member) <= 1_024, "{} bytes", size(&written.member));
}

#[test]
fn members_come_back_as_they_went_whatever_the_length_of_their_list() {
    for (resources, pieces) in [(0, 0), (1, 0), (80, 0), (200, 1), (20_000, 5)] {
        let written = MemberItem::of(&incident(), member(resources)).unwrap();
        assert_eq!(written.pieces.len(), pieces, "{resources} resources");
        let items = written.pieces.into_iter().chain([written.member]);
        let sizes: Vec<usize> = items.clone().map(|item| size(&item)).collect();
        assert!(sizes.iter().all(|size| *size < 400 * 1024), "{sizes:?}");
        assert_eq!(gathered(items), Ok(vec![member(resources)]));
    }
}

#[test]
fn a_list_without_its_member_is_passed_over_and_a_member_without_its_list_is_not() {
    let written = MemberItem::of(&incident(), member(200)).unwrap();
    assert_eq!(gathered(written.pieces), Ok(vec![]));
    let lost = gathered([written.member]);
    assert!(matches!(lost, Err(StateError::Unreadable { .. })), "{lost:?}");
}

#[test]
fn a_repeat_with_another_list_does_not_touch_the_first() {
    let first = MemberItem::of(&incident(), member(200)).unwrap();
    let other = MemberItem::of(&incident(), member(300)).unwrap();
    let items = first.pieces.into_iter().chain(other.pieces).chain([first.member]);
    assert_eq!(gathered(items), Ok(vec![member(200)]));
}

#[test]
fn an_item_of_a_later_format_is_refused() {
    let mut written = MemberItem::of(&incident(), member(1)).unwrap().member;
    written.insert(keys::SCHEMA.to_owned(), AttributeValue::N("2".to_owned()));
    let refused = gathered([written]);
    assert!(matches!(refused, Err(StateError::Unreadable { .. })), "{refused:?}");
}

#[test]
fn a_group_with_full_sets_fits_into_an_item() {
    let full = || (0..MAX_HASHES as u64).map(|n| u64::MAX - n).collect::<Hashes>();
    let group = Group {
        schema: crate::member::SCHEMA,
        space: SpaceName::from("ops"),
        version: 7,
        episode: 1,
        seq: 3,
        after: None,
        resolved: Some(at(9)),
        status: Status::Resolved,
        severity: Severity::High,
        max_severity: Severity::Critical,
        deadline: None,
        accounts: full(),
        resources: full(),
        texts: full(),
        told: full(),
        seen: at(3),
        last_alert: at(4),
        growth: 2,
        course: Course::default(),
    };
    let key = keys::group(&incident(), &group.space);
    let written = item::group(key, group.clone()).unwrap();
    assert!(size(&written) < 400 * 1024, "{} bytes", size(&written));
    assert_eq!(item::read_group(&written), Ok(group));
}

#[test]
fn texts_nobody_could_read_are_cut_not_refused() {
    let texts = Texts {
        key: "c1".to_owned(),
        texts: vec![Text { language: "ko_KR".to_owned(), text: "\u{1}한".repeat(200_000) }],
    };
    let key = keys::texts(&incident(), "c1");
    let written = item::texts(key, texts, 0).unwrap();
    assert!(size(&written) < 400 * 1024, "{} bytes", size(&written));
    let read: Texts = item::body(&written).unwrap();
    assert!(read.texts[0].text.starts_with("\u{1}한\u{1}한"));
}

#[test]
fn a_member_is_kept_for_what_it_announces_but_not_for_centuries() {
    let days = |member: &Member| (keys::keep_member(member) - at(0).as_second()) / 86_400;
    let mut member = member(0);
    assert_eq!(days(&member), 90);
    member.deadline = Some(at(300 * 86_400));
    assert_eq!(days(&member), 390);
    member.end = model::When::parse("9000-01-01T00:00:00Z");
    assert_eq!(days(&member), 730);
}

#[test]
fn no_key_is_too_long_whatever_the_wire_says() {
    let incident = IncidentId("x".repeat(5_000));
    let key = keys::member(&incident, &MemberKey("y".repeat(5_000)));
    assert!(key.partition.len() < 100 && key.sort.len() < 100, "{key:?}");
    let account = AccountId("z".repeat(5_000));
    let copy = crate::member::Notified { account, spaces: vec!["s".into(); 100] };
    assert!(keys::copy(&incident, &copy).sort.len() < 100);
}
