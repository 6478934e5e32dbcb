//! Somebody's own sessions over HTTP.

use crate::http::{KratosClient, whoami::outcome};
use crate::{
    api::{
        my_sessions::{ExchangeCode, OwnSessions},
        page::PageRequest,
        sessions::Whoami,
    },
    credential::Credential,
    flow::outcome::LoggedIn,
    model::session::{Session, SessionId, SessionRecord},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, ErrorKind, Page};
use ory_http::{Request, Response};
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
        page: &PageRequest,
    ) -> Result<Page<Session>, Error> {
        let operation = "list own sessions";
        let url = self.0.public.join(["sessions"]);
        let page = self.sessions_page(operation, url, page, Some(credential)).await?;
        let Page { items, next } = page;
        let sessions: Option<Vec<_>> = items.into_iter().map(SessionRecord::into_session).collect();
        let problem = "one's own session without an identity";
        let missing = || Error::new(operation, ErrorKind::Unexpected { status: None, problem });
        Ok(Page { items: sessions.ok_or_else(missing)?, next })
    }

    async fn revoke(&self, credential: &Credential, id: &SessionId) -> Result<(), Error> {
        let operation = "revoke own session";
        let url = self.0.public.join_outside(operation, &["sessions", id.as_str()])?;
        let request = Request::new(operation, Method::DELETE, url);
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
            StatusCode::OK => Ok(answer.json_object::<Revoked>()?.count),
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
        let operation = "exchange session token";
        self.require_current(operation).await?;
        let mut url = self.0.public.join(["sessions", "token-exchange"]);
        url.query_pairs_mut()
            .append_pair("init_code", kept.expose())
            .append_pair("return_to_code", returned.expose());
        let request = Request::new(operation, Method::GET, url).once().without_api_key();
        let answer = self.0.transport.send(request).await?;
        match answer.status() {
            StatusCode::OK => answer.json_object(),
            _ => Err(answer.into_error()),
        }
    }
}

impl KratosClient {
    /// Sends a request that is worth nothing without a credential.
    pub(super) async fn send_as(
        &self,
        request: Request,
        credential: &Credential,
    ) -> Result<Response, Error> {
        let operation = request.operation();
        self.require_current(operation).await?;
        match self.authenticate(request, credential)? {
            Some(request) => self.0.transport.send(request).await,
            None => {
                let problem = "the cookie header has no session cookie".to_owned();
                Err(Error::new(operation, ErrorKind::InvalidInput { problem }))
            }
        }
    }
}
