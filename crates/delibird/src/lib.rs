//! The SNS subscriber: an envelope is opened ([`envelope`]), each [`model::Alert`] in it becomes
//! one or two [`Post`]s ([`post`]), whose card is laid out ([`render`]) in the words of a
//! language ([`catalogue`]) on typed widgets ([`card`]) within what Google Chat takes
//! ([`limits`]).
//!
//! Everything named above is PURE; what talks to Chat comes after it.

pub mod card;
pub mod catalogue;
pub mod clock;
pub mod envelope;
pub mod limits;
pub mod links;
pub mod post;
pub mod prose;
pub mod render;
pub mod sentence;

pub use post::{Post, PostCopy, posts};
pub use render::{Rendered, render};
