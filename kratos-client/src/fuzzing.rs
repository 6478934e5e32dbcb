//! What only the fuzzing targets need. No part of the public API.

use crate::{
    CookieHeader, Credential, Error, InvalidSecret, Whoami,
    client::read_whoami,
    credential::CookieName,
    flow::{FlowKind, Outcome, read_outcome},
};
use http::HeaderValue;
use ory_http::Answer;

/// The session cookies of a header, by their default name.
pub fn session_cookies(header: &[u8]) -> Result<Option<HeaderValue>, InvalidSecret> {
    let header = Credential::cookie_header(header).header(&CookieName::default())?;
    Ok(header.map(|(_, value)| value))
}

/// The cookies of a header that a flow needs, with the session cookie by its default name.
pub fn flow_cookies(header: &[u8]) -> Result<Option<HeaderValue>, InvalidSecret> {
    CookieHeader::new(header).flow_cookies(&CookieName::default())
}

/// Reads the answer to a whoami.
pub fn whoami(answer: Answer) -> Result<Whoami, Error> {
    read_whoami(answer)
}

/// Reads the answer to a submitted flow.
pub fn outcome<K: FlowKind>(answer: Answer) -> Result<Outcome<K>, Error> {
    read_outcome(answer)
}
