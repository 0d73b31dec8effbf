//! The binaries of the workspace, as cargo builds them beside whatever is running.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

/// Builds the workspace's binaries in the profile of the caller, and tells where this one is. All
/// of them in one go: each package by itself would ask other features of what they share, and cost
/// one more build of the AWS SDK. So they have each other's features here; the images do not, and
/// `scripts/test-images.sh` runs those.
pub fn built(name: &str) -> io::Result<PathBuf> {
    static DONE: Mutex<bool> = Mutex::new(false);
    let own = std::env::current_exe()?;
    // target/<profile>/chaos, or target/<profile>/deps/chaos-<hash>.
    let folder = own.ancestors().skip(1).find(|folder| !folder.ends_with("deps"));
    let folder = folder.ok_or(io::ErrorKind::NotFound)?;
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    if !*done {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--quiet", "--locked", "--workspace", "--bins"]);
        if folder.ends_with("release") {
            build.arg("--release");
        }
        *done = build.status()?.success();
    }
    if *done {
        return Ok(folder.join(name));
    }
    Err(io::Error::other("the binaries of the workspace do not build"))
}

/// A script that can be run.
pub fn executable(path: &Path, script: &str) -> io::Result<()> {
    fs::write(path, script)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}
