//! The cards as they go out: every golden one, hostile texts, and the laws that hold for all.

mod alerts;
mod checks;
mod envelopes;
mod golden;
mod hostile;
mod laws;
mod sentences;
