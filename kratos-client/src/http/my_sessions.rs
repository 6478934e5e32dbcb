//! [`MySessions`] over HTTP.

use crate::http::{KratosClient, list::sessions_page, whoami::outcome};
use crate::{
    api::{
        my_sessions::{LoginOrRegistrationFlow, MySessions, TokenExchangeOutcome},
        page::PageRequest,
        sessions::Whoami,
    },
    credential::Credential,
    flow::{kind::Login, model::Flow},
    model::{
        session::{Session, SessionId},
        session_record::SessionRecord,
    },
    secret::ExchangeCode,
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
impl MySessions for KratosClient {
    async fn list_my_sessions_page(
        &self,
        credential: &Credential,
        page: &PageRequest,
    ) -> Result<Page<Session>, Error> {
        let operation = "list my sessions";
        let public = self.public(operation)?;
        let list = async {
            self.require_current(operation).await?;
            let request = public.request(operation, Method::GET, "/sessions");
            let request = self.authenticate_or_refuse(request, credential)?;
            sessions_page(public, request, page).await
        };
        let Page { items, next, .. } = public.with_deadline(operation, list).await?;
        let sessions: Option<Vec<_>> = items.into_iter().map(SessionRecord::into_session).collect();
        let problem = "a session has no identity";
        let missing = || Error::new(operation, ErrorKind::Unexpected { status: None, problem });
        Ok(Page::new(sessions.ok_or_else(missing)?, next))
    }

    async fn disable_my_session(
        &self,
        credential: &Credential,
        id: &SessionId,
    ) -> Result<(), Error> {
        let operation = "disable my session";
        let route = "/sessions/{id}";
        let public = self.public(operation)?;
        let request = public.request_with(operation, Method::DELETE, route, &[id.as_str()])?;
        self.send_as(request, credential).await?.expect(StatusCode::NO_CONTENT).map(drop)
    }

    async fn disable_my_other_sessions(&self, credential: &Credential) -> Result<u64, Error> {
        let operation = "disable my other sessions";
        let request = self.public(operation)?.request(operation, Method::DELETE, "/sessions");
        let response = self.send_as(request, credential).await?.expect(StatusCode::OK)?;
        Ok(response.json_object::<Revoked>()?.count)
    }

    async fn tokenize(&self, credential: &Credential, template: &str) -> Result<Whoami, Error> {
        let operation = "tokenize session";
        let public = self.public(operation)?;
        let request = public.request(operation, Method::GET, "/sessions/whoami");
        match self.authenticate(request.query("tokenize_as", template), credential)? {
            Some(request) => outcome(public.send(request).await?),
            None => Ok(Whoami::NoSession),
        }
    }

    async fn exchange_session_token(
        &self,
        init_code: &ExchangeCode,
        return_to_code: &ExchangeCode,
    ) -> Result<TokenExchangeOutcome, Error> {
        let operation = "exchange session token";
        let public = self.public(operation)?;
        let exchange = async {
            self.require_current(operation).await?;
            let request = public
                .request(operation, Method::GET, "/sessions/token-exchange")
                .query("init_code", init_code.expose())
                .query("return_to_code", return_to_code.expose())
                .not_idempotent();
            read_exchanged(public.send(request).await?)
        };
        public.with_deadline(operation, exchange).await
    }
}

/// Reads the response to a token exchange. If the user has not logged in, Kratos v26.2 responds with
/// 404, and newer versions with 422 and the flow.
pub(crate) fn read_exchanged(response: Response) -> Result<TokenExchangeOutcome, Error> {
    match (response.status(), response.server_error()) {
        (StatusCode::OK, _) => {
            response.json_object().map(Box::new).map(TokenExchangeOutcome::LoggedIn)
        }
        (StatusCode::NOT_FOUND, Some(_)) => Ok(TokenExchangeOutcome::NoSession { flow: None }),
        (StatusCode::UNPROCESSABLE_ENTITY, None) if response.is_json() => {
            let flow = Some(login_or_registration_flow(&response)?);
            Ok(TokenExchangeOutcome::NoSession { flow })
        }
        _ => Err(response.into_error()),
    }
}

/// The flow in a response, whose kind is in the form's action URL.
fn login_or_registration_flow(response: &Response) -> Result<LoginOrRegistrationFlow, Error> {
    let login: Flow<Login> = response.json_object()?;
    let action = Url::parse(&login.ui.action).ok();
    let mut path = action.as_ref().and_then(Url::path_segments);
    Ok(match path.as_mut().and_then(Iterator::last) {
        Some("registration") => {
            response.json_object().map(Box::new).map(LoginOrRegistrationFlow::Registration)?
        }
        _ => LoginOrRegistrationFlow::Login(Box::new(login)),
    })
}

impl KratosClient {
    /// Sends a request that requires a credential.
    async fn send_as(&self, request: Request, credential: &Credential) -> Result<Response, Error> {
        let operation = request.operation();
        let request = self.authenticate_or_refuse(request, credential)?;
        let public = self.public(operation)?;
        let send = async {
            self.require_current(operation).await?;
            public.send(request).await
        };
        public.with_deadline(operation, send).await
    }

    fn authenticate_or_refuse(
        &self,
        request: Request,
        credential: &Credential,
    ) -> Result<Request, Error> {
        let operation = request.operation();
        let missing = || Error::invalid_input(operation, "the cookie header has no session cookie");
        self.authenticate(request, credential)?.ok_or_else(missing)
    }
}
