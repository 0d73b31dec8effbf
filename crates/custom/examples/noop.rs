//! A function that does nothing, for `scripts/bench-cold.py`: what every figure of ours is held
//! against.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        Ok::<_, Error>(event.payload)
    }))
    .await
}
