//! [`AdminSessions`] over HTTP.

use crate::{
    api::{
        admin::{
            manage_sessions::{ManageSessions, ManagedSessions},
            sessions::{AdminSessions, GetSessionOptions, ListSessions, SessionExpand},
        },
        page::all_pages,
    },
    http::{
        KratosClient,
        list::{next_by_link, with_page_token},
    },
    model::{session::SessionId, session_record::SessionRecord},
};
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use http::{Method, StatusCode};
use ory_http::{Endpoint, Error, ErrorKind, Page};
use serde::de::DeserializeOwned;

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
        options: &GetSessionOptions,
    ) -> Result<SessionRecord, Error> {
        self.get_session_as(id, options).await
    }

    async fn disable_session(&self, id: &SessionId) -> Result<(), Error> {
        let operation = "disable session";
        let route = "/admin/sessions/{id}";
        let disable =
            |admin: &Endpoint| admin.request_with(operation, Method::DELETE, route, &[id.as_str()]);
        let response = self.send_current_admin(operation, disable).await?;
        response.expect(StatusCode::NO_CONTENT).map(drop)
    }

    async fn extend_session(&self, id: &SessionId) -> Result<Option<SessionRecord>, Error> {
        let operation = "extend session";
        let route = "/admin/sessions/{id}/extend";
        let extend =
            |admin: &Endpoint| admin.request_with(operation, Method::PATCH, route, &[id.as_str()]);
        let response = self.send_current_admin(operation, extend).await?;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(None),
            _ => response.expect(StatusCode::OK)?.json().map(Some),
        }
    }

    async fn manage_sessions(&self, request: &ManageSessions) -> Result<ManagedSessions, Error> {
        let operation = "manage sessions";
        let body = request.body(operation)?;
        let manage = |admin: &Endpoint| {
            Ok(admin.request(operation, Method::POST, "/admin/sessions").json(&body))
        };
        let response = self.send_current_admin(operation, manage).await?;
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            let problem = "Kratos v26.2 can't disable or delete many sessions with one request";
            return Err(Error::new(operation, ErrorKind::Unsupported { problem }));
        }
        response.expect(StatusCode::OK)?.json_object()
    }
}

impl KratosClient {
    /// [`AdminSessions::get_session`] with an application type for the response: a
    /// [`SessionRecord`] with typed traits, or a struct with the needed fields only.
    ///
    /// # Errors
    /// As [`AdminSessions::get_session`], and if the response does not match the type.
    pub async fn get_session_as<T: DeserializeOwned>(
        &self,
        id: &SessionId,
        options: &GetSessionOptions,
    ) -> Result<T, Error> {
        let operation = "get session";
        let get = |admin: &Endpoint| {
            let route = "/admin/sessions/{id}";
            let get = admin.request_with(operation, Method::GET, route, &[id.as_str()])?;
            Ok(get.queries(expansions(&options.expand)))
        };
        self.send_current_admin(operation, get).await?.expect(StatusCode::OK)?.json()
    }

    /// [`AdminSessions::list_sessions_page`] with an application type for each session.
    ///
    /// # Errors
    /// As [`AdminSessions::list_sessions_page`], and if the response does not match the type.
    pub async fn list_sessions_page_as<T: DeserializeOwned>(
        &self,
        request: &ListSessions,
    ) -> Result<Page<T>, Error> {
        let operation = "list sessions";
        let list = |admin: &Endpoint| {
            let list = admin
                .request(operation, Method::GET, "/admin/sessions")
                .query_if_set("active", request.active)
                .queries(expansions(&request.expand));
            Ok(with_page_token(list, &request.page))
        };
        let response = self.send_current_admin(operation, list).await?;
        next_by_link(&response.expect(StatusCode::OK)?, &["page_token"])
    }

    /// [`AdminSessionsExt::list_sessions`](crate::AdminSessionsExt::list_sessions) with an application
    /// type for each session.
    pub fn list_sessions_as<T: DeserializeOwned + Send + 'static>(
        &self,
        request: ListSessions,
    ) -> BoxStream<'_, Result<T, Error>> {
        all_pages!(self.list_sessions_page_as(request), "list sessions")
    }
}

fn expansions(expand: &[SessionExpand]) -> impl Iterator<Item = (&str, &str)> {
    expand.iter().map(|what| ("expand", what.as_str()))
}
