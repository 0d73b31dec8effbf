//! PURE. Which digests of a space are due, each with the state the board has once it is out.
//!
//! What is held is told once: by the digest that covers it, whichever comes. Age is told by the
//! next digest by the clock, quiet hours by their end, a storm as it goes on.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Alert;
use model::ids::{AlertId, IncidentId, SpaceName, ThreadKey};
use model::summary::DigestReason;
use rules::Rules;
use state::board::{Cover, Entry, Held, HeldBy};
use state::group::{Digests, Group, Storming};

use super::content::{self, Window};
use super::{Board, began};
use crate::decide::{Decision, Said, Weight};

/// How many entries one digest marks as told; the rest follows in the next.
const COVERED: usize = 1_000;

pub fn decide(space: &SpaceName, board: &Board, rules: &Rules, now: Timestamp) -> Decision {
    let zone = TimeZone::get(&rules.zone).unwrap_or(TimeZone::UTC);
    // The sweep may begin the board at the same moment: the same version, never a later one.
    let mut state = board.state.clone().unwrap_or_else(|| began(space, now));
    let mut desk = Desk { space, board, rules, now, zone: &zone, decision: Decision::default() };
    desk.quiet(&mut state);
    desk.storm(&mut state);
    desk.daily(&mut state);
    desk.decision
}

struct Desk<'a> {
    space: &'a SpaceName,
    board: &'a Board,
    rules: &'a Rules,
    now: Timestamp,
    zone: &'a TimeZone,
    decision: Decision,
}

impl<'a> Desk<'a> {
    /// Entries that are held and not told, the longest held first.
    fn waiting(&self, by: HeldBy) -> Vec<(Cover, &'a Entry, &'a Held)> {
        let mut waiting: Vec<_> = self
            .board
            .entries
            .iter()
            .filter_map(|(document, entry)| {
                let held = entry.held.as_ref().filter(|held| held.by == by && !held.told)?;
                let cover = Cover { thread: entry.row.thread.clone(), document: *document };
                Some((cover, entry, held))
            })
            .collect();
        waiting.sort_by(|a, b| (a.2.since, &a.0).cmp(&(b.2.since, &b.0)));
        waiting
    }

    fn quiet(&mut self, state: &mut Group) {
        let waiting = self.waiting(HeldBy::QuietHours);
        let later = waiting.iter().map(|(_, _, held)| held.until).filter(|at| *at > self.now);
        if let Some(at) = later.min() {
            self.wake(at);
        }
        let mut due = waiting;
        due.retain(|(_, _, held)| held.until <= self.now);
        let Some(end) = due.iter().map(|(_, _, held)| held.until).max() else { return };
        for due in due.chunks(COVERED) {
            let Some(digests) = &mut state.course.digests else { return };
            let seq = match digests.quiet {
                Some((told, seq)) if told == end => seq + 1,
                _ => 1,
            };
            digests.quiet = Some((end, seq));
            let from = due.iter().map(|(_, _, held)| held.since).min().unwrap_or(self.now);
            let window = Window { from, to: end };
            let held: Vec<&Entry> = due.iter().map(|(_, entry, _)| *entry).collect();
            let digest = content::of_held(DigestReason::QuietHours, &held, window);
            let name = format!("quiet|{}|{end}", self.space);
            let covers = due.iter().map(|(cover, _, _)| cover.clone()).collect();
            self.say(&name, seq, digest, covers, state);
        }
    }

    /// The first digest waits for company as any alert does, its updates for the interval.
    fn storm(&mut self, state: &mut Group) {
        let waiting = self.waiting(HeldBy::Storm);
        let Some(first) = waiting.iter().map(|(_, _, held)| held.since).min() else { return };
        let Some(digests) = &mut state.course.digests else { return };
        let per = self.rules.storm.map_or(self.rules.pace.group_interval, |storm| storm.per);
        let calm = per.max(self.rules.pace.group_interval);
        let going = digests.storm.take().filter(|storm| first.duration_since(storm.last) <= calm);
        let due = match &going {
            None => first + self.rules.pace.group_wait,
            Some(storm) => storm.last + self.rules.pace.group_interval,
        };
        if due > self.now {
            digests.storm = going;
            self.decision.next = Some(self.decision.next.map_or(due, |next| next.min(due)));
            return;
        }
        let (began, seq) = going.map_or((first, 0), |storm| (storm.began, storm.seq));
        let storm = Storming { began, seq: seq + 1, last: self.now };
        digests.storm = Some(storm);
        let covered = &waiting[..waiting.len().min(COVERED)];
        // All of the storm so far, since it is one message that is updated.
        let of_storm = |entry: &&Entry| {
            let held = entry.held.as_ref();
            held.is_some_and(|held| held.by == HeldBy::Storm && held.since >= began)
        };
        let held: Vec<&Entry> =
            self.board.entries.iter().map(|(_, entry)| entry).filter(of_storm).collect();
        let window = Window { from: began, to: self.now };
        let digest = content::of_held(DigestReason::Storm, &held, window);
        let covers = covered.iter().map(|(cover, _, _)| cover.clone()).collect();
        let name = format!("storm|{}|{began}", self.space);
        self.say(&name, seq + 1, digest, covers, state);
        if covered.len() < waiting.len() {
            let again = self.now + self.rules.pace.group_interval;
            self.decision.next = Some(again);
        }
    }

    fn daily(&mut self, state: &mut Group) {
        let old = self.waiting(HeldBy::Age);
        let Some(digest) = &self.rules.digest else {
            return self.without_digest(&old, state);
        };
        let Some(digests) = &mut state.course.digests else { return };
        let last = digests.last;
        if let Some(next) = digest.next(self.now, self.zone) {
            self.decision.clock = Some(self.decision.clock.map_or(next, |clock| clock.min(next)));
        }
        let Some(to) = digest.last(last, self.now, self.zone) else { return };
        let day = |at: Timestamp| at.to_zoned(self.zone.clone()).date();
        // Its time may have been moved after it was told today.
        let told_today = state.seq > 0 && day(last) == day(to);
        let owed = self.rules.routed_spaces().contains(self.space) || !old.is_empty();
        if told_today || !owed {
            return;
        }
        digests.last = to;
        state.seq += 1;
        let covered = &old[..old.len().min(COVERED)];
        let window = Window { from: last, to };
        let held = old.iter().map(|(_, entry, _)| *entry).collect::<Vec<_>>();
        let digest = content::daily(self.board, &held, window, self.now);
        let covers = covered.iter().map(|(cover, _, _)| cover.clone()).collect();
        let name = format!("digest|{}|{}", self.space, day(to));
        self.say(&name, 1, digest, covers, state);
    }

    /// `[digest]` was taken out of the document while something was held for it.
    fn without_digest(&mut self, old: &[(Cover, &Entry, &Held)], state: &mut Group) {
        let Some(to) = old.iter().map(|(_, _, held)| held.until).max() else { return };
        if to > self.now {
            return self.wake(to);
        }
        // What is held later until the same time is another thread, with ids of its own.
        let name = format!("late|{}|{to}|{}", self.space, state.version);
        for (seq, old) in (1..).zip(old.chunks(COVERED)) {
            let from = old.iter().map(|(_, _, held)| held.since).min().unwrap_or(to);
            let held: Vec<&Entry> = old.iter().map(|(_, entry, _)| *entry).collect();
            let digest = content::of_held(DigestReason::Schedule, &held, Window { from, to });
            let covers = old.iter().map(|(cover, _, _)| cover.clone()).collect();
            self.say(&name, seq, digest, covers, state);
        }
    }

    fn wake(&mut self, at: Timestamp) {
        self.decision.clock = Some(self.decision.clock.map_or(at, |clock| clock.min(at)));
    }

    /// `name` is what the digest is one of; two digests of one name are one thread.
    fn say(
        &mut self,
        name: &str,
        seq: u32,
        digest: model::summary::Digest,
        covers: Vec<Cover>,
        state: &mut Group,
    ) {
        let thread = ThreadKey::of(&IncidentId(name.to_owned()), 1);
        let alert_id = AlertId::of(&thread, self.space, seq);
        let alert: Alert =
            content::alert(self.space, self.rules, (thread, alert_id, seq), digest, self.now);
        state.version += 1;
        state.last_alert = self.now;
        state
            .course
            .digests
            .get_or_insert_with(|| Box::new(Digests { last: self.now, quiet: None, storm: None }));
        self.decision.alerts.push(Said {
            alert,
            after: state.clone(),
            entry: None,
            covers,
            weight: Weight::Free,
        });
    }
}
