//! `GET /self-service/logout/browser`.

use super::KratosClient;
use crate::{Credential, Error, Logout, LogoutUrl};
use async_trait::async_trait;
use http::{HeaderValue, Method, StatusCode, header::ACCEPT};
use ory_http::Request;
use serde::Deserialize;
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
            StatusCode::OK => Ok(Some(LogoutUrl::new(answer.json::<Flow>()?.logout_url))),
            StatusCode::UNAUTHORIZED if answer.server_error().is_some() => Ok(None),
            _ => Err(answer.into_error()),
        }
    }
}
