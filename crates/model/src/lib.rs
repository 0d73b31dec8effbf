//! What flows through the system: a record arrives ([`record`]), is read tolerantly as a
//! [`HealthEvent`], judged by [`trust`] and [`severity`], told apart by [`fingerprint`], and
//! leaves as an [`Alert`], the versioned contract on the alerts topic.
//!
//! PURE throughout: values in, values out. The current time is always an argument.

pub mod alert;
pub mod canary;
pub mod event;
pub mod fingerprint;
pub mod ids;
pub mod json;
pub mod record;
pub mod severity;
pub mod summary;
pub mod trust;
pub mod when;
pub mod words;

pub use alert::Alert;
pub use event::{Entity, HealthEvent, Shape, Text};
pub use record::{Unreadable, read};
pub use when::When;
