//! The endpoint that a proxy asks about each request.

use crate::model::session::Session;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header::HOST, request::Parts,
};
use ory_http::guard::{Caller, Guard, Problem, Refused};

/// Makes the routes and guards behind it decide about the request that a proxy asks about.
///
/// | proxy | directive | constructor | the request is named by |
/// |---|---|---|---|
/// | nginx | `auth_request` | [`ForwardAuth::nginx`] | `X-Original-Method`, `X-Original-URI` |
/// | Traefik | `forwardAuth` | [`ForwardAuth::traefik`] | `X-Forwarded-Method`, `X-Forwarded-Uri`, `X-Forwarded-Host` |
/// | Caddy | `forward_auth` | [`ForwardAuth::caddy`] | the same |
/// | Envoy | `ext_authz` over HTTP | [`ForwardAuth::envoy`] | its own method and path |
///
/// No answer is a redirect, unless [`ForwardAuth::redirect_browsers`] asks for it: a proxy gets 200, or
/// one of the statuses of a script, and 400 if a header is missing, not valid, or there twice. A path
/// with a segment that is `.`, `..` or empty gets 403, because the application may take it for another
/// path. Behind the guards, answer 200 with [`identity_headers`].
///
/// Around a whole router, the routes are those of the application behind the proxy, so that each has a
/// permission of its own, and `{id}` in its template is a parameter of the path that the proxy names.
/// An application may take a path in another case, with a slash at its end or with a parameter after a
/// semicolon for the same path, and the router here does not: a route for all other paths must ask for no
/// less than the routes beside it.
/// A path without a route gets 404, which no proxy takes for an allow; nginx answers 500 then, unless the
/// router has a fallback that answers 403. In axum that is
/// `ForwardAuth::routes`, in actix-web a middleware of the `App`, the outermost one, and in tower a
/// layer around the router.
///
/// The endpoint tells a caller nothing but what that caller's own credential may see. It needs no
/// protection from the outside. But the proxy must set the headers of the table on each request to it,
/// and so replace what an outside request has in their place: those of Traefik and Caddy are set by
/// default, and nginx needs
///
/// ```nginx
/// proxy_set_header X-Original-Method $request_method;
/// proxy_set_header X-Original-URI $request_uri;
/// proxy_set_header Host $http_host;
/// proxy_pass_request_body off;
/// proxy_set_header Content-Length "";
/// ```
#[derive(Clone, Debug)]
pub struct ForwardAuth {
    names: Option<Names>,
    passes_redirects: bool,
    redirects_browsers: bool,
}

/// A proxy that takes a redirect for an error: the URL is in a response with status 401.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoRedirects;

/// The names of the headers that name the request.
#[derive(Clone, Debug)]
struct Names {
    method: HeaderName,
    uri: HeaderName,
    host: Option<HeaderName>,
}

impl ForwardAuth {
    /// For nginx: `X-Original-Method` and `X-Original-URI` name the request.
    pub fn nginx() -> Self {
        let names = Names {
            method: HeaderName::from_static("x-original-method"),
            uri: HeaderName::from_static("x-original-uri"),
            host: None,
        };
        Self { names: Some(names), passes_redirects: false, redirects_browsers: false }
    }

    /// For Traefik: `X-Forwarded-Method`, `X-Forwarded-Uri` and `X-Forwarded-Host` name the request.
    pub fn traefik() -> Self {
        let names = Names {
            method: HeaderName::from_static("x-forwarded-method"),
            uri: HeaderName::from_static("x-forwarded-uri"),
            host: Some(HeaderName::from_static("x-forwarded-host")),
        };
        Self { names: Some(names), ..Self::envoy() }
    }

    /// For Caddy, which names the request as Traefik does.
    pub fn caddy() -> Self {
        Self::traefik()
    }

    /// For Envoy, which sends the method and the path of the request. A `path_prefix` is a part of
    /// the path.
    pub fn envoy() -> Self {
        Self { names: None, passes_redirects: true, redirects_browsers: false }
    }

    /// Answers a browser that opens a page as the guards do where no proxy asks: with a redirect to the
    /// login and an HTML page, see the [table](crate::guard#answers). All others get the statuses of a
    /// script. The browser comes back to the URL of the session guard that has the host of the request
    /// ([`SessionGuard::allow_origin`](crate::guard::SessionGuard::allow_origin) adds one), or to the
    /// first.
    ///
    /// Traefik and Caddy pass the response on, and so does Envoy if `allowed_client_headers` has
    /// `location`. nginx cannot; it gets 401 with the URL in the header `Location`:
    ///
    /// ```nginx
    /// auth_request_set $login $upstream_http_location;
    /// error_page 401 =302 $login;
    /// ```
    #[must_use]
    pub fn redirect_browsers(self) -> Self {
        Self { redirects_browsers: true, ..self }
    }
}

impl Guard for ForwardAuth {
    const REWRITES_REQUEST: bool = true;

    async fn check(&self, request: &mut Parts) -> Result<(), Refused> {
        // A proxy may keep the header by which a browser upgrades to a WebSocket to itself.
        let is_websocket = request.headers.contains_key("sec-websocket-key")
            || Caller::of(request) == Caller::WebSocket;
        if let Some(names) = &self.names {
            names.rewrite(request)?;
        }
        if is_ambiguous(request.uri.path()) {
            let detail = "The path has a segment that is empty, . or ..";
            return Err(refuse(StatusCode::FORBIDDEN, detail));
        }
        let caller = match Caller::of(request) {
            _ if is_websocket => Caller::WebSocket,
            Caller::Browser if self.redirects_browsers => Caller::Browser,
            // A preflight as well: the 204 that it gets from a guard would be an allow.
            _ => Caller::Script,
        };
        request.extensions.insert(caller);
        if !self.passes_redirects {
            request.extensions.insert(NoRedirects);
        }
        Ok(())
    }
}

impl Names {
    fn rewrite(&self, request: &mut Parts) -> Result<(), Refused> {
        let method = value(request, &self.method, |method| Method::from_bytes(method).ok())?;
        let uri = value(request, &self.uri, |uri| {
            let is_path = uri.starts_with(b"/");
            Uri::try_from(uri).ok().filter(|_| is_path)
        })?;
        if let Some(name) = &self.host {
            let host = value(request, name, |host| HeaderValue::from_bytes(host).ok())?;
            request.headers.insert(HOST, host);
        }
        (request.method, request.uri) = (method, uri);
        Ok(())
    }
}

/// The value of a header that the proxy must have set.
fn value<T>(
    request: &Parts,
    name: &HeaderName,
    parse: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, Refused> {
    let mut values = request.headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none());
    value.and_then(|value| parse(value.as_bytes())).ok_or_else(|| {
        let detail = format!("The proxy must set one valid header {name}.");
        refuse(StatusCode::BAD_REQUEST, &detail)
    })
}

/// Whether a segment of the path is `.`, `..` or empty, by any way in which servers read it. The
/// application may remove it, and so show another page than the one that is decided about.
fn is_ambiguous(path: &str) -> bool {
    if !path.contains(['%', '\\', ';']) {
        return has_ambiguous_segment(path);
    }
    let mut path = path.to_ascii_lowercase();
    for (encoded, decoded) in [("%2e", "."), ("%2f", "/"), ("%5c", "/"), ("\\", "/"), ("%3b", ";")]
    {
        path = path.replace(encoded, decoded);
    }
    has_ambiguous_segment(&path)
}

fn has_ambiguous_segment(path: &str) -> bool {
    // Some servers take what follows a semicolon for a parameter of the segment.
    let segments = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
    let mut segments = segments.skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        if matches!(segment, "." | "..") || (segment.is_empty() && !is_last) {
            return true;
        }
    }
    false
}

fn refuse(status: StatusCode, detail: &str) -> Refused {
    Problem::new(status, detail).respond(Caller::Script)
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
