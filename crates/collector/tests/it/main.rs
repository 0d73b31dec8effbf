//! The collector as a whole: what it says, what it never loses, and every order of its steps.

#[cfg(test)]
mod clock;
#[cfg(test)]
mod clock_laws;
#[cfg(test)]
mod decide;
#[cfg(test)]
mod digests;
#[cfg(test)]
mod escalation;
#[cfg(test)]
mod heartbeats;
#[cfg(test)]
mod held_against;
#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod many_as_one;
#[cfg(test)]
mod names;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod spare_ticks;
#[cfg(test)]
mod story;
#[cfg(test)]
mod walk;
