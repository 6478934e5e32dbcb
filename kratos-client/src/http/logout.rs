//! `/self-service/logout`.

use crate::http::KratosClient;
use crate::model::set_cookies::SetCookies;
use crate::model::web_url::is_http_url;
use crate::{
    api::logout::{Logout, LogoutUrl},
    cookie_header::CookieHeader,
    credential::Credential,
    flow::{caller::Caller, error::ErrorExt},
    model::error_id::ErrorId,
    session_secret::SessionToken,
};
use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header::ACCEPT};
use ory_http::{Error, Response};
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
        let public = &self.0.public;
        let request = public
            .request("logout url", Method::GET, "/self-service/logout/browser")
            .query_if_set("return_to", return_to)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let Some(request) = self.authenticate(request, credential)? else { return Ok(None) };
        let response = public.send(request).await?;
        if response.status() == StatusCode::UNAUTHORIZED && response.server_error().is_some() {
            return Ok(None);
        }
        let response = response.expect(StatusCode::OK)?;
        match response.json_object::<Flow>()?.logout_url {
            url if is_http_url(&url) => Ok(Some(LogoutUrl::new(url))),
            _ => Err(response.unexpected("a logout URL that is not a web address")),
        }
    }

    /// Goes to the server that the client was given, with nothing but the token of the URL.
    async fn browser_logout(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error> {
        let operation = "log out browser";
        let token = url.expose().query_pairs().find(|(name, _)| name == "token");
        let missing = || Error::invalid_input(operation, "the logout URL has no token");
        let (_, token) = token.ok_or_else(missing)?;
        let public = &self.0.public;
        let request = public.request(operation, Method::GET, "/self-service/logout");
        let request = request.query("token", token).not_idempotent();
        let request = self.on_behalf_of(request, &Caller::Browser(cookies.clone()));
        let response = public.send(request).await?;
        let set_cookies = SetCookies::from_headers(response.headers());
        if response.status() == StatusCode::UNAUTHORIZED && is_no_session(&response) {
            return Ok(set_cookies);
        }
        response.expect(StatusCode::NO_CONTENT).map(|_| set_cookies)
    }

    async fn native_logout(&self, token: &SessionToken) -> Result<(), Error> {
        let public = &self.0.public;
        let request = public
            .request("log out app", Method::DELETE, "/self-service/logout/api")
            .json(&json!({"session_token": token.expose()}))
            .idempotent();
        let response = public.send(request).await?;
        if response.status() == StatusCode::FORBIDDEN && is_unknown_session(&response) {
            return Ok(());
        }
        response.expect(StatusCode::NO_CONTENT).map(drop)
    }
}

/// Whether Kratos says that the browser has no session, or none any more.
fn is_no_session(answer: &Response) -> bool {
    let id = answer.server_error().and_then(|error| error.error_id());
    id == Some(ErrorId::SessionInactive)
}

/// Whether Kratos says that no session has the token. There is no id for it.
fn is_unknown_session(answer: &Response) -> bool {
    let reason = "The provided Ory Session Token could not be found, is invalid, or otherwise \
                  malformed.";
    answer.server_error().is_some_and(|error| error.reason() == Some(reason))
}
