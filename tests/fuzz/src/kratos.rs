//! What comes from Kratos, and from a browser.

use super::answer::Raw;
use http::HeaderValue;
use jiff::Timestamp;
use kratos_client::{
    CookieHeader, Error, ErrorExt, Identity, Session, SessionRecord, TokenExchangeOutcome, Whoami,
    flow::{
        CreateFlowOutcome, Flow, FlowKind, GetFlowOutcome, Login, Recovery, Registration, Settings,
        UpdateFlowOutcome,
    },
    fuzzing,
};
use ory_http::ReasonVisibility;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::fmt::Debug;
use url::Url;

const SESSION: &str = "ory_kratos_session";

/// Cookie headers: what is picked has only cookies that are allowed, each by its exact name, with
/// the characters that a cookie may have and no others, all of them from the header; and nothing
/// of it is shown. Every session cookie that may be sent is.
pub fn cookies(data: &[u8]) {
    let sent: Vec<_> = data.split(|byte| *byte == b';').filter_map(cookie).collect();
    let picked = fuzzing::session_cookies(data);
    let values = sent.iter().filter(|(name, _)| *name == SESSION.as_bytes());
    let values: Vec<_> = values.map(|(_, value)| unquoted(value)).collect();
    match picked {
        Ok(Some(header)) => {
            let picked: Vec<_> = pairs(&header)
                .map(|(name, value)| {
                    assert_eq!(name, SESSION.as_bytes());
                    assert!(is_value(value), "{value:?}");
                    value.to_vec()
                })
                .collect();
            let legal = values.iter().filter(|value| is_value(value)).map(|value| value.to_vec());
            assert_eq!(picked, legal.collect::<Vec<_>>());
        }
        Ok(None) => assert!(!values.iter().any(|value| is_value(value))),
        Err(error) => {
            assert!(!values.iter().any(|value| is_value(value)));
            let _ = error.to_string();
        }
    }
    let findings = CookieHeader::from_headers([data]).diagnose(SESSION);
    let session =
        |(name, value): &&(&[u8], &[u8])| *name == SESSION.as_bytes() && !value.is_empty();
    assert_eq!(findings.session_cookies, sent.iter().filter(session).count());
    assert!(findings.to_string().bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '));
    if let Some(header) = fuzzing::flow_cookies(data) {
        for (name, value) in pairs(&header) {
            assert!(sent.contains(&(name, value)), "{name:?} was not sent");
            let own = name == SESSION.as_bytes() || name == b"ory_kratos_continuity";
            assert!(own || name.starts_with(b"csrf_token_"), "{name:?} is no cookie of Kratos");
            assert!(name.iter().all(|byte| is_token(*byte)), "{name:?} names no cookie");
            assert!(value.iter().all(|byte| byte.is_ascii_graphic() && !b",;".contains(byte)));
        }
    }
}

/// A cookie as a browser writes it: only spaces and tabs around it are not part of it.
fn cookie(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    fn trimmed(mut text: &[u8]) -> &[u8] {
        while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
            text = rest;
        }
        text
    }
    let at = pair.iter().position(|byte| *byte == b'=')?;
    Some((trimmed(&pair[..at]), trimmed(&pair[at + 1..])))
}

fn pairs(header: &HeaderValue) -> impl Iterator<Item = (&[u8], &[u8])> {
    assert!(header.is_sensitive());
    let pairs = header.as_bytes().split(|byte| *byte == b';').enumerate();
    pairs.map(|(index, pair)| {
        let pair = if index == 0 { pair } else { pair.strip_prefix(b" ").expect("a divider") };
        let at = pair.iter().position(|byte| *byte == b'=').expect("a cookie");
        (&pair[..at], &pair[at + 1..])
    })
}

fn unquoted<'a>(value: &&'a [u8]) -> &'a [u8] {
    value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\"")).unwrap_or(value)
}

/// RFC 6265's cookie-octet.
fn is_value(value: &[u8]) -> bool {
    let legal =
        |byte: &u8| matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e);
    !value.is_empty() && value.iter().all(legal)
}

/// RFC 9110's tchar.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Sessions and session records: one that is read is written and read again as the same; a session
/// is active only where the JSON says so.
pub fn session(data: &[u8]) {
    if let Some(session) = round_trip::<Session>(data) {
        let json: Value = serde_json::from_slice(data).expect("a session is JSON");
        assert_eq!(session.active, json["active"] == Value::Bool(true));
        let _ = session.with_traits::<Map<String, Value>>();
    }
    if let Some(record) = round_trip::<SessionRecord>(data) {
        let whole = serde_json::from_slice::<Session>(data);
        assert_eq!(record.into_session(), whole.ok());
    }
}

/// Answers to a whoami: a session counts only where the status is 200 and the JSON says that it is
/// active, of an identity that is not inactive, and not over; nobody is logged in only by an
/// envelope in a 401; a second factor leads to a web address.
pub fn whoami(data: &[u8]) {
    let Some(raw) = Raw::read(data) else { return };
    let outcome = fuzzing::whoami(raw.answer(ReasonVisibility::Hidden));
    let status = raw.status.as_u16();
    match outcome {
        Ok(Whoami::Active(session)) => {
            assert_eq!(status, 200);
            let json = raw.json().expect("a session is JSON");
            assert_eq!(json["active"], Value::Bool(true));
            let state = &json["identity"]["state"];
            assert!(*state != "inactive" && state.get("inactive").is_none(), "{state}");
            if let Some(end) = json["expires_at"].as_str() {
                let end: Timestamp = end.parse().expect("an end is a time");
                assert!(end > Timestamp::now() - jiff::SignedDuration::from_secs(60));
            }
            assert_eq!(json["identity"]["id"], session.identity.id.as_str());
        }
        Ok(Whoami::Inactive(_)) => assert_eq!(status, 200),
        // A session that has expired.
        Ok(Whoami::NoSession) if status == 200 => {
            let end = raw.json().expect("a session is JSON")["expires_at"].clone();
            let end: Timestamp = serde_json::from_value(end).expect("it has an end");
            assert!(end < Timestamp::now());
        }
        Ok(Whoami::NoSession) => {
            assert_eq!(status, 401);
            raw.envelope().expect("only an envelope says that there is no session");
        }
        Ok(Whoami::SecondFactorRequired { redirect_to }) => {
            assert_eq!(status, 403);
            let error = raw.envelope().expect("only an envelope asks for a second factor");
            assert_eq!(error["id"], "session_aal2_required");
            assert!(redirect_to.is_none_or(|url| matches!(url.scheme(), "http" | "https")));
        }
        Err(error) => shows_nothing(&error),
    }
}

/// Identities: one that is read is written and read again as the same.
pub fn identity(data: &[u8]) {
    if let Some(identity) = round_trip::<Identity>(data) {
        let json: Value = serde_json::from_slice(data).expect("an identity is JSON");
        assert_eq!(json["traits"], identity.traits);
        let _ = identity.with_traits::<Map<String, Value>>();
    }
    round_trip::<Vec<Identity>>(data);
}

/// Flows: one that is read is written and read again as the same, as every kind of flow, and its
/// form can be looked through.
pub fn flow(data: &[u8]) {
    if let Some(flow) = round_trip::<Flow<Login>>(data) {
        let _ = flow.ui.input("csrf_token");
        let _ = flow.ui.text("totp_secret_key");
        let _ = flow.ui.all_messages().count();
        serde_json::from_slice::<Flow<Settings>>(data).expect("all kinds have the same JSON");
    }
    round_trip::<Flow<Settings>>(data);
}

/// Answers to a submitted flow: done only by a 200, another flow only at a web address, and
/// anything else that is no flow only by an error envelope that says so, or by a redirect to a flow
/// of the same kind. The same answers to the creation of a flow, to the request for one and to a
/// token exchange.
pub fn outcome(data: &[u8]) {
    let Some(raw) = Raw::read(data) else { return };
    one_outcome::<Login>(&raw);
    one_outcome::<Registration>(&raw);
    one_outcome::<Settings>(&raw);
    one_outcome::<Recovery>(&raw);
    other_outcomes(&raw);
}

fn one_outcome<K: FlowKind>(raw: &Raw<'_>) {
    let outcome = fuzzing::outcome::<K>(raw.answer(ReasonVisibility::Hidden));
    let _ = format!("{outcome:?}");
    let status = raw.status.as_u16();
    match outcome {
        Ok(UpdateFlowOutcome::Completed(_)) => {
            assert_eq!(status, 200);
            assert!(raw.json().expect("an outcome is JSON").is_object());
        }
        Ok(UpdateFlowOutcome::Continue(_)) => {
            assert!(matches!(status, 200 | 400));
            assert!(raw.json().expect("a flow is JSON").is_object());
        }
        Ok(UpdateFlowOutcome::AnotherFlow { redirect_browser_to, .. }) => {
            assert!(matches!(status, 401 | 403 | 422));
            raw.envelope().expect("only an envelope leads to another flow");
            assert!(matches!(redirect_browser_to.scheme(), "http" | "https"));
        }
        Ok(UpdateFlowOutcome::Gone { replacement }) => match raw.envelope() {
            Some(_) => {
                let suggested = replacement.is_some() && status == 400;
                assert!(status == 410 || suggested, "{status}");
            }
            None => {
                assert_eq!(status, 303);
                let location = raw.headers["location"].to_str().expect("is text");
                let id = replacement.expect("a redirect leads to a flow");
                let url = Url::parse(location).expect("a redirect leads somewhere");
                assert!(
                    url.query_pairs().any(|(name, value)| name == "id" && value == id.as_str())
                );
                assert!(url.path().contains("self-service/"), "{url}");
            }
        },
        Ok(UpdateFlowOutcome::AlreadyLoggedIn) => {
            assert_says(raw, &["session_already_available", "session_aal_already_fulfilled"]);
        }
        Ok(UpdateFlowOutcome::NoSession) => {
            assert_says(raw, &["session_inactive", "session_aal1_required"]);
        }
        Ok(UpdateFlowOutcome::AddressNotVerified { .. }) => {
            assert_says(raw, &["session_verified_address_required"]);
        }
        Ok(UpdateFlowOutcome::IdentityDisabled) => assert_says(raw, &["identity_disabled"]),
        Ok(other) => unreachable!("{other:?}"),
        Err(error) => shows_nothing(&error),
    }
}

/// That an error envelope with a status of the caller's says one of these ids, or none and a
/// reason.
fn assert_says(raw: &Raw<'_>, ids: &[&str]) {
    assert!(raw.status.is_client_error());
    let error = raw.envelope().expect("only an envelope says so");
    let id = error.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    match id {
        Some(id) if ids.contains(&id) => {}
        _ => assert!(error["reason"].is_string() || error["message"].is_string(), "{error}"),
    }
}

fn other_outcomes(raw: &Raw<'_>) {
    let status = raw.status.as_u16();
    let is_web = |url: Option<Url>| url.is_none_or(|url| matches!(url.scheme(), "http" | "https"));
    let created = fuzzing::created::<Login>(raw.answer(ReasonVisibility::Hidden));
    let _ = format!("{created:?}");
    match created {
        Ok(CreateFlowOutcome::Flow(_)) => assert_eq!(status, 200),
        Ok(CreateFlowOutcome::AlreadyLoggedIn) => {
            assert_says(raw, &["session_already_available", "session_aal_already_fulfilled"]);
        }
        Ok(CreateFlowOutcome::NoSession) => {
            assert_says(raw, &["session_inactive", "session_aal1_required"]);
        }
        Ok(CreateFlowOutcome::SecondFactorRequired { redirect_to }) => {
            assert_says(raw, &["session_aal2_required"]);
            assert!(is_web(redirect_to));
        }
        Ok(other) => unreachable!("{other:?}"),
        Err(error) => shows_nothing(&error),
    }
    let fetched = fuzzing::fetched::<Settings>(raw.answer(ReasonVisibility::Hidden));
    let _ = format!("{fetched:?}");
    match fetched {
        Ok(GetFlowOutcome::Flow(_)) => assert_eq!(status, 200),
        Ok(GetFlowOutcome::Gone { redirect_to }) => {
            assert_eq!(status, 410);
            assert!(is_web(redirect_to));
            raw.envelope().expect("only an envelope says that a flow is over");
        }
        Ok(GetFlowOutcome::NoSession) => assert_says(raw, &["session_inactive"]),
        Ok(GetFlowOutcome::SecondFactorRequired { redirect_to }) => {
            assert_says(raw, &["session_aal2_required"]);
            assert!(is_web(redirect_to));
        }
        Ok(other) => unreachable!("{other:?}"),
        Err(error) => shows_nothing(&error),
    }
    let exchanged = fuzzing::exchanged(raw.answer(ReasonVisibility::Hidden));
    let _ = format!("{exchanged:?}");
    match exchanged {
        Ok(TokenExchangeOutcome::LoggedIn(_)) => assert_eq!(status, 200),
        Ok(TokenExchangeOutcome::NoSession { flow: Some(_) }) => assert_eq!(status, 422),
        Ok(TokenExchangeOutcome::NoSession { flow: None }) => {
            assert_eq!(status, 404);
            raw.envelope().expect("only an envelope says that there is no session");
        }
        Ok(other) => unreachable!("{other:?}"),
        Err(error) => shows_nothing(&error),
    }
}

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(data).ok()?;
    let _ = format!("{value:?}");
    let written = serde_json::to_vec(&value).expect("a value can be written");
    let again: T = serde_json::from_slice(&written).expect("what was written can be read");
    let first = serde_json::to_value(&value).expect("a value can be written");
    let second = serde_json::to_value(&again).expect("a value can be written");
    assert_eq!(first, second);
    assert!(again == value, "{value:?} is not {again:?}");
    Some(value)
}

/// No error quotes what came: an address or a line break in it would be from there.
fn shows_nothing(error: &Error) {
    let shown = format!("{error} {error:?} {:?}", error.violations());
    if !matches!(error.kind(), kratos_client::ErrorKind::NotJson { .. })
        && error.violations().is_empty()
    {
        assert!(!shown.contains('@'), "{shown}");
    }
    assert!(!shown.contains(char::is_control), "{shown:?}");
}
