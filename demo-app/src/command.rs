//! What each command does.

use crate::{
    listen::DEFAULT_ADDRESS,
    serve,
    settings::{Cli, Command},
};
use clap::CommandFactory;
use kratos_client::{KratosClient, Metadata};
use std::{error::Error, net::SocketAddr, process::ExitCode};

/// Does what the command line says.
pub async fn run(cli: Cli) -> Result<ExitCode, Box<dyn Error>> {
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(cli.app).await.map(|()| ExitCode::SUCCESS),
        Command::Permissions(command) => command.run().await,
        Command::Opl(command) => command.run().await,
        Command::Generate(command) => command.run(Cli::command()),
        Command::Healthcheck => healthcheck(cli.app.listen.unwrap_or(DEFAULT_ADDRESS)).await,
    }
}

/// The app's health routes are those of Kratos, so Kratos's client can ask them.
async fn healthcheck(mut listen: SocketAddr) -> Result<ExitCode, Box<dyn Error>> {
    if listen.ip().is_unspecified() {
        let localhost: std::net::IpAddr = match listen {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        };
        listen.set_ip(localhost);
    }
    let app = KratosClient::builder().public_url(format!("http://{listen}")).build()?;
    if app.is_ready().await? { say("ready") } else { say("not ready").map(|_| ExitCode::FAILURE) }
}

#[expect(clippy::print_stdout, reason = "the answer to a command")]
#[expect(clippy::unnecessary_wraps, reason = "reads as a command's last line")]
fn say(what: &str) -> Result<ExitCode, Box<dyn Error>> {
    println!("{what}");
    Ok(ExitCode::SUCCESS)
}
