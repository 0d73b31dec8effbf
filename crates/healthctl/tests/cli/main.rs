//! The command as people and scripts call it: arguments, files, streams and exit status.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod command;
#[cfg(test)]
mod dev;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod storms;
