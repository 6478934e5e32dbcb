//! Namespaces over HTTP.

use crate::http::{KetoClient, api_version::Known, wire::listed};
use crate::{api::namespaces::Namespaces, model::name::Namespace};
use async_trait::async_trait;
use http::{Method, StatusCode};
use ory_http::Request;
use ory_http::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_with::{DefaultOnNull, serde_as};

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
        let unsupported = || {
            let problem = "it has no list of namespaces";
            Error::new(operation, ErrorKind::Unsupported { problem })
        };
        if self.dialect().await? == Known::V0_7 {
            return Err(unsupported());
        }
        let url = self.0.read.join(["namespaces"]);
        let answer = self.0.transport.send(Request::new(operation, Method::GET, url)).await?;
        match answer.status() {
            StatusCode::OK => {
                let wire: WireNamespaces = answer.json_object()?;
                let namespaces = listed(&answer, wire.namespaces, &wire.other)?;
                Ok(namespaces.into_iter().map(|namespace| namespace.name.into()).collect())
            }
            _ if answer.is_no_route() => Err(unsupported()),
            _ => Err(answer.into_error()),
        }
    }
}
