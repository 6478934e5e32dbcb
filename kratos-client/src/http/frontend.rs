//! What else a login UI needs, over HTTP.

use crate::http::KratosClient;
use crate::{
    api::frontend::{FedCm, FedCmToken, FlowError, Frontend},
    flow::{
        caller::{Answered, Caller, SetCookies},
        kind::Login,
        outcome::Outcome,
        read_outcome::read_outcome,
    },
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Error;
use ory_http::Request;
use serde::de::DeserializeOwned;

#[async_trait]
impl Frontend for KratosClient {
    async fn flow_error(&self, id: &str) -> Result<FlowError, Error> {
        let mut url = self.0.public.join(["self-service", "errors"]);
        url.query_pairs_mut().append_pair("id", id);
        let request = Request::new("get flow error", Method::GET, url);
        Ok(self.answered(request, &Caller::app()).await?.value)
    }

    async fn webauthn_script(&self) -> Result<String, Error> {
        let url = self.0.public.join([".well-known", "ory", "webauthn.js"]);
        let request = Request::new("get webauthn script", Method::GET, url);
        let answer = self.0.transport.send(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(answer.into_error());
        }
        let script = String::from_utf8(answer.body().to_vec());
        script.map_err(|_| answer.unexpected("a script that is no UTF-8"))
    }

    async fn create_fedcm(&self, caller: &Caller) -> Result<Answered<FedCm>, Error> {
        let url = self.0.public.join(["self-service", "fed-cm", "parameters"]);
        self.answered(Request::new("create FedCM flow", Method::GET, url), caller).await
    }

    async fn submit_fedcm(
        &self,
        token: &FedCmToken,
        caller: &Caller,
    ) -> Result<Answered<Outcome<Login>>, Error> {
        let operation = "submit FedCM flow";
        self.require_current(operation).await?;
        let url = self.0.public.join(["self-service", "fed-cm", "token"]);
        let request = Request::new(operation, Method::POST, url).json(token);
        let request = self.on_behalf_of(request, caller)?;
        let answer = self.0.transport.send(request).await?;
        let set_cookies = SetCookies::of(answer.headers());
        Ok(Answered { value: read_outcome(answer)?, set_cookies })
    }
}

impl KratosClient {
    /// Sends a request for a caller, and reads a 200 answer with its cookies.
    async fn answered<T: DeserializeOwned>(
        &self,
        request: Request,
        caller: &Caller,
    ) -> Result<Answered<T>, Error> {
        let request = self.on_behalf_of(request, caller)?;
        let answer = self.0.transport.send(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(answer.into_error());
        }
        Ok(Answered { value: answer.json_object()?, set_cookies: SetCookies::of(answer.headers()) })
    }
}
