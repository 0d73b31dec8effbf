//! A process of a function: started with nothing but its settings, read line by line, killed at
//! any moment.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

/// Handles are cheap to clone; all mean the same process.
#[derive(Clone)]
pub struct Process(Arc<Inner>);

struct Inner {
    child: Mutex<Option<Child>>,
    state: watch::Sender<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    NotYet,
    Running,
    Ended,
}

impl Process {
    /// Not started yet: whoever may kill it has to know it first.
    pub(super) fn new() -> Self {
        Self(Arc::new(Inner { child: Mutex::new(None), state: watch::Sender::new(State::NotYet) }))
    }

    /// `line` takes each line of standard output.
    pub(super) fn start(
        &self,
        program: &Path,
        settings: &BTreeMap<String, String>,
        line: impl Fn(&str) + Send + 'static,
    ) -> io::Result<()> {
        let mut child = Command::new(program)
            .env_clear()
            .envs(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let output = child.stdout.take();
        *self.0.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        self.0.state.send_replace(State::Running);
        let inner = Arc::clone(&self.0);
        std::thread::spawn(move || {
            let lines = output.into_iter().flat_map(|output| BufReader::new(output).lines());
            lines.map_while(Result::ok).for_each(|text| line(&text));
            // Its output ends with it, so nobody waits long here.
            let mut child = inner.child.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(child) = child.as_mut() {
                // There is nobody to tell what it ended with.
                let _ = child.wait();
            }
            inner.state.send_replace(State::Ended);
        });
        Ok(())
    }

    /// As the operating system numbers it; none before it is started.
    pub fn id(&self) -> Option<u32> {
        let child = self.0.child.lock().unwrap_or_else(PoisonError::into_inner);
        child.as_ref().map(Child::id)
    }

    pub fn is_running(&self) -> bool {
        *self.0.state.borrow() == State::Running
    }

    /// By SIGKILL: it does nothing more, not even end well.
    pub fn kill(&self) {
        let mut child = self.0.child.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(child) = child.as_mut() {
            // It may have ended by itself.
            let _ = child.kill();
        }
    }

    pub(super) async fn ended(&self) {
        let mut state = self.0.state.subscribe();
        // An error means that the sender is gone, and `self` holds it.
        let _ = state.wait_for(|state| *state == State::Ended).await;
    }
}
