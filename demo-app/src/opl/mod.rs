//! `demo-app opl …`: permission models in the Ory Permission Language, from the command line and from
//! pipelines.
//!
//! Exit codes: 0, or 1 if a model is invalid, a file is not formatted or a test fails, 2 for wrong use,
//! and 3 if a server gave no usable response.

mod check;
mod fmt;
mod test;

use clap::{Args, Subcommand};
use keto_client::opl::{Model, SyntaxErrors};
use std::{error::Error, path::Path, process::ExitCode};

/// Checks, formats and tests permission models.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0; 1 if a model is invalid, a file is not formatted or a test fails; 2 for wrong\nuse; 3 if a server gave no usable response."
)]
pub struct Opl {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks models as Keto does, and shows each error in its place; warns of what is probably a
    /// mistake
    Check(check::Check),
    /// Formats models
    Fmt(fmt::Fmt),
    /// Runs files of permission tests, and shows the path of each wrong answer
    Test(test::Test),
}

impl Opl {
    /// Runs the command.
    ///
    /// # Errors
    /// Wrong use, or the error of a server.
    pub async fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let succeeded = match self.command {
            Command::Check(command) => command.run()?,
            Command::Fmt(command) => command.run()?,
            Command::Test(command) => command.run().await?,
        };
        Ok(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(source: &str, path: &Path) -> Result<Model, SyntaxErrors> {
    Model::parse(source).map_err(|errors| errors.with_path(path))
}
