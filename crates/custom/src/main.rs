//! The Lambda function of custom metrics: settings, clients, and one call per event. What a
//! request means is decided in the library.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use aws_sdk_secretsmanager::Client as Secrets;
use custom::bus::eventbridge::EventBridge;
use custom::intake::Intake;
use custom::lambda::kept::{Fetched, Known};
use custom::lambda::settings::Settings;
use custom::lambda::{Call, Function, Reply};
use custom::respond::Answer;
use custom::threshold::event::Place;
use custom::whatap::client::{Client, Deadlines};
use function::aws::Failed;
use function::failure::Failure;
use function::{Secret, aws, http, outcome};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use routing::Watch;
use rules::Rules;
use serde_json::value::RawValue;
use state::DynamoStore;
use tokio::sync::RwLock;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match start() {
        Ok(ready) => run(ready).await,
        Err(reason) => {
            log(&outcome::not_started(&reason));
            ExitCode::FAILURE
        }
    }
}

/// What `start` makes of the settings.
struct Ready {
    intake: Intake<DynamoStore, EventBridge>,
    region: String,
    /// The secret of access keys and who reads it.
    secret: Option<(Secrets, String)>,
}

fn start() -> Result<Ready, String> {
    let settings = Settings::read(environment).map_err(|faults| faults.to_string())?;
    let client = http::client(&settings.egress).map_err(|error| error.to_string())?;
    let sdk = aws::config(&settings.access, client);
    let reading = settings.reading();
    let dynamo = aws_sdk_dynamodb::Client::new(&sdk);
    let bus = aws_sdk_eventbridge::Client::new(&sdk);
    Ok(Ready {
        intake: Intake {
            store: DynamoStore::new(dynamo, settings.table, now),
            bus: EventBridge::new(bus, settings.bus),
            whatap: settings
                .servers
                .map(|servers| Client::new(servers, Deadlines::default()).in_mode(settings.mode)),
            reading,
            namespace: settings.namespace,
        },
        region: settings.access.region,
        secret: settings.keys_secret.map(|arn| (Secrets::new(&sdk), arn)),
    })
}

async fn run(Ready { intake, region, secret }: Ready) -> ExitCode {
    let keys = secret.map(|(secrets, arn)| Known::new(move || fetch(secrets.clone(), arn.clone())));
    let function = Function {
        intake,
        keys,
        rules: RwLock::new(Arc::new(Rules::default())),
        configuration: Watch::default(),
        clock: now,
        log,
    };
    let (function, region) = (&function, &region);
    let service = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        Box::pin(async move {
            let LambdaEvent { payload, context } = event;
            let call = Call {
                request_id: &context.request_id,
                deadline: Timestamp::try_from(context.deadline()).unwrap_or(Timestamp::MAX),
                place: Place {
                    region: region.clone(),
                    account: account(&context.invoked_function_arn).to_owned(),
                },
            };
            answer(function.handle(payload.get(), &call).await)
        })
    });
    match lambda_runtime::run(service).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer(reply: Result<Reply, Failure>) -> Result<Option<Answer>, Diagnostic> {
    match reply {
        Ok(Reply::Answer(answer)) => Ok(Some(answer)),
        Ok(Reply::Nothing) => Ok(None),
        Err(Failure { class, reason }) => {
            Err(Diagnostic { error_type: class.error_type().to_owned(), error_message: reason })
        }
    }
}

/// Of `arn:<partition>:lambda:<region>:<account>:function:<name>`.
fn account(function_arn: &str) -> &str {
    function_arn.split(':').nth(4).unwrap_or_default()
}

async fn fetch(secrets: Secrets, arn: String) -> Fetched {
    let got = secrets.get_secret_value().secret_id(arn).send().await;
    let got = got.map_err(|error| {
        format!("the secret of access keys cannot be read: {}", Failed::from(&error))
    })?;
    let text = got.secret_string().ok_or("the secret of access keys holds no text")?;
    Ok(Secret::new(text.to_owned()))
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
