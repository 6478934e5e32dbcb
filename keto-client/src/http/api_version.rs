//! Keto moved its routes in v0.9; this finds out which side of that a server is on.

use crate::http::KetoClient;
use http::{Method, StatusCode};
use ory_http::Error;
use ory_http::{Detected, Request, Response};
use std::str::FromStr;

/// Which routes a Keto has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Find out with the first call, and remember it for the client's life.
    #[default]
    Auto,
    /// Today's: `/relation-tuples/check/openapi`, `/admin/relation-tuples`. Ory Network, too.
    Current,
    /// The line of v0.7: `/check`, and `/relation-tuples` on the write port.
    V0_7,
}

impl FromStr for Dialect {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "auto" => Ok(Self::Auto),
            "current" => Ok(Self::Current),
            "v0.7" => Ok(Self::V0_7),
            _ => Err(()),
        }
    }
}

/// A dialect that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Current,
    V0_7,
}

impl Dialect {
    pub(super) fn discovered(self) -> Detected<Known> {
        match self {
            Self::Auto => Detected::unknown(),
            Self::Current => Detected::known(Known::Current),
            Self::V0_7 => Detected::known(Known::V0_7),
        }
    }
}

impl KetoClient {
    /// The server's dialect, found out by the first call that needs it.
    pub(super) async fn dialect(&self) -> Result<Known, Error> {
        let client = self.clone();
        let find = || async move {
            client.0.transport.as_one_call("find dialect", client.find_dialect()).await
        };
        self.0.dialect.get(find).await
    }

    /// Asks each dialect's check route a question without a subject: where the route exists that
    /// is a bad request, and it changes nothing.
    async fn find_dialect(&self) -> Result<Known, Error> {
        let current = self.probe(&["relation-tuples", "check", "openapi"]).await?;
        if is_keto_refusal(&current) {
            return Ok(Known::Current);
        }
        if current.status() != StatusCode::NOT_FOUND {
            return Err(current.into_error());
        }
        let legacy = self.probe(&["check"]).await?;
        if is_keto_refusal(&legacy) {
            return Ok(Known::V0_7);
        }
        if legacy.status() == StatusCode::NOT_FOUND {
            return Err(legacy.unexpected("neither dialect's check route exists"));
        }
        Err(legacy.into_error())
    }

    async fn probe(&self, path: &[&'static str]) -> Result<Response, Error> {
        let url = self.0.read.join(path.iter().copied());
        self.0.transport.send(Request::new("find dialect", Method::GET, url)).await
    }
}

fn is_keto_refusal(answer: &Response) -> bool {
    answer.status() == StatusCode::BAD_REQUEST && answer.server_error().is_some()
}
