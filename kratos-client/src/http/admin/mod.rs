//! The admin API over HTTP.

mod courier;
mod identities;
mod recovery;
mod sessions;
mod wire;

use crate::http::{KratosClient, api_version::Known};
use http::StatusCode;
use ory_http::Request;
use ory_http::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use url::Url;

impl KratosClient {
    /// The dialect, and where it has a path of the admin API.
    async fn admin(&self, operation: &'static str, path: &[&str]) -> Result<(Known, Url), Error> {
        let admin = self.admin_url(operation)?;
        // Refuses an odd id before anything is sent.
        admin.join_outside(operation, path)?;
        let dialect = self.dialect(admin).await?;
        let prefix: &[&str] = if dialect == Known::Current { &["admin"] } else { &[] };
        Ok((dialect, admin.join_outside(operation, &[prefix, path].concat())?))
    }

    /// Where a path of the admin API is that v0.8 does not have.
    async fn current_admin(&self, operation: &'static str, path: &[&str]) -> Result<Url, Error> {
        match self.admin(operation, path).await? {
            (Known::Current, url) => Ok(url),
            (Known::V0_8, _) => Err(unsupported(operation, "v0.8 has no such operation")),
        }
    }

    /// Sends a request that is answered with a value and this status.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        request: Request,
        expected: StatusCode,
    ) -> Result<T, Error> {
        let answer = self.0.transport.send(request).await?;
        if answer.status() == expected { answer.json() } else { Err(answer.into_error()) }
    }

    /// Sends a request that is answered without a value.
    async fn tell(&self, request: Request) -> Result<(), Error> {
        let answer = self.0.transport.send(request).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(()),
            _ => Err(answer.into_error()),
        }
    }
}

fn unsupported(operation: &'static str, problem: &'static str) -> Error {
    Error::new(operation, ErrorKind::Unsupported { problem })
}
