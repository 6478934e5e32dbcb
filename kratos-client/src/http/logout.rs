//! `/self-service/logout`.

use crate::http::{KratosClient, whoami::is_web};
use crate::{
    api::logout::{Logout, LogoutUrl},
    credential::{CookieHeader, Credential, SessionToken},
    flow::{
        caller::{Caller, SetCookies},
        error::ErrorExt,
    },
    model::error_id::ErrorId,
};
use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header::ACCEPT};
use ory_http::{Error, ErrorKind};
use ory_http::{Request, Response};
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
            StatusCode::OK => match answer.json_object::<Flow>()?.logout_url {
                url if is_web(&url) => Ok(Some(LogoutUrl::new(url))),
                _ => Err(answer.unexpected("a log-out URL that is no web address")),
            },
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
        let request = self.on_behalf_of(request, &Caller::Browser(cookies.clone()))?;
        let answer = self.0.transport.send(request).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(SetCookies::of(answer.headers())),
            StatusCode::UNAUTHORIZED if is_no_session(&answer) => {
                Ok(SetCookies::of(answer.headers()))
            }
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
            StatusCode::FORBIDDEN if is_unknown_session(&answer) => Ok(()),
            _ => Err(answer.into_error()),
        }
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
