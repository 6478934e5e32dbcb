//! Self-service flows: create, get, submit.

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

/// The self-service flows of one kind, such as `dyn Flows<Login>`.
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
    /// Creates a flow. That somebody is logged in already, or that nobody is and somebody has to
    /// be, is a value.
    ///
    /// # Errors
    /// Among others [`ErrorId::SelfServiceFlowDisabled`](crate::ErrorId::SelfServiceFlowDisabled)
    /// where the server has registration turned off, and
    /// [`ErrorId::SelfServiceFlowReturnToForbidden`](crate::ErrorId::SelfServiceFlowReturnToForbidden)
    /// where it does not allow the URL to return to.
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

    /// Reads a flow again. That it has expired is a value.
    ///
    /// # Errors
    /// Among others status 404 of a flow that the server does not know, status 403 with
    /// [`ErrorId::SecurityCsrfViolation`](crate::ErrorId::SecurityCsrfViolation) of a flow of
    /// another browser, and with
    /// [`ErrorId::SecurityIdentityMismatch`](crate::ErrorId::SecurityIdentityMismatch) of
    /// somebody else's settings.
    #[doc(alias(
        "getLoginFlow",
        "getRegistrationFlow",
        "getRecoveryFlow",
        "getVerificationFlow",
        "getSettingsFlow"
    ))]
    async fn get(&self, id: &FlowId, caller: &Caller) -> Result<GetFlowOutcome<K>, Error>;

    /// Submits a flow. The flow's anti-CSRF token goes with it by itself.
    ///
    /// # Errors
    /// As [`Flows::get`], and [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) of
    /// fields that contradict each other.
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

/// The flows of a client by kind: `kratos.login().create(…)`.
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
    /// Login flows.
    fn login(&self) -> &dyn Flows<Login>
    where
        Self: Flows<Login> + Sized,
    {
        self
    }

    /// Registration flows.
    fn registration(&self) -> &dyn Flows<Registration>
    where
        Self: Flows<Registration> + Sized,
    {
        self
    }

    /// Recovery flows.
    fn recovery(&self) -> &dyn Flows<Recovery>
    where
        Self: Flows<Recovery> + Sized,
    {
        self
    }

    /// Verification flows.
    fn verification(&self) -> &dyn Flows<Verification>
    where
        Self: Flows<Verification> + Sized,
    {
        self
    }

    /// Settings flows.
    fn settings(&self) -> &dyn Flows<Settings>
    where
        Self: Flows<Settings> + Sized,
    {
        self
    }
}

impl<T> FlowsExt for T {}
