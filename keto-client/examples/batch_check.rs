//! Asks about many people at once, and tells a typo from a denial.
//!
//! ```sh
//! export KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p keto-client --example batch_check -- app:homepage#read@User:ann app:homepage#read@User:bob
//! ```

#![allow(clippy::print_stdout, reason = "an example")]

use keto_client::{BatchPermissions, Check, CheckedNames, KetoClient, RelationTuple};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let texts: Vec<String> = std::env::args().skip(1).collect();
    let tuples: Result<Vec<RelationTuple>, _> = texts.iter().map(|text| text.parse()).collect();
    let checks: Vec<Check> = tuples?.into_iter().map(Check::new).collect();
    let keto = CheckedNames::new(KetoClient::from_env()?);
    for (text, answer) in texts.iter().zip(keto.batch_check(&checks).await?) {
        match answer {
            Ok(decision) => println!("{text}: {decision:?}"),
            Err(error) => println!("{text}: {error}"),
        }
    }
    Ok(())
}
