//! The credentials of an identity, as the admin API returns them.

use crate::model::{ExtraFields, lenient_object::lenient_object, text_enum::text_enum};
use derive_more::Debug;
use jiff::Timestamp;
use serde_json::Value;

text_enum! {
    /// A type of credentials.
    ///
    /// See <https://www.ory.com/docs/kratos/concepts/credentials>.
    #[derive(PartialOrd, Ord)]
    CredentialsType {
        /// A password.
        Password = "password",
        /// An account at an `OpenID` Connect provider.
        Oidc = "oidc",
        /// Time-based one-time passwords of an authenticator app.
        Totp = "totp",
        /// Lookup secrets: one-time recovery codes for the second factor.
        LookupSecret = "lookup_secret",
        /// A security key.
        Webauthn = "webauthn",
        /// One-time codes by email or SMS.
        Code = "code",
        /// A passkey.
        Passkey = "passkey",
        /// The profile method of settings flows.
        Profile = "profile",
        /// An account at a SAML provider.
        Saml = "saml",
        /// A recovery link.
        LinkRecovery = "link_recovery",
        /// A recovery code.
        CodeRecovery = "code_recovery",
    }
}

/// Credentials of one type. `Debug` redacts identifiers and configuration.
///
/// See <https://www.ory.com/docs/kratos/concepts/credentials>.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct IdentityCredentials {
    /// The type.
    pub credentials_type: Option<CredentialsType>,
    /// The login identifiers, such as an email address or `google:123`.
    #[debug("[redacted]")]
    pub identifiers: Option<Vec<String>>,
    /// The configuration, such as a password hash or a provider's tokens, if the request included
    /// it.
    #[debug("[redacted]")]
    pub config: Option<Value>,
    /// The version of the configuration's format.
    pub version: Option<i64>,
    /// The time at which the credentials were created.
    pub created_at: Option<Timestamp>,
    /// The time of the last update.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

lenient_object!(IdentityCredentials {
    needed: [],
    lenient: [credentials_type as "type", identifiers, config, version, created_at, updated_at]
});
