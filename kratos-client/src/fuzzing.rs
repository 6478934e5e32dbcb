//! Entry points of the fuzz targets. Not part of the public API.

use crate::{
    api::{my_sessions::TokenExchangeOutcome, sessions::Whoami},
    cookie_header::CookieHeader,
    credential::Credential,
    flow::{
        create_outcome::CreateFlowOutcome, get_outcome::GetFlowOutcome, kind::FlowKind,
        outcome::UpdateFlowOutcome,
    },
    http::{
        flow_responses::{read_created, read_fetched, read_outcome},
        my_sessions::read_exchanged,
        whoami::outcome as read_whoami,
    },
    session_secret::CookieName,
};
use http::HeaderValue;
use ory_http::Response;
use ory_http::{Error, InvalidSecret};

/// The session cookies of a header, by their default name.
pub fn session_cookies(header: &[u8]) -> Result<Option<HeaderValue>, InvalidSecret> {
    let header = Credential::from_cookie_headers([header]).header(&CookieName::default())?;
    Ok(header.map(|(_, value)| value))
}

/// The cookies of a header that a flow needs, with the session cookie by its default name.
pub fn flow_cookies(header: &[u8]) -> Option<HeaderValue> {
    CookieHeader::from_headers([header]).flow_cookies(&CookieName::default())
}

/// Reads the answer to a whoami.
pub fn whoami(answer: Response) -> Result<Whoami, Error> {
    read_whoami(answer)
}

/// Reads the answer to a submitted flow.
pub fn outcome<K: FlowKind>(answer: Response) -> Result<UpdateFlowOutcome<K>, Error> {
    read_outcome(answer)
}

/// Reads the response to the creation of a flow.
pub fn created<K: FlowKind>(answer: Response) -> Result<CreateFlowOutcome<K>, Error> {
    read_created(answer)
}

/// Reads the response to the request for a flow.
pub fn fetched<K: FlowKind>(answer: Response) -> Result<GetFlowOutcome<K>, Error> {
    read_fetched(answer)
}

/// Reads the response to a token exchange.
pub fn exchanged(answer: Response) -> Result<TokenExchangeOutcome, Error> {
    read_exchanged(answer)
}
