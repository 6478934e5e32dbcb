//! Self-service flows: create, get, submit.

use crate::flow::{
    body::Body,
    caller::Caller,
    kind::FlowKind,
    model::{Flow, FlowId},
    outcome::Outcome,
    start::Start,
};
use crate::model::set_cookies::Answered;
use async_trait::async_trait;
use auto_impl::auto_impl;
use ory_http::Error;

/// The self-service flows of one kind, such as `dyn Flows<Login>`.
///
/// ```
/// use kratos_client::{Error, Flows, SessionToken, flow::{Body, Caller, Login, Outcome, Password, Start}};
///
/// async fn log_in(
///     flows: &dyn Flows<Login>, email: &str, password: &Password,
/// ) -> Result<Option<SessionToken>, Error> {
///     let app = Caller::app();
///     let flow = flows.create(&Start::new(), &app).await?.value;
///     match flows.submit(&flow, &Body::<Login>::password(email, password), &app).await?.value {
///         Outcome::Done(logged_in) => Ok(logged_in.session_token),
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
    /// Begins a flow.
    ///
    /// Errors that a caller may meet and handle by their id: `session_already_available` where
    /// somebody is logged in, `session_inactive` (401) and `session_aal2_required` (403) for
    /// settings.
    async fn create(&self, start: &Start, caller: &Caller) -> Result<Answered<Flow<K>>, Error>;

    /// Reads a flow again. One that is unknown is a 404, one that is over a 410, one that is
    /// another browser's a 403 with the id `security_csrf_violation`.
    async fn get(&self, id: &FlowId, caller: &Caller) -> Result<Flow<K>, Error>;

    /// Submits a flow. The flow's anti-CSRF token goes with it by itself.
    async fn submit(
        &self,
        flow: &Flow<K>,
        body: &Body<K>,
        caller: &Caller,
    ) -> Result<Answered<Outcome<K>>, Error>;
}
