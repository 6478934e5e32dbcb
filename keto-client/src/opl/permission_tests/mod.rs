//! Tests of a permission model in a file.

pub(super) mod coverage;
pub(super) mod file;
pub(super) mod report;
pub(super) mod run;
