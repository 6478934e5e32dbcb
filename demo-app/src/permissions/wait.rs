//! `wait`

use super::{connection::Remotes, output::Output};
use clap::Args;
use keto_client::Metadata;
use serde_json::json;
use std::{
    error::Error,
    process::ExitCode,
    time::{Duration, Instant},
};

#[derive(Debug, Args)]
pub(super) struct Wait {
    /// The maximum time to wait, in seconds
    #[arg(long, default_value_t = 60)]
    timeout: u64,
    /// Waits for Kratos as well
    #[arg(long)]
    kratos: bool,
}

const INTERVAL: Duration = Duration::from_millis(250);

impl Wait {
    pub(super) async fn run(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let end = Instant::now() + Duration::from_secs(self.timeout);
        let mut servers: Vec<(&str, Box<dyn Metadata>)> = vec![("keto", Box::new(remotes.keto()?))];
        if self.kratos {
            servers.push(("kratos", Box::new(Remotes::kratos()?)));
        }
        for (name, server) in servers {
            loop {
                let problem = match server.is_ready().await {
                    Ok(true) => break,
                    Ok(false) => "it is not ready".to_owned(),
                    Err(error) => error.to_string(),
                };
                if Instant::now() + INTERVAL >= end {
                    output.result(
                        &format!("{name} did not become ready: {problem}"),
                        &json!({"ready": false, "server": name, "problem": problem}),
                    )?;
                    return Ok(ExitCode::from(3));
                }
                tokio::time::sleep(INTERVAL).await;
            }
        }
        output.result("ready", &json!({"ready": true}))?;
        Ok(ExitCode::SUCCESS)
    }
}
