//! The Rust module of the example model of folders, as an application has it.

#[allow(clippy::pedantic, missing_docs, reason = "generated")]
pub mod folders;
