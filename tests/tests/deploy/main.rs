//! From nothing to a whole organization: the script that deploys, run as an operator runs it, and
//! the StackSet that its template makes. Emulators stand for AWS; what they lack, each test says.

#![expect(clippy::unwrap_used, reason = "a scene that cannot be set up is a failed test")]

mod pages;
mod sbom;
mod script;
mod stack_set;
mod standing;

use std::fs;
use std::path::PathBuf;

/// A folder of a test's own, taken away with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("deploy-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left is in a folder for it.
        let _ = fs::remove_dir_all(&self.0);
    }
}
