//! The inbox over a real socket, and in a real browser.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod golden;
mod http;
mod page;
mod routes;
mod served;
mod web_driver;
