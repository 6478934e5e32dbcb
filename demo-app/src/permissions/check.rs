//! `check`

use super::{DENIED_OR_DIFFERS, arguments, connection::Remotes, output::Output};
use clap::Args;
use keto_client::{Check as CheckRequest, Permissions};
use serde_json::json;
use std::{error::Error, process::ExitCode};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// `<namespace>:<object>#<relation>@<subject>`, or `<subject> <relation> <namespace>:<object>` as
    /// Keto's own command line has it
    #[arg(required = true, num_args = 1..=4, value_name = "TUPLE")]
    tuple: Vec<String>,
    /// The maximum depth of the search, within the server's own
    #[arg(long, short = 'd')]
    max_depth: Option<u32>,
}

impl Check {
    pub(super) async fn run(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let mut check = CheckRequest::new(arguments::tuple(&self.tuple)?);
        check.max_depth = self.max_depth;
        let allowed = remotes.keto()?.check(&check).await?.is_allowed();
        let text = if allowed { "allowed" } else { "denied" };
        output.result(text, &json!({"allowed": allowed}))?;
        Ok(if allowed { ExitCode::SUCCESS } else { DENIED_OR_DIFFERS })
    }
}
