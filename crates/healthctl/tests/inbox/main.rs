//! The inbox over a real socket, and in a real browser.

mod http;
mod page;
mod routes;
mod served;
mod web_driver;
