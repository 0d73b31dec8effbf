//! The SNS subscriber: an envelope is opened ([`envelope`]), each [`model::Alert`] in it becomes
//! one or two [`Post`]s ([`post`]), whose card is laid out ([`render`]) in the words of a
//! language ([`catalogue`]) on typed widgets ([`card`]) within what Google Chat takes
//! ([`limits`]).
//!
//! Everything so far is PURE. [`deliver`] brings an alert into its space once, in order and at the
//! space's pace; [`chat`] is the port to a space, with the webhook that production uses and the
//! recorder that `simulate` and `dev` use. `lambda` is all of it as a Lambda function.

pub mod card;
pub mod catalogue;
pub mod chat;
pub mod clock;
pub mod deliver;
pub mod envelope;
#[cfg(feature = "aws")]
pub mod lambda;
pub mod limits;
pub mod links;
pub mod post;
pub mod prose;
pub mod render;
pub mod sentence;

pub use deliver::Delibird;
pub use post::{Post, PostCopy, posts};
pub use render::{Rendered, render};
