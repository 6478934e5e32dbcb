//! What people type in to prove who they are.

use secrecy::{ExposeSecret, SecretString};

/// A password. `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct Password(SecretString);

/// A one-time code: from an authenticator app, a mail, or a list of recovery codes. `Debug` shows
/// nothing of it.
#[derive(Clone, Debug)]
pub struct Code(SecretString);

impl Password {
    /// Takes a password as it was typed.
    pub fn new(password: impl Into<String>) -> Self {
        Self(password.into().into())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Code {
    /// Takes a code as it was typed.
    pub fn new(code: impl Into<String>) -> Self {
        Self(code.into().into())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}
