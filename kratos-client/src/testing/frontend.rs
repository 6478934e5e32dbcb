//! What a UI needs beside flows: errors, identity schemas and a script.

use super::{
    browser::csrf_violation,
    pages::Page,
    state::{Answer, Kratos},
};
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use ory_http::testing::{Bytes, Call, ErrorEnvelope, json};
use serde_json::json;

pub(super) fn error(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let id = call.query("id").unwrap_or_default();
    if id == "stub:500" {
        let message = "An internal server error occurred, please contact the system administrator";
        let error = ErrorEnvelope::new(StatusCode::INTERNAL_SERVER_ERROR, message)
            .reason("This is a stub error.");
        return Ok(json(StatusCode::OK, &json!({"id": id, "error": error.error()})));
    }
    let data = kratos.data();
    let error = data.error(&id).ok_or_else(ErrorEnvelope::not_found)?;
    Ok(json(StatusCode::OK, &json!({"id": id, "error": error})))
}

const SCHEMA_ID: &str = "default";

pub(super) fn schemas(kratos: &Kratos, call: &Call<'_>) -> Answer {
    let page = Page::requested(call, 250, |_| true)?;
    let schema = &kratos.config.identity_schema;
    let schemas = [(SCHEMA_ID, schema)].into_iter();
    Ok(page.response(call, schemas, |schema| json!({"id": SCHEMA_ID, "schema": schema})))
}

pub(super) fn schema(kratos: &Kratos, call: &Call<'_>) -> Answer {
    match call.path_parameter("id") {
        // In Base64, as `schema_url` has it.
        SCHEMA_ID | "ZGVmYXVsdA" => Ok(json(StatusCode::OK, &kratos.config.identity_schema)),
        id => {
            let message = "The requested resource could not be found";
            let reason = format!("Identity schema `{id}` could not be found.");
            Err(ErrorEnvelope::new(StatusCode::NOT_FOUND, message).reason(reason))
        }
    }
}

/// The script of security keys, which this server has no methods for.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a route")]
pub(super) fn webauthn_script(_: &Kratos, _: &Call<'_>) -> Answer {
    let script = "if (!window.PublicKeyCredential) {\n  console.log(\"This browser does not support \
                  WebAuthn!\");\n}\n";
    let mut response = Response::new(Bytes::from_static(script.as_bytes()));
    let media_type = HeaderValue::from_static("text/javascript; charset=UTF-8");
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    Ok(response)
}

/// There is no provider for which a browser could have a token.
pub(super) fn fedcm_token(_: &Kratos, _: &Call<'_>) -> Answer {
    Err(csrf_violation())
}
