//! `/self-service/logout`.

use crate::http::KratosClient;
use crate::{
    api::logout::{Logout, LogoutUrl},
    cookie_header::CookieHeader,
    credential::{Credential, SessionToken},
    flow::caller::{Caller, SetCookies},
};
use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header::ACCEPT};
use ory_http::Request;
use ory_http::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::json;
use url::Url;

#[derive(Deserialize)]
struct Flow {
    logout_url: Url,
}

#[async_trait]
impl Logout for KratosClient {
    async fn logout_url(
        &self,
        credential: &Credential,
        return_to: Option<Url>,
    ) -> Result<Option<LogoutUrl>, Error> {
        let mut url = self.0.public.join(["self-service", "logout", "browser"]);
        if let Some(return_to) = return_to {
            url.query_pairs_mut().append_pair("return_to", return_to.as_str());
        }
        let request = Request::new("logout url", Method::GET, url)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let Some(request) = self.authenticate(request, credential)? else { return Ok(None) };
        let answer = self.0.transport.send(request).await?;
        match answer.status() {
            StatusCode::OK => Ok(Some(LogoutUrl::new(answer.json_object::<Flow>()?.logout_url))),
            StatusCode::UNAUTHORIZED if answer.server_error().is_some() => Ok(None),
            _ => Err(answer.into_error()),
        }
    }

    /// Goes to the server that the client was given, with nothing but the token of the URL.
    async fn log_out_browser(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error> {
        let operation = "log out browser";
        let token = url.expose().query_pairs().find(|(name, _)| name == "token");
        let Some((_, token)) = token else {
            let problem = "the log-out URL has no token".to_owned();
            return Err(Error::new(operation, ErrorKind::InvalidInput { problem }));
        };
        let mut url = self.0.public.join(["self-service", "logout"]);
        url.query_pairs_mut().append_pair("token", &token);
        let request = Request::new(operation, Method::GET, url).once();
        let request = self.on_behalf_of(request, &Caller::Browser(cookies.clone()));
        let answer = self.0.transport.send(request).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(SetCookies::of(answer.headers())),
            _ => Err(answer.into_error()),
        }
    }

    async fn log_out_app(&self, token: &SessionToken) -> Result<(), Error> {
        let url = self.0.public.join(["self-service", "logout", "api"]);
        let request = Request::new("log out app", Method::DELETE, url)
            .json(&json!({"session_token": token.expose()}))
            .repeatable()
            .without_api_key();
        let answer = self.0.transport.send(request).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(()),
            _ => Err(answer.into_error()),
        }
    }
}
