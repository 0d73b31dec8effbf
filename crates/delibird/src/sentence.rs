//! PURE. The one sentence a phone shows before the card is opened. Its first 60 columns hold
//! severity, service, Region, whose, and the beginning of what; the numbers follow.

use model::words::{Kind, Severity, Status, Subject};

use crate::card::{ChatText, Mention, cut_columns};
use crate::catalogue::regions;
use crate::post;
use crate::render::{Layout, View};

/// So that whose still fits after them.
const SERVICE: usize = 16;
const REGION: usize = 16;
const WHOSE: usize = 22;
const WHAT: usize = 60;

/// Severity · service · Region · whose · what, then how it stands.
pub(crate) fn sentence(view: &View<'_>) -> ChatText {
    let mut parts = if view.layout == Layout::Digest { of_digest(view) } else { of_event(view) };
    parts.extend(tail(view));
    parts.retain(|part| !part.is_empty());
    let start = ChatText::literal(&format!("{} {}", view.emoji(), level(view)));
    let rest = ChatText::defused(&parts.join(" · "));
    start.then(&ChatText::literal(" · ")).then(&rest)
}

fn of_event(view: &View<'_>) -> Vec<String> {
    let what = cut_columns(&view.name, WHAT);
    vec![
        cut_columns(&view.service, SERVICE).into_owned(),
        cut_columns(&region(view), REGION).into_owned(),
        cut_columns(&whose(view), WHOSE).into_owned(),
        match view.deadline().filter(|_| !view.is_resolved()) {
            Some(deadline) => format!("{} {what}", (view.words.days)(deadline.days)),
            None => what.into_owned(),
        },
    ]
}

/// Of many services and accounts: whose is the space.
fn of_digest(view: &View<'_>) -> Vec<String> {
    vec![
        "AWS Health".to_owned(),
        cut_columns(&view.digest_regions(), REGION).into_owned(),
        cut_columns(view.alert.target.space.as_str(), WHOSE).into_owned(),
        format!("{}: {}", view.digest_name(), view.digest_counts()),
    ]
}

/// Critical and high always speak up, and whoever is called must be told of what.
pub(crate) fn text(view: &View<'_>, sentence: &ChatText) -> Option<ChatText> {
    let mention = mention(view);
    // What a digest lists has had messages of its own.
    let severity =
        if view.layout == Layout::Digest { view.alert.severity } else { view.severity() };
    let loud = severity >= Severity::High;
    (loud || mention.is_some()).then(|| sentence.clone().calling(mention.as_ref()))
}

/// People are called when it begins, when it gets worse and when it is passed on to them; never
/// for what is over or old.
fn mention(view: &View<'_>) -> Option<Mention> {
    let alert = view.alert;
    let begins = alert.kind == Kind::Opened || view.is_escalated() || view.is_passed_on();
    if !begins || alert.event.status == Status::Resolved || alert.event.replayed {
        return None;
    }
    Mention::parse(alert.target.mention.as_deref()?)
}

/// `Critical`; of what is over, that it is and how bad it was.
fn level(view: &View<'_>) -> String {
    let severity = (view.words.severity)(view.severity());
    if view.is_resolved() && view.severity() > Severity::Info {
        format!("{} ({severity})", view.words.resolved)
    } else {
        view.level().to_owned()
    }
}

/// Short: the code is on the card.
fn region(view: &View<'_>) -> String {
    match view.alert.event.regions.as_slice() {
        [one] => regions::name(one.as_str(), view.words.locale).unwrap_or(one.as_str()).to_owned(),
        _ => view.region(),
    }
}

/// `payments-prod +2`, `213 accounts`, `12 accounts notified`.
fn whose(view: &View<'_>) -> String {
    let accounts = &view.alert.accounts;
    if view.is_public() {
        return (view.words.notified)(accounts.total);
    }
    if view.layout == Layout::Reminder && accounts.total > 1 {
        return (view.words.accounts)(view.not_done_yet());
    }
    match accounts.shown.as_slice() {
        [] => (view.words.accounts)(accounts.total),
        [first, ..] => match accounts.total.saturating_sub(1) {
            0 => view.account_name(first).to_owned(),
            more @ 1..=3 => {
                let name = cut_columns(view.account_name(first), WHOSE - 3);
                format!("{name} +{more}")
            }
            _ => (view.words.accounts)(accounts.total),
        },
    }
}

fn tail(view: &View<'_>) -> Vec<String> {
    let words = view.words;
    let alert = view.alert;
    match (view.layout, &alert.subject) {
        (Layout::Update, _) if alert.changes.is_empty() && alert.acknowledged.is_some() => {
            let by = alert.acknowledged.as_ref().and_then(|taken| taken.by.as_deref());
            let by = by.filter(|by| !by.trim().is_empty()).map(|by| cut_columns(by, 40));
            vec![(words.taken_short)(by.as_deref())]
        }
        (Layout::Full, _) if view.answer_due().is_some() => {
            let by = view.answer_due().map(|by| view.clock.time(by)).unwrap_or_default();
            vec![format!("{} {by}", words.answer_by)]
        }
        (Layout::Update, _) => {
            let update = (words.update)(post::update_number(alert));
            let news = view.news_in_brief().map(|news| cut_columns(&news, 60).into_owned());
            vec![news.map_or_else(|| update.clone(), |news| format!("{update}: {news}"))]
        }
        (Layout::Full, _) if alert.escalation.is_some() => vec![words.escalated_short.to_owned()],
        (Layout::Full, Subject::Scheduled) if alert.resources.total > 0 => {
            vec![(words.left)(view.unsettled(), alert.resources.total)]
        }
        (Layout::Full, _) if view.impaired() > 0 => {
            let of = (words.of_resources)(alert.resources.total);
            vec![format!("{}{of}", (words.impaired_count)(view.impaired()))]
        }
        (Layout::Reminder, _) => {
            let left = (alert.resources.total > 0)
                .then(|| (words.left)(view.unsettled(), alert.resources.total));
            [Some(words.reminder.to_owned()), left].into_iter().flatten().collect()
        }
        (Layout::Full | Layout::Resolved | Layout::Digest, _) => Vec::new(),
    }
}
