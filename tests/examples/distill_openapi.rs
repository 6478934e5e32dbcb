//! Writes the facts of an OpenAPI document, see `contract_tests::openapi`.

use std::{env, error::Error, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: distill_openapi <document.json>")?;
    let document = serde_json::from_slice(&fs::read(path)?)?;
    let facts = contract_tests::openapi::distill(&document);
    serde_json::to_writer_pretty(std::io::stdout().lock(), &facts)?;
    Ok(())
}
