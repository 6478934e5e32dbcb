//! Somebody's own sessions over HTTP.

use super::{KratosClient, whoami::outcome};
use crate::{
    Credential, Error, ErrorKind, ExchangeCode, OwnSessions, Page, PageToken, Session, SessionId,
    Whoami, flow::LoggedIn,
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Answer, Request};
use serde::Deserialize;

#[derive(Deserialize)]
struct Revoked {
    count: u64,
}

#[async_trait]
impl OwnSessions for KratosClient {
    async fn other_sessions_page(
        &self,
        credential: &Credential,
        page: Option<PageToken>,
    ) -> Result<Page<Session>, Error> {
        let mut url = self.0.public.join(["sessions"]);
        if let Some(token) = page {
            // This list counts its pages; a token of its own it gives, but does not take.
            url.query_pairs_mut().append_pair("page", token.as_str());
        }
        let request = Request::new("list own sessions", Method::GET, url);
        let answer = self.send_as(request, credential).await?;
        match answer.status() {
            StatusCode::OK => {
                let items: Vec<Session> = answer.json()?;
                // It names a next page even after the last one.
                let next = next_page(answer.headers(), "page").filter(|_| !items.is_empty());
                Ok(Page { items, next })
            }
            _ => Err(answer.into_error()),
        }
    }

    async fn revoke(&self, credential: &Credential, id: &SessionId) -> Result<(), Error> {
        let url = self.0.public.join(["sessions", id.as_str()]);
        let request = Request::new("revoke own session", Method::DELETE, url);
        let answer = self.send_as(request, credential).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(()),
            _ => Err(answer.into_error()),
        }
    }

    async fn revoke_others(&self, credential: &Credential) -> Result<u64, Error> {
        let url = self.0.public.join(["sessions"]);
        let request = Request::new("revoke other sessions", Method::DELETE, url);
        let answer = self.send_as(request, credential).await?;
        match answer.status() {
            StatusCode::OK => Ok(answer.json::<Revoked>()?.count),
            _ => Err(answer.into_error()),
        }
    }

    async fn tokenize(&self, credential: &Credential, template: &str) -> Result<Whoami, Error> {
        let mut url = self.0.public.join(["sessions", "whoami"]);
        url.query_pairs_mut().append_pair("tokenize_as", template);
        let request = Request::new("tokenize session", Method::GET, url);
        match self.authenticate(request, credential)? {
            Some(request) => outcome(self.0.transport.send(request).await?),
            None => Ok(Whoami::NoSession),
        }
    }

    async fn exchange_token(
        &self,
        kept: &ExchangeCode,
        returned: &ExchangeCode,
    ) -> Result<LoggedIn, Error> {
        let mut url = self.0.public.join(["sessions", "token-exchange"]);
        url.query_pairs_mut()
            .append_pair("init_code", kept.expose())
            .append_pair("return_to_code", returned.expose());
        let request = Request::new("exchange session token", Method::GET, url);
        let answer = self.0.transport.send(request).await?;
        match answer.status() {
            StatusCode::OK => answer.json(),
            _ => Err(answer.into_error()),
        }
    }
}

impl KratosClient {
    /// Sends a request that is worth nothing without a credential.
    async fn send_as(&self, request: Request, credential: &Credential) -> Result<Answer, Error> {
        let operation = request.operation();
        match self.authenticate(request, credential)? {
            Some(request) => self.0.transport.send(request).await,
            None => {
                let problem = "the cookie header has no session cookie".to_owned();
                Err(Error::new(operation, ErrorKind::InvalidInput { problem }))
            }
        }
    }
}

/// The token of the next page in a `Link` header.
fn next_page(headers: &http::HeaderMap, parameter: &str) -> Option<PageToken> {
    let links = headers.get(http::header::LINK)?.to_str().ok()?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let query = next.split_once('?')?.1.split_once('>')?.0;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == parameter).map(|(_, value)| PageToken::from(value.into_owned()))
}
