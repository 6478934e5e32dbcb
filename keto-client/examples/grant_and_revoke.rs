//! Grants, asks, revokes and asks again.
//!
//! ```sh
//! export KETO_API_READ_URL=http://127.0.0.1:4466 KETO_API_WRITE_URL=http://127.0.0.1:4467
//! cargo run -p keto-client --example grant_and_revoke -- app:homepage#read@User:ann
//! ```

#![allow(clippy::print_stdout, reason = "an example")]

use keto_client::{KetoClient, Permissions, RelationTuple, Relationships};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::env::args().nth(1).unwrap_or_else(|| "app:homepage#read@User:ann".into());
    let tuple: RelationTuple = text.parse()?;
    let keto = KetoClient::from_env()?;
    println!("{text}");
    println!("  at first: {:?}", keto.check(&tuple.clone().into()).await?);
    keto.create_relationship(&tuple).await?;
    println!("  granted:  {:?}", keto.check(&tuple.clone().into()).await?);
    keto.delete_relationship(&tuple).await?;
    println!("  revoked:  {:?}", keto.check(&tuple.into()).await?);
    Ok(())
}
