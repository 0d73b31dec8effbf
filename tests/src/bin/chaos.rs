//! `cargo run -p system-tests --bin chaos -- --help`

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use system_tests::binary;
use system_tests::chaos::hub::COLLECTOR_TIMEOUT;
use system_tests::chaos::story::routes;
use system_tests::chaos::{self, Deployment, Plan, Script};
use system_tests::chat_server::RequestIds;
use system_tests::fault_proxy::Flavour;
use system_tests::fault_proxy::fate::Rates;

const HELP: &str = "\
Runs the functions' binaries under kills, a bad network and a failing Google Chat, and accounts
for every record in the end. Without `--binaries` cargo builds them first.

Usage: chaos [--seed N] [--events N] [--copies N] [--kills N] [--over SECONDS] [--processes N]
             [--chat-failures PER-MILLE] [--request-ids honoured|ignored|both]
             [--flavour as-it-is|mark-before-send|dropped-write] [--binaries FOLDER]
             [--other-release FOLDER]
       chaos --full          5,000 events, 200 kills, 20 % Chat failures, both ways
       chaos --storm         1,000 accounts in a calm, and what they cost

With `--other-release` every second process runs that folder's `collector` or `delibird`, as while a
release is rolled out or back.

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
    let plans = match plans(&arguments) {
        Ok(plans) => plans,
        Err(wrong) => {
            eprintln!("{wrong}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let mut clean = true;
    for plan in plans {
        println!("seed            {}, request ids {:?}", plan.seed, plan.request_ids);
        match chaos::run(&plan).await {
            Ok(Some(report)) => {
                println!("{report}\n");
                clean &= report.is_clean();
            }
            Ok(None) => clean = false,
            Err(error) => {
                eprintln!("the run broke off: {error}");
                clean = false;
            }
        }
    }
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn plans(arguments: &[String]) -> Result<Vec<Plan>, String> {
    let folder = arguments.iter().skip_while(|name| *name != "--binaries").nth(1);
    let built = |name: &str| match folder {
        Some(folder) => Ok(Path::new(folder).join(name)),
        None => binary::built(name).map_err(|error| error.to_string()),
    };
    let mut plan = Plan {
        script: Script::Chance,
        seed: 1,
        events: 500,
        copies: 3,
        kills: 20,
        over: Duration::from_secs(30),
        patience: Duration::from_mins(40),
        rates: Rates::rough,
        chat_failures: 200,
        request_ids: RequestIds::Honoured,
        flavour: Flavour::AsItIs,
        deployment: Deployment {
            collector: built("collector")?,
            delibird: Some(built("delibird")?),
            other: None,
            processes: 8,
            collector_timeout: COLLECTOR_TIMEOUT,
            routes: routes(15),
        },
    };
    let mut both = false;
    let mut arguments = arguments.iter();
    while let Some(name) = arguments.next() {
        if name == "--full" {
            (plan.events, plan.kills, plan.over) = (5_000, 200, Duration::from_mins(4));
            plan.deployment.routes = routes(60);
            both = true;
            continue;
        }
        if name == "--storm" {
            plan.script = Script::Storm;
            (plan.kills, plan.chat_failures, plan.rates) = (0, 0, |_| Rates::CALM);
            // As the template has it.
            plan.deployment.collector_timeout = Duration::from_secs(30);
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let wrong = || format!("{name} {value}: not understood");
        let number = || value.parse::<u64>().map_err(|_| wrong());
        let size = || value.parse::<usize>().map_err(|_| wrong());
        match name.as_str() {
            "--binaries" => {}
            "--other-release" => plan.deployment.other = Some(value.into()),
            "--seed" => plan.seed = number()?,
            "--events" => plan.events = size()?,
            "--copies" => plan.copies = size()?,
            "--kills" => plan.kills = number()?,
            "--over" => plan.over = Duration::from_secs(number()?),
            "--processes" => plan.deployment.processes = size()?,
            "--chat-failures" => plan.chat_failures = value.parse().map_err(|_| wrong())?,
            "--request-ids" => {
                both = value == "both";
                plan.request_ids = match value.as_str() {
                    "honoured" | "both" => RequestIds::Honoured,
                    "ignored" => RequestIds::Ignored,
                    _ => return Err(wrong()),
                }
            }
            "--flavour" => {
                plan.flavour = match value.as_str() {
                    "as-it-is" => Flavour::AsItIs,
                    "mark-before-send" => Flavour::MarkBeforeSend,
                    "dropped-write" => Flavour::DroppedWrite,
                    _ => return Err(wrong()),
                }
            }
            _ => return Err(format!("{name}: unknown")),
        }
    }
    let ignored = both.then(|| Plan { request_ids: RequestIds::Ignored, ..plan.clone() });
    Ok([plan].into_iter().chain(ignored).collect())
}
