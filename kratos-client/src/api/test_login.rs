//! Test logins: login flows that try the configuration of an `OpenID` Connect provider.

use crate::{
    cookie_header::CookieHeader,
    flow::{
        kind::Login,
        model::{Flow, FlowId},
    },
};
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Test logins: login flows that try the configuration of an `OpenID` Connect provider. No identity
/// is stored and no session is issued; [`Flow::test_context`] tells how far the login got.
///
/// Newer than Kratos v26.2, which answers [`crate::ErrorKind::RouteNotFound`].
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait TestLogin: Send + Sync {
    /// Creates a test login flow for the provider with this id. It needs the admin API.
    ///
    /// # Errors
    /// [`is_not_found`](crate::Error::is_not_found) if the server has no such provider.
    #[doc(alias = "createTestLoginFlow")]
    async fn create_test_login_flow(&self, provider_id: &str) -> Result<Flow<Login>, Error>;

    /// Deletes a test login flow. A flow that was completed needs the cookie
    /// `ory_kratos_test_flow`, which its browser has; the other cookies are not sent.
    ///
    /// # Errors
    /// [`is_not_found`](crate::Error::is_not_found) if there is no such flow, and status 403 if the
    /// cookie is missing.
    #[doc(alias = "deleteTestLoginFlow")]
    async fn delete_test_login_flow(
        &self,
        id: &FlowId,
        cookies: &CookieHeader,
    ) -> Result<(), Error>;
}
