//! The authentication methods and the assurance level of a session.

use crate::model::{ExtraFields, lenient_object::lenient_object, text_enum::text_enum};
use derive_more::Debug;
use jiff::Timestamp;

text_enum! {
    /// The authenticator assurance level (AAL) of a session: the number of its authentication
    /// factors.
    ///
    /// See <https://www.ory.com/docs/kratos/mfa/overview>.
    #[doc(alias = "AAL")]
    AuthenticatorAssuranceLevel {
        /// No factor.
        Aal0 = "aal0",
        /// One factor, such as a password.
        Aal1 = "aal1",
        /// Two factors.
        Aal2 = "aal2",
    }
}

/// An authentication method that was completed in a session.
#[doc(alias = "sessionAuthenticationMethod")]
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AuthenticationMethod {
    /// The name of the method, such as `password`, `totp` or `oidc`.
    pub method: String,
    /// The level that the method provides; `None` from Kratos v0.8.
    pub aal: Option<AuthenticatorAssuranceLevel>,
    /// The time at which the method was completed.
    pub completed_at: Option<Timestamp>,
    /// The `acr` claim of the `OpenID` Connect provider that authenticated the user. Newer than
    /// Kratos v26.2.
    pub upstream_acr: Option<String>,
    /// The `amr` claim of the `OpenID` Connect provider that authenticated the user. Newer than
    /// Kratos v26.2.
    pub upstream_amr: Option<Vec<String>>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl AuthenticationMethod {
    /// A method by its name.
    pub fn new(method: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            aal: None,
            completed_at: None,
            upstream_acr: None,
            upstream_amr: None,
            extra: ExtraFields::new(),
        }
    }
}

lenient_object!(AuthenticationMethod {
    needed: [],
    lenient: [method, aal, completed_at, upstream_acr, upstream_amr]
});
