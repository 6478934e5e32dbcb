//! Kratos moved its admin API below `/admin` after v0.8 and gave people lists of their sessions;
//! this detects which operations a server has, and where.

use crate::http::KratosClient;
use http::{HeaderMap, Method, StatusCode, header::LINK};
use ory_http::{Detected, Endpoint, Error, ErrorKind, Proved, Request, Response};
use std::{str::FromStr, time::Duration};

/// Which operations a Kratos has, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApiVersion {
    /// Detect it with the first call, and follow a server that is replaced by another version. What
    /// v0.8 does not have may stay [`ErrorKind::Unsupported`] for a minute after an upgrade.
    #[default]
    Detect,
    /// Today's, with its admin API below `/admin`. Ory Network, too.
    Current,
    /// The line of v0.8: no `/admin`, and fewer operations.
    V0_8,
}

impl FromStr for ApiVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "detect" => Ok(Self::Detect),
            "current" => Ok(Self::Current),
            "v0.8" => Ok(Self::V0_8),
            _ => Err(()),
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
            Self::Detect => Detected::unknown(),
            Self::Current => Detected::configured(DetectedVersion::Current),
            Self::V0_8 => Detected::configured(DetectedVersion::V0_8),
        }
    }
}

/// How long a server counts as one of v0.8 before it is asked again: today's answers most of the
/// old routes as well, so that it would not contradict.
const OLD_VERSION_HOLDS: Duration = Duration::from_mins(1);

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
    pub(super) fn contradict_version(&self, version: DetectedVersion) -> bool {
        self.0.version.contradict(version)
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
    async fn detect_by_public(self) -> Result<Proved<DetectedVersion>, Error> {
        let public = self.public(DETECT)?;
        let response = public.send(public.request(DETECT, Method::GET, "/sessions")).await?;
        match response.status() {
            StatusCode::UNAUTHORIZED if response.server_error().is_some() => {
                Ok(Proved::until_contradicted(DetectedVersion::Current))
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
async fn detect_by_admin(admin: Endpoint) -> Result<Proved<DetectedVersion>, Error> {
    let route = "/admin/identities/00000000-0000-0000-0000-000000000000";
    let current = admin.send(admin.request(DETECT, Method::GET, route)).await?;
    if current.status() == StatusCode::NOT_FOUND && current.server_error().is_some() {
        return Ok(Proved::until_contradicted(DetectedVersion::Current));
    }
    if current.status() != StatusCode::NOT_FOUND {
        return Err(current.into_error());
    }
    // Today's server answers the old routes, too, but refuses to count pages.
    let old = admin.request(DETECT, Method::GET, "/identities");
    let old = admin.send(old.query("per_page", "1").query("page", NO_PAGE)).await?;
    if old.status() == StatusCode::OK && old.is_json() && counts_pages(old.headers()) {
        return Ok(Proved::for_a_time(DetectedVersion::V0_8, OLD_VERSION_HOLDS));
    }
    Err(current.into_error())
}

fn counts_pages(headers: &HeaderMap) -> bool {
    let links = headers.get_all(LINK).iter().filter_map(|link| link.to_str().ok());
    links.into_iter().any(|link| link.contains("per_page="))
}
