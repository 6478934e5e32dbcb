//! A Kratos whose admin API misbehaves: every operation has a clear error in time.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::fault::{Fault, FaultyServer};
use futures_util::{FutureExt, TryStreamExt, future::join_all};
use kratos_client::{
    AdminRecovery, AdminSessions, ApiVersion, Courier, CreateRecoveryCode, CreateRecoveryLink,
    CredentialsType, DeleteIdentityCredentials, Error, GetIdentityOptions, GetSessionOptions,
    HttpConfig, Identities, IdentitiesExt, IdentityId, IdentitySchemas, IdentityState,
    IdentityUpdate, KratosClient, ListCourierMessages, ListIdentities, ListIdentitySessions,
    ListSchemas, ListSessions, NewIdentity, SessionId,
};
use serde_json::json;
use std::time::{Duration, Instant};

const FAULTS: [Fault; 14] = [
    Fault::Refuse,
    Fault::Hangup,
    Fault::Hang,
    Fault::Stall,
    Fault::Garbage,
    Fault::Html(200),
    Fault::Html(502),
    Fault::CutJson,
    Fault::OtherJson,
    Fault::Empty,
    Fault::Huge,
    Fault::Redirect,
    Fault::Envelope(403),
    Fault::Envelope(500),
];

const LIMIT: Duration = Duration::from_millis(400);

fn kratos(server: &FaultyServer, api_version: ApiVersion) -> KratosClient {
    let url = server.url.as_str();
    let client = KratosClient::builder().public_url(url).admin_url(url).api_version(api_version);
    client.http(HttpConfig::default().timeout(LIMIT)).build().unwrap()
}

/// The errors of calls that are made at once.
macro_rules! errors {
    ($($call:expr),* $(,)?) => {
        join_all([$(async { $call.await.unwrap_err() }.boxed()),*]).await
    };
}

async fn every_error(kratos: &KratosClient) -> Vec<Error> {
    let (id, session) = (IdentityId::new("x"), SessionId::new("x"));
    let new = [NewIdentity::new("default", json!({"email": "planted"})).unwrap()];
    let update =
        IdentityUpdate::new("default", json!({"email": "planted"}), IdentityState::Active).unwrap();
    errors![
        kratos.list_identities_page(&ListIdentities::new()),
        kratos.get_identity(&id, &GetIdentityOptions::new()),
        kratos.get_identity_by_external_id(&"planted".into(), &GetIdentityOptions::new()),
        kratos.create_identity(&new[0]),
        kratos.create_identities(&new),
        kratos.update_identity(&id, &update),
        kratos.patch_identity(&id, &[]),
        kratos.delete_identity(&id),
        kratos.delete_identity_credentials(
            &id,
            &DeleteIdentityCredentials::new(CredentialsType::Oidc).identifier("planted")
        ),
        kratos.delete_identity_sessions(&id),
        kratos.list_identity_sessions_page(&ListIdentitySessions::new(id.clone())),
        kratos.create_recovery_code(&CreateRecoveryCode::new(id.clone())),
        kratos.create_recovery_link(&CreateRecoveryLink::new(id.clone())),
        kratos.list_sessions_page(&ListSessions::new()),
        kratos.get_session(&session, &GetSessionOptions::new()),
        kratos.disable_session(&session),
        kratos.extend_session(&session),
        kratos.list_courier_messages_page(&ListCourierMessages::new().recipient("planted")),
        kratos.get_courier_message(&"x".into()),
        kratos.list_identity_schemas_page(&ListSchemas::new()),
    ]
}

#[tokio::test]
async fn every_operation_has_a_clear_error() {
    for fault in FAULTS {
        let server = FaultyServer::start(fault).await;
        let started = Instant::now();
        let mut errors = every_error(&kratos(&server, ApiVersion::Current)).await;
        errors.extend(every_error(&kratos(&server, ApiVersion::Detect)).await);
        assert!(started.elapsed() < 6 * LIMIT, "{fault:?}");
        for error in errors {
            let shown = format!("{error} {error:?}");
            assert!(shown.starts_with(error.operation()), "{shown}");
            assert!(!shown.contains("planted"), "{fault:?}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_stream_ends_after_the_first_error() {
    let server = FaultyServer::start(Fault::Envelope(429)).await;
    let kratos = kratos(&server, ApiVersion::Current);
    let list = kratos.list_identities(ListIdentities::new());
    let error = list.try_collect::<Vec<_>>().await.unwrap_err();
    assert!(error.is_retryable());
}
