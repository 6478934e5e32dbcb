//! Prints the public API of a crate, of which the argument names the JSON that rustdoc made.

#![allow(clippy::print_stdout, reason = "a program for a script")]

use std::collections::HashSet;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let json = std::env::args().nth(1).ok_or("name the JSON of a crate's documentation")?;
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()?;
    let items: Vec<_> = api.items().map(|item| (item, item.to_string())).collect();
    let is_trait_impl = |text: &str| text.starts_with("impl") && text.contains(" for ");
    let trait_impls: HashSet<_> =
        items.iter().filter(|(_, text)| is_trait_impl(text)).map(|(item, _)| item.id()).collect();
    for (item, text) in &items {
        // The trait says which methods its implementations have.
        let is_implied = item.parent_id().is_some_and(|parent| trait_impls.contains(&parent));
        if !(is_implied && text.contains(" fn ")) {
            println!("{text}");
        }
    }
    Ok(())
}
