//! The public traits, one file for each group of operations, with their requests and results.

pub(crate) mod batch;
pub(crate) mod error;
pub(crate) mod expand;
pub(crate) mod namespaces;
pub(crate) mod opl_syntax;
pub(crate) mod permissions;
pub(crate) mod relationships;
