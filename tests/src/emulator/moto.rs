//! moto, the other emulator: it knows organizations and stack sets, and no functions.

use std::io;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{START, free_port, skip};

/// Where `scripts/tools.sh` puts it.
const INSTALLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/aws/bin/moto_server");

/// Runs until it is dropped.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    pub endpoint: String,
}

impl Moto {
    /// Nothing where it is not installed, which is said aloud; in CI that is a failed test.
    pub fn start() -> io::Result<Option<Self>> {
        if !Path::new(INSTALLED).exists() {
            skip("moto");
            return Ok(None);
        }
        let port = free_port()?;
        let process = Command::new(INSTALLED)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let moto = Self { process, endpoint: format!("http://127.0.0.1:{port}") };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.elapsed() > START {
                return Err(io::ErrorKind::TimedOut.into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Some(moto))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended meanwhile.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
