//! However many records there are of one thing, over accounts, Regions, pages and ARNs, it is told
//! once, with all that they add up to.

use rules::Rules;

use crate::story::{change, issue, lines, minutes, play};

#[test]
fn a_storm_over_accounts_regions_and_pages_is_one_message() {
    let mut storm = Vec::new();
    for account in 0..50 {
        let id = format!("{:012}", 100_000_000_000_u64 + account);
        for page in 1..=3 {
            let entities = [format!("i-{account}-{page}-a"), format!("i-{account}-{page}-b")];
            let entities: Vec<_> = entities.iter().map(|id| (id.as_str(), "IMPAIRED")).collect();
            let home = issue(&id, 0).page(page, 3).entities(&entities);
            storm.push(home.clone().envelope("region", "us-west-2"));
            storm.push(home);
        }
    }
    // An order that has nothing to do with accounts or pages.
    storm.sort_by_key(|event| model::fingerprint::of(&event.0.to_string()));
    let told = play(Rules::default(), &storm);
    assert_eq!(lines(&told), ["opened T1 #1 [] open 50 accounts"]);
    let alert = &told.alerts[0];
    assert_eq!((alert.resources.total, alert.severity.as_str()), (300, "critical"));
}

#[test]
fn a_public_event_counts_who_was_notified_and_nobody_as_affected() {
    let copies: Vec<_> = (0..1_000)
        .map(|n| issue(&format!("{n:012}"), n / 100).with("eventScopeCode", "PUBLIC"))
        .collect();
    let told = play(Rules::default(), &copies);
    assert_eq!(lines(&told), ["opened T1 #1 [] open 1000 accounts"]);
    assert!(told.alerts[0].accounts.by_status.is_empty());
}

#[test]
fn forty_retirements_under_forty_arns_are_one_message() {
    let all: Vec<_> = (0..40)
        .map(|n| {
            change("111111111111", n)
                .with("eventArn", &format!("arn:aws:health:ap-northeast-2::event/EC2/R/{n}"))
                .text(&format!("Instance i-{n:04} is scheduled for retirement."))
                .comm(&format!("r{n}"))
                .entities(&[(&format!("i-{n:04}"), "PENDING")])
        })
        .collect();
    let told = play(Rules::default(), &all);
    // The wait runs from the first; those that come after it are one update an hour later.
    assert_eq!(
        lines(&told),
        ["opened T1 #1 [] open 1 accounts", "update T1 #2 [resources] open 1 accounts"]
    );
    assert_eq!(told.alerts[1].resources.total, 40);
}

#[test]
fn pages_are_waited_for_two_minutes_and_late_ones_are_no_news() {
    let page = |n, sent| {
        change("111111111111", sent).page(n, 3).entities(&[(&format!("i-{n}"), "PENDING")])
    };
    let told = play(Rules::default(), &[page(1, 0), page(3, 60), page(2, minutes(5))]);
    assert_eq!(lines(&told), ["opened T1 #1 [] open 1 accounts"]);
    assert_eq!(told.alerts[0].resources.total, 2);
    let told = play(Rules::default(), &[page(1, 0), page(3, 20), page(2, 70)]);
    assert_eq!(told.alerts[0].resources.total, 3, "complete before the two minutes are over");
}
