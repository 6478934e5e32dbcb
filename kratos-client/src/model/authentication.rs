//! How sure Kratos is, and why.

use crate::model::Extra;
use derive_more::Debug;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Authenticator assurance level: how many factors a session rests on.
///
/// See <https://www.ory.com/docs/kratos/mfa/overview>.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aal {
    /// None yet.
    Aal0,
    /// One factor, such as a password.
    Aal1,
    /// Two factors.
    Aal2,
    /// A level that this version does not know.
    #[serde(untagged)]
    Other(String),
}

impl Aal {
    /// The level as Kratos writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Aal0 => "aal0",
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
            Self::Other(other) => other,
        }
    }
}

/// One step by which a session was authenticated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthenticationMethod {
    /// Its name, such as `password`, `totp` or `oidc`.
    pub method: String,
    /// The level that it gave; v0.8 does not say.
    pub aal: Option<Aal>,
    /// When.
    pub completed_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    #[debug(skip)]
    pub extra: Extra,
}
