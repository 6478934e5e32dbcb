//! The admin API over HTTP.

mod courier;
mod identities;
mod list;
mod recovery;
mod schemas;
mod sessions;
mod wire;

use super::{KratosClient, dialect::Known};
use crate::{Error, ErrorKind};
use http::StatusCode;
use ory_http::Request;
use serde::de::DeserializeOwned;
use url::Url;

impl KratosClient {
    /// The dialect, and where it has a path of the admin API.
    async fn admin(&self, operation: &'static str, path: &[&str]) -> Result<(Known, Url), Error> {
        check_path(operation, path)?;
        let admin = self.admin_url(operation)?;
        let dialect = self.dialect(admin).await?;
        let prefix: &[&str] = if dialect == Known::Current { &["admin"] } else { &[] };
        Ok((dialect, admin.join(prefix.iter().chain(path).copied())))
    }

    /// Where a path of the admin API is that v0.8 does not have.
    async fn current_admin(&self, operation: &'static str, path: &[&str]) -> Result<Url, Error> {
        match self.admin(operation, path).await? {
            (Known::Current, url) => Ok(url),
            (Known::V0_8, _) => Err(unsupported(operation, "v0.8 has no such operation")),
        }
    }

    /// Sends a request that is answered with a value and this status.
    async fn ask<T: DeserializeOwned>(
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

/// Refuses ids that would make it another path: a delete of one thing must never become one of
/// something else.
fn check_path(operation: &'static str, path: &[&str]) -> Result<(), Error> {
    if path.iter().all(|segment| !matches!(*segment, "" | "." | "..")) {
        return Ok(());
    }
    let problem = "an id that is empty or only dots".to_owned();
    Err(Error::new(operation, ErrorKind::InvalidInput { problem }))
}
