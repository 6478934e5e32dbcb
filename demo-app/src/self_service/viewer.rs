//! The browser that asks: who is logged in, and what Kratos is told of it.

use super::SelfService;
use crate::routes::cookies;
use actix_web::{HttpRequest, http::header};
use kratos_client::{
    CookieHeader, Session, Sessions, Whoami,
    flow::{Browser, BrowserDevice, Caller},
};
use std::{net::Ipv4Addr, sync::Arc};

/// The most characters of a name in the header.
const MAX_NAME: usize = 60;

/// The session of a request, if somebody is logged in.
pub(super) async fn session(app: &SelfService, request: &HttpRequest) -> Option<Arc<Session>> {
    let cookies = cookies(request)?;
    match app.kratos.whoami(&cookies).await {
        Ok(Whoami::Active(session)) => Some(session),
        // The page itself tells what goes wrong; the header only lacks a name then.
        _ => None,
    }
}

/// What to call somebody: the email or user name, or else the identity's id.
pub(super) fn name(session: &Session) -> String {
    let traits = &session.identity.traits;
    let known = ["email", "username"].into_iter().find_map(|name| traits.get(name)?.as_str());
    let name = known.unwrap_or_else(|| session.identity.id.as_str());
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

/// The browser as Kratos is told of it, with its device.
pub(super) fn caller(app: &SelfService, request: &HttpRequest) -> Caller {
    let headers = request.headers();
    let peer = request.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
    // actix-web has header types of its own.
    let mut forwarded = kratos_client::dependencies::http::HeaderMap::new();
    for name in ["user-agent", "accept-language", "x-forwarded-for"] {
        for value in headers.get_all(name) {
            if let Ok(value) = value.as_bytes().try_into() {
                forwarded.append(name, value);
            }
        }
    }
    let device = BrowserDevice::of_request(peer, &forwarded, &app.proxies);
    let cookies = headers.get_all(header::COOKIE).map(header::HeaderValue::as_bytes);
    Caller::Browser(Browser::new(CookieHeader::from_headers(cookies)).device(device))
}
