//! PURE. What a dead letter is, and which queue it was meant for.

use jiff::Timestamp;
use model::Alert;
use serde::Deserialize;
use state::outbox::Lane;

use crate::cli::deployed::Queue;

/// A dead letter as its queue hands it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Letter {
    pub body: String,
    /// When its queue took it.
    pub sent: Option<Timestamp>,
    /// Why it is there, as far as whoever put it there said.
    pub reason: Option<String>,
}

/// What is to be done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// These go to a queue again; nearly always one, and as it was.
    Send { to: Queue, bodies: Vec<String>, what: String },
    /// The next one made it good: there is nothing to repeat.
    Drop { what: String },
    /// Nobody could use it.
    Leave { why: String },
}

/// What a schedule asks of the collector.
#[derive(Deserialize)]
struct Task {
    task: String,
}

/// Of the flush queue; the collector judges the rest of it.
#[derive(Deserialize)]
struct Tick {
    incident: String,
}

impl Letter {
    pub(super) fn holds(&self, text: &str) -> bool {
        self.body.contains(text) || self.reason.as_ref().is_some_and(|reason| reason.contains(text))
    }

    pub(super) fn plan(&self, queue: Queue, now: Timestamp) -> Plan {
        match queue {
            Queue::Rule if self.read::<Task>().is_ok_and(|it| it.task == "sweep") => {
                Plan::Drop { what: "a sweep; one comes every minute".to_owned() }
            }
            Queue::Events | Queue::Rule => self.events(),
            Queue::Flush => match self.read::<Tick>() {
                Ok(tick) => self.same(queue, format!("a tick of {}", tick.incident)),
                Err(_) => Plan::Leave { why: "it is no tick".to_owned() },
            },
            Queue::Urgent | Queue::Normal => self.alerts(Some(queue), now),
            Queue::Subscription => self.alerts(None, now),
        }
    }

    fn read<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(&self.body)
    }

    fn same(&self, to: Queue, what: String) -> Plan {
        Plan::Send { to, bodies: vec![self.body.clone()], what }
    }

    /// Events; what holds none would only come back.
    fn events(&self) -> Plan {
        let read = model::read(self.body.as_bytes());
        let mut events = read.iter().filter_map(|event| event.as_ref().ok());
        let Some(first) = events.next() else {
            let why = read.into_iter().find_map(Result::err);
            let why = why.map_or_else(|| "it holds no event".to_owned(), |why| why.to_string());
            return Plan::Leave { why };
        };
        let account = first.account.as_ref().map_or("no account", |account| account.as_str());
        self.same(Queue::Events, format!("{} {account}{}", first.type_code, more(events.count())))
    }

    /// Alerts, to the queue they came from or, when they never reached one, to the lane they are of.
    fn alerts(&self, from: Option<Queue>, now: Timestamp) -> Plan {
        let records = delibird::envelope::read_text(&self.body, now);
        let alerts = records.iter().flat_map(|record| &record.alerts);
        let mut alerts = alerts.filter_map(|alert| alert.as_ref().ok());
        let Some(first) = alerts.next() else {
            let mut refused = records.iter().flat_map(|record| &record.alerts);
            let why = refused.find_map(|alert| alert.as_ref().err());
            let why = why.map_or_else(|| "it holds no alert".to_owned(), ToString::to_string);
            return Plan::Leave { why };
        };
        let what = what(first, alerts.count());
        let to = from.unwrap_or(match Lane::of(first) {
            Lane::Urgent => Queue::Urgent,
            Lane::Normal => Queue::Normal,
        });
        Plan::Send { to, bodies: records.into_iter().map(|record| record.body).collect(), what }
    }
}

fn what(alert: &Alert, others: usize) -> String {
    let Alert { kind, seq, target, event, .. } = alert;
    format!("{kind} #{seq} {} to {}{}", event.type_code, target.space, more(others))
}

fn more(others: usize) -> String {
    if others == 0 { String::new() } else { format!(" and {others} more") }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::{Letter, Plan};
    use crate::cli::deployed::Queue;

    const ISSUE: &str =
        include_str!("../../../../tests/fixtures/issue-with-impaired-instances.json");

    /// Whose letter, its body, and the queue and body that are sent or what else is done.
    type Row<'a> = (Queue, &'a str, Result<(Queue, &'a str), &'a str>);

    fn plan(queue: Queue, body: &str) -> Plan {
        let letter = Letter { body: body.to_owned(), ..Letter::default() };
        letter.plan(queue, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_letter_goes_where_it_was_meant_for_or_stays() {
        let mut critical = serde_json::to_value(model::Alert::of(
            &model::read(ISSUE.as_bytes()).remove(0).unwrap(),
            Timestamp::UNIX_EPOCH,
        ))
        .unwrap();
        let urgent = critical.to_string();
        let wrapped = json!({"Type": "Notification", "Message": urgent}).to_string();
        let direct = json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": urgent}}]});
        let direct = direct.to_string();
        critical["severity"] = json!("info");
        critical["maxSeverity"] = json!("info");
        let calm = critical.to_string();
        let tick = r#"{"version":1,"incident":"e|x","due":"2026-03-02T10:00:00Z"}"#;
        let rows: [Row<'_>; 12] = [
            (Queue::Events, ISSUE, Ok((Queue::Events, ISSUE))),
            (Queue::Rule, ISSUE, Ok((Queue::Events, ISSUE))),
            (Queue::Rule, r#"{"task":"sweep"}"#, Err("drop")),
            (Queue::Events, "not an event", Err("leave")),
            (Queue::Rule, "[]", Err("leave")),
            (Queue::Flush, tick, Ok((Queue::Flush, tick))),
            (Queue::Flush, r#"{"version":9}"#, Err("leave")),
            (Queue::Normal, &wrapped, Ok((Queue::Normal, &wrapped))),
            (Queue::Subscription, &wrapped, Ok((Queue::Urgent, &wrapped))),
            // What a function was invoked with: no queue may hand that on as it is.
            (Queue::Subscription, &direct, Ok((Queue::Urgent, &urgent))),
            (Queue::Subscription, &calm, Ok((Queue::Normal, &calm))),
            (Queue::Urgent, "{}", Err("leave")),
        ];
        for (queue, body, expected) in rows {
            let seen = match plan(queue, body) {
                Plan::Send { to, bodies, .. } => Ok((to, bodies)),
                Plan::Drop { .. } => Err("drop"),
                Plan::Leave { .. } => Err("leave"),
            };
            let expected = expected.map(|(to, body)| (to, vec![body.to_owned()]));
            assert_eq!(seen, expected, "{queue} {body:.60}");
        }
    }
}
