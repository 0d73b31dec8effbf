//! The collector's Lambda function: settings, clients, and one call per event. What an event
//! means is decided in the library.

use std::io::Write;
use std::process::ExitCode;

use collector::Collector;
use collector::lambda::accounts::Accounts;
use collector::lambda::settings::{AccountDirectory, Settings};
use collector::lambda::{Arrivals, Function, Reply};
use collector::publish::sns::Sns;
use collector::ticks::sqs::SqsTicks;
use function::aws::organizations::Organizations;
use function::dead_letters::DeadLetters;
use function::failure::Failure;
use function::{aws, http, outcome};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use model::trust::Trust;
use routing::Watch;
use rules::Rules;
use serde_json::value::RawValue;
use state::DynamoStore;
use tokio::sync::RwLock;

type AwsFunction = Function<DynamoStore, Sns, SqsTicks>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let function = match start() {
        Ok(function) => function,
        Err(reason) => {
            log(&outcome::not_started(&reason));
            return ExitCode::FAILURE;
        }
    };
    let function = &function;
    let service = service_fn(move |event| Box::pin(handle(function, event)));
    match lambda_runtime::run(service).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn start() -> Result<AwsFunction, String> {
    let settings = Settings::read(environment).map_err(|faults| faults.to_string())?;
    let client = http::client(&settings.egress).map_err(|error| error.to_string())?;
    let sdk = aws::config(&settings.access, client.clone());
    let sqs = aws_sdk_sqs::Client::new(&sdk);
    let rules = Rules::default();
    Ok(Function {
        collector: RwLock::new(Collector {
            store: DynamoStore::new(
                aws_sdk_dynamodb::Client::new(&sdk),
                settings.table.clone(),
                now,
            ),
            publisher: Sns::new(aws_sdk_sns::Client::new(&sdk), settings.topic.clone()),
            ticks: SqsTicks::new(sqs.clone(), settings.flush_queue.clone(), now),
            trust: rules.trust(Trust::Only(std::collections::BTreeSet::new())),
            rules,
            lease: settings.lease(),
        }),
        configuration: Watch::default(),
        accounts: Accounts::asking(match settings.directory {
            AccountDirectory::Organizations => {
                Some(Organizations::new(&settings.access, client, now))
            }
            AccountDirectory::None => None,
        }),
        dead_letters: DeadLetters::new(sqs, settings.dead_letters_queue.clone()),
        flush_queue: settings.flush_queue,
        clock: now,
        log,
        arrivals: Arrivals::default(),
    })
}

async fn handle(
    function: &AwsFunction,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<Option<aws_lambda_events::sqs::SqsBatchResponse>, Diagnostic> {
    let LambdaEvent { payload, context } = event;
    let deadline = Timestamp::try_from(context.deadline()).unwrap_or(Timestamp::MAX);
    match function.handle(payload.get(), &context.request_id, deadline).await {
        Ok(Reply::Batch(response)) => Ok(Some(response)),
        Ok(Reply::Nothing) => Ok(None),
        Err(Failure { class, reason }) => {
            Err(Diagnostic { error_type: class.error_type().to_owned(), error_message: reason })
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where time is read")]
fn now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn environment(key: &str) -> Option<String> {
    std::env::var(key).ok()
}

/// One line for CloudWatch. When standard output is gone there is nobody left to tell.
fn log(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
}
