//! The functions' binaries, as cargo builds them beside whatever is running.

use std::io;
use std::path::PathBuf;
use std::process::Command;

/// Builds the function's binary in the profile of the caller, and tells where it is.
pub fn built(function: &str) -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    // target/<profile>/chaos, or target/<profile>/deps/chaos-<hash>.
    let folder = own.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    let folder = folder.ok_or(io::ErrorKind::NotFound)?;
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "-p", function, "--bin", function]);
    if folder.ends_with("release") {
        build.arg("--release");
    }
    if build.status()?.success() {
        return Ok(folder.join(function));
    }
    Err(io::Error::other(format!("{function} does not build")))
}
