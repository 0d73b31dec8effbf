//! The clock of one space, row by row.

use delibird::deliver::slot::{Claimant, Lane, Slot, Taken};
use jiff::{SignedDuration, Timestamp};
use model::words::{Severity, Subject};

use crate::world::{after, alert};

fn claimant(lane: Lane, turn: Option<Timestamp>) -> Claimant {
    Claimant { lane, turn, patience: SignedDuration::from_secs(20) }
}

#[test]
fn near_slots_are_given_out_and_the_rest_gets_turns() {
    use Lane::{Normal, Urgent};
    use Taken::{At, Later};
    let come = Some(after(0));
    // (what, lane, its turn, what it gets), all at second 0, one after the other.
    let rows = [
        ("an idle space", Normal, None, At(after(0))),
        ("a second later", Normal, None, At(after(1))),
        ("near", Normal, None, At(after(2))),
        ("near", Normal, None, At(after(3))),
        ("the last that is near", Normal, None, At(after(4))),
        ("too far for a function to wait", Normal, None, Later(after(6))),
        ("behind it", Normal, None, Later(after(7))),
        ("urgent, so before both", Urgent, None, At(after(5))),
        ("whoever comes back finds others before it", Normal, come, Later(after(8))),
    ];
    let mut slot = Slot::default();
    for (name, lane, turn, expected) in rows {
        let (taken, next) = slot.take(&claimant(lane, turn), after(0));
        assert_eq!(taken, expected, "{name}");
        slot = next;
    }
    let (taken, _) = slot.take(&claimant(Normal, Some(after(6))), after(6));
    assert_eq!(taken, At(after(6)), "whose turn has come goes before those who are new");
    let (taken, unmoved) = slot.take(&claimant(Normal, Some(after(7))), after(0));
    assert_eq!((taken, unmoved), (Later(after(7)), slot.clone()), "a copy keeps the turn of both");
    let (taken, _) = slot.take(&claimant(Normal, None), after(3));
    assert_eq!(taken, Later(after(9)), "who is new goes behind those with a turn");
    let hasty = Claimant { patience: SignedDuration::from_secs(1), ..claimant(Urgent, None) };
    assert!(matches!(slot.take(&hasty, after(0)).0, Later(_)), "no time to wait for it");
}

#[test]
fn a_space_that_fails_is_tried_by_one_at_a_time_less_and_less_often() {
    let mut slot = Slot::default().failed(None, after(0));
    let due = |slot: &Slot| slot.failing.unwrap().until.duration_since(after(0)).as_secs();
    assert_eq!(due(&slot), 10);
    let (taken, probing) = slot.take(&claimant(Lane::Normal, Some(after(10))), after(10));
    assert_eq!(taken, Taken::At(after(10)), "somebody has to find out");
    let (taken, _) = probing.take(&claimant(Lane::Normal, Some(after(10))), after(10));
    assert!(
        matches!(taken, Taken::Later(later) if later > after(40)),
        "the others wait: {taken:?}"
    );
    let pauses = [(30, 30), (3_600, 60), (8 * 3_600, 300), (40 * 3_600, 900)];
    for (second, pause) in pauses {
        slot = slot.failed(None, after(second));
        assert_eq!(due(&slot), second + pause, "after {second} s");
    }
    let asked = Slot::default().failed(Some(SignedDuration::from_mins(20)), after(0));
    assert_eq!(due(&asked), 1_200);
    let (taken, _) = asked.take(&claimant(Lane::Urgent, None), after(600));
    assert!(matches!(taken, Taken::Later(later) if later > after(1_200)), "{taken:?}");
    assert_eq!(asked.works().failing, None);
}

#[test]
fn somebody_urgent_need_not_wait_for_all_of_a_long_pause() {
    let slot = Slot::default().failed(None, after(0)).failed(None, after(3_600));
    let (new, _) = slot.take(&claimant(Lane::Urgent, None), after(3_610));
    assert_eq!(new, Taken::At(after(3_610)));
    for (lane, turn) in [(Lane::Normal, None), (Lane::Urgent, Some(after(3_610)))] {
        let (taken, _) = slot.take(&claimant(lane, turn), after(3_610));
        assert!(matches!(taken, Taken::Later(_)), "{lane:?}: {taken:?}");
    }
}

#[test]
fn a_thread_stays_in_the_lane_of_its_worst_hour() {
    use Severity::{Critical, High, Info, Warning};
    let of = |severity, max, subject| {
        let mut alert = alert("ops", "x", 1, severity);
        (alert.max_severity, alert.subject) = (max, subject);
        Lane::of(&alert)
    };
    let rows = [
        (Critical, Critical, Subject::Issue, Lane::Urgent),
        (High, High, Subject::Scheduled, Lane::Urgent),
        (Warning, Warning, Subject::Issue, Lane::Normal),
        (Info, Critical, Subject::Issue, Lane::Urgent),
        (Info, Info, Subject::Security, Lane::Urgent),
        (Info, Info, Subject::Notice, Lane::Normal),
    ];
    for (severity, max, subject, expected) in rows {
        assert_eq!(of(severity, max, subject.clone()), expected, "{severity:?} {subject:?}");
    }
}
