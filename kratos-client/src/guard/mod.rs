//! Protects routes by sessions, in any framework whose requests are those of `http`.
//!
//! [`SessionGuard`] decides whether a request may pass and answers the others. It is a layer of
//! tower and axum (features `tower` and `axum`) and a middleware of actix-web (feature `actix`).
//! Behind it, a handler reads the session by the extractors [`ActiveSession`], [`OptionalSession`]
//! and [`ActiveIdentity`]. However many of them ask, Kratos is asked once for each request.
//!
//! # Answers
//!
//! | reason | a browser that opens a page | a script, an API client or a WebSocket |
//! |---|---|---|
//! | no session | 302 to the login, with the way back | 401 |
//! | a second factor is missing | 302 to the second factor, with the way back | 401, `insufficient_user_authentication` (RFC 9470) |
//! | the login is too long ago | 302 to the login with `refresh=true`, with the way back | 401, `insufficient_user_authentication` |
//! | came back from the login, and it is still missing | 403 | 401 |
//! | the session or the identity is not active | 403 | 403 |
//! | another site sent the request | 403 | 403 |
//! | Kratos gave no valid response | 503 | 503 |
//! | an extractor without a guard around its route | 500 | 500 |
//!
//! Statuses without a redirect have an HTML page for a browser, and a problem detail
//! (`application/problem+json`, RFC 9457) for all others. [`SessionGuard::on_refusal`] replaces any
//! of them. A CORS preflight, which never carries a credential, gets 204 without any CORS header:
//! put the CORS layer of the framework around the guard.

mod cross_site;
mod current_session;
mod extractors;
mod forward_auth;
mod login_redirect;
mod paths;
mod refusal;
mod session_guard;
mod signed_in;

pub use cross_site::{RequestSource, request_source};
pub use extractors::{ActiveIdentity, ActiveSession, OptionalSession};
pub use forward_auth::{ForwardAuth, identity_headers};
pub use login_redirect::LoginStep;
pub use ory_http::guard::{Caller, CurrentPrincipal, Principal, Problem, Refused};
pub use refusal::Refusal;
pub use session_guard::SessionGuard;
pub use signed_in::SignedIn;
