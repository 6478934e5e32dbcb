//! Helping somebody back into their account.

use crate::model::{identity::IdentityId, lenient};
use async_trait::async_trait;
use auto_impl::auto_impl;
use jiff::Timestamp;
use ory_http::Error;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// Makes codes and links that let somebody into their account. Whoever has one is let in: hand
/// them to nobody else.
///
/// An unknown identity is an error: with status 404 for a code, and for a link with status 400
/// from v26.2 and 404 from v0.8.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/account-recovery>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait AdminRecovery: Send + Sync {
    /// A code, and the link to where it is entered. v0.8 has no codes.
    #[doc(alias = "createRecoveryCodeForIdentity")]
    async fn create_recovery_code(
        &self,
        request: &CreateRecoveryCode,
    ) -> Result<RecoveryCodeCreated, Error>;

    /// A link that lets in whoever opens it.
    #[doc(alias = "createRecoveryLinkForIdentity")]
    async fn create_recovery_link(
        &self,
        request: &CreateRecoveryLink,
    ) -> Result<RecoveryLinkCreated, Error>;
}

/// Whom a code is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRecoveryCode {
    pub(crate) identity: IdentityId,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) flow_type: Option<RecoveryFlowType>,
}

/// Where a recovery code is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecoveryFlowType {
    /// In a browser; the default.
    Browser,
    /// In an app.
    Api,
}

impl CreateRecoveryCode {
    /// A code for somebody, valid as long as the server is configured.
    pub fn new(identity: IdentityId) -> Self {
        Self { identity, expires_in: None, flow_type: None }
    }

    /// How long it is valid.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }

    /// Where it is entered.
    #[must_use]
    pub fn flow_type(mut self, kind: RecoveryFlowType) -> Self {
        self.flow_type = Some(kind);
        self
    }
}

/// Whom a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateRecoveryLink {
    pub(crate) identity: IdentityId,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) return_to: Option<Url>,
}

impl CreateRecoveryLink {
    /// A link for somebody, valid as long as the server is configured.
    pub fn new(identity: IdentityId) -> Self {
        Self { identity, expires_in: None, return_to: None }
    }

    /// How long it is valid.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }

    /// Where the browser goes afterwards; one of the server's allowed return URLs. v0.8 has no
    /// such parameter and goes where it is configured.
    #[must_use]
    pub fn return_to(mut self, url: Url) -> Self {
        self.return_to = Some(url);
        self
    }
}

/// A code that lets somebody into their account. `Debug` does not show it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "String")]
pub struct RecoveryCode(SecretString);

impl From<String> for RecoveryCode {
    fn from(code: String) -> Self {
        Self(code.into())
    }
}

impl RecoveryCode {
    /// The code: for its owner and nobody else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// A link into somebody's account. `Debug` does not show it.
#[derive(Clone, derive_more::Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RecoveryLink(#[debug("[redacted]")] Url);

impl RecoveryLink {
    /// Takes the link as the server gave it.
    pub fn new(url: Url) -> Self {
        Self(url)
    }

    /// The link, token and all: for its owner and nobody else.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

/// A code was made. It has no way back into JSON: codes are handed on, not kept.
#[derive(Clone, Debug, Deserialize)]
pub struct RecoveryCodeCreated {
    /// The code.
    pub recovery_code: RecoveryCode,
    /// Where it is entered.
    pub recovery_link: RecoveryLink,
    /// How long it is valid.
    #[serde(default, deserialize_with = "lenient::field")]
    pub expires_at: Option<Timestamp>,
}

/// A link was made. It has no way back into JSON: links are handed on, not kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RecoveryLinkCreated {
    /// The link.
    pub recovery_link: RecoveryLink,
    /// How long it is valid.
    #[serde(default, deserialize_with = "lenient::field")]
    pub expires_at: Option<Timestamp>,
}
