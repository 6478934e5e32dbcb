//! An end to calls that take too long.

use crate::{Error, ErrorKind};
use std::time::Instant;

/// What a call comes to by a point in time.
///
/// # Errors
/// Those of the call, and [`ErrorKind::Timeout`] if it has not ended by then. It is dropped then.
pub async fn until<T>(
    deadline: Instant,
    operation: &'static str,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout_at(deadline.into(), call).await {
        Ok(result) => result,
        Err(elapsed) => Err(Error::new(operation, ErrorKind::Timeout(elapsed.into()))),
    }
}
