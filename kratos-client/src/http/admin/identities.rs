//! [`Identities`] over HTTP.

use crate::{
    api::{
        admin::{
            get_identity::{DeleteIdentityCredentials, GetIdentityOptions},
            identities::{Identities, ListIdentitySessions},
            list_identities::{Consistency, ListIdentities},
            new_identity::{IdentityUpdate, NewIdentity},
            patch::PatchOperation,
        },
        page::all_pages,
    },
    http::{
        KratosClient,
        admin::{admin_request, request_body, unsupported},
        api_version::DetectedVersion,
        list::{
            is_list_of_current, next_by_link, numbered_page, sessions_page, with_page_number,
            with_page_token,
        },
    },
    model::{
        credentials::CredentialsType,
        identity::{ExternalId, Identity, IdentityId},
        session_record::SessionRecord,
    },
};
use async_trait::async_trait;
use futures_util::stream::{BoxStream, StreamExt};
use http::{Method, StatusCode};
use ory_http::{Endpoint, Error, Page, ReasonVisibility, Request, ServerError};
use serde::de::DeserializeOwned;

const IDENTITIES: &str = "/admin/identities";
const IDENTITY: &str = "/admin/identities/{id}";
const V0_8_FIELDS_ONLY: &str = "Kratos v0.8 supports only schema, traits and state of an identity";

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
        options: &GetIdentityOptions,
    ) -> Result<Identity, Error> {
        self.get_identity_as(id, options).await
    }

    async fn get_identity_by_external_id(
        &self,
        id: &ExternalId,
        options: &GetIdentityOptions,
    ) -> Result<Identity, Error> {
        let operation = "get identity by external id";
        let get = |admin: &Endpoint| {
            let route = "/admin/identities/by/external/{id}";
            let get = admin.request_with(operation, Method::GET, route, &[id.as_str()])?;
            Ok(get.queries(included(&options.include_credential)))
        };
        self.send_current_admin(operation, get).await?.expect(StatusCode::OK)?.json()
    }

    async fn create_identity(&self, identity: &NewIdentity) -> Result<Identity, Error> {
        let operation = "create identity";
        let create = |admin: &Endpoint, version| {
            if version == DetectedVersion::V0_8 && !identity.is_supported_by_v0_8() {
                return Err(unsupported(operation, V0_8_FIELDS_ONLY));
            }
            let post = (operation, Method::POST);
            let request = admin_request(admin, version, post, IDENTITIES, &[])?;
            Ok(request.json(&request_body::Identity::from(identity)))
        };
        self.send_admin(operation, create).await?.1.expect(StatusCode::CREATED)?.json()
    }

    async fn create_identities(
        &self,
        identities: &[NewIdentity],
    ) -> Result<Vec<Result<IdentityId, ServerError>>, Error> {
        let operation = "create identities";
        let create = |admin: &Endpoint| {
            let request = admin.request(operation, Method::PATCH, IDENTITIES);
            Ok(request.json(&request_body::batch(identities)))
        };
        let response = self.send_current_admin(operation, create).await?.expect(StatusCode::OK)?;
        let results = response.json::<request_body::BatchResponse>()?.identities;
        if results.len() != identities.len() {
            return Err(
                response.unexpected("the number of results differs from the number of identities")
            );
        }
        let results = results.into_iter().map(|result| match (result.identity, result.error) {
            (_, Some(error)) => {
                Ok(Err(ServerError::from_batch_item(error, ReasonVisibility::Hidden)))
            }
            (Some(id), None) => Ok(Ok(id)),
            (None, None) => {
                Err(response.unexpected("a result has neither an identity nor an error"))
            }
        });
        results.collect()
    }

    async fn update_identity(
        &self,
        id: &IdentityId,
        update: &IdentityUpdate,
    ) -> Result<Identity, Error> {
        let operation = "update identity";
        let put = |admin: &Endpoint, version| {
            if version == DetectedVersion::V0_8 && !update.is_supported_by_v0_8() {
                return Err(unsupported(operation, V0_8_FIELDS_ONLY));
            }
            let put = (operation, Method::PUT);
            let request = admin_request(admin, version, put, IDENTITY, &[id.as_str()])?;
            Ok(request.json(&request_body::Identity::from(update)))
        };
        self.send_admin(operation, put).await?.1.expect(StatusCode::OK)?.json()
    }

    async fn patch_identity(
        &self,
        id: &IdentityId,
        operations: &[PatchOperation],
    ) -> Result<Identity, Error> {
        let operation = "patch identity";
        let patch = |admin: &Endpoint| {
            let patch = admin.request_with(operation, Method::PATCH, IDENTITY, &[id.as_str()])?;
            Ok(patch.json(&operations))
        };
        self.send_current_admin(operation, patch).await?.expect(StatusCode::OK)?.json()
    }

    async fn delete_identity(&self, id: &IdentityId) -> Result<(), Error> {
        self.delete("delete identity", IDENTITY, id).await
    }

    async fn delete_identity_credentials(
        &self,
        id: &IdentityId,
        credentials: &DeleteIdentityCredentials,
    ) -> Result<(), Error> {
        let operation = "delete identity credentials";
        let delete = |admin: &Endpoint| {
            let route = "/admin/identities/{id}/credentials/{type}";
            let values = [id.as_str(), credentials.credentials_type.as_str()];
            let delete = admin.request_with(operation, Method::DELETE, route, &values)?;
            Ok(delete.query_if_set("identifier", credentials.identifier.as_ref()))
        };
        let response = self.send_current_admin(operation, delete).await?;
        response.expect(StatusCode::NO_CONTENT).map(drop)
    }

    async fn delete_identity_sessions(&self, id: &IdentityId) -> Result<(), Error> {
        self.delete("delete identity sessions", "/admin/identities/{id}/sessions", id).await
    }

    async fn list_identity_sessions_page(
        &self,
        request: &ListIdentitySessions,
    ) -> Result<Page<SessionRecord>, Error> {
        let operation = "list identity sessions";
        let admin = self.admin(operation)?;
        let route = "/admin/identities/{id}/sessions";
        let list =
            admin.request_with(operation, Method::GET, route, &[request.identity_id.as_str()])?;
        let list = list.query_if_set("active", request.active);
        let page = async {
            self.require_current_admin(operation).await?;
            sessions_page(admin, list, &request.page).await
        };
        admin.with_deadline(operation, page).await
    }
}

impl KratosClient {
    async fn delete(
        &self,
        operation: &'static str,
        route: &'static str,
        id: &IdentityId,
    ) -> Result<(), Error> {
        let delete = |admin: &Endpoint, version| {
            admin_request(admin, version, (operation, Method::DELETE), route, &[id.as_str()])
        };
        self.send_admin(operation, delete).await?.1.expect(StatusCode::NO_CONTENT).map(drop)
    }
}

impl KratosClient {
    /// [`Identities::get_identity`] with an application type for the response: an [`Identity`] with
    /// typed traits, or a struct with the needed fields only.
    ///
    /// ```no_run
    /// # use kratos_client::{Error, IdentityId, KratosClient};
    /// #[derive(serde::Deserialize)]
    /// struct Plan { metadata_public: Option<serde_json::Value> }
    ///
    /// # async fn example(kratos: KratosClient, id: IdentityId) -> Result<(), Error> {
    /// let plan: Plan = kratos.get_identity_as(&id, &Default::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Identities::get_identity`], and if the response does not match the type.
    pub async fn get_identity_as<T: DeserializeOwned>(
        &self,
        id: &IdentityId,
        options: &GetIdentityOptions,
    ) -> Result<T, Error> {
        let operation = "get identity";
        let get = |admin: &Endpoint, version| {
            let get = (operation, Method::GET);
            let request = admin_request(admin, version, get, IDENTITY, &[id.as_str()])?;
            Ok(request.queries(included(&options.include_credential)))
        };
        self.send_admin(operation, get).await?.1.expect(StatusCode::OK)?.json()
    }

    /// [`Identities::list_identities_page`] with an application type for each identity.
    ///
    /// # Errors
    /// As [`Identities::list_identities_page`], and if the response does not match the type.
    pub async fn list_identities_page_as<T: DeserializeOwned>(
        &self,
        request: &ListIdentities,
    ) -> Result<Page<T>, Error> {
        let operation = "list identities";
        let list = |admin: &Endpoint, version| {
            let list = admin_request(admin, version, (operation, Method::GET), IDENTITIES, &[])?;
            match version {
                DetectedVersion::Current => {
                    Ok(with_page_token(filtered(list, request), &request.page))
                }
                DetectedVersion::V0_8 if request.is_supported_by_v0_8() => {
                    with_page_number(list, &request.page)
                }
                DetectedVersion::V0_8 => {
                    Err(unsupported(operation, "Kratos v0.8 does not support filters"))
                }
            }
        };
        let send = async {
            let (version, response) = self.send_admin(operation, list).await?;
            // A server that was upgraded counts pages otherwise, so that identities would be lost.
            let is_upgraded = version == DetectedVersion::V0_8 && is_list_of_current(&response);
            match is_upgraded && self.invalidate_version(version) {
                true => self.send_admin(operation, list).await,
                false => Ok((version, response)),
            }
        };
        let (version, response) = self.admin(operation)?.with_deadline(operation, send).await?;
        let response = response.expect(StatusCode::OK)?;
        match version {
            DetectedVersion::Current => next_by_link(&response, &["page_token"]),
            DetectedVersion::V0_8 => numbered_page(operation, &response, &request.page),
        }
    }

    /// [`IdentitiesExt::list_identities`](crate::IdentitiesExt::list_identities) with an application
    /// type for each identity.
    pub fn list_identities_as<T: DeserializeOwned + Send + 'static>(
        &self,
        request: ListIdentities,
    ) -> BoxStream<'_, Result<T, Error>> {
        all_pages!(self.list_identities_page_as(request), "list identities")
    }
}

fn filtered(list: Request, request: &ListIdentities) -> Request {
    let consistency = request.consistency.map(|consistency| match consistency {
        Consistency::Strong => "strong",
        Consistency::Eventual => "eventual",
    });
    let similar = request.similar_identifier.as_ref();
    list.queries(request.ids.iter().map(|id| ("ids", id.as_str())))
        .query_if_set("credentials_identifier", request.credentials_identifier.as_ref())
        .query_if_set("preview_credentials_identifier_similar", similar)
        .queries(included(&request.include_credential))
        .query_if_set("consistency", consistency)
        .query_if_set("organization_id", request.organization_id.as_ref())
}

fn included(include: &[CredentialsType]) -> impl Iterator<Item = (&str, &str)> {
    include.iter().map(|kind| ("include_credential", kind.as_str()))
}
