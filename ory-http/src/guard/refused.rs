//! The error of a request that a guard or an extractor refuses.

use bytes::Bytes;
use http::Response;
use std::{error::Error, fmt};

/// The error of a request that a guard or an extractor refuses. It holds the whole response.
pub struct Refused(Box<Response<Bytes>>);

impl Refused {
    /// Refuses a request with this response.
    pub fn new(response: Response<Bytes>) -> Self {
        Self(Box::new(response))
    }

    /// The response.
    pub fn response(&self) -> &Response<Bytes> {
        &self.0
    }

    /// The response.
    pub fn into_response(self) -> Response<Bytes> {
        *self.0
    }
}

impl From<Response<Bytes>> for Refused {
    fn from(response: Response<Bytes>) -> Self {
        Self::new(response)
    }
}

// Without headers and body: a redirect names the URL that was asked for.
impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refused").field(&self.0.status()).finish()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request was refused with {}", self.0.status())
    }
}

impl Error for Refused {}
