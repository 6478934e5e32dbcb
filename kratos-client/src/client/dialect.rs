//! Kratos moved its admin API below `/admin` after v0.8; this finds out where a server has it.

use super::KratosClient;
use crate::Error;
use http::{Method, StatusCode};
use ory_http::{Answer, BaseUrl, Request};
use std::{str::FromStr, sync::OnceLock};

/// Which admin API a Kratos has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Find out with the first call, and remember it for the client's life.
    #[default]
    Auto,
    /// Today's, below `/admin`. Ory Network, too.
    Current,
    /// The line of v0.8: no `/admin`, and fewer operations.
    V0_8,
}

impl FromStr for Dialect {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "auto" => Ok(Self::Auto),
            "current" => Ok(Self::Current),
            "v0.8" => Ok(Self::V0_8),
            _ => Err(()),
        }
    }
}

/// A dialect that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Current,
    V0_8,
}

/// What is known of the server's dialect so far.
#[derive(Debug)]
pub(super) struct Speech(OnceLock<Known>);

impl Speech {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self(match dialect {
            Dialect::Auto => OnceLock::new(),
            Dialect::Current => OnceLock::from(Known::Current),
            Dialect::V0_8 => OnceLock::from(Known::V0_8),
        })
    }
}

/// No identity has this id.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

impl KratosClient {
    /// The server's dialect; a failure is not remembered. Concurrent first calls ask each for
    /// itself: in a queue, the last one would wait for the time limits of all others where the
    /// server hangs.
    pub(super) async fn dialect(&self, admin: &BaseUrl) -> Result<Known, Error> {
        if let Some(known) = self.0.speech.0.get() {
            return Ok(*known);
        }
        let found = self.find_dialect(admin).await?;
        Ok(*self.0.speech.0.get_or_init(|| found))
    }

    /// Asks each dialect's route for an identity that does not exist: where the route exists
    /// Kratos itself says so, and nobody's data is on the way. Today's comes first, because
    /// today's server answers the other route as well.
    async fn find_dialect(&self, admin: &BaseUrl) -> Result<Known, Error> {
        let current = self.probe(admin, &["admin", "identities", NOBODY]).await?;
        if is_kratos_refusal(&current) {
            return Ok(Known::Current);
        }
        if current.status() != StatusCode::NOT_FOUND {
            return Err(current.into_error());
        }
        let legacy = self.probe(admin, &["identities", NOBODY]).await?;
        if is_kratos_refusal(&legacy) {
            return Ok(Known::V0_8);
        }
        if legacy.status() == StatusCode::NOT_FOUND {
            return Err(legacy.unexpected("neither dialect's admin API exists"));
        }
        Err(legacy.into_error())
    }

    async fn probe(&self, admin: &BaseUrl, path: &[&str]) -> Result<Answer, Error> {
        let url = admin.join(path.iter().copied());
        self.0.transport.send(Request::new("find dialect", Method::GET, url)).await
    }
}

fn is_kratos_refusal(answer: &Answer) -> bool {
    answer.status() == StatusCode::NOT_FOUND && answer.server_error().is_some()
}
