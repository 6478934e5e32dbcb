//! Prints who is in a subject set, and through what.
//!
//! ```sh
//! export KETO_API_READ_URL=http://127.0.0.1:4466
//! cargo run -p keto-client --example expand_a_tree -- app:homepage#read
//! ```

#![allow(clippy::print_stdout, reason = "an example")]

use keto_client::{Expand, KetoClient, Subject};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::env::args().nth(1).unwrap_or_else(|| "app:homepage#read".into());
    let Subject::Set(set) = text.parse()? else { return Err("not a subject set".into()) };
    let Some(tree) = KetoClient::from_env()?.expand(&set.into()).await? else {
        println!("nobody");
        return Ok(());
    };
    for (depth, node) in tree.nodes() {
        let subject = match node.subject() {
            // A subject id with a colon has no text form; as it is, it is plain enough here.
            Some(Subject::Id(id)) => id.to_string(),
            Some(set) => set.to_text()?,
            None => "?".into(),
        };
        println!("{:indent$}{} {subject}", "", node.node_type().as_str(), indent = 2 * depth);
    }
    Ok(())
}
