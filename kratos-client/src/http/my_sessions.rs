//! Somebody's own sessions over HTTP.

use crate::http::{KratosClient, whoami::outcome};
use crate::{
    api::{
        my_sessions::{ExchangeCode, OwnSessions, PendingFlow, TokenExchangeOutcome},
        page::PageRequest,
        sessions::Whoami,
    },
    credential::Credential,
    flow::{kind::Login, model::Flow},
    model::session::{Session, SessionId, SessionRecord},
};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, ErrorKind, Page};
use ory_http::{Request, Response};
use serde::Deserialize;
use url::Url;

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
    ) -> Result<TokenExchangeOutcome, Error> {
        let operation = "exchange session token";
        self.require_current(operation).await?;
        let mut url = self.0.public.join(["sessions", "token-exchange"]);
        url.query_pairs_mut()
            .append_pair("init_code", kept.expose())
            .append_pair("return_to_code", returned.expose());
        let request = Request::new(operation, Method::GET, url).once().without_api_key();
        read_exchanged(self.0.transport.send(request).await?)
    }
}

/// Reads the response to a token exchange. Kratos v26.2 says with 404 that nobody has logged in;
/// newer ones answer with 422 and the flow that is still open.
pub(crate) fn read_exchanged(answer: Response) -> Result<TokenExchangeOutcome, Error> {
    match (answer.status(), answer.server_error()) {
        (StatusCode::OK, _) => {
            answer.json_object().map(Box::new).map(TokenExchangeOutcome::LoggedIn)
        }
        (StatusCode::NOT_FOUND, Some(_)) => Ok(TokenExchangeOutcome::NoSession { flow: None }),
        (StatusCode::UNPROCESSABLE_ENTITY, None) if answer.is_json() => {
            let flow = Some(pending_flow(&answer)?);
            Ok(TokenExchangeOutcome::NoSession { flow })
        }
        _ => Err(answer.into_error()),
    }
}

/// The flow in a response, of the kind that the form's action names.
fn pending_flow(answer: &Response) -> Result<PendingFlow, Error> {
    let login: Flow<Login> = answer.json_object()?;
    let action = Url::parse(&login.ui.action).ok();
    let mut path = action.as_ref().and_then(Url::path_segments);
    Ok(match path.as_mut().and_then(Iterator::last) {
        Some("registration") => {
            answer.json_object().map(Box::new).map(PendingFlow::Registration)?
        }
        _ => PendingFlow::Login(Box::new(login)),
    })
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
