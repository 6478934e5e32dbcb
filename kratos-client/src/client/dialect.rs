//! Kratos moved its admin API below `/admin` after v0.8 and gave people lists of their sessions;
//! this finds out which side of that a server is on.

use super::KratosClient;
use crate::{Error, ErrorKind};
use http::{Method, StatusCode};
use ory_http::{Discovered, Request};
use std::str::FromStr;

/// Which operations a Kratos has, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Find out with the first call, and remember it for the client's life.
    #[default]
    Auto,
    /// Today's, with its admin API below `/admin`. Ory Network, too.
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

impl Dialect {
    pub(super) fn discovered(self) -> Discovered<Known> {
        match self {
            Self::Auto => Discovered::unknown(),
            Self::Current => Discovered::known(Known::Current),
            Self::V0_8 => Discovered::known(Known::V0_8),
        }
    }
}

impl KratosClient {
    /// The server's dialect, found out by the first call that needs it.
    pub(super) async fn dialect(&self) -> Result<Known, Error> {
        let client = self.clone();
        self.0.dialect.get(|| async move { client.find_dialect().await }).await
    }

    /// Refuses an operation that the v0.8 line does not have, before anything of it is sent.
    pub(super) async fn require_current(&self, operation: &'static str) -> Result<(), Error> {
        match self.dialect().await? {
            Known::Current => Ok(()),
            Known::V0_8 => {
                let problem = "v0.8 has no such operation";
                Err(Error::new(operation, ErrorKind::Unsupported { problem }))
            }
        }
    }

    /// Asks the public API for the sessions of nobody: today's server wants to know whose, and
    /// v0.8 has no such route.
    async fn find_dialect(&self) -> Result<Known, Error> {
        let url = self.0.public.join(["sessions"]);
        let request = Request::new("find dialect", Method::GET, url).without_api_key();
        let answer = self.0.transport.send(request).await?;
        if answer.is_no_route() {
            return Ok(Known::V0_8);
        }
        match answer.status() {
            StatusCode::UNAUTHORIZED if answer.server_error().is_some() => Ok(Known::Current),
            _ => Err(answer.into_error()),
        }
    }
}
