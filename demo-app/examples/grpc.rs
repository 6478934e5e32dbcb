//! A gRPC service for callers with a session token and a permission: the health service of tonic stands
//! for any other.
//!
//! `KRATOS_EXTERNAL_API_URL=http://127.0.0.1:4433 KRATOS_UI_URL=http://127.0.0.1:4455
//! APP_PUBLIC_URL=http://127.0.0.1:3000 KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p demo-app --example grpc`

use keto_client::guard::Authorization;
use kratos_client::guard::SessionGuard;
use tonic::transport::Server;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let callers = Authorization::from_env()?.require("app:health#call")?;
    let (_, health) = tonic_health::server::health_reporter();
    Server::builder()
        .layer(SessionGuard::from_env()?.grpc())
        .layer(callers.grpc())
        .add_service(health)
        .serve("127.0.0.1:3000".parse()?)
        .await?;
    Ok(())
}
