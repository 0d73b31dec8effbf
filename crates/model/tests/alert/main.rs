//! The alert as it stands on the topic.

#[cfg(test)]
mod contract;
