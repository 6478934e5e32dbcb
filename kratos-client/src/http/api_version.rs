//! Kratos moved its admin API below `/admin` after v0.8 and gave people lists of their sessions;
//! this detects which operations a server has, and where.

use crate::http::KratosClient;
use http::{HeaderMap, Method, StatusCode, header::LINK};
use ory_http::{ConfigError, Detected, Detection, Endpoint, Error, ErrorKind, Request, Response};
use std::{str::FromStr, time::Duration};

/// The API version of a Kratos, which determines its routes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiVersion {
    /// The first call detects the version, and a call whose route is missing detects it again. For up
    /// to a minute after an upgrade from v0.8, operations that v0.8 lacks can return
    /// [`ErrorKind::Unsupported`].
    #[default]
    Detect,
    /// Current versions of Kratos, whose admin API is below `/admin`, and Ory Network.
    Current,
    /// Kratos v0.8: no `/admin`, and fewer operations.
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

/// How long a server counts as one of v0.8 before it is asked again: today's answers most of the
/// old routes as well, so that it would not contradict.
const V0_8_TTL: Duration = Duration::from_mins(1);

/// A page of v0.8's identities far beyond the last one.
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
        // Refuses an invalid id before anything is sent.
        request(admin, DetectedVersion::Current)?;
        let detect = || detect_by_admin(admin.clone());
        let request = |version| request(admin, version);
        ory_http::send_versioned(admin, operation, &self.0.version, detect, request).await
    }

    /// Forgets the version, because the server contradicts it. Tells whether it can be detected
    /// again.
    pub(super) fn invalidate_version(&self, version: DetectedVersion) -> bool {
        self.0.version.invalidate(version)
    }

    /// Refuses an operation of the admin API that the v0.8 line does not have.
    pub(super) async fn require_current_admin(&self, operation: &'static str) -> Result<(), Error> {
        let admin = self.admin(operation)?.clone();
        let version = self.0.version.get_or_detect(|| detect_by_admin(admin.clone())).await?;
        require_current(operation, version)
    }

    /// Refuses an operation of the public API that the v0.8 line does not have, before anything of
    /// it is sent. A route that is not found proves nothing about later calls, and only a positive
    /// proof is remembered.
    pub(super) async fn require_current(&self, operation: &'static str) -> Result<(), Error> {
        let detect = || self.clone().detect_by_public();
        require_current(operation, self.0.version.get_or_detect(detect).await?)
    }

    /// Asks the public API for the sessions of nobody: today's server asks for a session, and v0.8
    /// has no such route.
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

/// Asks for what nobody has, at the route of each version, so that nobody's data is on the way.
/// Only what a server of that version says itself proves it: a route that is not found may be a
/// proxy that restarts.
async fn detect_by_admin(admin: Endpoint) -> Result<Detection<DetectedVersion>, Error> {
    let route = "/admin/identities/00000000-0000-0000-0000-000000000000";
    let current = admin.send(admin.request(DETECT, Method::GET, route)).await?;
    if current.status() == StatusCode::NOT_FOUND && current.server_error().is_some() {
        return Ok(Detection::new(DetectedVersion::Current));
    }
    if current.status() != StatusCode::NOT_FOUND {
        return Err(current.into_error());
    }
    // Today's server answers the old routes, too, but refuses to count pages.
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
