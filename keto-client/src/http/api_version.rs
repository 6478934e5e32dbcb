//! The API version of a server: Keto moved its routes in v0.9.

use crate::http::KetoClient;
use http::{Method, StatusCode};
use ory_http::{ConfigError, Detected, Detection, Endpoint, Error, Request, Response};
use std::{str::FromStr, time::Duration};

/// The API version of a Keto, which determines its routes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiVersion {
    /// The first call detects the version, and a call whose route is missing detects it again. For up
    /// to a minute after an upgrade from v0.7, operations that v0.7 lacks can return
    /// [`ErrorKind::Unsupported`](ory_http::ErrorKind::Unsupported), and batches can be sent as single
    /// checks.
    #[default]
    Detect,
    /// Keto v0.9 and later, and Ory Network: `/relation-tuples/check/openapi`,
    /// `/admin/relation-tuples`.
    Current,
    /// Keto v0.7: `/check`, and `/relation-tuples` on the write API.
    V0_7,
}

impl FromStr for ApiVersion {
    type Err = ConfigError;

    /// Parses `detect`, `current` or `v0.7`.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text {
            "detect" => Ok(Self::Detect),
            "current" => Ok(Self::Current),
            "v0.7" => Ok(Self::V0_7),
            _ => Err(ConfigError::new("API version", "must be detect, current or v0.7")),
        }
    }
}

/// The detected API version of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DetectedVersion {
    Current,
    V0_7,
}

impl ApiVersion {
    pub(super) fn detected(self) -> Detected<DetectedVersion> {
        match self {
            Self::Detect => Detected::new(None),
            Self::Current => Detected::new(Some(DetectedVersion::Current)),
            Self::V0_7 => Detected::new(Some(DetectedVersion::V0_7)),
        }
    }
}

/// The time for which v0.7 is cached as the version: after an upgrade, the server still has some of the
/// old routes, so that no response reveals it.
const V0_7_TTL: Duration = Duration::from_mins(1);

const DETECT: &str = "detect API version";

impl KetoClient {
    /// Returns the API version of the server, which the first call that needs it detects.
    pub(super) async fn api_version(&self) -> Result<DetectedVersion, Error> {
        self.0.version.get_or_detect(|| self.clone().detect_version()).await
    }

    /// Sends a request that depends on the API version.
    pub(super) async fn send_versioned(
        &self,
        endpoint: &Endpoint,
        operation: &'static str,
        request: impl Fn(DetectedVersion) -> Result<Request, Error>,
    ) -> Result<(DetectedVersion, Response), Error> {
        let detect = || self.clone().detect_version();
        ory_http::send_versioned(endpoint, operation, &self.0.version, detect, request).await
    }

    /// Sends an incomplete request to the route of each version: a check without a subject, or, if the
    /// client has only the write API, a transaction without a body. If the route exists, Keto rejects
    /// it with an error envelope, and changes nothing. A missing route is no evidence, because a
    /// proxy that restarts answers the same.
    async fn detect_version(self) -> Result<Detection<DetectedVersion>, Error> {
        let (method, routes) = match self.0.read.as_option() {
            Some(_) => (Method::GET, ["/relation-tuples/check/openapi", "/check"]),
            None => (Method::PATCH, ["/admin/relation-tuples", "/relation-tuples"]),
        };
        let probe = async |route| {
            let api = self.read_or_write(DETECT)?;
            api.send(api.request(DETECT, method.clone(), route).idempotent()).await
        };
        let current = probe(routes[0]).await?;
        if is_keto_bad_request(&current) {
            return Ok(Detection::new(DetectedVersion::Current));
        }
        if current.status() != StatusCode::NOT_FOUND {
            return Err(current.into_error());
        }
        let old = probe(routes[1]).await?;
        if is_keto_bad_request(&old) {
            return Ok(Detection::expiring(DetectedVersion::V0_7, V0_7_TTL));
        }
        Err(current.into_error())
    }
}

fn is_keto_bad_request(response: &Response) -> bool {
    response.status() == StatusCode::BAD_REQUEST && response.server_error().is_some()
}
