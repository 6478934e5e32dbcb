//! The guard that lets requests with a valid token pass.

use crate::jwt::verifier::{JwtVerifier, TokenError};
use http::{HeaderValue, StatusCode, request::Parts};
use ory_http::guard::{
    Caller, CurrentPrincipal, Guard, Principal, Problem, Refused, log_unavailable, preflight,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// Lets requests pass whose `Authorization` has a valid JSON Web Token, and answers all others with
/// 401, or 503 if the keys can't be fetched. A CORS preflight, which never carries a token, gets 204
/// without any CORS header: put the CORS layer of the framework around the guard.
///
/// It is a layer of tower and axum, and a middleware of actix-web. Guards of permissions behind it know
/// who is logged in by the claim `sub`.
#[derive(Clone, Debug)]
pub struct TokenGuard(JwtVerifier);

impl TokenGuard {
    /// Creates a guard from a verifier.
    pub fn new(verifier: JwtVerifier) -> Self {
        Self(verifier)
    }
}

/// Extractor: the claims of the token, as `T`, behind a [`TokenGuard`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedClaims<T = Value>(pub T);

/// The claims of a request.
#[derive(Clone)]
struct Claims(Arc<Value>);

impl Principal for Claims {
    fn id(&self) -> &str {
        self.0["sub"].as_str().unwrap_or_default()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

impl Guard for TokenGuard {
    async fn check(&self, request: &mut Parts) -> Result<(), Refused> {
        if Caller::of(request) == Caller::Preflight {
            return Err(preflight());
        }
        match self.0.verify_headers(&request.headers).await {
            Ok(claims) => {
                let claims = Claims(Arc::new(claims));
                request.extensions.insert(claims.clone());
                request.extensions.insert(CurrentPrincipal(Arc::new(claims)));
                Ok(())
            }
            Err(error) => Err(refuse(&error, request)),
        }
    }
}

fn refuse(error: &TokenError, request: &Parts) -> Refused {
    let unauthorized = |detail, challenge| {
        let problem = Problem::new(StatusCode::UNAUTHORIZED, detail);
        problem.challenge(HeaderValue::from_static(challenge))
    };
    let problem = match error {
        TokenError::Missing => unauthorized("Send a token.", "Bearer realm=\"Ory Kratos\""),
        TokenError::Invalid => {
            unauthorized("The token is not valid.", "Bearer error=\"invalid_token\"")
        }
        TokenError::Unavailable(error) => {
            log_unavailable(error);
            let detail = "Whether the token is valid can't be found out right now.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
        }
    };
    problem.respond(Caller::of(request))
}

impl<T: DeserializeOwned> VerifiedClaims<T> {
    /// Reads the claims of a request that is behind a [`TokenGuard`], in a framework without an
    /// extractor of its own.
    ///
    /// # Errors
    /// The response with status 500 if no guard is around the route, or 401 if the claims do not match
    /// the type.
    pub fn from_parts(request: &Parts) -> Result<Self, Refused> {
        let Some(Claims(claims)) = request.extensions.get::<Claims>() else {
            let detail = "The server is not set up for this route: no token guard is around it.";
            let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
            return Err(problem.respond(Caller::of(request)));
        };
        T::deserialize(&**claims).map(Self).map_err(|_| refuse(&TokenError::Invalid, request))
    }
}
