//! The Rust module of the example model of folders, as an application has it.

pub mod folders;
