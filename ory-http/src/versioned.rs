//! Requests whose route depends on the version of the server.

use crate::{
    detected::{Detected, Proved},
    endpoint::Endpoint,
    error::Error,
    request::Request,
    response::Response,
};

/// Sends a request that depends on the server's version, which `detect` finds out where it is not
/// known. Where the server turns out not to have the route any more, nothing was done, and the
/// request of the version that it has now is sent. All of it is one operation with one deadline.
pub async fn send_versioned<V, F>(
    endpoint: &Endpoint,
    operation: &'static str,
    version: &Detected<V>,
    detect: impl Fn() -> F,
    request: impl Fn(V) -> Result<Request, Error>,
) -> Result<(V, Response), Error>
where
    V: Copy + PartialEq + Send + Sync + 'static,
    F: Future<Output = Result<Proved<V>, Error>> + Send + 'static,
{
    let call = async {
        let before = version.get_or_detect(&detect).await?;
        let response = endpoint.send(request(before)?).await?;
        if !response.is_route_not_found() || !version.contradict(before) {
            return Ok((before, response));
        }
        let now = version.get_or_detect(&detect).await?;
        if now == before {
            return Ok((before, response));
        }
        Ok((now, endpoint.send(request(now)?).await?))
    };
    endpoint.operation(operation, call).await
}
