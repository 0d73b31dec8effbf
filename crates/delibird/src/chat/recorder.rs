//! Keeps messages instead of posting them: what `simulate` prints and `dev` shows.
//!
//! It answers like a Chat without pace or failures. It does not look into the messages.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use model::ids::{AlertId, SpaceName};

use super::{ChatError, ChatTransport, Fingerprint, Post, Posted};

/// How much is kept for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    All,
    /// Older messages are forgotten, and so are their ids.
    Last(NonZeroUsize),
}

/// One message, in the order of arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Counts from 1 and is never reused, whatever was drained or forgotten.
    pub number: u64,
    pub space: SpaceName,
    pub post: Post,
}

/// Safe to share: posts from several tasks get one order.
#[derive(Debug)]
pub struct Recorder {
    keep: Keep,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    count: u64,
    kept: VecDeque<Recorded>,
    /// The number each id got in its space. Drained messages stay known.
    numbers: HashMap<(SpaceName, AlertId), u64>,
}

impl Recorder {
    pub fn new(keep: Keep) -> Self {
        Self { keep, state: Mutex::default() }
    }

    /// Takes out what is kept, oldest first.
    pub fn drain(&self) -> Vec<Recorded> {
        self.state().kept.drain(..).collect()
    }

    /// What is kept beyond a number, oldest first; 0 gives everything.
    pub fn after(&self, number: u64) -> Vec<Recorded> {
        let state = self.state();
        let first = state.kept.partition_point(|recorded| recorded.number <= number);
        state.kept.range(first..).cloned().collect()
    }

    /// A panic elsewhere leaves at worst one message half counted; the rest is still worth showing.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, space: &SpaceName, post: &Post) -> Posted {
        let mut state = self.state();
        let id = (space.clone(), post.request_id.clone());
        if let Some(number) = state.numbers.get(&id) {
            return posted(space, *number);
        }
        state.count += 1;
        let number = state.count;
        state.numbers.insert(id, number);
        state.kept.push_back(Recorded { number, space: space.clone(), post: post.clone() });
        if let Keep::Last(most) = self.keep
            && state.kept.len() > most.get()
            && let Some(old) = state.kept.pop_front()
        {
            state.numbers.remove(&(old.space, old.post.request_id));
        }
        posted(space, number)
    }
}

impl ChatTransport for Recorder {
    async fn post(&self, space: &SpaceName, post: &Post) -> Result<Posted, ChatError> {
        Ok(self.record(space, post))
    }

    async fn webhook(&self, _: &SpaceName) -> Result<Option<Fingerprint>, ChatError> {
        Ok(Some(Fingerprint::of("recorder")))
    }

    async fn reread(&self) -> Result<(), ChatError> {
        Ok(())
    }
}

fn posted(space: &SpaceName, number: u64) -> Posted {
    Posted { name: Some(format!("spaces/{space}/messages/{number}")), thread: None }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use bytes::Bytes;

    use super::{Keep, Recorded, Recorder};
    use crate::chat::{ChatTransport, Post};

    /// Posts (space, id, body) in order and gives the names it got.
    fn post(recorder: &Recorder, posts: &[(&str, &str, &'static str)]) -> Vec<String> {
        let post = async |&(space, id, body): &(&str, &str, &'static str)| {
            let post = Post { request_id: id.into(), body: Bytes::from_static(body.as_bytes()) };
            recorder.post(&space.into(), &post).await.unwrap().name.unwrap()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut names = Vec::new();
            for row in posts {
                names.push(post(row).await);
            }
            names
        })
    }

    fn seen(recorded: &[Recorded]) -> Vec<(u64, &str, &[u8])> {
        recorded.iter().map(|r| (r.number, r.space.as_str(), &*r.post.body)).collect()
    }

    #[test]
    fn a_repeated_id_returns_the_first_message_of_its_space_and_records_nothing() {
        let recorder = Recorder::new(Keep::All);
        let names = post(
            &recorder,
            &[("ops", "a", "1"), ("ops", "b", "2"), ("ops", "a", "changed"), ("leads", "a", "3")],
        );
        assert_eq!(
            names,
            [
                "spaces/ops/messages/1",
                "spaces/ops/messages/2",
                "spaces/ops/messages/1",
                "spaces/leads/messages/3"
            ]
        );
        let kept = recorder.after(0);
        assert_eq!(seen(&kept), [(1, "ops", &b"1"[..]), (2, "ops", b"2"), (3, "leads", b"3")]);
    }

    #[test]
    fn what_was_drained_is_still_known_and_numbers_go_on() {
        let recorder = Recorder::new(Keep::All);
        post(&recorder, &[("ops", "a", "1")]);
        assert_eq!(seen(&recorder.drain()), [(1, "ops", &b"1"[..])]);
        post(&recorder, &[("ops", "a", "1"), ("ops", "b", "2")]);
        assert_eq!(seen(&recorder.drain()), [(2, "ops", &b"2"[..])]);
        assert_eq!(recorder.drain(), []);
    }

    #[test]
    fn a_bounded_recorder_keeps_the_last_ones() {
        let recorder = Recorder::new(Keep::Last(NonZeroUsize::new(2).unwrap()));
        post(&recorder, &[("ops", "a", "1"), ("ops", "b", "2"), ("ops", "c", "3")]);
        assert_eq!(seen(&recorder.after(0)), [(2, "ops", &b"2"[..]), (3, "ops", b"3")]);
        assert_eq!(seen(&recorder.after(2)), [(3, "ops", &b"3"[..])]);
        assert_eq!(recorder.after(3), []);
    }

    #[test]
    fn the_debug_text_of_a_post_holds_no_payload() {
        let post = Post { request_id: "a".into(), body: Bytes::from_static(b"{\"text\":\"x\"}") };
        assert_eq!(format!("{post:?}"), "Post { request_id: \"a\", bytes: 12 }");
    }
}
