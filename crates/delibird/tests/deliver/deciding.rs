//! The pure decision, row by row.

use delibird::chat::ChatError;
use delibird::chat::error::Reason;
use delibird::deliver::decide::{
    AGE, Arrival, Form, Manner, Mention, Next, Road, Step, Tried, Why, after, next,
};
use delibird::deliver::ledger::{Ledger, State, Told};
use delibird::render::Occasion;
use function::http::{Lost, Unanswered};
use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::SpaceName;
use model::words::Severity;

use crate::world;

fn at(second: i64) -> Timestamp {
    world::after(second)
}

/// The numbered alert of the one thread.
fn alert(seq: u32) -> Alert {
    world::alert("ops", "incident", seq, Severity::High)
}

fn posted() -> State {
    State::Posted { at: at(0), fallback: None }
}

fn in_flight(until: i64) -> State {
    State::InFlight { until: at(until) }
}

fn waiting(due: i64) -> State {
    State::Waiting { due: at(due) }
}

/// A ledger with these deliveries, whose thread went through webhook `w`.
fn ledger(states: &[(u32, State)]) -> Ledger {
    let mut ledger = Ledger::new(&alert(1));
    for (seq, state) in states {
        let alert = alert(*seq);
        if matches!(state, State::Posted { .. }) {
            let told = Told { request_id: alert.alert_id.clone(), webhook: Some("w".to_owned()) };
            ledger.tell(&alert, &told, at(0));
        }
        ledger.set(&alert, state.clone(), at(0));
    }
    ledger
}

fn post(occasion: Occasion) -> Next {
    let (held, mention) = (SignedDuration::ZERO, Mention::AsRouted);
    Next::Post(Manner { occasion, held, mention })
}

fn later(due: i64, why: Why) -> Next {
    Next::Later { due: at(due), why }
}

/// At second 100, of an alert that was sent at second 90.
#[test]
fn what_is_done_with_an_alert() {
    use Occasion::{Alone, Usual};
    let redirected = State::Posted { at: at(95), fallback: Some("leads".into()) };
    let redirected_before = State::Posted { at: at(50), fallback: Some("leads".into()) };
    let rows = [
        ("the first of a thread", 1, vec![], post(Usual)),
        ("posted already", 1, vec![(1, posted())], Next::Settled),
        ("another worker is at it", 1, vec![(1, in_flight(130))], later(130, Why::Busy)),
        ("another worker died at it", 1, vec![(1, in_flight(99))], post(Usual)),
        ("it has come back", 1, vec![(1, waiting(100))], post(Usual)),
        ("it came back early", 1, vec![(1, waiting(160))], post(Usual)),
        ("a dead letter", 1, vec![(1, State::GaveUp { at: at(95) })], Next::Settled),
        ("a dead letter sent again", 1, vec![(1, State::GaveUp { at: at(80) })], post(Usual)),
        ("it is in the fallback space", 1, vec![(1, redirected)], Next::Settled),
        ("it was there, and is sent again", 1, vec![(1, redirected_before)], post(Usual)),
        ("the second, in order", 2, vec![(1, posted())], post(Usual)),
        ("the second, alone", 2, vec![], later(105, Why::Order)),
        ("the second, still alone", 2, vec![(2, waiting(100))], later(105, Why::Order)),
        ("the first is being posted", 2, vec![(1, in_flight(120))], later(102, Why::Order)),
        ("whoever posted the first died", 2, vec![(1, in_flight(60))], later(102, Why::Order)),
        ("the first waits itself", 2, vec![(1, waiting(400))], later(402, Why::Order)),
        ("the first is a dead letter", 2, vec![(1, State::GaveUp { at: at(0) })], post(Alone)),
        (
            "the first is out, the second waits",
            3,
            vec![(1, posted()), (2, waiting(90))],
            later(102, Why::Order),
        ),
        ("a later one is out already", 2, vec![(3, posted())], post_quiet()),
    ];
    for (name, seq, states, expected) in rows {
        let arrival = Arrival { sent: at(90) };
        let next = next(&ledger(&states), &alert(seq), arrival, Some("w"), at(100));
        assert_eq!(next, expected, "{name}");
    }
}

/// Nobody is called for what the space has overtaken.
fn post_quiet() -> Next {
    let (occasion, held) = (Occasion::Usual, SignedDuration::ZERO);
    Next::Post(Manner { occasion, held, mention: Mention::Nobody })
}

#[test]
fn the_wait_for_what_comes_before_ends() {
    let rows = [
        ("never seen", vec![(2, waiting(0))], 119, false),
        ("never seen for two minutes", vec![(2, waiting(0))], 120, true),
        ("its function died", vec![(1, in_flight(0)), (2, waiting(0))], 199, false),
        ("its function died, its queue too", vec![(1, in_flight(0)), (2, waiting(0))], 200, true),
        ("it should have come back", vec![(1, waiting(0)), (2, waiting(0))], 199, false),
        ("it never came back", vec![(1, waiting(0)), (2, waiting(0))], 200, true),
    ];
    for (name, states, second, goes) in rows {
        let arrival = Arrival { sent: at(0) };
        let next = next(&ledger(&states), &alert(2), arrival, Some("w"), at(second));
        assert_eq!(next == post(Occasion::Alone), goes, "{name}: {next:?}");
    }
}

#[test]
fn a_thread_is_continued_only_through_its_own_webhook() {
    let known = ledger(&[(1, posted())]);
    let rows =
        [(Some("w"), Occasion::Usual), (Some("x"), Occasion::Alone), (None, Occasion::Alone)];
    for (webhook, occasion) in rows {
        let next = next(&known, &alert(2), Arrival { sent: at(90) }, webhook, at(100));
        assert_eq!(next, post(occasion), "{webhook:?}");
    }
}

#[test]
fn age_is_told_and_ends_after_days() {
    let next = |seconds: i64| {
        next(&ledger(&[]), &alert(1), Arrival { sent: at(0) }, Some("w"), at(seconds))
    };
    let held = |next: Next| match next {
        Next::Post(manner) => Some(manner.held.as_secs()),
        _ => None,
    };
    assert_eq!(held(next(15 * 60)), Some(0));
    assert_eq!(held(next(15 * 60 + 1)), Some(901));
    assert_eq!(next(AGE.as_secs() + 1), Next::GiveUp);
}

#[test]
fn a_dead_letter_sent_again_is_as_late_as_it_was_first_seen() {
    let known = ledger(&[(1, State::GaveUp { at: at(60) })]);
    let next = next(&known, &alert(1), Arrival { sent: at(7_190) }, Some("w"), at(7_200));
    let Next::Post(manner) = next else { panic!("{next:?}") };
    assert_eq!(manner.held, SignedDuration::from_hours(2));
}

#[test]
fn what_a_failed_post_leads_to() {
    let gone = || ChatError::Gone { status: 404 };
    let rejected = || ChatError::Rejected { status: 400, reason: Reason::new("no", &[]) };
    let unknown = || ChatError::UnknownSpace { space: "ops".into() };
    let lost = || ChatError::Unreachable(Unanswered::new(Lost::Timeout, true));
    let (card, text) = (Form::Card, Form::Text);
    let (home, again, elsewhere) = (Road::Home, Road::HomeAgain, Road::Fallback);
    let rows = [
        (ChatError::Throttled { retry_after: None }, card, home, Step::Retry),
        (ChatError::Unavailable { status: 503, retry_after: None }, text, elsewhere, Step::Retry),
        (ChatError::Unknown { reason: String::new() }, card, home, Step::Retry),
        (lost(), card, again, Step::Retry),
        (rejected(), card, home, Step::AsText),
        (rejected(), card, elsewhere, Step::AsText),
        (rejected(), text, home, Step::Refused),
        (gone(), card, home, Step::Reread),
        (gone(), text, home, Step::Reread),
        (gone(), card, again, Step::Fallback),
        (gone(), card, elsewhere, Step::Unreachable),
        (unknown(), card, home, Step::Reread),
        (unknown(), card, again, Step::Fallback),
        (unknown(), card, elsewhere, Step::Unreachable),
    ];
    let (ops, leads) = (SpaceName::from("ops"), SpaceName::from("leads"));
    for (error, form, road, expected) in rows {
        let step = after(&error, Tried { form, road }, &ops, Some(&leads));
        assert_eq!(step, expected, "{error} as {form:?} by {road:?}");
    }
    for fallback in [None, Some(&ops)] {
        let tried = Tried { form: card, road: again };
        assert_eq!(after(&gone(), tried, &ops, fallback), Step::Unreachable, "{fallback:?}");
    }
}
