//! What only the fuzzing targets need. No part of the public API.

use crate::{
    api::sessions::Whoami,
    cookie_header::{CookieHeader, CookieName},
    credential::Credential,
    flow::{
        kind::FlowKind,
        outcome::{Outcome, read_outcome},
    },
    http::whoami::outcome as read_whoami,
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
pub fn outcome<K: FlowKind>(answer: Response) -> Result<Outcome<K>, Error> {
    read_outcome(answer)
}
