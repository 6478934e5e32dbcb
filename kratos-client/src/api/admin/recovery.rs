//! The [`AdminRecovery`] trait: recovery codes and links created by an administrator.

use crate::{
    model::{identity::IdentityId, lenient},
    secret::RecoveryCode,
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use jiff::Timestamp;
use ory_http::Error;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// Creates recovery codes and links by the admin API. Whoever has one can take over the account:
/// give it to the owner of the identity only.
///
/// # Errors
/// If there is no such identity, [`Error::status`](crate::Error::status) is 404 for a code; for a
/// link it is 400 in Kratos v26.2 and 404 in v0.8.
///
/// See <https://www.ory.com/docs/kratos/manage-identities/account-recovery>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait AdminRecovery: Send + Sync {
    /// Creates a recovery code, and the link to the page where it is entered.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) on Kratos v0.8.
    #[doc(alias = "createRecoveryCodeForIdentity")]
    async fn create_recovery_code(
        &self,
        request: &CreateRecoveryCode,
    ) -> Result<RecoveryCodeForIdentity, Error>;

    /// Creates a recovery link, which recovers the account when it is opened.
    #[doc(alias = "createRecoveryLinkForIdentity")]
    async fn create_recovery_link(
        &self,
        request: &CreateRecoveryLink,
    ) -> Result<RecoveryLinkForIdentity, Error>;
}

/// The identity and the options of a new recovery code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateRecoveryCode {
    /// The id of the identity.
    pub identity_id: IdentityId,
    /// The time for which the code is valid; `None` for the server's setting.
    pub expires_in: Option<Duration>,
    /// The type of the recovery flow; `None` for a browser flow.
    pub flow_type: Option<RecoveryFlowType>,
}

/// The type of the flow in which a recovery code is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecoveryFlowType {
    /// A browser flow, the default.
    Browser,
    /// A native flow.
    Api,
}

impl CreateRecoveryCode {
    /// Creates a code for an identity, valid for the server's configured lifespan.
    pub fn new(identity_id: impl Into<IdentityId>) -> Self {
        Self { identity_id: identity_id.into(), expires_in: None, flow_type: None }
    }

    /// Sets the time for which the code is valid.
    #[must_use]
    pub fn expires_in(mut self, lifespan: Duration) -> Self {
        self.expires_in = Some(lifespan);
        self
    }

    /// Sets the type of the recovery flow.
    #[must_use]
    pub fn flow_type(mut self, flow_type: RecoveryFlowType) -> Self {
        self.flow_type = Some(flow_type);
        self
    }
}

/// The identity and the options of a new recovery link.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateRecoveryLink {
    /// The id of the identity.
    pub identity_id: IdentityId,
    /// The time for which the link is valid; `None` for the server's setting.
    pub expires_in: Option<Duration>,
    /// The URL to redirect the browser to after the recovery.
    pub return_to: Option<Url>,
}

impl CreateRecoveryLink {
    /// Creates a link for an identity, valid for the server's configured lifespan.
    pub fn new(identity_id: impl Into<IdentityId>) -> Self {
        Self { identity_id: identity_id.into(), expires_in: None, return_to: None }
    }

    /// Sets the time for which the link is valid.
    #[must_use]
    pub fn expires_in(mut self, lifespan: Duration) -> Self {
        self.expires_in = Some(lifespan);
        self
    }

    /// Sets the URL to redirect the browser to after the recovery: one of the server's allowed
    /// return URLs. Kratos v0.8 ignores it and redirects to its configured URL.
    #[must_use]
    pub fn return_to(mut self, url: Url) -> Self {
        self.return_to = Some(url);
        self
    }
}

/// A URL that recovers an account. It contains a token, so `Debug` redacts it.
#[derive(Clone, derive_more::Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct RecoveryLink(#[debug("[redacted]")] Url);

impl RecoveryLink {
    /// Wraps the URL from the server's response.
    pub fn new(url: Url) -> Self {
        Self(url)
    }

    /// The URL with its token: for the owner of the identity only.
    pub fn expose(&self) -> &Url {
        &self.0
    }
}

/// A recovery code that was created for an identity. It does not implement `Serialize`, so that
/// the code is not stored by accident.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct RecoveryCodeForIdentity {
    /// The code.
    pub recovery_code: RecoveryCode,
    /// The URL of the page where the code is entered.
    pub recovery_link: RecoveryLink,
    /// The time at which the code expires.
    #[serde(default, deserialize_with = "lenient::field")]
    pub expires_at: Option<Timestamp>,
}

impl RecoveryCodeForIdentity {
    /// A code without expiry time.
    pub fn new(recovery_code: RecoveryCode, recovery_link: RecoveryLink) -> Self {
        Self { recovery_code, recovery_link, expires_at: None }
    }
}

/// A recovery link that was created for an identity. It does not implement `Serialize`, so that
/// the link is not stored by accident.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RecoveryLinkForIdentity {
    /// The link.
    pub recovery_link: RecoveryLink,
    /// The time at which the link expires.
    #[serde(default, deserialize_with = "lenient::field")]
    pub expires_at: Option<Timestamp>,
}

impl RecoveryLinkForIdentity {
    /// A link without expiry time.
    pub fn new(recovery_link: RecoveryLink) -> Self {
        Self { recovery_link, expires_at: None }
    }
}
