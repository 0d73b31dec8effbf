//! Which names lead to an incident, which of them are tied, and whose words an alert repeats.

use collector::incident::{Name, identify};
use rules::Rules;
use state::StateStore;

use crate::story::{Event, at, block_now, change, collector, minutes, play, rfc1123};

fn incidents(events: &[Event]) -> usize {
    let mut threads: Vec<_> =
        play(Rules::default(), events).alerts.into_iter().map(|alert| alert.thread).collect();
    threads.sort();
    threads.dedup();
    threads.len()
}

#[test]
fn accounts_join_by_any_name_they_share() {
    let later = rfc1123(at(20 * 86_400));
    let rows: [(&str, [Event; 2], usize); 4] = [
        ("a campaign alone", [change("1", 0), change("2", 1)], 1),
        (
            "a communication, though the day differs",
            [change("1", 0).comm("c"), change("2", 1).comm("c").with("startTime", &later)],
            1,
        ),
        (
            "an ARN, though communication and words are new",
            [change("1", 0), change("1", minutes(90)).comm("later").text("It is postponed.")],
            1,
        ),
        ("nothing", [change("1", 0), change("2", 1).with("startTime", &later)], 2),
    ];
    for (name, events, expected) in rows {
        assert_eq!(incidents(&events), expected, "{name}");
    }
}

#[test]
fn a_communication_is_tied_only_where_the_campaign_does_not_lead_already() {
    let collector = collector(Rules::default());
    let tied = |event: &Event, name: Name| {
        let identity = identify(&event.read());
        let (_, claim) = identity.claims.iter().find(|(known, _)| *known == name).unwrap();
        block_now(collector.store.claimed(claim)).unwrap().is_some()
    };
    for (account, communication) in [("1", true), ("2", false)] {
        let event = change(account, 0);
        block_now(collector.accept(event.read(), at(0))).unwrap();
        assert!(tied(&event, Name::Arn), "{account}");
        assert!(tied(&event, Name::Campaign), "{account}");
        assert_eq!(tied(&event, Name::Communication), communication, "{account}");
    }
}

#[test]
fn an_alert_repeats_only_words_that_its_own_accounts_were_told() {
    let routes = "[[route]]\nname = \"one\"\nwhen = \"account = '1'\"\nspaces = [\"one\"]\n\
                  [[route]]\nname = \"two\"\nwhen = \"account = '2'\"\nspaces = [\"two\"]\n";
    let rules = || Rules::parse(routes, "test").unwrap();
    let words = |account: &str| format!("Your instance i-000{account} will be retired.");
    let own = |account: &str| {
        let resource = format!("i-000{account}");
        change(account, 0).text(&words(account)).entities(&[(&resource, "PENDING")])
    };
    let told = play(rules(), &[own("1"), own("2")]);
    let mut said: Vec<(String, String)> = told
        .alerts
        .iter()
        .map(|alert| (alert.target.space.to_string(), alert.text[0].text.clone()))
        .collect();
    said.sort();
    assert_eq!(said, [("one".to_owned(), words("1")), ("two".to_owned(), words("2"))]);
    assert_eq!(told.alerts[0].thread, told.alerts[1].thread, "one incident");
    let shared = play(rules(), &[change("1", 0), change("2", 1)]);
    let said: Vec<&str> = shared.alerts.iter().map(|alert| alert.text[0].text.as_str()).collect();
    assert_eq!(said, ["We are investigating."; 2]);
}
