//! The endpoint that a proxy asks about each request.

use crate::model::session::Session;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header::HOST, request::Parts};
use ory_http::guard::{Caller, Guard, Refused};

/// Makes the guards behind it decide about the request that a proxy asks about: of nginx
/// (`auth_request`), Traefik (`forwardAuth`), Caddy (`forward_auth`) or Envoy (`ext_authz` over HTTP).
///
/// Method, host, path and query are those that the proxy names by `X-Forwarded-Method`,
/// `X-Forwarded-Host` and `X-Forwarded-Uri`, or by `X-Original-Method` and `X-Original-URI`. No answer
/// is a redirect: a proxy gets 200, or one of the statuses of a script. Behind the guards, answer 200
/// with [`identity_headers`].
///
/// The endpoint tells a caller nothing but what that caller's own credential may see. It needs no
/// protection from the outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct ForwardAuth;

impl Guard for ForwardAuth {
    async fn check(&self, request: &mut Parts) -> Result<(), Refused> {
        let header =
            |names: [&str; 2]| names.into_iter().find_map(|n| request.headers.get(n)).cloned();
        let method = header(["x-forwarded-method", "x-original-method"]);
        let uri = header(["x-forwarded-uri", "x-original-uri"]);
        let host = header(["x-forwarded-host", "x-original-host"]);
        if let Some(method) = method.and_then(|method| Method::from_bytes(method.as_bytes()).ok()) {
            request.method = method;
        }
        if let Some(uri) = uri.and_then(|uri| Uri::try_from(uri.as_bytes()).ok()) {
            request.uri = uri;
        }
        if let Some(host) = host {
            request.headers.insert(HOST, host);
        }
        request.extensions.insert(Caller::Script);
        Ok(())
    }
}

/// The headers by which the application behind a proxy learns who sent a request: `X-Identity-Id` and
/// `X-Session-Id`.
///
/// A response with status 200 always has both, so that the proxy replaces what an outside request may
/// have in their place. The application must be reachable by the proxy alone:
///
/// | proxy | setting |
/// |---|---|
/// | nginx | `auth_request_set $id $upstream_http_x_identity_id; proxy_set_header X-Identity-Id $id;` |
/// | Traefik | `authResponseHeaders: [X-Identity-Id, X-Session-Id]` |
/// | Caddy | `copy_headers X-Identity-Id X-Session-Id` |
/// | Envoy | `allowed_upstream_headers` with both names |
pub fn identity_headers<T>(session: &Session<T>) -> HeaderMap {
    let value = |id: &str| HeaderValue::from_str(id).unwrap_or(HeaderValue::from_static(""));
    HeaderMap::from_iter([
        (HeaderName::from_static("x-identity-id"), value(session.identity.id.as_str())),
        (HeaderName::from_static("x-session-id"), value(session.id.as_str())),
    ])
}
