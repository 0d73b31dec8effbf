//! `routes.toml` from the outside: what is read, what is refused and in which words, what is
//! judged.

#[cfg(test)]
mod document;
#[cfg(test)]
mod judging;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod refusals;

#[cfg(test)]
const EXAMPLE: &str = include_str!("../fixtures/routes.toml");
