//! Records the numbers of all calls by the `metrics` facade, for any of its exporters.
//!
//! ```sh
//! export KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p keto-client --example record_metrics -- app:homepage#read@User:ann
//! ```

use keto_client::{
    CallSummary, Check, HttpConfig, KetoClientBuilder, Observer, Permissions, RelationTuple,
    env_vars,
};
use metrics::{counter, histogram};
use std::{error::Error, sync::Arc};

/// Counters and a histogram of durations in seconds. Their labels have few values: operations,
/// statuses and decisions, and no subject.
#[derive(Debug)]
pub struct Metrics;

impl Observer for Metrics {
    fn call_ended(&self, call: &CallSummary) {
        let error = call.error_type.unwrap_or("none");
        counter!("ory_calls", "operation" => call.operation, "error" => error).increment(1);
        counter!("ory_attempts", "operation" => call.operation).increment(call.attempts.into());
        histogram!("ory_call_duration", "operation" => call.operation).record(call.duration);
    }

    fn decided(&self, operation: &'static str, decision: &'static str) {
        counter!("ory_decisions", "operation" => operation, "decision" => decision).increment(1);
    }

    fn cache_looked_up(&self, operation: &'static str, hit: bool) {
        let result = if hit { "hit" } else { "miss" };
        counter!("ory_cache", "operation" => operation, "result" => result).increment(1);
    }
}

#[tokio::main]
#[allow(dead_code, reason = "a test includes this file for the observer alone")]
async fn main() -> Result<(), Box<dyn Error>> {
    let tuple: RelationTuple = std::env::args().nth(1).ok_or("name a relation tuple")?.parse()?;
    let http = HttpConfig::from_vars("KETO", &env_vars)?.observer(Arc::new(Metrics));
    let keto = KetoClientBuilder::from_env()?.http(http).build()?;
    let decision = keto.check(&Check::new(tuple)).await?;
    tracing::info!(?decision);
    Ok(())
}
