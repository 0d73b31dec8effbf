//! Walks every interleaving of the shipped intake and flush: two records, alone or in one batch and
//! a copy beside it, two workers, one crash anywhere, workers so slow that they lose their lease. The code under test is the real one;
//! it runs step by step, one call to an edge at a time, on a store whose calls yield.
//!
//! The same walk must find a violation for each rule of the outbox that is taken away.

use crate::walk::{Flavor, Walk};

#[test]
fn no_interleaving_loses_a_member_or_alters_what_was_frozen() {
    for walk in [Walk::new(Flavor::Shipped), Walk::batched(Flavor::Shipped)] {
        let report = walk.run();
        assert_eq!(report.violation, None, "after {} states", report.states);
        println!("{} states", report.states);
        assert!(report.states > 5_000, "only {} states: the walk has become blind", report.states);
    }
}

#[test]
fn each_rule_of_the_outbox_is_needed() {
    let rows = [
        (Flavor::NoReread, "lost"),
        (Flavor::NoRepeatBump, "lost"),
        (Flavor::BumpFirst, "lost"),
        (Flavor::NoFence, "two contents"),
        (Flavor::NoFrozen, "two contents"),
        (Flavor::CommitBeforePublish, "lost"),
    ];
    let walks = rows.map(|(flavor, expected)| (flavor, Walk::new(flavor), expected));
    // What a batch changes is how far apart a member is put and counted.
    let batched = Walk::batched(Flavor::NoRepeatBump);
    for (flavor, walk, expected) in
        walks.into_iter().chain([(Flavor::NoRepeatBump, batched, "lost")])
    {
        let report = walk.run();
        let violation = report.violation.unwrap_or_default();
        assert!(
            violation.contains(expected),
            "{flavor:?}: {violation:?} in {} states",
            report.states
        );
    }
}
