//! Rust identifiers for the names of a model.

use heck::{ToPascalCase, ToSnakeCase};
use proc_macro2::Ident;
use quote::format_ident;

/// The types that generated modules import or take from the prelude.
const IMPORTED: &[&str] = &[
    "Into",
    "MemberOf",
    "ModelNames",
    "Object",
    "Subject",
    "SubjectOf",
    "TypedPermission",
    "TypedRelation",
];

/// The name of a type.
pub(super) fn type_name(name: &str) -> Ident {
    identifier(&words(name).to_pascal_case(), IMPORTED)
}

/// The name of a module.
pub(super) fn module_name(namespace: &str) -> Ident {
    identifier(&words(namespace).to_snake_case(), &["keto_client"])
}

/// The name of a method.
pub(super) fn method_name(name: &str) -> Ident {
    identifier(&words(name).to_snake_case(), &["new", "clone", "eq", "hash", "fmt", "to_subject"])
}

/// The parts of a name that can stand in an identifier, starting with a letter.
fn words(name: &str) -> String {
    let valid = |c: char| syn::parse_str::<Ident>(&format!("a_{c}")).is_ok();
    let words = name.replace(|c| !valid(c), " ");
    let words = words.trim_start_matches([' ', '_']);
    let letter = if words.starts_with(char::is_alphabetic) { "" } else { "n" };
    format!("{letter}{words}")
}

/// An identifier. A name that is taken or a keyword gets an underscore.
fn identifier(name: &str, taken: &[&str]) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(identifier) if !taken.contains(&name) => identifier,
        _ => format_ident!("{name}_"),
    }
}
