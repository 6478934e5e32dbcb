//! The versions of Keto.

/// The version of Keto that a [`KetoServer`](crate::testing::KetoServer) behaves as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KetoVersion {
    /// Keto v26.2.0.
    #[default]
    Current,
    /// Ory Network, which rejects subject IDs: it only accepts subject sets.
    OryNetwork,
    /// Keto v0.7.0-alpha.1.
    V0_7,
}
