//! The command line of the demo app.

use clap::Parser;
use demo_app::{command, error_chain::error_chain, permissions::exit_code, settings::Cli};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Without the spans of calls, which no line of the log needs: an error names its call.
const DEFAULT_FILTER: &str = "info,actix_server=warn,ory_http::observer=off";

/// Each request makes some hundred small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    // An error of a log line would be printed where the log goes, and that fails as well and panics: the
    // app would not stop when whoever read its log is gone.
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false)
        .init();
    match command::run(cli).await {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{}", error_chain(&*error));
            exit_code(&*error)
        }
    }
}
