//! Identities over HTTP.

use crate::api::page::all_pages;
use crate::http::{
    admin::{KratosClient, unsupported, wire},
    list::append,
};
use crate::{
    api::admin::{
        identities::{Identities, ListIdentitySessions},
        list_identities::{Consistency, ListIdentities},
        new_identity::{IdentityUpdate, NewIdentity},
        patch::PatchOperation,
    },
    http::api_version::Known,
    model::{
        credentials::CredentialsType,
        identity::{ExternalId, Identity, IdentityId},
        session::SessionRecord,
    },
};
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use http::{Method, StatusCode};
use ory_http::{Error, Page, ServerError};
use ory_http::{ReasonVisibility, Request};
use serde::de::DeserializeOwned;
use url::Url;

const PLAIN_ONLY: &str = "v0.8 takes schema, traits and state of an identity only";

#[async_trait]
impl Identities for KratosClient {
    async fn list_identities_page(
        &self,
        request: &ListIdentities,
    ) -> Result<Page<Identity>, Error> {
        self.list_identities_page_as(request).await
    }

    async fn get_identity(
        &self,
        id: &IdentityId,
        include: &[CredentialsType],
    ) -> Result<Identity, Error> {
        self.get_identity_as(id, include).await
    }

    async fn get_identity_by_external_id(
        &self,
        id: &ExternalId,
        include: &[CredentialsType],
    ) -> Result<Identity, Error> {
        let operation = "get identity by external id";
        let path = ["identities", "by", "external", id.as_str()];
        let mut url = self.current_admin(operation, &path).await?;
        append_include(&mut url, include);
        self.ask(Request::new(operation, Method::GET, url), StatusCode::OK).await
    }

    async fn create_identity(&self, identity: &NewIdentity) -> Result<Identity, Error> {
        let operation = "create identity";
        let (dialect, url) = self.admin(operation, &["identities"]).await?;
        if dialect == Known::V0_8 && !identity.is_plain() {
            return Err(unsupported(operation, PLAIN_ONLY));
        }
        let request =
            Request::new(operation, Method::POST, url).json(&wire::Identity::from(identity));
        self.ask(request, StatusCode::CREATED).await
    }

    async fn create_identities(
        &self,
        identities: &[NewIdentity],
    ) -> Result<Vec<Result<IdentityId, ServerError>>, Error> {
        let operation = "create identities";
        let url = self.current_admin(operation, &["identities"]).await?;
        let request = Request::new(operation, Method::PATCH, url).json(&wire::batch(identities));
        let answer = self.0.transport.send(request).await?;
        if answer.status() != StatusCode::OK {
            return Err(answer.into_error());
        }
        let results = answer.json::<wire::BatchAnswer>()?.identities;
        if results.len() != identities.len() {
            return Err(answer.unexpected("another number of results than of identities"));
        }
        let results = results.into_iter().map(|result| match (result.identity, result.error) {
            (_, Some(error)) => Ok(Err(ServerError::of_item(error, ReasonVisibility::Hidden))),
            (Some(id), None) => Ok(Ok(id)),
            (None, None) => Err(answer.unexpected("a result with neither identity nor error")),
        });
        results.collect()
    }

    async fn update_identity(
        &self,
        id: &IdentityId,
        update: &IdentityUpdate,
    ) -> Result<Identity, Error> {
        let operation = "update identity";
        let (dialect, url) = self.admin(operation, &["identities", id.as_str()]).await?;
        if dialect == Known::V0_8 && !update.is_plain() {
            return Err(unsupported(operation, PLAIN_ONLY));
        }
        let request = Request::new(operation, Method::PUT, url).json(&wire::Identity::from(update));
        self.ask(request, StatusCode::OK).await
    }

    async fn patch_identity(
        &self,
        id: &IdentityId,
        operations: &[PatchOperation],
    ) -> Result<Identity, Error> {
        let operation = "patch identity";
        let url = self.current_admin(operation, &["identities", id.as_str()]).await?;
        let request = Request::new(operation, Method::PATCH, url).json(&operations);
        self.ask(request, StatusCode::OK).await
    }

    async fn delete_identity(&self, id: &IdentityId) -> Result<(), Error> {
        let operation = "delete identity";
        let (_, url) = self.admin(operation, &["identities", id.as_str()]).await?;
        self.tell(Request::new(operation, Method::DELETE, url)).await
    }

    async fn delete_identity_credentials(
        &self,
        id: &IdentityId,
        kind: &CredentialsType,
        identifier: Option<String>,
    ) -> Result<(), Error> {
        let operation = "delete identity credentials";
        let path = ["identities", id.as_str(), "credentials", kind.as_str()];
        let mut url = self.current_admin(operation, &path).await?;
        append(&mut url, "identifier", identifier);
        self.tell(Request::new(operation, Method::DELETE, url)).await
    }

    async fn delete_identity_sessions(&self, id: &IdentityId) -> Result<(), Error> {
        let operation = "delete identity sessions";
        let (_, url) = self.admin(operation, &["identities", id.as_str(), "sessions"]).await?;
        self.tell(Request::new(operation, Method::DELETE, url)).await
    }

    async fn list_identity_sessions_page(
        &self,
        request: &ListIdentitySessions,
    ) -> Result<Page<SessionRecord>, Error> {
        let operation = "list identity sessions";
        let path = ["identities", request.identity.as_str(), "sessions"];
        let mut url = self.current_admin(operation, &path).await?;
        append(&mut url, "active", request.active);
        self.sessions_page(operation, url, &request.page, None).await
    }
}

impl KratosClient {
    /// [`Identities::get_identity`] into a type of the application's own: an
    /// [`Identity`] with traits of its own, or just the few fields that it needs, which changes
    /// elsewhere in the answer don't touch.
    ///
    /// ```no_run
    /// # use kratos_client::{Error, IdentityId, KratosClient};
    /// #[derive(serde::Deserialize)]
    /// struct Plan { metadata_public: Option<serde_json::Value> }
    ///
    /// # async fn example(kratos: KratosClient, id: IdentityId) -> Result<(), Error> {
    /// let plan: Plan = kratos.get_identity_as(&id, &[]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Identities::get_identity`], and if the answer does not fit.
    pub async fn get_identity_as<T: DeserializeOwned>(
        &self,
        id: &IdentityId,
        include: &[CredentialsType],
    ) -> Result<T, Error> {
        let operation = "get identity";
        let (_, mut url) = self.admin(operation, &["identities", id.as_str()]).await?;
        append_include(&mut url, include);
        self.ask(Request::new(operation, Method::GET, url), StatusCode::OK).await
    }

    /// [`Identities::list_identities_page`] with each identity in a type of the application's own.
    ///
    /// # Errors
    /// As [`Identities::list_identities_page`], and if the answer does not fit.
    pub async fn list_identities_page_as<T: DeserializeOwned>(
        &self,
        request: &ListIdentities,
    ) -> Result<Page<T>, Error> {
        let operation = "list identities";
        let (dialect, mut url) = self.admin(operation, &["identities"]).await?;
        if dialect == Known::V0_8 {
            if !request.is_plain() {
                return Err(unsupported(operation, "v0.8 lists all identities, unfiltered"));
            }
            return self.numbered_page(operation, url, &request.page).await;
        }
        append_filters(&mut url, request);
        self.page(operation, url, &request.page).await
    }

    /// [`crate::IdentitiesExt::list_identities`] with each identity in a type of the application's
    /// own.
    pub fn list_identities_as<T: DeserializeOwned + Send + 'static>(
        &self,
        request: ListIdentities,
    ) -> BoxStream<'_, Result<T, Error>> {
        all_pages!(self.list_identities_page_as(request), "list identities")
    }
}

fn append_filters(url: &mut Url, request: &ListIdentities) {
    for id in &request.ids {
        append(url, "ids", Some(id));
    }
    append(url, "credentials_identifier", request.credentials_identifier.as_ref());
    append(url, "preview_credentials_identifier_similar", request.similar_identifier.as_ref());
    append_include(url, &request.include);
    let consistency = request.consistency.map(|consistency| match consistency {
        Consistency::Strong => "strong",
        Consistency::Eventual => "eventual",
    });
    append(url, "consistency", consistency);
    append(url, "organization_id", request.organization_id.as_ref());
}

fn append_include(url: &mut Url, include: &[CredentialsType]) {
    for kind in include {
        append(url, "include_credential", Some(kind.as_str()));
    }
}
