//! The [`Flows`] trait: creating, reading and submitting self-service flows.

use crate::flow::{
    caller::Caller,
    create_options::CreateFlowOptions,
    create_outcome::CreateFlowOutcome,
    get_outcome::GetFlowOutcome,
    kind::{FlowKind, Login, Recovery, Registration, Settings, Verification},
    model::{Flow, FlowId},
    outcome::UpdateFlowOutcome,
    update_body::UpdateFlowBody,
};
use crate::model::set_cookies::WithCookies;
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// Creates, reads and submits self-service flows of one kind, such as `dyn Flows<Login>`.
///
/// ```
/// use kratos_client::{
///     Error, Flows, SessionToken,
///     flow::{UpdateFlowBody, Caller, CreateFlowOutcome, Login, UpdateFlowOutcome, Password, CreateFlowOptions},
/// };
///
/// async fn log_in(
///     flows: &dyn Flows<Login>, email: &str, password: &Password,
/// ) -> Result<Option<SessionToken>, Error> {
///     let app = Caller::native();
///     let CreateFlowOutcome::Flow(flow) = flows.create(&CreateFlowOptions::new(), &app).await?.value else {
///         return Ok(None);
///     };
///     match flows.submit(&flow, &UpdateFlowBody::<Login>::password(email, password), &app).await?.value {
///         UpdateFlowOutcome::Completed(logged_in) => Ok(logged_in.session_token),
///         _ => Ok(None),
///     }
/// }
/// ```
///
/// See <https://www.ory.com/docs/kratos/self-service>.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
#[auto_impl(&, Arc, Box)]
pub trait Flows<K: FlowKind>: Send + Sync {
    /// Creates a flow. An existing session, or a missing one that the flow requires, is a value of
    /// [`CreateFlowOutcome`].
    ///
    /// # Errors
    /// Among others, [`ErrorId::SelfServiceFlowDisabled`](crate::ErrorId::SelfServiceFlowDisabled)
    /// if this kind of flow is disabled in the server's configuration, and
    /// [`ErrorId::SelfServiceFlowReturnToForbidden`](crate::ErrorId::SelfServiceFlowReturnToForbidden)
    /// if the server does not allow the `return_to` URL.
    #[doc(alias(
        "createNativeLoginFlow",
        "createBrowserLoginFlow",
        "createNativeRegistrationFlow",
        "createBrowserRegistrationFlow",
        "createNativeRecoveryFlow",
        "createBrowserRecoveryFlow",
        "createNativeVerificationFlow",
        "createBrowserVerificationFlow",
        "createNativeSettingsFlow",
        "createBrowserSettingsFlow"
    ))]
    async fn create(
        &self,
        options: &CreateFlowOptions,
        caller: &Caller,
    ) -> Result<WithCookies<CreateFlowOutcome<K>>, Error>;

    /// Fetches a flow by its id. An expired flow is a value of [`GetFlowOutcome`].
    ///
    /// # Errors
    /// Among others:
    /// - [`is_not_found`](crate::Error::is_not_found) if there is no flow with this id;
    /// - [`ErrorId::SecurityCsrfViolation`](crate::ErrorId::SecurityCsrfViolation) if the flow
    ///   belongs to another browser;
    /// - [`ErrorId::SecurityIdentityMismatch`](crate::ErrorId::SecurityIdentityMismatch) if a
    ///   settings flow belongs to another identity.
    #[doc(alias(
        "getLoginFlow",
        "getRegistrationFlow",
        "getRecoveryFlow",
        "getVerificationFlow",
        "getSettingsFlow"
    ))]
    async fn get(&self, id: &FlowId, caller: &Caller) -> Result<GetFlowOutcome<K>, Error>;

    /// Submits a flow. The request includes the flow's anti-CSRF token automatically.
    ///
    /// # Errors
    /// As [`Flows::get`], and [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) if
    /// fields of the body contradict each other.
    #[doc(alias(
        "updateLoginFlow",
        "updateRegistrationFlow",
        "updateRecoveryFlow",
        "updateVerificationFlow",
        "updateSettingsFlow"
    ))]
    async fn submit(
        &self,
        flow: &Flow<K>,
        body: &UpdateFlowBody<K>,
        caller: &Caller,
    ) -> Result<WithCookies<UpdateFlowOutcome<K>>, Error>;
}

/// Selects the kind of flow by a method: `kratos.login().create(…)`.
///
/// ```
/// use kratos_client::{
///     Error, FlowsExt, KratosClient,
///     flow::{Caller, CreateFlowOptions},
/// };
///
/// async fn begin_registration(kratos: &KratosClient) -> Result<(), Error> {
///     let options = CreateFlowOptions::new();
///     let created = kratos.registration().create(&options, &Caller::native()).await?;
///     println!("{:?}", created.value);
///     Ok(())
/// }
/// ```
pub trait FlowsExt {
    /// Operations on login flows.
    fn login(&self) -> &dyn Flows<Login>
    where
        Self: Flows<Login> + Sized,
    {
        self
    }

    /// Operations on registration flows.
    fn registration(&self) -> &dyn Flows<Registration>
    where
        Self: Flows<Registration> + Sized,
    {
        self
    }

    /// Operations on recovery flows.
    fn recovery(&self) -> &dyn Flows<Recovery>
    where
        Self: Flows<Recovery> + Sized,
    {
        self
    }

    /// Operations on verification flows.
    fn verification(&self) -> &dyn Flows<Verification>
    where
        Self: Flows<Verification> + Sized,
    {
        self
    }

    /// Operations on settings flows.
    fn settings(&self) -> &dyn Flows<Settings>
    where
        Self: Flows<Settings> + Sized,
    {
        self
    }
}

impl<T> FlowsExt for T {}
