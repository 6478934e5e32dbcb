//! Keto moved its routes in v0.9; this detects which routes a server has.

use crate::http::KetoClient;
use http::{Method, StatusCode};
use ory_http::{Detected, Endpoint, Error, Proved, Request, Response};
use std::{str::FromStr, time::Duration};

/// Which routes a Keto has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiVersion {
    /// Detect it with the first call, and follow a server that is replaced by another version. What
    /// v0.7 does not have may stay [`ErrorKind::Unsupported`](ory_http::ErrorKind::Unsupported), and
    /// batches single checks, for a minute after an upgrade.
    #[default]
    Detect,
    /// Today's: `/relation-tuples/check/openapi`, `/admin/relation-tuples`. Ory Network, too.
    Current,
    /// The line of v0.7: `/check`, and `/relation-tuples` on the write port.
    V0_7,
}

impl FromStr for ApiVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "detect" => Ok(Self::Detect),
            "current" => Ok(Self::Current),
            "v0.7" => Ok(Self::V0_7),
            _ => Err(()),
        }
    }
}

/// The API version of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DetectedVersion {
    Current,
    V0_7,
}

impl ApiVersion {
    pub(super) fn detected(self) -> Detected<DetectedVersion> {
        match self {
            Self::Detect => Detected::unknown(),
            Self::Current => Detected::configured(DetectedVersion::Current),
            Self::V0_7 => Detected::configured(DetectedVersion::V0_7),
        }
    }
}

/// How long a server counts as one of v0.7 before it is asked again: one that was upgraded may
/// still answer some of the old routes.
const OLD_VERSION_HOLDS: Duration = Duration::from_mins(1);

const DETECT: &str = "detect API version";

impl KetoClient {
    /// The server's API version, detected by the first call that needs it.
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

    /// Sends each version's route a request that lacks what it is about: a check without a subject,
    /// or, to a client that has only the write API, a transaction without a body. Where the route
    /// exists that is a bad request in Keto's own words, and it changes nothing. A route that is not
    /// found proves nothing: it may be a proxy that restarts.
    async fn detect_version(self) -> Result<Proved<DetectedVersion>, Error> {
        let (method, routes) = match self.0.read.as_option() {
            Some(_) => (Method::GET, ["/relation-tuples/check/openapi", "/check"]),
            None => (Method::PATCH, ["/admin/relation-tuples", "/relation-tuples"]),
        };
        let probe = async |route| {
            let api = self.read_or_write(DETECT)?;
            api.send(api.request(DETECT, method.clone(), route).idempotent()).await
        };
        let current = probe(routes[0]).await?;
        if is_keto_refusal(&current) {
            return Ok(Proved::until_contradicted(DetectedVersion::Current));
        }
        if current.status() != StatusCode::NOT_FOUND {
            return Err(current.into_error());
        }
        let old = probe(routes[1]).await?;
        if is_keto_refusal(&old) {
            return Ok(Proved::for_a_time(DetectedVersion::V0_7, OLD_VERSION_HOLDS));
        }
        Err(current.into_error())
    }
}

fn is_keto_refusal(response: &Response) -> bool {
    response.status() == StatusCode::BAD_REQUEST && response.server_error().is_some()
}
