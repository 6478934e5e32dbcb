//! Random ids and secrets.

use rand::{
    RngExt,
    distr::{Alphanumeric, SampleString},
};
use uuid::Uuid;

pub(super) fn id() -> String {
    Uuid::new_v4().to_string()
}

pub(super) fn text(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

/// A code of six digits.
pub(super) fn code() -> String {
    format!("{:06}", rand::rng().random_range(0..1_000_000))
}

/// A lookup secret.
pub(super) fn lookup_secret() -> String {
    text(8).to_ascii_lowercase()
}
