//! What else a login UI of one's own needs.

use crate::{
    flow::{caller::Caller, kind::Login, outcome::UpdateFlowOutcome},
    model::{Extra, lenient_object::lenient_object, set_cookies::WithCookies},
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use derive_more::Debug;
use jiff::Timestamp;
use ory_http::Error;
use serde::Serialize;
use serde_json::Value;

/// What else a login UI of one's own needs.
///
/// See <https://www.ory.com/docs/kratos/bring-your-own-ui/configure-ory-to-use-your-ui>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Frontend: Send + Sync {
    /// The error that Kratos sent a browser to the UI's error page with.
    #[doc(alias = "getFlowError")]
    async fn get_flow_error(&self, id: &str) -> Result<FlowError, Error>;

    /// The script that security keys and passkeys need in the page.
    #[doc(alias = "getWebAuthnJavaScript")]
    async fn webauthn_script(&self) -> Result<String, Error>;

    /// What a browser needs for federated credential management. Only servers that are configured
    /// for it have the route ([`crate::ErrorKind::Unsupported`] otherwise).
    #[doc(alias = "createFedcmFlow")]
    async fn create_fedcm_flow(&self, caller: &Caller) -> Result<WithCookies<FedCm>, Error>;

    /// Hands in the token that the browser's identity provider gave. What comes of it is what
    /// comes of a login.
    #[doc(alias = "updateFedcmFlow")]
    async fn update_fedcm_flow(
        &self,
        token: &FedCmToken,
        caller: &Caller,
    ) -> Result<WithCookies<UpdateFlowOutcome<Login>>, Error>;
}

/// An error on the UI's error page. It can quote what somebody typed in, so `Debug` shows the id
/// only.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowError {
    /// The id.
    pub id: String,
    /// The error envelope.
    #[debug("[redacted]")]
    pub error: Option<Value>,
    /// When it happened.
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// What a browser needs for federated credential management.
#[derive(Clone, Debug, PartialEq)]
pub struct FedCm {
    /// The anti-CSRF token to hand in with the provider's token.
    #[debug("[redacted]")]
    pub csrf_token: Option<String>,
    /// The providers, as the browser's API takes them.
    pub providers: Option<Vec<Value>>,
    /// Fields that this version does not know.
    #[debug(skip)]
    pub extra: Extra,
}

/// What the browser's identity provider gave.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FedCmToken {
    /// The anti-CSRF token of [`FedCm`].
    #[debug("[redacted]")]
    pub csrf_token: String,
    /// The nonce that the provider was given.
    #[debug("[redacted]")]
    pub nonce: String,
    /// The provider's token.
    #[debug("[redacted]")]
    pub token: String,
}

lenient_object!(FlowError { needed: [id], lenient: [error, created_at, updated_at] });

lenient_object!(FedCm { needed: [], lenient: [csrf_token, providers] });
