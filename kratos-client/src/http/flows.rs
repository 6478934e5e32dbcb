//! Self-service flows over HTTP.

use crate::http::KratosClient;
use crate::{
    api::flows::Flows,
    credential::SESSION_TOKEN,
    flow::{
        body::{Body, wire},
        caller::{Answered, Caller, SetCookies},
        create_outcome::CreateFlowOutcome,
        get_outcome::GetFlowOutcome,
        kind::FlowKind,
        model::{Flow, FlowId},
        outcome::Outcome,
        read_outcome::{read_created, read_fetched, read_outcome},
        start::Start,
    },
};
use async_trait::async_trait;
use http::{HeaderValue, Method, header::ACCEPT};
use ory_http::Request;
use ory_http::{Error, ErrorKind};

#[async_trait]
impl<K: FlowKind> Flows<K> for KratosClient {
    async fn create(
        &self,
        start: &Start,
        caller: &Caller,
    ) -> Result<Answered<CreateFlowOutcome<K>>, Error> {
        let [operation, ..] = K::OPERATIONS;
        let who = match caller {
            Caller::App(_) => "api",
            Caller::Browser(_) => "browser",
        };
        let mut url = self.0.public.join(["self-service", K::NAME, who]);
        start.append_to(&mut url);
        let request = self.on_behalf_of(Request::new(operation, Method::GET, url), caller)?;
        let answer = self.0.transport.send(request).await?;
        let set_cookies = SetCookies::of(answer.headers());
        Ok(Answered { value: read_created(answer)?, set_cookies })
    }

    async fn get(&self, id: &FlowId, caller: &Caller) -> Result<GetFlowOutcome<K>, Error> {
        let [_, operation, _] = K::OPERATIONS;
        let mut url = self.0.public.join(["self-service", K::NAME, "flows"]);
        url.query_pairs_mut().append_pair("id", id.as_str());
        let request = self.on_behalf_of(Request::new(operation, Method::GET, url), caller)?;
        read_fetched(self.0.transport.send(request).await?)
    }

    /// Goes to the server that the client was given, not to the `action` in the form: secrets are
    /// sent nowhere else.
    async fn submit(
        &self,
        flow: &Flow<K>,
        body: &Body<K>,
        caller: &Caller,
    ) -> Result<Answered<Outcome<K>>, Error> {
        let [.., operation] = K::OPERATIONS;
        let mut url = self.0.public.join(["self-service", K::NAME]);
        url.query_pairs_mut().append_pair("flow", flow.id.as_str());
        let refuse = |problem| Error::new(operation, ErrorKind::InvalidInput { problem });
        let body = wire(body, flow).map_err(refuse)?;
        let request = Request::new(operation, Method::POST, url).json(&body);
        let request = self.on_behalf_of(request, caller)?;
        let answer = self.0.transport.send(request).await?;
        let set_cookies = SetCookies::of(answer.headers());
        Ok(Answered { value: read_outcome(answer)?, set_cookies })
    }
}

impl KratosClient {
    /// Adds a caller's credentials to a request, and asks for JSON: a browser's flow would be
    /// answered by a redirect otherwise.
    pub(super) fn on_behalf_of(&self, request: Request, caller: &Caller) -> Result<Request, Error> {
        let json = HeaderValue::from_static("application/json");
        let request = request.header(ACCEPT, json).without_api_key();
        match caller {
            Caller::App(None) => Ok(request),
            Caller::App(Some(token)) => Ok(request.header(SESSION_TOKEN, token.header())),
            Caller::Browser(cookies) => self.with_flow_cookies(request, cookies),
        }
    }
}
