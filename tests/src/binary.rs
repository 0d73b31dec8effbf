//! The functions' binaries, as cargo builds them beside whatever is running.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

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

/// A script that can be run.
pub fn executable(path: &Path, script: &str) -> io::Result<()> {
    fs::write(path, script)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}
