//! Identities.

use crate::testing::{
    identity::{Identity, IdentityBody},
    pages::{Page, is_id},
    random,
    state::{Answer, Data, Kratos},
};
use http::{Method, Response, StatusCode, header::LOCATION};
use json_patch::PatchOperation;
use ory_http::testing::{Bytes, Call, ErrorEnvelope, empty, json};
use serde::Deserialize;
use serde_json::{Value, json};

const MAX_BATCH: usize = 1_000;

fn bad(message: &str) -> ErrorEnvelope {
    ErrorEnvelope::new(StatusCode::BAD_REQUEST, message)
}

fn response(
    kratos: &Kratos,
    call: &Call<'_>,
    status: StatusCode,
    identity: &Identity,
) -> Response<Bytes> {
    let include: Vec<_> = call.queries("include_credential").collect();
    let include: Vec<&str> = include.iter().map(AsRef::as_ref).collect();
    let mut body = identity.admin_json(&kratos.config, &include);
    // As Kratos does to those who have just sent it.
    let is_put_or_post = matches!(*call.method(), Method::PUT | Method::POST);
    if let Some(fields) = body.as_object_mut().filter(|_| is_put_or_post) {
        fields.remove("metadata_admin");
    }
    json(status, &body)
}

pub(in crate::testing) fn list(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let page = Page::requested(call, 250, is_id)?;
    let ids: Vec<_> = call.queries("ids").collect();
    if let Some(id) = ids.iter().find(|id| !is_id(id)) {
        let reason = format!("Invalid UUID value `{id}` for parameter `ids`.");
        return Err(ErrorEnvelope::bad_request(reason));
    }
    let identifier = call.query("credentials_identifier").filter(|text| !text.is_empty());
    let similar = call.query("preview_credentials_identifier_similar");
    let similar = similar.filter(|text| !text.is_empty());
    let organization = call.query("organization_id").filter(|text| !text.is_empty());
    let filters = [!ids.is_empty(), identifier.is_some(), similar.is_some()];
    if filters.into_iter().filter(|filter| *filter).count() > 1 {
        let reason = "You cannot combine multiple filters in this API";
        return Err(ErrorEnvelope::bad_request(reason));
    }
    let is_similar = |identity: &Identity, part: &str| {
        let mut identifiers = identity.credentials.values().flat_map(|c| &c.identifiers);
        identifiers.any(|identifier| identifier.contains(part))
    };
    let identities = data.identities.entries().values().filter(|identity| {
        (ids.is_empty() || ids.iter().any(|id| *id == identity.id))
            && identifier.as_deref().is_none_or(|text| identity.has_identifier(text))
            && similar.as_deref().is_none_or(|part| is_similar(identity, part))
            && organization.is_none()
    });
    let include: Vec<_> = call.queries("include_credential").collect();
    let include: Vec<&str> = include.iter().map(AsRef::as_ref).collect();
    // Kratos adds the credentials to a list only if it was filtered by them.
    let with_credentials = !include.is_empty() || identifier.is_some() || similar.is_some();
    let json_of = |identity: &Identity| {
        let mut json = identity.admin_json(&kratos.config, &include);
        if let Some(fields) = json.as_object_mut().filter(|_| !with_credentials) {
            fields.remove("credentials");
        }
        json
    };
    Ok(page.response(call, identities.map(|identity| (identity.id.as_str(), identity)), json_of))
}

pub(in crate::testing) fn get(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let identity = data.identity(call.path_parameter("id"))?;
    Ok(response(kratos, call, StatusCode::OK, identity))
}

pub(in crate::testing) fn get_by_external_id(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let data = kratos.data();
    let id = call.path_parameter("external_id");
    let mut identities = data.identities.entries().values();
    let identity = identities.find(|identity| identity.external_id.as_deref() == Some(id));
    let identity = identity.ok_or_else(ErrorEnvelope::not_found)?;
    Ok(response(kratos, call, StatusCode::OK, identity))
}

pub(in crate::testing) fn create(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let body: IdentityBody = call.json().map_err(|error| bad(&format!("json: {error}")))?;
    let identity = Identity::import(random::id(), body, &kratos.config)?;
    kratos.data().put_identity(identity.clone())?;
    let mut response = response(kratos, call, StatusCode::CREATED, &identity);
    let location = format!("{}identities/{}", kratos.config.admin, identity.id);
    if let Ok(location) = location.parse() {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

pub(in crate::testing) fn update(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let mut identity = data.identity(call.path_parameter("id"))?.clone();
    let body: IdentityBody = call.json().map_err(|error| bad(&format!("json: {error}")))?;
    identity.update(body, &kratos.config)?;
    store(kratos, &mut data, call, &identity)
}

/// Stores an identity. The sessions of an inactive one end.
fn store(kratos: &Kratos, data: &mut Data, call: &Call<'_>, identity: &Identity) -> Answer {
    data.put_identity(identity.clone())?;
    if !identity.is_active() {
        data.sessions.disable(|session| session.identity == identity.id)?;
    }
    Ok(response(kratos, call, StatusCode::OK, identity))
}

pub(in crate::testing) fn patch(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let mut identity = data.identity(call.path_parameter("id"))?.clone();
    let refused = |message: &str| {
        let reason = "An error occured when applying the JSON patch";
        bad(message).reason(reason)
    };
    let operations: Vec<Value> = call.json().map_err(|error| bad(&format!("json: {error}")))?;
    for operation in &operations {
        let text = |name: &str| operation[name].as_str().unwrap_or_default();
        if !matches!(text("op"), "add" | "remove" | "replace") {
            return Err(refused(&format!("unsupported operation: {}", text("op"))));
        }
        let path = text("path").to_lowercase();
        if ["/id", "/credentials", "/statechangedat"].iter().any(|denied| path.starts_with(denied))
        {
            return Err(refused(&format!("patch includes denied path: {}", text("path"))));
        }
    }
    let operations: Vec<PatchOperation> = serde_json::from_value(Value::Array(operations))
        .map_err(|error| refused(&error.to_string()))?;
    let mut document = identity.admin_json(&kratos.config, &[]);
    json_patch::patch(&mut document, &operations).map_err(|error| refused(&error.to_string()))?;
    if let Some(fields) = document.as_object_mut() {
        // What is left is the body of an update.
        for name in ["credentials", "verifiable_addresses", "recovery_addresses"] {
            fields.remove(name);
        }
    }
    let body: IdentityBody =
        serde_json::from_value(document).map_err(|error| refused(&error.to_string()))?;
    identity.update(body, &kratos.config)?;
    store(kratos, &mut data, call, &identity)
}

pub(in crate::testing) fn delete(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let id = call.path_parameter("id");
    data.identity(id)?;
    data.identities.remove(id)?;
    data.sessions.delete_of(id)?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(in crate::testing) fn delete_credential(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let mut identity = data.identity(call.path_parameter("id"))?.clone();
    let kind = call.path_parameter("kind");
    let nothing = || {
        let reason = format!("You tried to remove a {kind} but this user have no {kind} set up.");
        ErrorEnvelope::new(StatusCode::NOT_FOUND, "The requested resource could not be found")
            .reason(reason)
    };
    let credential = identity.credentials.get_mut(kind).ok_or_else(nothing)?;
    match kind {
        "oidc" | "saml" => {
            let Some(identifier) = call.query("identifier") else {
                let reason = "You must provide an identifier to delete this credential.";
                return Err(ErrorEnvelope::bad_request(reason));
            };
            credential.identifiers.retain(|known| *known != identifier);
            if let Some(providers) = credential.config["providers"].as_array_mut() {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                providers.retain(|provider| {
                    let name =
                        format!("{}:{}", text(&provider["provider"]), text(&provider["subject"]));
                    name != identifier
                });
            }
        }
        "password" => {
            if !credential.has_password() {
                return Err(nothing());
            }
            let has_provider = |kind: &str| {
                identity.credentials.get(kind).is_some_and(|c| !c.identifiers.is_empty())
            };
            if !has_provider("oidc") && !has_provider("saml") {
                let reason = "You cannot remove the last first factor credential.";
                return Err(ErrorEnvelope::bad_request(reason));
            }
            identity.credentials.remove(kind);
        }
        _ => {
            identity.credentials.remove(kind);
        }
    }
    data.put_identity(identity)?;
    Ok(empty(StatusCode::NO_CONTENT))
}

#[derive(Deserialize)]
struct Batch {
    #[serde(default)]
    identities: Vec<BatchItem>,
}

#[derive(Deserialize)]
struct BatchItem {
    create: IdentityBody,
    patch_id: Option<String>,
}

/// Creates many: each one succeeds or fails by itself, but for a password that cannot be imported.
pub(in crate::testing) fn batch(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let mut data = kratos.data();
    let Batch { identities } = call.json().map_err(|error| bad(&format!("json: {error}")))?;
    if identities.len() > MAX_BATCH {
        let reason = format!("The maximum number of identities per request is {MAX_BATCH}.");
        return Err(ErrorEnvelope::bad_request(reason));
    }
    let mut imported = Vec::new();
    for BatchItem { create, patch_id } in identities {
        let has_credentials = !create.credentials.is_empty();
        let identity = Identity::import(random::id(), create, &kratos.config);
        match identity {
            Err(error) if has_credentials && !is_violation(&error) => return Err(error),
            identity => imported.push((identity, patch_id)),
        }
    }
    let mut results = Vec::new();
    let (mut any_created, mut first_error) = (false, None);
    for (identity, patch_id) in imported {
        let stored = identity.and_then(|identity| {
            let id = identity.id.clone();
            data.put_identity(identity).map(|()| id).map_err(as_in_batch)
        });
        any_created |= stored.is_ok();
        first_error = first_error.or_else(|| stored.as_ref().err().cloned());
        let mut result = match stored {
            Ok(id) => json!({"action": "create", "identity": id}),
            Err(error) => json!({"action": "error", "error": error.error()}),
        };
        if let Some(patch_id) = patch_id {
            result["patch_id"] = patch_id.into();
        }
        results.push(result);
    }
    if let Some(error) = first_error.filter(|_| !any_created) {
        return Err(error);
    }
    Ok(json(StatusCode::OK, &json!({"identities": results})))
}

fn as_in_batch(error: ErrorEnvelope) -> ErrorEnvelope {
    let message = "Unable to insert or update resource because a resource with that value exists \
                   already";
    match error.status() {
        StatusCode::CONFLICT => ErrorEnvelope::new(StatusCode::CONFLICT, message),
        _ => error,
    }
}

/// Whether the traits do not match the schema.
fn is_violation(error: &ErrorEnvelope) -> bool {
    error.error()["reason"].as_str().is_some_and(|reason| reason.starts_with("I["))
}
