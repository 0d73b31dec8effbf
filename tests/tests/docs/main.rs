//! What the pages say can be followed: every link leads somewhere, every command is one that the
//! program named would take, every routing document is sound. `tests/tests/deploy` runs the blocks.

#![expect(clippy::unwrap_used, reason = "a page that cannot be read is a failed test")]

mod commands;
mod cost;
mod documents;
mod links;

/// All that is wrong at once, or nothing.
fn nothing_wrong(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}
