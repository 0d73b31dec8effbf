//! PURE. From an [`Alert`] to a message: which layout, and in which order its parts stand.
//!
//! The order is what a phone shows at three in the morning: whose it is, since or by when, two
//! lines of text, buttons; the rest is folded. Words come from [`crate::catalogue`], limits are
//! kept by [`crate::limits`].

mod actions;
mod changes;
mod glance;
mod header;
mod lists;
mod notes;
mod reference;
mod story;

use jiff::Timestamp;
use model::words::{Change, EntityStatus, Kind, Scope, Severity, Source, Status};
use model::{Alert, When};

use crate::card::{Card, CardWithId, HttpsUrl, Message, Section, Thread, Widget, cut_columns};
use crate::catalogue::{Catalogue, Locale, events};
use crate::clock::Clock;
use crate::limits::{Allowance, Cut, fit};
use crate::prose::{self, Story};
use crate::{post, sentence};

/// A message ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    pub message: Message,
    /// The JSON of `message`: what goes over the wire.
    pub body: Vec<u8>,
    pub cut: Cut,
}

/// How a message reaches its space, where that changes what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    Usual,
    /// Its thread cannot be continued, or an earlier message is missing: say everything.
    Alone,
    /// Its own space could not be reached.
    Fallback,
}

/// The card of one alert, in its thread.
pub fn render(alert: &Alert, now: Timestamp) -> Rendered {
    render_for(alert, now, Occasion::Usual)
}

pub fn render_for(alert: &Alert, now: Timestamp, occasion: Occasion) -> Rendered {
    let view = View::of(alert, now, occasion);
    let fitted = fit(|| view.rest_cost(), |allowance| view.lay_out(allowance));
    Rendered { message: fitted.message, body: fitted.body, cut: fitted.cut }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Full,
    /// Only what changed.
    Update,
    Resolved,
}

/// One alert as one space sees it: what every part of the card asks for, worked out once.
pub(crate) struct View<'a> {
    pub(crate) alert: &'a Alert,
    pub(crate) clock: Clock,
    pub(crate) words: &'static Catalogue,
    pub(crate) layout: Layout,
    pub(crate) occasion: Occasion,
    /// What happened, in words.
    pub(crate) name: String,
    pub(crate) service: String,
    pub(crate) story: Option<Story>,
    /// AWS's own pages named in the description.
    pub(crate) pages: Vec<HttpsUrl>,
}

impl<'a> View<'a> {
    pub(crate) fn of(alert: &'a Alert, now: Timestamp, occasion: Occasion) -> Self {
        let locale = Locale::parse(&alert.target.locale);
        let words = locale.words();
        let clock = Clock::new(now, &alert.target.zone, words);
        let event = &alert.event;
        let about = event.updated.as_ref().and_then(When::at);
        let about = about.or(event.time).or(event.start.as_ref().and_then(When::at)).unwrap_or(now);
        let text = prose::choose(&alert.text, locale);
        let story = text.map(|text| prose::tell(text, &clock, about)).filter(|s| !s.is_empty());
        let pages = text.map(|text| prose::links(&text.text)).unwrap_or_default();
        let code = cut_columns(event.type_code.as_str(), 200);
        let name = events::name(&code, event.service.as_str(), locale);
        Self {
            alert,
            words,
            layout: layout(alert, occasion),
            occasion,
            name: if name.is_empty() { words.unknown_form.to_owned() } else { name },
            service: service(alert, locale),
            story,
            pages: pages.into_iter().filter(prose::is_of_aws).collect(),
            clock,
        }
    }

    fn lay_out(&self, allowance: Allowance) -> (Message, Cut) {
        let mut cut = Cut::default();
        let sections = match self.layout {
            Layout::Full => self.full(allowance, &mut cut),
            Layout::Update => self.update(allowance, &mut cut),
            Layout::Resolved => self.ended(allowance, &mut cut),
        };
        let card = Card { header: self.header(), sections };
        let sentence = sentence::sentence(self);
        let message = Message {
            text: sentence::text(self, &sentence),
            fallback_text: sentence,
            cards_v2: vec![CardWithId { card_id: format!("alert-{}", self.alert.seq), card }],
            thread: post::thread_key(&self.alert.thread).map(|thread_key| Thread { thread_key }),
        };
        (message, cut)
    }

    fn full(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let top = joined([self.notes(), self.glance(), self.progress().into_iter().collect()]);
        let middle = joined([self.lead(allowance), self.actions().into_iter().collect()]);
        let mut sections: Vec<Section> = Vec::with_capacity(5);
        sections.extend(Section::open(top));
        sections.extend(Section::open(middle));
        sections.extend(self.folded(allowance, cut));
        sections.extend(self.reference());
        sections
    }

    fn update(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let actions = self.actions().into_iter().collect();
        let top = joined([self.notes(), self.changes(allowance), actions]);
        let text = if self.changed(&Change::Text) { self.rest(allowance, cut) } else { vec![] };
        let names = self.changed_names(allowance, cut);
        let mut sections: Vec<Section> = Vec::with_capacity(3);
        sections.extend(Section::open(top).map(|section| section.titled(self.words.what_changed)));
        sections.extend(Section::folded(self.words.details, joined([text, names])));
        sections.extend(self.reference());
        sections
    }

    fn ended(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let top = joined([self.notes(), self.glance()]);
        let middle = joined([self.lead(allowance), self.actions().into_iter().collect()]);
        let mut sections: Vec<Section> = Vec::with_capacity(5);
        sections.extend(Section::open(top));
        sections.extend(Section::open(middle).map(|section| match self.story {
            Some(_) => section.titled(self.words.last_word),
            None => section,
        }));
        sections.extend(self.folded(allowance, cut));
        sections.extend(self.reference());
        sections
    }

    /// Text, accounts and resources: one fold on small events, since several "show more" rows
    /// in a row are tiring.
    fn folded(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        const SMALL: usize = 12;
        let rest = self.rest(allowance, cut);
        let accounts: Vec<Widget> = self.account_rows(allowance, cut).into_iter().collect();
        let resources: Vec<Widget> = self.resource_rows(allowance, cut).into_iter().collect();
        let rows = self.alert.accounts.shown.len() + self.alert.resources.shown.len();
        let words = self.words;
        if rows <= SMALL || rest.is_empty() {
            let all = joined([resources, accounts, rest]);
            return Section::folded(words.details, all).into_iter().collect();
        }
        let text = Section::folded(words.full_text, rest);
        let lists = joined([accounts, resources]);
        let lists = Section::folded(words.accounts_and_resources, lists);
        text.into_iter().chain(lists).collect()
    }

    pub(crate) fn changed(&self, change: &Change) -> bool {
        self.alert.changes.contains(change)
    }

    pub(crate) fn is_public(&self) -> bool {
        self.alert.event.scope == Scope::Public
    }

    pub(crate) fn is_resolved(&self) -> bool {
        self.layout == Layout::Resolved
    }

    /// More urgent than it was when this space last heard of it.
    pub(crate) fn is_escalated(&self) -> bool {
        post::is_escalated(self.alert)
    }

    pub(crate) fn is_from_aws(&self) -> bool {
        self.alert.event.source == Source::AwsHealth
    }

    /// The severity a person should have in mind: of what is over, how bad it was.
    pub(crate) fn severity(&self) -> Severity {
        if self.is_resolved() { self.alert.max_severity } else { self.alert.severity }
    }

    pub(crate) fn unsettled(&self) -> u32 {
        let settled: u32 = self.by_status(EntityStatus::is_settled);
        self.alert.resources.total.saturating_sub(settled)
    }

    pub(crate) fn impaired(&self) -> u32 {
        self.by_status(|status| *status == EntityStatus::Impaired)
    }

    fn by_status(&self, counts: impl Fn(&EntityStatus) -> bool) -> u32 {
        let of = self.alert.resources.by_status.iter();
        of.filter(|(status, _)| counts(status)).fold(0, |sum, (_, n)| u32::saturating_add(sum, *n))
    }
}

fn joined<const N: usize>(parts: [Vec<Widget>; N]) -> Vec<Widget> {
    parts.into_iter().flatten().collect()
}

fn layout(alert: &Alert, occasion: Occasion) -> Layout {
    match (&alert.kind, occasion) {
        (Kind::Plain, _) => Layout::Full,
        (Kind::Resolved, _) => Layout::Resolved,
        _ if alert.event.status == Status::Resolved => Layout::Resolved,
        (Kind::Update, Occasion::Usual) => Layout::Update,
        _ => Layout::Full,
    }
}

/// A record of a custom source that names no service speaks for its source.
fn service(alert: &Alert, locale: Locale) -> String {
    match (alert.event.service.as_str(), &alert.event.source) {
        ("", source) if *source != Source::AwsHealth => source.to_string(),
        (service, _) => events::service(service, locale),
    }
}
