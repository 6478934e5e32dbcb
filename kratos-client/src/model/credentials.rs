//! What an identity can log in with, as the admin API tells it.

use crate::model::{Extra, lenient_object::lenient_object, text_enum::text_enum};
use derive_more::Debug;
use jiff::Timestamp;
use serde_json::Value;

text_enum! {
    /// A kind of credentials.
    ///
    /// See <https://www.ory.com/docs/kratos/concepts/credentials>.
    #[derive(PartialOrd, Ord)]
    CredentialsType {
        /// A password.
        Password = "password",
        /// Social sign-in.
        Oidc = "oidc",
        /// Codes of an authenticator app.
        Totp = "totp",
        /// Recovery codes for the second factor.
        LookupSecret = "lookup_secret",
        /// A security key.
        Webauthn = "webauthn",
        /// One-time codes by email or SMS.
        Code = "code",
        /// A passkey.
        Passkey = "passkey",
        /// The profile, in settings.
        Profile = "profile",
        /// Enterprise sign-in by SAML.
        Saml = "saml",
        /// A recovery link.
        LinkRecovery = "link_recovery",
        /// A recovery code.
        CodeRecovery = "code_recovery",
    }
}

/// Credentials of one kind. `Debug` hides identifiers and configuration.
///
/// See <https://www.ory.com/docs/kratos/concepts/credentials>.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityCredentials {
    /// The kind.
    pub kind: Option<CredentialsType>,
    /// What somebody names themselves by, such as an email address or `google:123`.
    #[debug("[redacted]")]
    pub identifiers: Option<Vec<String>>,
    /// The hash, the provider's tokens and the like, where the request asked to include them.
    #[debug("[redacted]")]
    pub config: Option<Value>,
    /// The version of the configuration's form.
    pub version: Option<i64>,
    /// When they were created.
    pub created_at: Option<Timestamp>,
    /// When they were changed last.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

lenient_object!(IdentityCredentials {
    needed: [],
    lenient: [kind as "type", identifiers, config, version, created_at, updated_at]
});
