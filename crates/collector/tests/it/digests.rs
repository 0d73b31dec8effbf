//! What a space is told by its digest: of incidents, and of the hub itself.

use std::collections::BTreeSet;

use collector::Outcome;
use collector::decide::Said;
use collector::digest::{self, Board};
use model::ids::{SpaceName, ThreadKey};
use model::words::Kind;
use rules::Rules;
use state::board::{self, Entry};
use state::undelivered;

use crate::clock::{line, lines, on, retirement, rules};
use crate::heartbeats::heartbeat;
use crate::story::{Stage, at, block_on, change, issue, minutes, play_until, rfc1123};

pub(crate) const DIGEST: &str = r#"
[digest]
at = "09:00"
days = ["mon", "tue", "wed", "thu", "fri"]
[[silence]]
when = "account = '999999999999'"
until = 2027-01-01
reason = "a sandbox"
[accounts."111111111111"]
name = "payments-prod"
owner = "payments"
"#;

#[test]
fn a_digest_says_what_is_new_open_due_silenced_and_over() {
    let resolved = |account, sent| issue(account, sent).comm("over").resolved(sent - 60);
    let silenced = |n: i64| {
        issue("999999999999", n * 60).with("eventArn", &format!("arn:x/{n}")).comm(&format!("s{n}"))
    };
    let overdue = change("111111111111", minutes(1))
        .with("eventArn", "arn:aws:health:::event/RDS/X/2")
        .with("eventTypeCode", "AWS_RDS_MAINTENANCE_SCHEDULED")
        .with("startTime", &rfc1123(on(3, "08:00")))
        .comm("o1")
        .entities(&[("db-1", "PENDING"), ("db-2", "PENDING")]);
    // Progress is worth no message, and yet the digest knows of it.
    let progress = retirement().comm("r2").entities(&[("i-1", "RESOLVED"), ("i-2", "PENDING")]);
    let progress = progress.envelope("time", &at(minutes(300)).to_string());
    let events = [
        retirement().entities(&[("i-1", "PENDING"), ("i-2", "PENDING")]),
        progress.with("lastUpdatedTime", &rfc1123(at(minutes(300)))),
        overdue,
        issue("222222222222", 0),
        resolved("222222222222", minutes(60)),
        issue("333333333333", minutes(2))
            .with("eventArn", "arn:aws:health:::event/EC2/X/3")
            .comm("c3"),
        silenced(1),
        silenced(2),
    ];
    let told = play_until(rules(DIGEST), &events, on(10, "08:00"));
    let digests: Vec<_> = told.alerts.iter().filter(|a| a.kind == Kind::Digest).map(line).collect();
    let quiet = |day: &str, stale: &str| {
        format!(
            "{day} 09:00 default digest #1 Schedule: {stale}, due 1 (1 open), overdue 1 (1 open), unactioned payments 3"
        )
    };
    assert_eq!(
        digests,
        [
            "03 09:00 default digest #1 Schedule: new 4 (3 open), open 1 (1 open), due 1 (1 open), \
             overdue 1 (1 open), resolved 1 (0 open), unactioned payments 3, silenced a sandbox (silence[1] line 5) 2",
            &quiet("04", "open 1 (1 open)"),
            &quiet("05", "open 1 (1 open)"),
            &quiet("06", "stale 1 (1 open)"),
            &quiet("09", "stale 1 (1 open)"),
        ]
    );
}

#[test]
fn a_quiet_space_has_its_digest_too_and_each_day_has_its_own() {
    let told = play_until(rules(DIGEST), &[issue("999999999999", 0)], on(5, "08:00"));
    assert_eq!(
        lines(&told.alerts),
        [
            "03 09:00 default digest #1 Schedule: silenced a sandbox (silence[1] line 5) 1",
            "04 09:00 default digest #1 Schedule: ",
        ]
    );
    assert_ne!(told.alerts[0].alert_id, told.alerts[1].alert_id);
    let thread = ThreadKey::of(&"digest|default|2026-03-03".into(), 1);
    assert_eq!(told.alerts[0].thread, thread, "space and day name it");
}

#[test]
fn a_digest_names_who_is_silent_and_counts_what_could_not_be_delivered() {
    let all = format!(
        "{}[accounts.\"222222222222\"]\nname = \"orders\"\n",
        DIGEST
            .replace("[digest]", "[defaults]\nregions = [\"us-east-1\", \"eu-west-1\"]\n[digest]")
    );
    let mut stage = Stage::new(rules(&all));
    stage.events(&[issue("999999999999", 0)]);
    let beats = [
        ("111111111111", "us-east-1", on(3, "08:00")),
        ("111111111111", "eu-west-1", on(2, "06:00")),
        ("222222222222", "us-east-1", on(3, "08:30")),
    ];
    for (account, region, time) in beats {
        let beat = heartbeat(account, region, &time.to_string().into(), &serde_json::json!({}));
        let outcome = block_on(stage.collector.accept(beat, on(3, "08:45")));
        assert_eq!(outcome, Ok(Outcome::Heartbeat));
    }
    let store = &stage.collector.store;
    for (space, alert, gave_up) in [
        ("default", "a", on(3, "02:00")),
        ("default", "b", on(3, "08:59")),
        ("default", "c", on(3, "09:01")),
        ("elsewhere", "d", on(3, "02:00")),
    ] {
        block_on(undelivered::note(store, &space.into(), &alert.into(), gave_up)).unwrap();
    }
    block_on(undelivered::remove(store, &"default".into(), &"b".into())).unwrap();
    stage.until(on(4, "12:00"));
    assert_eq!(
        lines(&stage.told.alerts),
        [
            "03 09:00 default digest #1 Schedule: silenced a sandbox (silence[1] line 7) 1, undelivered 1, \
             seen 2 of 4 111111111111 eu-west-1 2026-03-02T06:00:00Z 222222222222 eu-west-1 never",
            "04 09:00 default digest #1 Schedule: undelivered 1, \
             seen 2 of 4 111111111111 eu-west-1 2026-03-02T06:00:00Z 222222222222 eu-west-1 never",
        ]
    );
}

#[test]
fn all_that_waited_for_a_digest_that_is_no_more_is_told_each_message_under_its_own_id() {
    let mut stage = Stage::new(rules(DIGEST));
    stage.events(&[issue("222222222222", -30 * 3_600).arriving(0)]);
    stage.until(at(minutes(1)));
    let space = SpaceName::from("default");
    let (_, entry) = block_on(board::list(&stage.collector.store, &space)).unwrap().remove(0);
    let many = |from: usize, to: usize| {
        let one = |n: usize| {
            let mut entry: Entry = entry.clone();
            entry.row.thread = ThreadKey(format!("thread-{n}"));
            (1, entry)
        };
        (from..to).map(one).collect::<Vec<_>>()
    };
    let tell = |board: &Board| {
        let decision = digest::decide(&space, board, &Rules::default(), on(3, "09:00"));
        assert_eq!(decision.due(), None, "nothing is left for later");
        decision.alerts
    };
    let told = |said: &Said| {
        let held = said.alert.digest.as_ref().map(|digest| digest.held.total);
        (said.alert.seq, held, said.covers.len())
    };
    let first = tell(&Board { entries: many(0, 2_001), ..Board::default() });
    let told_last = first.last().map(|said| said.after.clone());
    let later = tell(&Board { entries: many(2_001, 2_002), state: told_last, ..Board::default() });
    let all: Vec<_> = first.iter().chain(&later).collect();
    assert_eq!(
        all.iter().map(|said| told(said)).collect::<Vec<_>>(),
        [(1, Some(1_000), 1_000), (2, Some(1_000), 1_000), (3, Some(1), 1), (1, Some(1), 1)]
    );
    assert!(first.iter().all(|said| said.alert.thread == first[0].alert.thread));
    let covered: BTreeSet<_> = all.iter().flat_map(|said| &said.covers).collect();
    assert_eq!(covered.len(), 2_002);
    let ids: BTreeSet<_> = all.iter().map(|said| &said.alert.alert_id).collect();
    assert_eq!(ids.len(), all.len());
}
