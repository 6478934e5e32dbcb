//! `demo-app permissions …`: relation tuples from the command line and from pipelines.
//!
//! Exit codes: 0, or 1 if the permission is denied or a plan differs, 2 for wrong use, and 3 if a
//! server gave no usable response.

mod apply;
mod arguments;
mod change;
mod check;
pub(crate) mod connection;
mod document;
mod expand;
mod generate;
mod list;
mod migrate;
pub(crate) mod output;
mod plan;
mod transact;
mod wait;

use clap::{Args, Subcommand};
use connection::Remotes;
use output::Output;
use std::{error::Error, process::ExitCode};

pub use generate::Generate;
pub(crate) use {
    output::{subject_text, text_or_json},
    plan::exists,
    transact::write,
};

/// Reads and writes relation tuples.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0; 1 if a permission is denied or a plan differs; 2 for wrong use; 3 if a server\ngave no usable response."
)]
pub struct Permissions {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    remotes: Remotes,
    /// The format of the output
    #[arg(long, short, value_enum, default_value_t, global = true)]
    format: output::Format,
    /// Prints as little as possible: `list` and `export` one tuple a line, others nothing
    #[arg(long, short, global = true, conflicts_with = "format")]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks a permission: exits with 0 if it is allowed, and with 1 if it is denied
    Check(check::Check),
    /// Creates relation tuples that do not exist yet
    Grant(change::Tuples),
    /// Deletes relation tuples
    Revoke(change::Tuples),
    /// Lists relation tuples
    List(list::Filter),
    /// Shows who has a relation to an object, as a tree
    Expand(expand::Expand),
    /// Makes the server have the tuples of a file
    Apply(apply::Apply),
    /// Writes relation tuples in the format of a file for `apply`
    Export(list::Export),
    /// Gives the tuples of subject ids to subject sets such as `User:<identity id>`
    MigrateSubjects(migrate::MigrateSubjects),
    /// Waits until the servers are ready
    Wait(wait::Wait),
}

impl Permissions {
    /// Runs the command.
    ///
    /// # Errors
    /// Wrong use, or the error of a server.
    pub async fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let output = Output::new(self.format, self.quiet);
        let remotes = self.remotes;
        match self.command {
            Command::Check(command) => command.run(&remotes, &output).await,
            Command::Grant(command) => command.grant(&remotes, &output).await,
            Command::Revoke(command) => command.revoke(&remotes, &output).await,
            Command::List(command) => command.run(&remotes, &output).await,
            Command::Expand(command) => command.run(&remotes, &output).await,
            Command::Apply(command) => command.run(&remotes, &output).await,
            Command::Export(command) => command.run(&remotes).await,
            Command::MigrateSubjects(command) => command.run(&remotes, &output).await,
            Command::Wait(command) => command.run(&remotes, &output).await,
        }
    }
}

/// The exit code of a permission that is denied, and of a plan that differs.
const DENIED_OR_DIFFERS: ExitCode = ExitCode::FAILURE;

/// The exit code of an error: 3 if a server gave no usable response, and 2 otherwise.
pub fn exit_code(error: &(dyn Error + 'static)) -> ExitCode {
    match error.downcast_ref::<keto_client::Error>() {
        Some(error) if !is_wrong_use(error) => ExitCode::from(3),
        _ => ExitCode::from(2),
    }
}

/// Whether the request itself was wrong: the server said so, or it was not sent.
fn is_wrong_use(error: &keto_client::Error) -> bool {
    use keto_client::ErrorKind::{InvalidInput, NotConfigured, UnknownName};
    match error.server_error() {
        Some(refusal) => {
            matches!(refusal.status().as_u16(), 400 | 404 | 409 | 422) && !error.is_retryable()
        }
        None => {
            matches!(error.kind(), InvalidInput { .. } | NotConfigured { .. } | UnknownName { .. })
        }
    }
}
