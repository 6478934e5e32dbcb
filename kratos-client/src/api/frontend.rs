//! The [`Frontend`] trait: operations for a custom login UI beside the self-service flows.

use crate::{
    flow::{caller::Caller, kind::Login, outcome::UpdateFlowOutcome},
    model::{ExtraFields, lenient_object::lenient_object, set_cookies::WithCookies},
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use derive_more::Debug;
use jiff::Timestamp;
use ory_http::Error;
use serde::Serialize;
use serde_json::Value;
use url::Url;

/// Operations for a custom login UI: flow errors, the WebAuthn script and FedCM.
///
/// See <https://www.ory.com/docs/kratos/bring-your-own-ui/configure-ory-to-use-your-ui>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Frontend: Send + Sync {
    /// Fetches the error with which Kratos redirected a browser to the UI's error page.
    ///
    /// # Errors
    /// [`is_not_found`](crate::Error::is_not_found) if there is no flow error with this id.
    #[doc(alias = "getFlowError")]
    async fn get_flow_error(&self, id: &str) -> Result<FlowError, Error>;

    /// Fetches the URL of the page on which a user changes their password: the configured settings
    /// page. Newer than Kratos v26.2.
    ///
    /// # Errors
    /// [`ErrorKind::RouteNotFound`](crate::ErrorKind::RouteNotFound) on Kratos v26.2 and earlier.
    #[doc(alias = "getWellKnownChangePassword")]
    async fn change_password_url(&self) -> Result<Url, Error>;

    /// Fetches the JavaScript that WebAuthn and passkey inputs of a form need.
    #[doc(alias = "getWebAuthnJavaScript")]
    async fn get_webauthn_javascript(&self) -> Result<String, Error>;

    /// Creates a FedCM flow and returns its parameters for the browser's API.
    ///
    /// # Errors
    /// Kratos has this route only if it is configured for FedCM:
    /// [`ErrorKind::RouteNotFound`](crate::ErrorKind::RouteNotFound) otherwise.
    #[doc(alias = "createFedcmFlow")]
    async fn create_fedcm_flow(&self, caller: &Caller) -> Result<WithCookies<FedcmFlow>, Error>;

    /// Submits the token that the identity provider issued to the browser. The outcome is that of
    /// a login.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) on Kratos v0.8.
    #[doc(alias = "updateFedcmFlow")]
    async fn update_fedcm_flow(
        &self,
        body: &UpdateFedcmFlowBody,
        caller: &Caller,
    ) -> Result<WithCookies<UpdateFlowOutcome<Login>>, Error>;
}

/// An error for the UI's error page. It can contain user input, so `Debug` shows the id only.
///
/// See <https://www.ory.com/docs/kratos/self-service/flows/user-facing-errors>.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FlowError {
    /// The id.
    pub id: String,
    /// The error as JSON.
    #[debug("[redacted]")]
    pub error: Option<Value>,
    /// The time at which the error was created.
    pub created_at: Option<Timestamp>,
    /// The time of the last update.
    pub updated_at: Option<Timestamp>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

impl FlowError {
    /// An error with an id and nothing else.
    pub fn new(id: impl Into<String>) -> Self {
        let (error, created_at, updated_at) = (None, None, None);
        Self { id: id.into(), error, created_at, updated_at, extra: ExtraFields::new() }
    }
}

/// The parameters of a federated credential management (FedCM) flow.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FedcmFlow {
    /// The anti-CSRF token to submit with the provider's token.
    #[debug("[redacted]")]
    pub csrf_token: Option<String>,
    /// The providers, in the format of the browser's FedCM API.
    pub providers: Option<Vec<Value>>,
    /// Fields that this version of the crate does not know.
    #[debug(skip)]
    pub extra: ExtraFields,
}

/// The token that an identity provider issued to the browser. `Debug` redacts all of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct UpdateFedcmFlowBody {
    /// The anti-CSRF token of the [`FedcmFlow`].
    #[debug("[redacted]")]
    pub csrf_token: String,
    /// The nonce of the provider's parameters.
    #[debug("[redacted]")]
    pub nonce: String,
    /// The token that the provider issued.
    #[debug("[redacted]")]
    pub token: String,
}

impl UpdateFedcmFlowBody {
    /// Submits `token`, which the provider issued for `nonce`, with the anti-CSRF token of the
    /// [`FedcmFlow`].
    pub fn new(
        csrf_token: impl Into<String>,
        nonce: impl Into<String>,
        token: impl Into<String>,
    ) -> Self {
        Self { csrf_token: csrf_token.into(), nonce: nonce.into(), token: token.into() }
    }
}

lenient_object!(FlowError { needed: [id], lenient: [error, created_at, updated_at] });

lenient_object!(FedcmFlow { needed: [], lenient: [csrf_token, providers] });
