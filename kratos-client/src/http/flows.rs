//! Self-service flows over HTTP.

use crate::model::set_cookies::{SetCookies, WithCookies};
use crate::{
    api::flows::Flows,
    credential::SESSION_TOKEN,
    flow::{
        caller::{Browser, Caller},
        create_options::CreateFlowOptions,
        create_outcome::CreateFlowOutcome,
        device::BrowserDevice,
        get_outcome::GetFlowOutcome,
        kind::FlowKind,
        model::{Flow, FlowId},
        outcome::UpdateFlowOutcome,
        update_body::UpdateFlowBody,
    },
    http::{
        KratosClient,
        flow_body::wire,
        flow_responses::{read_created, read_fetched, read_outcome},
    },
};
use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header::ACCEPT};
use ory_http::{Error, Request};
use serde::de::DeserializeOwned;

#[async_trait]
impl<K: FlowKind> Flows<K> for KratosClient {
    async fn create(
        &self,
        start: &CreateFlowOptions,
        caller: &Caller,
    ) -> Result<WithCookies<CreateFlowOutcome<K>>, Error> {
        let [operation, ..] = K::OPERATIONS;
        let route = match caller {
            Caller::Native(_) => "/self-service/{kind}/api",
            Caller::Browser(_) => "/self-service/{kind}/browser",
        };
        let public = self.public(operation)?;
        let request = public.request_with(operation, Method::GET, route, &[K::NAME])?;
        let request = self.on_behalf_of(request.queries(start.parameters()), caller);
        let response = public.send(request).await?;
        let set_cookies = SetCookies::from_headers(response.headers());
        Ok(WithCookies { value: read_created(response)?, set_cookies })
    }

    async fn get(&self, id: &FlowId, caller: &Caller) -> Result<GetFlowOutcome<K>, Error> {
        let [_, operation, _] = K::OPERATIONS;
        let route = "/self-service/{kind}/flows";
        let public = self.public(operation)?;
        let request = public.request_with(operation, Method::GET, route, &[K::NAME])?;
        let request = self.on_behalf_of(request.query("id", id), caller);
        read_fetched(public.send(request).await?)
    }

    /// Sends the body to the configured server and not to the `action` of the form, so that secrets are
    /// sent nowhere else.
    async fn submit(
        &self,
        flow: &Flow<K>,
        body: &UpdateFlowBody<K>,
        caller: &Caller,
    ) -> Result<WithCookies<UpdateFlowOutcome<K>>, Error> {
        let [.., operation] = K::OPERATIONS;
        let (public, route) = (self.public(operation)?, "/self-service/{kind}");
        let request = public.request_with(operation, Method::POST, route, &[K::NAME])?;
        let body = wire(body, flow).map_err(|problem| Error::invalid_input(operation, problem))?;
        let request = request.query("flow", &flow.id).json(&body);
        let response = public.send(self.on_behalf_of(request, caller)).await?;
        let set_cookies = SetCookies::from_headers(response.headers());
        Ok(WithCookies { value: read_outcome(response)?, set_cookies })
    }
}

impl KratosClient {
    /// Adds the credentials of a caller to a request, and requests JSON: Kratos would redirect a browser
    /// otherwise.
    pub(super) fn on_behalf_of(&self, request: Request, caller: &Caller) -> Request {
        let request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
        match caller {
            Caller::Native(None) => request,
            Caller::Native(Some(token)) => request.header(SESSION_TOKEN, token.header()),
            Caller::Browser(Browser { cookies, device }) => {
                let request = self.with_flow_cookies(request, cookies);
                let headers = device.iter().flat_map(BrowserDevice::headers);
                headers.fold(request, |request, (name, value)| request.header(name, value))
            }
        }
    }

    /// Sends a request for a caller, and decodes a response of 200 with its cookies.
    pub(super) async fn answered<T: DeserializeOwned>(
        &self,
        request: Request,
        caller: &Caller,
    ) -> Result<WithCookies<T>, Error> {
        let request = self.on_behalf_of(request, caller);
        let public = self.public(request.operation())?;
        let response = public.send(request).await?.expect(StatusCode::OK)?;
        let set_cookies = SetCookies::from_headers(response.headers());
        Ok(WithCookies { value: response.json_object()?, set_cookies })
    }
}
