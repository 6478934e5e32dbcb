//! Passwords and codes: secret text that `Debug` redacts.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{convert::Infallible, str::FromStr};

/// Declares a newtype for secret text.
macro_rules! secret_text {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(from = "String")]
        pub struct $name(SecretString);

        impl $name {
            /// Wraps the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into().into())
            }

            /// The secret text. Do not log it.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self::new(text))
            }
        })*
    };
}

secret_text! {
    /// A password, or the hash of an imported password. `Debug` redacts it.
    Password,
    /// A one-time code from an authenticator app, a message or a list of lookup secrets. `Debug`
    /// redacts it.
    Code,
    /// A recovery code that an administrator created for an identity. Give it to the owner of the
    /// identity only. `Debug` redacts it.
    RecoveryCode,
    /// One of the two codes that are exchanged for a session token, see
    /// [`MySessions::exchange_session_token`](crate::MySessions::exchange_session_token). `Debug`
    /// redacts it.
    ExchangeCode,
    /// The `otpauth://` URL of an authenticator app, which contains its secret. `Debug` redacts it.
    TotpUrl,
}
