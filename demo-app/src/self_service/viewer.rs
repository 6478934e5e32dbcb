//! The browser that asks: who is logged in, and what Kratos is told of it.

use super::SelfService;
use crate::cookies::cookies;
use actix_web::{HttpRequest, http::header};
use http::HeaderMap;
use kratos_client::{
    CookieHeader, Session, Sessions, Whoami,
    flow::{Browser, BrowserDevice, Caller},
    guard::{RequestSource, request_source},
};
use std::{net::Ipv4Addr, sync::Arc};

/// Whether a page of this app sent the request, as the browser tells.
pub(super) fn is_from_this_site(app: &SelfService, request: &HttpRequest) -> bool {
    let headers = forwarded(request, &["sec-fetch-site", "origin", "host"]);
    let origins = std::slice::from_ref(&app.public_url);
    request_source(&headers, origins) == RequestSource::Allowed
}

/// These headers of a request. actix-web has header types of its own.
fn forwarded(request: &HttpRequest, names: &[&'static str]) -> HeaderMap {
    let mut forwarded = HeaderMap::new();
    for name in names {
        for value in request.headers().get_all(*name) {
            if let Ok(value) = value.as_bytes().try_into() {
                forwarded.append(*name, value);
            }
        }
    }
    forwarded
}

/// The session of a request, if somebody is logged in.
pub(super) async fn session(app: &SelfService, request: &HttpRequest) -> Option<Arc<Session>> {
    let cookies = cookies(request)?;
    match app.kratos.whoami(&cookies).await {
        Ok(Whoami::Active(session)) => Some(session),
        // The page itself tells what goes wrong; the header only lacks a name then.
        _ => None,
    }
}

/// The browser as Kratos is told of it, with its device.
pub(super) fn caller(app: &SelfService, request: &HttpRequest) -> Caller {
    let headers = request.headers();
    let peer = request.peer_addr().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.ip());
    let forwarded = forwarded(request, &["user-agent", "accept-language", "x-forwarded-for"]);
    let device = BrowserDevice::of_request(peer, &forwarded, &app.proxies);
    let cookies = headers.get_all(header::COOKIE).map(header::HeaderValue::as_bytes);
    Caller::Browser(Browser::new(CookieHeader::from_headers(cookies)).device(device))
}
