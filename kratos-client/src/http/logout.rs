//! [`Logout`] over HTTP.

use crate::http::KratosClient;
use crate::model::set_cookies::SetCookies;
use crate::model::web_url::is_http_url;
use crate::{
    api::logout::{Logout, LogoutOptions, LogoutUrl},
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
        options: &LogoutOptions,
    ) -> Result<Option<LogoutUrl>, Error> {
        let operation = "logout url";
        let public = self.public(operation)?;
        let request = public
            .request(operation, Method::GET, "/self-service/logout/browser")
            .query_if_set("return_to", options.return_to.as_ref())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let Some(request) = self.authenticate(request, credential)? else { return Ok(None) };
        let response = public.send(request).await?;
        if response.status() == StatusCode::UNAUTHORIZED && response.server_error().is_some() {
            return Ok(None);
        }
        let response = response.expect(StatusCode::OK)?;
        match response.json_object::<Flow>()?.logout_url {
            url if is_http_url(&url) => Ok(Some(LogoutUrl::new(url))),
            _ => Err(response.unexpected("the logout URL is not an http or https URL")),
        }
    }

    /// Sends the token of the URL to the configured server, whatever the URL's host is.
    async fn browser_logout(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error> {
        let operation = "log out browser";
        let token = url.expose().query_pairs().find(|(name, _)| name == "token");
        let missing = || Error::invalid_input(operation, "the logout URL has no token");
        let (_, token) = token.ok_or_else(missing)?;
        let public = self.public(operation)?;
        let request = public.request(operation, Method::GET, "/self-service/logout");
        let request = request.query("token", token).not_idempotent();
        let request = self.on_behalf_of(request, &Caller::from(cookies.clone()));
        let response = public.send(request).await?;
        let set_cookies = SetCookies::from_headers(response.headers());
        if response.status() == StatusCode::UNAUTHORIZED && is_no_session(&response) {
            return Ok(set_cookies);
        }
        response.expect(StatusCode::NO_CONTENT).map(|_| set_cookies)
    }

    async fn native_logout(&self, token: &SessionToken) -> Result<(), Error> {
        let operation = "log out app";
        let public = self.public(operation)?;
        let request = public
            .request(operation, Method::DELETE, "/self-service/logout/api")
            .json(&json!({"session_token": token.expose()}))
            .idempotent();
        let response = public.send(request).await?;
        if response.status() == StatusCode::FORBIDDEN && is_unknown_session(&response) {
            return Ok(());
        }
        response.expect(StatusCode::NO_CONTENT).map(drop)
    }
}

/// Whether the error means that the browser has no active session.
fn is_no_session(response: &Response) -> bool {
    let id = response.server_error().and_then(|error| error.error_id());
    id == Some(ErrorId::SessionInactive)
}

/// Whether the error means that no session has the token. The error has no id.
fn is_unknown_session(response: &Response) -> bool {
    let reason = "The provided Ory Session Token could not be found, is invalid, or otherwise \
                  malformed.";
    response.server_error().is_some_and(|error| error.reason() == Some(reason))
}
