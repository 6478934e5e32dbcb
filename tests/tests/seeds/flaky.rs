//! A decorator that stands between a cache and a client, and takes random times, fails and panics.

use crate::{attempts::CALL_ID, history::Moment, world::World};
use async_trait::async_trait;
use http::{HeaderName, StatusCode};
use keto_client::{
    BatchPermissions, Check, CheckResult, Decision, ListRelationships, Page, Permissions,
    RelationQuery, RelationTuple, RelationshipPatch, Relationships,
};
use kratos_client::{
    CookieHeader, Credential, Logout, LogoutOptions, LogoutUrl, SessionToken, Sessions, Whoami,
    flow::SetCookies,
};
use ory_http::{CallOptions, Error, ErrorKind, Instant, ServerError, deadline};
use std::{future::Future, sync::Arc, time::Duration};

/// What a planted panic says, so that nobody takes it for another one.
pub const PLANTED: &str = "planted";

/// The service that a cache fetches from.
pub struct Flaky<S> {
    inner: S,
    world: Arc<World>,
}

/// The header that names the fetch which a request belongs to.
pub const FETCH_ID: &str = "x-fetch-id";

const HOUR: Duration = Duration::from_hours(1);

/// Notes when a fetch begins and when it ends or is dropped.
struct Fetch<'a> {
    world: &'a World,
    began: Moment,
}

impl<'a> Fetch<'a> {
    fn begin(world: &'a World) -> Self {
        let began = world.moment("fetch");
        world.history().fetch_began(began);
        Self { world, began }
    }
}

impl Drop for Fetch<'_> {
    fn drop(&mut self) {
        let ended = self.world.moment("fetched");
        self.world.history().fetch_ended(self.began.number, ended);
    }
}

impl<S> Flaky<S> {
    pub fn new(inner: S, world: &Arc<World>) -> Self {
        Self { inner, world: world.clone() }
    }

    /// Makes a call of a fetch, of which each request is sent once unless it is of many.
    async fn fetch<T>(
        &self,
        is_many: bool,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        // Of the options of the call that starts a fetch only a timeout above the cache's counts.
        if deadline(HOUR) < Instant::now() + self.world.settings.cache_timeout {
            self.world.violation("a fetch has a deadline before the cache's");
        }
        let fetch = Fetch::begin(&self.world);
        self.interfere().await?;
        let id = fetch.began.number;
        let mut options = CallOptions::new().header(HeaderName::from_static(FETCH_ID), id.into());
        if !is_many {
            options = options.header(HeaderName::from_static(CALL_ID), id.into());
        }
        let result = options.scope(call).await;
        self.interfere().await?;
        result
    }

    async fn interfere(&self) -> Result<(), Error> {
        let world = &self.world;
        world.pause().await;
        if world.is_calm() || !world.chance(world.settings.faults / 3) {
            return Ok(());
        }
        let early_timeouts = world.settings.early_timeouts;
        let choice = world.below(10);
        let kind = match choice {
            0..2 => {
                world.counters().panics += 1;
                std::panic::panic_any(PLANTED);
            }
            2 => std::future::pending().await,
            3..5 if early_timeouts => ErrorKind::Timeout(PLANTED.into()),
            5 => ErrorKind::Connect(PLANTED.into()),
            6..8 => ErrorKind::Transport(PLANTED.into()),
            _ => ErrorKind::Server(Box::new(ServerError::new(StatusCode::BAD_GATEWAY))),
        };
        world.counters().faults += 1;
        Err(Error::new("flaky", kind))
    }
}

#[async_trait]
impl<S: Permissions> Permissions for Flaky<S> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        self.fetch(false, self.inner.check(check)).await
    }
}

#[async_trait]
impl<S: BatchPermissions> BatchPermissions for Flaky<S> {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        self.fetch(true, self.inner.batch_check(checks)).await
    }
}

#[async_trait]
impl<S: Sessions> Sessions for Flaky<S> {
    async fn whoami(&self, credential: &Credential) -> Result<Whoami, Error> {
        self.fetch(false, self.inner.whoami(credential)).await
    }

    fn session_cookie(&self) -> Option<&str> {
        self.inner.session_cookie()
    }
}

/// No fetch: what a caller asks for, within its own deadline.
#[async_trait]
impl<S: Relationships> Relationships for Flaky<S> {
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        self.inner.list_relationships_page(request).await
    }

    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.inner.create_relationship(tuple).await
    }

    async fn patch_relationships(&self, changes: &[RelationshipPatch]) -> Result<(), Error> {
        self.inner.patch_relationships(changes).await
    }

    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.inner.delete_relationship(tuple).await
    }

    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        self.inner.delete_all_relationships_matching(query).await
    }
}

#[async_trait]
impl<S: Logout> Logout for Flaky<S> {
    async fn logout_url(
        &self,
        credential: &Credential,
        options: &LogoutOptions,
    ) -> Result<Option<LogoutUrl>, Error> {
        self.inner.logout_url(credential, options).await
    }

    async fn browser_logout(
        &self,
        url: &LogoutUrl,
        cookies: &CookieHeader,
    ) -> Result<SetCookies, Error> {
        self.inner.browser_logout(url, cookies).await
    }

    async fn native_logout(&self, token: &SessionToken) -> Result<(), Error> {
        self.inner.native_logout(token).await
    }
}
