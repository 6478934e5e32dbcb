//! Load on the demo app while its servers fail; see [`contract_tests::soak`].

use clap::Parser;
use contract_tests::soak::{Options, run};
use std::{io::Write, process::ExitCode};

#[actix_web::main]
async fn main() -> ExitCode {
    let report = match run(&Options::parse()).await {
        Ok(report) => report,
        Err(problem) => {
            let _ = writeln!(std::io::stderr(), "{problem}");
            return ExitCode::from(2);
        }
    };
    let _ = writeln!(std::io::stdout(), "{report}");
    if report.failures().is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
