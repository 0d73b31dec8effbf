//! The posting of a claimed alert: each of its messages at a slot of its own, as a card or as
//! text, to its space or to the fallback, and into the ledger as soon as it is out.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use function::http::{Lost, Unanswered};
use jiff::{SignedDuration, Timestamp};
use model::Alert;
use model::ids::SpaceName;
use state::{DocumentStore, StateError, undelivered};

use super::decide::{self, Form, Manner, Mention, Road, Step, Tried, Why};
use super::ledger::{Ledger, State, Told};
use super::slot::Taken;
use super::{Attempt, Delibird, End, Outcome};
use crate::chat::webhook::Fingerprint;
use crate::chat::{self, ChatError, ChatTransport};
use crate::limits;
use crate::post::{self, Post};
use crate::render::{Circumstances, Occasion};

/// A post ends by force this long before the function does, so that there is time to say so.
const SPARED: SignedDuration = SignedDuration::from_secs(2);
/// With less than this the outcome of a post could not be known.
const SHORTEST: SignedDuration = SignedDuration::from_secs(5);

/// Where a message got to.
struct Sent {
    webhook: Option<Fingerprint>,
    fallback: Option<(SpaceName, String)>,
    form: Form,
}

/// Why a message is not out.
enum Unsent {
    Later { due: Timestamp, why: Why, reason: Option<String> },
    Refused { reason: String },
    Unreachable { reason: String },
    State(StateError),
}

impl From<StateError> for Unsent {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

/// One message on its way.
struct Parcel<'a> {
    alert: &'a Alert,
    post: &'a Post,
    manner: Manner,
}

impl<S: DocumentStore, C: ChatTransport> Delibird<S, C> {
    /// Posts what is not out yet, the first message at `slot`.
    pub(super) async fn post(
        &self,
        mut attempt: Attempt<'_>,
        claimed: &Ledger,
        manner: Manner,
        slot: Timestamp,
    ) -> Result<Outcome, StateError> {
        let alert = said(attempt.alert, manner.mention);
        let alert = alert.as_ref();
        attempt.outcome.held = manner.held;
        self.sleep_until(slot).await;
        let sent = claimed.of(alert).map(|delivery| &delivery.sent[..]).unwrap_or_default();
        let posts = post::posts_for(alert, (self.clock)(), circumstances(manner));
        let unsent = posts.iter().filter(|post| !sent.contains(&post.request_id));
        let mut fallback = None;
        for (index, post) in unsent.enumerate() {
            if index > 0
                && let Err(unsent) = self.next_slot(&mut attempt, &alert.target.space).await
            {
                return self.stopped(attempt, unsent).await;
            }
            let sent = match self.send(&mut attempt, &Parcel { alert, post, manner }).await {
                Ok(sent) => sent,
                Err(unsent) => return self.stopped(attempt, unsent).await,
            };
            attempt.outcome.posted += 1;
            attempt.outcome.as_text += usize::from(sent.form == Form::Text);
            attempt.outcome.cut |= !post.cut.is_nothing();
            fallback = sent.fallback.or(fallback);
            let told = Told {
                request_id: post.request_id.clone(),
                webhook: sent.webhook.map(|webhook| webhook.as_str().to_owned()),
            };
            let now = (self.clock)();
            let whole = posts.last().is_some_and(|last| last.request_id == post.request_id);
            let elsewhere = fallback.as_ref().map(|(space, _)| space);
            self.amend(alert, |ledger| {
                ledger.tell(alert, &told, now);
                if whole {
                    ledger.post(alert, elsewhere.cloned(), now);
                }
            })
            .await?;
        }
        if claimed.of(alert).is_some_and(|delivery| delivery.buried) {
            undelivered::remove(&self.store, &alert.target.space, &alert.alert_id).await?;
        }
        if let Some((to, reason)) = fallback {
            attempt.outcome.end = End::Redirected { to, reason };
        }
        Ok(attempt.outcome)
    }

    /// One message, in whatever form and to whatever space it gets out.
    async fn send(&self, attempt: &mut Attempt<'_>, parcel: &Parcel<'_>) -> Result<Sent, Unsent> {
        let home = &parcel.alert.target.space;
        let fallback = parcel.alert.target.fallback.as_ref();
        let mut tried = Tried { form: Form::Card, road: Road::Home };
        let mut space = home;
        let mut astray = None;
        let mut post = Cow::Borrowed(parcel.post);
        loop {
            let Err(error) = self.once(attempt, space, message(&post, tried.form)).await? else {
                let webhook = self.chat.webhook(space).await.ok().flatten();
                let fallback = astray.map(|reason| (space.clone(), reason));
                return Ok(Sent { webhook, fallback, form: tried.form });
            };
            let mut step = decide::after(&error, tried, home, fallback);
            if step == Step::Reread {
                tried.road = Road::HomeAgain;
                if !self.is_rotated(home).await {
                    step = decide::after(&error, tried, home, fallback);
                }
            }
            match step {
                Step::Retry => return Err(self.put_off(attempt, space, &error).await?),
                Step::AsText => tried.form = Form::Text,
                // The new webhook cannot answer in the thread of the old one.
                Step::Reread => post = Cow::Owned(self.again(parcel, Occasion::Alone)),
                Step::Fallback => {
                    tried = Tried { form: Form::Card, road: Road::Fallback };
                    space = fallback.unwrap_or(home);
                    astray = Some(error.to_string());
                    post = Cow::Owned(self.again(parcel, Occasion::Fallback));
                }
                Step::Refused => return Err(Unsent::Refused { reason: error.to_string() }),
                Step::Unreachable => return Err(Unsent::Unreachable { reason: error.to_string() }),
            }
            self.next_slot(attempt, space).await?;
        }
    }

    /// One post, ended by force before the function is.
    async fn once(
        &self,
        attempt: &mut Attempt<'_>,
        space: &SpaceName,
        message: chat::Post,
    ) -> Result<Result<(), ChatError>, Unsent> {
        let left = attempt.deadline.duration_since((self.clock)()) - SPARED;
        if left < SHORTEST {
            let due = (self.clock)();
            return Err(Unsent::Later { due, why: Why::Time, reason: None });
        }
        let posting = self.chat.post(space, &message);
        let posted = tokio::time::timeout(left.unsigned_abs(), posting).await;
        let lost = |_| Err(ChatError::Unreachable(Unanswered::new(Lost::Timeout, true)));
        let posted = posted.unwrap_or_else(lost).map(drop);
        if posted.is_ok() && attempt.probing {
            self.set_slot(space, |slot| Some(((), slot.works()))).await?;
            attempt.probing = false;
        }
        Ok(posted)
    }

    /// Whether the space has another webhook than the one that just failed.
    async fn is_rotated(&self, space: &SpaceName) -> bool {
        let before = self.chat.webhook(space).await.ok().flatten();
        // What cannot be read anew is as it was.
        let read = self.chat.reread().await;
        let after = self.chat.webhook(space).await.ok().flatten();
        read.is_ok() && after.is_some() && before != after
    }

    /// The same message as it reads on another occasion.
    fn again(&self, parcel: &Parcel<'_>, occasion: Occasion) -> Post {
        let circumstances = circumstances(Manner { occasion, ..parcel.manner });
        let posts = post::posts_for(parcel.alert, (self.clock)(), circumstances);
        let same = posts.into_iter().find(|post| post.request_id == parcel.post.request_id);
        same.unwrap_or_else(|| parcel.post.clone())
    }

    /// The space is left alone for a while, by everybody.
    async fn put_off(
        &self,
        attempt: &mut Attempt<'_>,
        space: &SpaceName,
        error: &ChatError,
    ) -> Result<Unsent, StateError> {
        let now = (self.clock)();
        attempt.outcome.throttled |= matches!(error, ChatError::Throttled { .. });
        let asked = error.retry_after().and_then(|asked| SignedDuration::try_from(asked).ok());
        let failed = self
            .set_slot(space, |slot| {
                let after = slot.failed(asked, now);
                Some((after.failing.map_or(now, |failing| failing.until), after))
            })
            .await?;
        let due = failed.unwrap_or(now);
        Ok(Unsent::Later { due, why: Why::Chat, reason: Some(error.to_string()) })
    }

    /// A further slot, when one is near.
    async fn next_slot(&self, attempt: &mut Attempt<'_>, space: &SpaceName) -> Result<(), Unsent> {
        attempt.turn = Some((self.clock)());
        match self.slot(attempt, space).await? {
            Taken::At(slot) => {
                self.sleep_until(slot).await;
                Ok(())
            }
            Taken::Later(due) => Err(Unsent::Later { due, why: Why::Pace, reason: None }),
        }
    }

    async fn sleep_until(&self, time: Timestamp) {
        let wait = time.duration_since((self.clock)());
        tokio::time::sleep(wait.try_into().unwrap_or(Duration::ZERO)).await;
    }

    /// What is not out is waiting again, or nobody takes it.
    async fn stopped(&self, attempt: Attempt<'_>, unsent: Unsent) -> Result<Outcome, StateError> {
        let alert = attempt.alert;
        let end = match unsent {
            Unsent::State(error) => return Err(error),
            Unsent::Refused { reason } => End::Refused { reason },
            Unsent::Unreachable { reason } => End::Unreachable { reason },
            Unsent::Later { due, why, reason } => {
                let now = (self.clock)();
                self.amend(alert, |ledger| ledger.set(alert, State::Waiting { due }, now)).await?;
                End::Later { due, why, reason }
            }
        };
        Ok(Outcome { end, ..attempt.outcome })
    }
}

fn message(post: &Post, form: Form) -> chat::Post {
    let body = match form {
        Form::Card => post.body.clone(),
        Form::Text => limits::bytes(&post.as_text()),
    };
    chat::Post { request_id: post.request_id.clone(), body: Bytes::from(body) }
}

fn circumstances(manner: Manner) -> Circumstances {
    Circumstances { occasion: manner.occasion, held: manner.held }
}

/// Nobody is woken for what is over.
fn said(alert: &Alert, mention: Mention) -> Cow<'_, Alert> {
    match mention {
        Mention::Nobody if alert.target.mention.is_some() => {
            let mut quiet = alert.clone();
            quiet.target.mention = None;
            Cow::Owned(quiet)
        }
        Mention::AsRouted | Mention::Nobody => Cow::Borrowed(alert),
    }
}
