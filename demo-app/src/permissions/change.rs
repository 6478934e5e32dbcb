//! `grant` and `revoke`

use super::{arguments, connection::Remotes, output::Output, plan::exists, transact::write};
use clap::Args;
use keto_client::Relationships;
use serde_json::json;
use std::{error::Error, process::ExitCode};

#[derive(Debug, Args)]
pub(super) struct Tuples {
    /// `<namespace>:<object>#<relation>@<subject>`, or `<subject> <relation> <namespace>:<object>` as
    /// Keto's own command line has it
    #[arg(required = true, num_args = 1..=4, value_name = "TUPLE")]
    tuple: Vec<String>,
}

impl Tuples {
    /// Creates a tuple unless Keto lists it.
    ///
    /// Keto stores a tuple as often as it is created, and has no operation that creates it only once.
    /// Two grants at the same time can therefore both create it. That does no harm: the copies mean
    /// the same as one, and one revoke deletes all of them. Listing first keeps a grant that is
    /// repeated from adding a copy each time.
    pub(super) async fn grant(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let (tuple, keto) = (arguments::tuple(&self.tuple)?, remotes.keto()?);
        if !exists(&keto, &tuple).await? {
            write(|| keto.create_relationship(&tuple)).await?;
        }
        output.result("granted", &json!({"granted": tuple}))?;
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn revoke(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let (tuple, keto) = (arguments::tuple(&self.tuple)?, remotes.keto()?);
        write(|| keto.delete_relationship(&tuple)).await?;
        output.result("revoked", &json!({"revoked": tuple}))?;
        Ok(ExitCode::SUCCESS)
    }
}
