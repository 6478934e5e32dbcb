//! Verifies JSON Web Tokens without a call to Kratos: sessions that
//! [`tokenize`](crate::MySessions::tokenize) makes, and those of the `id_token` mutator of Ory
//! Oathkeeper.
//!
//! A token can't be revoked: it is valid until it expires, whatever happens to its session.
//!
//! - <https://www.ory.com/docs/identities/session-to-jwt-cors>
//! - <https://www.ory.com/docs/oathkeeper/pipeline/mutator#id_token>

mod guard;
mod keys;
mod verifier;

pub use guard::{TokenGuard, VerifiedClaims};
pub use verifier::{Algorithm, JwtVerifier, JwtVerifierBuilder, TokenError};
