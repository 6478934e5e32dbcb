//! Keto moved its routes in v0.9; this finds out which side of that a server is on.

use super::KetoClient;
use crate::Error;
use http::{Method, StatusCode};
use ory_http::{Answer, Request};
use std::str::FromStr;
use tokio::sync::OnceCell;

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

/// What is known of the server's dialect so far.
#[derive(Debug)]
pub(super) struct Speech(OnceCell<Known>);

impl Speech {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self(match dialect {
            Dialect::Auto => OnceCell::new(),
            Dialect::Current => OnceCell::new_with(Some(Known::Current)),
            Dialect::V0_7 => OnceCell::new_with(Some(Known::V0_7)),
        })
    }
}

impl KetoClient {
    /// The server's dialect. Concurrent first calls ask once; a failure is not remembered.
    pub(super) async fn dialect(&self) -> Result<Known, Error> {
        self.0.speech.0.get_or_try_init(|| self.find_dialect()).await.copied()
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

    async fn probe(&self, path: &[&'static str]) -> Result<Answer, Error> {
        let url = self.0.read.join(path.iter().copied());
        self.0.transport.send(Request::new("find dialect", Method::GET, url)).await
    }
}

fn is_keto_refusal(answer: &Answer) -> bool {
    answer.status() == StatusCode::BAD_REQUEST && answer.server_error().is_some()
}
