//! How sure Kratos is, and why.

use crate::model::{Extra, lenient_object::lenient_object, text_enum::text_enum};
use derive_more::Debug;
use jiff::Timestamp;

text_enum! {
    /// Authenticator assurance level: how many factors a session rests on.
    ///
    /// See <https://www.ory.com/docs/kratos/mfa/overview>.
    AuthenticatorAssuranceLevel {
        /// None yet.
        Aal0 = "aal0",
        /// One factor, such as a password.
        Aal1 = "aal1",
        /// Two factors.
        Aal2 = "aal2",
    }
}

/// One step by which a session was authenticated.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthenticationMethod {
    /// Its name, such as `password`, `totp` or `oidc`.
    pub method: String,
    /// The level that it gave; v0.8 does not say.
    pub aal: Option<AuthenticatorAssuranceLevel>,
    /// When.
    pub completed_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

lenient_object!(AuthenticationMethod { needed: [], lenient: [method, aal, completed_at] });
