//! `cargo run -p system-tests --bin chaos -- --help`

use std::process::ExitCode;
use std::time::Duration;

use system_tests::binary;
use system_tests::chaos::{self, Plan};
use system_tests::fault_proxy::Flavour;
use system_tests::fault_proxy::fate::Rates;

const HELP: &str = "\
Runs the functions' binaries under kills, a bad network and a failing Google Chat, and accounts
for every record in the end.

Usage: chaos [--seed N] [--events N] [--kills N] [--over SECONDS] [--processes N]
             [--flavour as-it-is|mark-before-send|dropped-write]

Exit code 0 when nothing was lost, told twice or split; 1 when something was; 2 for wrong usage.
";

#[tokio::main]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the report is for people")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let plan = match plan(&arguments) {
        Ok(plan) => plan,
        Err(wrong) => {
            eprintln!("{wrong}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    println!("seed            {}", plan.seed);
    match chaos::run(&plan).await {
        Ok(Some(report)) => {
            println!("{report}");
            if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Ok(None) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the run broke off: {error}");
            ExitCode::FAILURE
        }
    }
}

fn plan(arguments: &[String]) -> Result<Plan, String> {
    let mut plan = Plan {
        seed: 1,
        events: 5_000,
        copies: 3,
        kills: 200,
        over: Duration::from_mins(3),
        patience: Duration::from_mins(10),
        processes: 3,
        rates: Rates::rough,
        flavour: Flavour::AsItIs,
        collector: binary::built("collector").map_err(|error| error.to_string())?,
    };
    let mut arguments = arguments.iter();
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} {value}: not a number"));
        let size = || value.parse::<usize>().map_err(|_| format!("{name} {value}: not a number"));
        match name.as_str() {
            "--seed" => plan.seed = number()?,
            "--events" => plan.events = size()?,
            "--kills" => plan.kills = number()?,
            "--over" => plan.over = Duration::from_secs(number()?),
            "--processes" => plan.processes = size()?,
            "--flavour" => {
                plan.flavour = match value.as_str() {
                    "as-it-is" => Flavour::AsItIs,
                    "mark-before-send" => Flavour::MarkBeforeSend,
                    "dropped-write" => Flavour::DroppedWrite,
                    other => return Err(format!("--flavour {other}: unknown")),
                }
            }
            other => return Err(format!("{other}: unknown")),
        }
    }
    Ok(plan)
}
