//! [`Frontend`] over HTTP.

use crate::http::{KratosClient, flow_responses::read_outcome};
use crate::model::{
    set_cookies::{SetCookies, WithCookies},
    web_url::is_http_url,
};
use crate::{
    api::frontend::{FedcmFlow, FlowError, Frontend, UpdateFedcmFlowBody},
    flow::{caller::Caller, kind::Login, outcome::UpdateFlowOutcome},
};
use async_trait::async_trait;
use http::{Method, StatusCode, header::LOCATION};
use ory_http::Error;
use url::Url;

#[async_trait]
impl Frontend for KratosClient {
    async fn get_flow_error(&self, id: &str) -> Result<FlowError, Error> {
        let operation = "get flow error";
        let request =
            self.public(operation)?.request(operation, Method::GET, "/self-service/errors");
        Ok(self.answered(request.query("id", id), &Caller::native()).await?.value)
    }

    async fn change_password_url(&self) -> Result<Url, Error> {
        let (operation, route) = ("get change password URL", "/.well-known/change-password");
        let public = self.public(operation)?;
        let request = public.request(operation, Method::GET, route);
        let response = public.send(request).await?;
        if response.status() != StatusCode::SEE_OTHER {
            return Err(response.into_error());
        }
        let location = response.headers().get(LOCATION).and_then(|url| url.to_str().ok());
        let url = location.and_then(|url| Url::parse(url).ok()).filter(is_http_url);
        url.ok_or_else(|| response.unexpected("a redirect to something other than a web page"))
    }

    async fn get_webauthn_javascript(&self) -> Result<String, Error> {
        let (operation, route) = ("get webauthn script", "/.well-known/ory/webauthn.js");
        let public = self.public(operation)?;
        let request = public.request(operation, Method::GET, route);
        let response = public.send(request).await?.expect(StatusCode::OK)?;
        let script = String::from_utf8(response.body().to_vec());
        script.map_err(|_| response.unexpected("a script that is not UTF-8"))
    }

    async fn create_fedcm_flow(&self, caller: &Caller) -> Result<WithCookies<FedcmFlow>, Error> {
        let (operation, route) = ("create FedCM flow", "/self-service/fed-cm/parameters");
        let request = self.public(operation)?.request(operation, Method::GET, route);
        self.answered(request, caller).await
    }

    async fn update_fedcm_flow(
        &self,
        token: &UpdateFedcmFlowBody,
        caller: &Caller,
    ) -> Result<WithCookies<UpdateFlowOutcome<Login>>, Error> {
        let operation = "submit FedCM flow";
        let public = self.public(operation)?;
        let submit = async {
            self.require_current(operation).await?;
            let route = "/self-service/fed-cm/token";
            let request = public.request(operation, Method::POST, route).json(token);
            let response = public.send(self.on_behalf_of(request, caller)).await?;
            let set_cookies = SetCookies::from_headers(response.headers());
            Ok(WithCookies { value: read_outcome(response)?, set_cookies })
        };
        public.with_deadline(operation, submit).await
    }
}
