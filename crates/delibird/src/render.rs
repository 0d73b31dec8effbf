//! PURE. From an [`Alert`] to a message: which layout, and in which order its parts stand.
//!
//! The order is what a phone shows at three in the morning: whose it is, since or by when, two
//! lines of text, buttons; the rest is folded. Words come from [`crate::catalogue`], limits are
//! kept by [`crate::limits`].

mod actions;
mod changes;
mod digest;
mod glance;
mod header;
mod lists;
mod metric;
mod notes;
mod reference;
mod reminder;
mod security;
mod story;

use jiff::{SignedDuration, Timestamp};
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

/// Everything about the way of a message that changes what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances {
    pub occasion: Occasion,
    /// How long delivery has held it back, beyond the wait for its turn.
    pub held: SignedDuration,
}

impl From<Occasion> for Circumstances {
    fn from(occasion: Occasion) -> Self {
        Self { occasion, held: SignedDuration::ZERO }
    }
}

/// The card of one alert, in its thread.
pub fn render(alert: &Alert, now: Timestamp) -> Rendered {
    render_for(alert, now, Occasion::Usual)
}

pub fn render_for(
    alert: &Alert,
    now: Timestamp,
    circumstances: impl Into<Circumstances>,
) -> Rendered {
    let view = View::of(alert, now, circumstances.into());
    let fitted = fit(|| view.rest_cost(), |allowance| view.lay_out(allowance));
    Rendered { message: fitted.message, body: fitted.body, cut: fitted.cut }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Full,
    /// Only what changed.
    Update,
    Resolved,
    /// Time is running out.
    Reminder,
    /// A list of many alerts.
    Digest,
}

/// One alert as one space sees it: what every part of the card asks for, worked out once.
pub(crate) struct View<'a> {
    pub(crate) alert: &'a Alert,
    pub(crate) clock: Clock,
    pub(crate) words: &'static Catalogue,
    pub(crate) layout: Layout,
    pub(crate) occasion: Occasion,
    pub(crate) held: SignedDuration,
    /// What happened, in words.
    pub(crate) name: String,
    pub(crate) service: String,
    pub(crate) story: Option<Story>,
    /// AWS's own pages named in the description.
    pub(crate) pages: Vec<HttpsUrl>,
}

impl<'a> View<'a> {
    pub(crate) fn of(alert: &'a Alert, now: Timestamp, circumstances: Circumstances) -> Self {
        let Circumstances { occasion, held } = circumstances;
        let locale = Locale::parse(&alert.target.locale);
        let words = locale.words();
        let clock = Clock::new(now, &alert.target.zone, words);
        let event = &alert.event;
        let about = event.updated.as_ref().and_then(When::at);
        let about = about.or(event.time).or(event.start.as_ref().and_then(When::at)).unwrap_or(now);
        let text = prose::choose(&alert.text, locale);
        let story = text.map(|text| prose::tell(text, &clock, about)).filter(|s| !s.is_empty());
        let pages = text.map(|text| prose::links(&text.text)).unwrap_or_default();
        let layout = layout(alert, occasion);
        let code = cut_columns(event.type_code.as_str(), 200);
        let name = match &alert.metric {
            Some(metric) => metric::headline(metric, layout, words),
            None => events::name(&code, event.service.as_str(), locale),
        };
        Self {
            alert,
            words,
            layout,
            occasion,
            held,
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
            Layout::Digest => self.digest(allowance, &mut cut),
            Layout::Reminder => self.remind(allowance, &mut cut),
            Layout::Full | Layout::Resolved if self.alert.metric.is_some() => {
                self.metric(allowance, &mut cut)
            }
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

    fn metric(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let measured = self.alert.metric.as_ref();
        measured.map(|metric| self.measured(metric, allowance, cut)).unwrap_or_default()
    }

    fn full(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let top = joined([self.notes(), self.glance(), self.progress().into_iter().collect()]);
        let actions: Vec<Widget> = self.actions().into_iter().collect();
        let mut sections: Vec<Section> = Vec::with_capacity(5);
        sections.extend(Section::open(top));
        match self.first_steps() {
            Some(mut steps) => {
                sections.extend(Section::open(self.lead(allowance)));
                steps.widgets.extend(actions);
                sections.push(steps);
            }
            None => sections.extend(Section::open(joined([self.lead(allowance), actions]))),
        }
        sections.extend(self.folded(allowance, cut));
        sections
    }

    fn update(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let actions = self.actions().into_iter().collect();
        let metric = self.alert.metric.as_ref().map(|metric| self.value_now(metric));
        let metric = metric.into_iter().collect();
        let top = joined([self.notes(), metric, self.changes(allowance), actions]);
        let text = if self.changed(&Change::Text) { self.rest(allowance, cut) } else { vec![] };
        let names = self.changed_names(allowance, cut);
        let mut sections: Vec<Section> = Vec::with_capacity(3);
        sections.extend(Section::open(top).map(|section| section.titled(self.words.what_changed)));
        sections.extend(self.details_and_reference(joined([names, text])));
        sections
    }

    fn ended(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        let top = joined([self.notes(), self.glance()]);
        let middle = joined([self.lead(allowance), self.actions().into_iter().collect()]);
        let mut sections: Vec<Section> = Vec::with_capacity(5);
        sections.extend(Section::open(top));
        sections.extend(Section::open(middle).map(|section| match self.story {
            Some(_) if self.is_from_aws() => section.titled(self.words.last_word),
            Some(_) => section.titled(self.words.last_word_of_source),
            None => section,
        }));
        sections.extend(self.folded(allowance, cut));
        sections
    }

    /// Text, accounts, resources and reference: one fold on small events, since several "show
    /// more" rows in a row are tiring.
    fn folded(&self, allowance: Allowance, cut: &mut Cut) -> Vec<Section> {
        const SMALL: usize = 12;
        let rest = self.rest(allowance, cut);
        let accounts: Vec<Widget> = self.account_rows(allowance, cut).into_iter().collect();
        let resources: Vec<Widget> = self.resource_rows(allowance, cut).into_iter().collect();
        let rows = self.alert.accounts.shown.len() + self.alert.resources.shown.len();
        if rows <= SMALL || rest.is_empty() {
            let details = joined([resources, accounts, rest]);
            return self.details_and_reference(details).into_iter().collect();
        }
        let lists = joined([accounts, resources]);
        let lists = Section::folded(self.words.accounts_and_resources, lists);
        lists.into_iter().chain(self.details_and_reference(rest)).collect()
    }

    /// The last fold of a card.
    fn details_and_reference(&self, details: Vec<Widget>) -> Option<Section> {
        let (header, part) = if details.is_empty() {
            (self.words.reference, reference::Part::Whole)
        } else {
            (self.words.details, reference::Part::OfDetails)
        };
        let reference = self.reference(part).into_iter().collect();
        Section::folded(header, joined([details, reference]))
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

    /// Passed on to this space just now: later messages of it carry no mention again.
    pub(crate) fn is_passed_on(&self) -> bool {
        post::is_passed_on(self.alert)
    }

    pub(crate) fn is_from_aws(&self) -> bool {
        self.alert.event.source == Source::AwsHealth
    }

    /// The severity a person should have in mind: of what is over, how bad it was.
    pub(crate) fn severity(&self) -> Severity {
        match (self.layout, &self.alert.digest) {
            (Layout::Resolved, _) => self.alert.max_severity,
            (Layout::Digest, Some(digest)) => digest::worst(digest).max(self.alert.severity),
            _ => self.alert.severity,
        }
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
        (Kind::Digest, _) if alert.digest.is_some() => Layout::Digest,
        (Kind::Resolved, _) => Layout::Resolved,
        _ if alert.event.status == Status::Resolved => Layout::Resolved,
        (Kind::Reminder, _) => Layout::Reminder,
        (Kind::Update, Occasion::Usual) => Layout::Update,
        _ => Layout::Full,
    }
}

/// A record of a custom source that names no service speaks for its source.
fn service(alert: &Alert, locale: Locale) -> String {
    let category = alert.metric.as_ref().map(|metric| metric.category.as_str());
    if let Some(category) = category.filter(|category| !category.trim().is_empty()) {
        return cut_columns(category, 40).into_owned();
    }
    match (alert.event.service.as_str(), &alert.event.source) {
        ("", source) if *source != Source::AwsHealth => source.to_string(),
        (service, _) => events::service(service, locale),
    }
}
