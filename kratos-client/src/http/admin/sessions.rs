//! Everybody's sessions over HTTP.

use crate::api::page::all_pages;
use crate::http::{admin::KratosClient, list::append};
use crate::{
    api::admin::sessions::{AdminSessions, ListSessions, SessionExpand},
    model::session::{SessionId, SessionRecord},
};
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use http::{Method, StatusCode};
use ory_http::Request;
use ory_http::{Error, Page};
use serde::de::DeserializeOwned;
use url::Url;

#[async_trait]
impl AdminSessions for KratosClient {
    async fn list_sessions_page(
        &self,
        request: &ListSessions,
    ) -> Result<Page<SessionRecord>, Error> {
        self.list_sessions_page_as(request).await
    }

    async fn get_session(
        &self,
        id: &SessionId,
        expand: &[SessionExpand],
    ) -> Result<SessionRecord, Error> {
        self.get_session_as(id, expand).await
    }

    async fn disable_session(&self, id: &SessionId) -> Result<(), Error> {
        let operation = "disable session";
        let url = self.current_admin(operation, &["sessions", id.as_str()]).await?;
        self.tell(Request::new(operation, Method::DELETE, url)).await
    }

    async fn extend_session(&self, id: &SessionId) -> Result<Option<SessionRecord>, Error> {
        let operation = "extend session";
        let url = self.current_admin(operation, &["sessions", id.as_str(), "extend"]).await?;
        let answer = self.0.transport.send(Request::new(operation, Method::PATCH, url)).await?;
        match answer.status() {
            StatusCode::OK => answer.json().map(Some),
            StatusCode::NO_CONTENT => Ok(None),
            _ => Err(answer.into_error()),
        }
    }
}

impl KratosClient {
    /// [`AdminSessions::get_session`] into a type of the application's own: a [`SessionRecord`]
    /// with traits of its own, or just the few fields that it needs.
    ///
    /// # Errors
    /// As [`AdminSessions::get_session`], and if the answer does not fit.
    pub async fn get_session_as<T: DeserializeOwned>(
        &self,
        id: &SessionId,
        expand: &[SessionExpand],
    ) -> Result<T, Error> {
        let operation = "get session";
        let mut url = self.current_admin(operation, &["sessions", id.as_str()]).await?;
        append_expand(&mut url, expand);
        self.ask(Request::new(operation, Method::GET, url), StatusCode::OK).await
    }

    /// [`AdminSessions::list_sessions_page`] with each session in a type of the application's own.
    ///
    /// # Errors
    /// As [`AdminSessions::list_sessions_page`], and if the answer does not fit.
    pub async fn list_sessions_page_as<T: DeserializeOwned>(
        &self,
        request: &ListSessions,
    ) -> Result<Page<T>, Error> {
        let operation = "list sessions";
        let mut url = self.current_admin(operation, &["sessions"]).await?;
        append(&mut url, "active", request.active);
        append_expand(&mut url, &request.expand);
        self.page(operation, url, &request.page).await
    }

    /// [`crate::AdminSessionsExt::list_sessions`] with each session in a type of the application's
    /// own.
    pub fn list_sessions_as<T: DeserializeOwned + Send + 'static>(
        &self,
        request: ListSessions,
    ) -> BoxStream<'_, Result<T, Error>> {
        all_pages!(self.list_sessions_page_as(request), "list sessions")
    }
}

fn append_expand(url: &mut Url, expand: &[SessionExpand]) {
    for what in expand {
        append(url, "expand", Some(what.as_str()));
    }
}
