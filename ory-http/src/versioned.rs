//! Requests whose route depends on the API version of the server.

use crate::{
    detected::{Detected, Detection},
    endpoint::Endpoint,
    error::Error,
    request::Request,
    response::Response,
};

/// Sends a request that depends on the API version of the server, and returns that version with
/// the response. `detect` runs if the version is neither configured nor cached.
///
/// If the server answers that the route does not exist, it has done nothing: the version is
/// detected again, and if it has changed, the request of the new version is sent. Both requests
/// and the detection share one deadline.
///
/// # Errors
/// Returns the error of the detection, of `request`, or of the call.
pub async fn send_versioned<V, F>(
    endpoint: &Endpoint,
    operation: &'static str,
    version: &Detected<V>,
    detect: impl Fn() -> F,
    request: impl Fn(V) -> Result<Request, Error>,
) -> Result<(V, Response), Error>
where
    V: Copy + PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<Detection<V>, Error>> + Send + 'static,
{
    let call = async {
        let before = version.get_or_detect(&detect).await?;
        let response = endpoint.send(request(before)?).await?;
        if !response.is_route_not_found() || !version.invalidate(before) {
            return Ok((before, response));
        }
        let now = version.get_or_detect(&detect).await?;
        if now == before {
            return Ok((before, response));
        }
        Ok((now, endpoint.send(request(now)?).await?))
    };
    endpoint.with_deadline(operation, call).await
}
