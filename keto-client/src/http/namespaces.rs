//! Namespaces over HTTP.

use crate::http::{KetoClient, api_version::DetectedVersion, wire::listed};
use crate::{api::namespaces::Namespaces, model::name::Namespace};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_with::{DefaultOnNull, serde_as};

/// Keto leaves an empty list out: a server without namespaces answers `{}`.
#[derive(Deserialize)]
struct WireNamespaces {
    namespaces: Option<Vec<WireNamespace>>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

#[serde_as]
#[derive(Deserialize)]
struct WireNamespace {
    #[serde(default)]
    #[serde_as(as = "DefaultOnNull")]
    name: String,
}

#[async_trait]
impl Namespaces for KetoClient {
    async fn list_namespaces(&self) -> Result<Vec<Namespace>, Error> {
        let operation = "list namespaces";
        let read = self.read(operation)?;
        let request = |version| match version {
            DetectedVersion::Current => Ok(read.request(operation, Method::GET, "/namespaces")),
            DetectedVersion::V0_7 => {
                let problem = "Keto v0.7 has no list of namespaces";
                Err(Error::new(operation, ErrorKind::Unsupported { problem }))
            }
        };
        let (_, response) = self.send_versioned(read, operation, request).await?;
        let response = response.expect(StatusCode::OK)?;
        let wire: WireNamespaces = response.json_object()?;
        let namespaces = listed(&response, wire.namespaces, &wire.other)?;
        Ok(namespaces.into_iter().map(|namespace| namespace.name.into()).collect())
    }
}
