//! The API version of a server. After v0.8, Kratos moved its admin API below `/admin`, and added the
//! user's own sessions.

use crate::http::KratosClient;
use http::{HeaderMap, Method, StatusCode, header::LINK};
use ory_http::{ConfigError, Detected, Detection, Endpoint, Error, ErrorKind, Request, Response};
use std::{str::FromStr, time::Duration};

/// The API version of a Kratos: its operations and their routes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiVersion {
    /// Detects the version with the first call, and follows a server that is replaced by another version.
    /// Operations that v0.8 lacks can remain [`ErrorKind::Unsupported`] for a minute after an upgrade.
    #[default]
    Detect,
    /// Versions with the admin API below `/admin`, such as v26.2 and Ory Network.
    Current,
    /// Kratos v0.8, without `/admin` and with fewer operations.
    V0_8,
}

impl FromStr for ApiVersion {
    type Err = ConfigError;

    /// Parses `detect`, `current` or `v0.8`.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text {
            "detect" => Ok(Self::Detect),
            "current" => Ok(Self::Current),
            "v0.8" => Ok(Self::V0_8),
            _ => Err(ConfigError::new("API version", "must be detect, current or v0.8")),
        }
    }
}

/// The API version of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DetectedVersion {
    Current,
    V0_8,
}

impl ApiVersion {
    pub(super) fn detected(self) -> Detected<DetectedVersion> {
        match self {
            Self::Detect => Detected::new(None),
            Self::Current => Detected::new(Some(DetectedVersion::Current)),
            Self::V0_8 => Detected::new(Some(DetectedVersion::V0_8)),
        }
    }
}

/// How long v0.8 remains detected. Current versions also serve most of the old routes, so that a
/// replaced server would not contradict it.
const V0_8_TTL: Duration = Duration::from_mins(1);

/// A page of identities of v0.8 far beyond the last one.
const NO_PAGE: &str = "1000000";

const DETECT: &str = "detect API version";

impl KratosClient {
    pub(super) fn admin(&self, operation: &'static str) -> Result<&Endpoint, Error> {
        self.0.admin.get(operation)
    }

    /// Sends a request of the admin API that depends on the API version.
    pub(super) async fn send_admin(
        &self,
        operation: &'static str,
        request: impl Fn(&Endpoint, DetectedVersion) -> Result<Request, Error>,
    ) -> Result<(DetectedVersion, Response), Error> {
        let admin = self.admin(operation)?;
        // Rejects an invalid id before a request is sent.
        request(admin, DetectedVersion::Current)?;
        let detect = || detect_by_admin(admin.clone());
        let request = |version| request(admin, version);
        ory_http::send_versioned(admin, operation, &self.0.version, detect, request).await
    }

    /// Invalidates the detected version, because the server contradicts it. Returns whether it can be
    /// detected again.
    pub(super) fn invalidate_version(&self, version: DetectedVersion) -> bool {
        self.0.version.invalidate(version)
    }

    /// Rejects an operation of the admin API that v0.8 does not have.
    pub(super) async fn require_current_admin(&self, operation: &'static str) -> Result<(), Error> {
        let admin = self.admin(operation)?.clone();
        let version = self.0.version.get_or_detect(|| detect_by_admin(admin.clone())).await?;
        require_current(operation, version)
    }

    /// Rejects an operation of the public API that v0.8 does not have, before a request is sent. Only a
    /// positive proof of the version is stored: a route that is not found can be the response of a proxy.
    pub(super) async fn require_current(&self, operation: &'static str) -> Result<(), Error> {
        let detect = || self.clone().detect_by_public();
        require_current(operation, self.0.version.get_or_detect(detect).await?)
    }

    /// Requests the own sessions without a credential: current versions respond that a session is
    /// missing, and v0.8 has no such route.
    async fn detect_by_public(self) -> Result<Detection<DetectedVersion>, Error> {
        let public = self.public(DETECT)?;
        let response = public.send(public.request(DETECT, Method::GET, "/sessions")).await?;
        match response.status() {
            StatusCode::UNAUTHORIZED if response.server_error().is_some() => {
                Ok(Detection::new(DetectedVersion::Current))
            }
            _ => Err(response.into_error()),
        }
    }
}

fn require_current(operation: &'static str, version: DetectedVersion) -> Result<(), Error> {
    match version {
        DetectedVersion::Current => Ok(()),
        DetectedVersion::V0_8 => {
            let problem = "Kratos v0.8 has no such operation";
            Err(Error::new(operation, ErrorKind::Unsupported { problem }))
        }
    }
}

/// Requests a resource that does not exist at the route of each version, so that no data is
/// transferred. Only the response of a server of that version proves it: a route that is not found can
/// be the response of a proxy that restarts.
async fn detect_by_admin(admin: Endpoint) -> Result<Detection<DetectedVersion>, Error> {
    let route = "/admin/identities/00000000-0000-0000-0000-000000000000";
    let current = admin.send(admin.request(DETECT, Method::GET, route)).await?;
    if current.status() == StatusCode::NOT_FOUND && current.server_error().is_some() {
        return Ok(Detection::new(DetectedVersion::Current));
    }
    if current.status() != StatusCode::NOT_FOUND {
        return Err(current.into_error());
    }
    // Current versions also serve the old routes, but reject page numbers.
    let old = admin.request(DETECT, Method::GET, "/identities");
    let old = admin.send(old.query("per_page", "1").query("page", NO_PAGE)).await?;
    if old.status() == StatusCode::OK && old.is_json() && counts_pages(old.headers()) {
        return Ok(Detection::expiring(DetectedVersion::V0_8, V0_8_TTL));
    }
    Err(current.into_error())
}

fn counts_pages(headers: &HeaderMap) -> bool {
    let links = headers.get_all(LINK).iter().filter_map(|link| link.to_str().ok());
    links.into_iter().any(|link| link.contains("per_page="))
}
