//! What each command does.

use crate::{
    listen::DEFAULT_ADDRESS,
    serve,
    settings::{Cli, Command},
};
use keto_client::{
    Check, Decision, KetoClient, Metadata, Permissions, RelationTuple, Relationships,
};
use kratos_client::KratosClient;
use std::{error::Error, net::SocketAddr, process::ExitCode};

/// Does what the command line says.
pub async fn run(cli: Cli) -> Result<ExitCode, Box<dyn Error>> {
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(cli.app).await.map(|()| ExitCode::SUCCESS),
        Command::Grant { tuple } => grant(&tuple).await,
        Command::Revoke { tuple } => disable_my_session(&tuple).await,
        Command::Check { tuple } => check(tuple).await,
        Command::Healthcheck => healthcheck(cli.app.listen.unwrap_or(DEFAULT_ADDRESS)).await,
    }
}

/// Adds a tuple unless Keto lists it.
///
/// Keto keeps a tuple as often as it is given, and has no operation that adds it only once: of a
/// transaction that deletes and inserts it nothing is left, and a delete removes all copies, so that
/// to remove what is too much would revoke for a moment what is granted. Two grants at the same time
/// can therefore both add it. That does no harm: the copies mean the same as one, and one revoke
/// removes all of them. Listing first keeps a grant that is repeated from adding one each time.
async fn grant(tuple: &RelationTuple) -> Result<ExitCode, Box<dyn Error>> {
    use keto_client::{ListRelationships, RelationQuery};
    let keto = KetoClient::from_env()?;
    let same = ListRelationships::new(RelationQuery::from(tuple.clone())).page_size(1);
    if keto.list_relationships_page(&same).await?.items.is_empty() {
        keto.create_relationship(tuple).await?;
    }
    say("granted")
}

async fn disable_my_session(tuple: &RelationTuple) -> Result<ExitCode, Box<dyn Error>> {
    KetoClient::from_env()?.delete_relationship(tuple).await?;
    say("revoked")
}

async fn check(tuple: RelationTuple) -> Result<ExitCode, Box<dyn Error>> {
    match KetoClient::from_env()?.check(&Check::new(tuple)).await? {
        Decision::Allowed => say("allowed"),
        Decision::Denied => say("denied").map(|_| ExitCode::FAILURE),
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
