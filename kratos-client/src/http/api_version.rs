//! Kratos moved its admin API below `/admin` after v0.8 and gave people lists of their sessions;
//! this finds out which side of that a server is on.

use crate::http::KratosClient;
use http::{Method, StatusCode};
use ory_http::{BaseUrl, Detected, Request, Response};
use ory_http::{Error, ErrorKind};
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
    pub(super) fn discovered(self) -> Detected<Known> {
        match self {
            Self::Auto => Detected::unknown(),
            Self::Current => Detected::known(Known::Current),
            Self::V0_8 => Detected::known(Known::V0_8),
        }
    }
}

/// No identity has this id.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

impl KratosClient {
    /// The server's dialect, found out at the admin API by the first call that needs it.
    pub(super) async fn dialect(&self, admin: &BaseUrl) -> Result<Known, Error> {
        let (client, admin) = (self.clone(), admin.clone());
        let find = || async move {
            let transport = &client.0.transport;
            transport.as_one_call(FIND, client.find_by_admin(&admin)).await
        };
        self.0.dialect.get(find).await
    }

    /// Refuses an operation of the public API that the v0.8 line does not have, before anything of
    /// it is sent.
    pub(super) async fn require_current(&self, operation: &'static str) -> Result<(), Error> {
        let client = self.clone();
        match self.0.dialect.get(|| async move { client.find_by_public().await }).await? {
            Known::Current => Ok(()),
            Known::V0_8 => {
                let problem = "v0.8 has no such operation";
                Err(Error::new(operation, ErrorKind::Unsupported { problem }))
            }
        }
    }

    /// Asks each dialect's route for an identity that does not exist: where the route exists
    /// Kratos itself says so, and nobody's data is on the way. Today's comes first, because
    /// today's server answers the other route as well.
    async fn find_by_admin(&self, admin: &BaseUrl) -> Result<Known, Error> {
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

    /// Asks the public API for the sessions of nobody: today's server wants to know whose, and
    /// v0.8 has no such route.
    async fn find_by_public(&self) -> Result<Known, Error> {
        let url = self.0.public.join(["sessions"]);
        let request = Request::new(FIND, Method::GET, url).without_api_key();
        let answer = self.0.transport.send(request).await?;
        if answer.is_no_route() {
            return Ok(Known::V0_8);
        }
        match answer.status() {
            StatusCode::UNAUTHORIZED if answer.server_error().is_some() => Ok(Known::Current),
            _ => Err(answer.into_error()),
        }
    }

    async fn probe(&self, admin: &BaseUrl, path: &[&'static str]) -> Result<Response, Error> {
        let url = admin.join(path.iter().copied());
        self.0.transport.send(Request::new(FIND, Method::GET, url)).await
    }
}

const FIND: &str = "find dialect";

fn is_kratos_refusal(answer: &Response) -> bool {
    answer.status() == StatusCode::NOT_FOUND && answer.server_error().is_some()
}
