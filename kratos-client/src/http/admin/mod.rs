//! The admin API over HTTP.

mod courier;
mod identities;
mod recovery;
pub(crate) mod request_body;
mod sessions;

use crate::http::{KratosClient, api_version::DetectedVersion};
use http::Method;
use ory_http::{Endpoint, Error, ErrorKind, Request, Response};

impl KratosClient {
    /// Sends a request of the admin API that v0.8 does not have.
    pub(in crate::http) async fn send_current_admin(
        &self,
        operation: &'static str,
        request: impl Fn(&Endpoint) -> Result<Request, Error>,
    ) -> Result<Response, Error> {
        let request = |admin: &Endpoint, version| match version {
            DetectedVersion::Current => request(admin),
            DetectedVersion::V0_8 => {
                Err(unsupported(operation, "Kratos v0.8 has no such operation"))
            }
        };
        Ok(self.send_admin(operation, request).await?.1)
    }
}

/// A request of the admin API by today's route, which v0.8 has without its first segment.
fn admin_request(
    admin: &Endpoint,
    version: DetectedVersion,
    (operation, method): (&'static str, Method),
    route: &'static str,
    values: &[&str],
) -> Result<Request, Error> {
    let route = match version {
        DetectedVersion::Current => route,
        DetectedVersion::V0_8 => route.strip_prefix("/admin").unwrap_or(route),
    };
    admin.request_with(operation, method, route, values)
}

fn unsupported(operation: &'static str, problem: &'static str) -> Error {
    Error::new(operation, ErrorKind::Unsupported { problem })
}
