//! Reads the arguments, gives the verb the clock and the standard streams, and turns its outcome
//! into an exit status: 0 done, 1 failed, 2 not understood.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use healthctl::aws::Surroundings;
use healthctl::cli::{Cli, Outcome, Verb};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.verb {
        Verb::Simulate(arguments) => healthctl::simulate::run(arguments),
        Verb::Render(arguments) => healthctl::render::run(arguments),
        Verb::Explain(arguments) => healthctl::explain::run(arguments),
        Verb::Query(arguments) => healthctl::query::run(arguments, now()),
        Verb::Check(arguments) => healthctl::check::run(arguments, now()),
        Verb::Routes(arguments) => healthctl::routes::run(arguments, AROUND),
        Verb::Accounts(arguments) => healthctl::accounts::run(arguments, AROUND),
        Verb::Ack(arguments) => healthctl::ack::take(arguments, AROUND),
        Verb::Snooze(arguments) => healthctl::ack::snooze(arguments, AROUND),
        Verb::Send(arguments) => healthctl::send::run(arguments, AROUND),
        Verb::Doctor(arguments) => healthctl::doctor::run(arguments, AROUND),
        Verb::Coverage(arguments) => healthctl::coverage::run(arguments, AROUND),
        Verb::History(arguments) => healthctl::history::run(arguments, AROUND),
        Verb::Redrive(arguments) => healthctl::redrive::run(arguments, AROUND),
        Verb::Spaces(arguments) => healthctl::spaces::run(arguments, AROUND),
        Verb::Metric(arguments) => healthctl::metric::run(arguments, AROUND),
        Verb::Dev(arguments) => healthctl::dev::run(arguments, AROUND),
    };
    match done {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        // Who reads our output may stop early, as `head` does; that is no failure.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "healthctl: {error:#}");
            ExitCode::FAILURE
        }
    }
}

const AROUND: Surroundings = Surroundings { now, variable };

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
