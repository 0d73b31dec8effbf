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
    let what = cut_columns(&view.name, WHAT);
    let mut parts = vec![
        cut_columns(&view.service, SERVICE).into_owned(),
        cut_columns(&region(view), REGION).into_owned(),
        cut_columns(&whose(view), WHOSE).into_owned(),
        match view.deadline().filter(|_| !view.is_resolved()) {
            Some(deadline) => format!("{} {what}", (view.words.days)(deadline.days)),
            None => what.into_owned(),
        },
    ];
    parts.extend(tail(view));
    parts.retain(|part| !part.is_empty());
    let start = ChatText::literal(&format!("{} {}", view.emoji(), level(view)));
    let rest = ChatText::defused(&parts.join(" · "));
    start.then(&ChatText::literal(" · ")).then(&rest)
}

/// Critical and high always speak up, and whoever is called must be told of what.
pub(crate) fn text(view: &View<'_>, sentence: &ChatText) -> Option<ChatText> {
    let mention = mention(view);
    let loud = view.severity() >= Severity::High;
    (loud || mention.is_some()).then(|| sentence.clone().calling(mention.as_ref()))
}

/// People are called when it begins and when it gets worse; never for what is over or old.
fn mention(view: &View<'_>) -> Option<Mention> {
    let alert = view.alert;
    let begins = alert.kind == Kind::Opened || view.is_escalated();
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
        (Layout::Update, _) => vec![(words.update)(post::update_number(alert))],
        (Layout::Full, Subject::Scheduled) if alert.resources.total > 0 => {
            vec![(words.left)(view.unsettled(), alert.resources.total)]
        }
        (Layout::Full, _) if view.impaired() > 0 => {
            let of = (words.of_resources)(alert.resources.total);
            vec![format!("{}{of}", (words.impaired_count)(view.impaired()))]
        }
        (Layout::Full | Layout::Resolved, _) => Vec::new(),
    }
}
