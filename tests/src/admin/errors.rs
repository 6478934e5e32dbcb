//! Errors that are recognized, and what v0.8 does not have.

use super::{Admin, is_unsupported, new_email, new_identity};
use crate::{Test, tests};
use http::StatusCode;
use kratos_client::{
    AdminRecovery, AdminSessions, Courier, CreateRecoveryCode, CredentialsType,
    DeleteIdentityCredentials, Error, ErrorExt, ErrorKind, GetIdentityOptions, GetSessionOptions,
    Identities, IdentityId, IdentityState, IdentityUpdate, ListCourierMessages, ListIdentities,
    ListIdentitySessions, ListSessions, NewIdentity, SessionId,
};
use serde_json::json;
use std::fmt::Debug;

pub(super) fn common_suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![
        a_conflict_is_recognized,
        violations_name_their_places,
        an_id_is_no_path,
        nobody_is_not_found,
    ]
}

pub(super) fn v0_8_suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![what_v0_8_lacks_is_unsupported, one_kind_of_credentials_is_told]
}

async fn a_conflict_is_recognized(admin: Admin) {
    let new = new_identity(&new_email());
    admin.kratos.create_identity(&new).await.unwrap();
    let error = admin.kratos.create_identity(&new).await.unwrap_err();
    assert!(error.is_conflict());
}

fn assert_invalid<T: Debug>(result: Result<T, Error>, places: &[(&str, &str)]) {
    let error = result.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    let violations = error.violations();
    assert!(!violations.is_empty(), "{error}");
    let found =
        violations.iter().map(|v| (v.pointer(), v.schema_pointer().rsplit('/').next().unwrap()));
    assert_eq!(found.collect::<Vec<_>>(), places);
    assert!(!format!("{error} {error:?} {violations:?}").contains("planted"), "{error:?}");
}

async fn violations_name_their_places(admin: Admin) {
    let create = async |traits| {
        admin.kratos.create_identity(&NewIdentity::new("default", traits).unwrap()).await
    };
    assert_invalid(create(json!({"email": "planted"})).await, &[("/traits/email", "format")]);
    let both = [("/traits", "required"), ("/traits", "additionalProperties")];
    assert_invalid(create(json!({"planted": 1})).await, &both);
    let traits = json!({"email": new_email(), "name": {"first": 1, "last": "planted"}});
    assert_invalid(create(traits).await, &[("/traits/name/first", "type")]);

    let id = admin.somebody().await.id;
    let update =
        IdentityUpdate::new("default", json!({"email": "planted"}), IdentityState::Active).unwrap();
    let result = admin.kratos.update_identity(&id, &update).await;
    assert_invalid(result, &[("/traits/email", "format")]);
}

async fn an_id_is_no_path(admin: Admin) {
    for id in ["", ".", ".."] {
        let error = admin.kratos.delete_identity(&id.into()).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }), "{error}");
    }
    for id in ["../x", "a/../b", "%2e%2e", "?", "#", "no-uuid"] {
        let error =
            admin.kratos.get_identity(&id.into(), &GetIdentityOptions::new()).await.unwrap_err();
        // v0.8 reads an encoded slash as one: it sends to the path without the dots, where nobody
        // goes, or has no such route.
        let lost = match error.status() {
            Some(status) => status == StatusCode::NOT_FOUND || status.is_redirection(),
            None => error.is_unsupported(),
        };
        assert!(lost, "{id}: {error}");
    }
}

async fn nobody_is_not_found(admin: Admin) {
    let nobody: IdentityId = "00000000-0000-0000-0000-000000000000".into();
    let is_not_found = |error: Error| error.is_not_found();
    assert!(is_not_found(
        admin.kratos.get_identity(&nobody, &GetIdentityOptions::new()).await.unwrap_err()
    ));
    assert!(is_not_found(admin.kratos.delete_identity(&nobody).await.unwrap_err()));
    let update =
        IdentityUpdate::new("default", json!({"email": new_email()}), IdentityState::Active)
            .unwrap();
    assert!(is_not_found(admin.kratos.update_identity(&nobody, &update).await.unwrap_err()));
}

async fn one_kind_of_credentials_is_told(admin: Admin) {
    let id = admin.somebody().await.id;
    let oidc = admin
        .kratos
        .get_identity(&id, &GetIdentityOptions::new().include_credential(CredentialsType::Oidc))
        .await
        .unwrap();
    assert!(oidc.credentials.unwrap().contains_key(&CredentialsType::Password));
    let error = admin
        .kratos
        .get_identity(&id, &GetIdentityOptions::new().include_credential(CredentialsType::Password))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
}

async fn what_v0_8_lacks_is_unsupported(admin: Admin) {
    let (kratos, id, session) = (&admin.kratos, IdentityId::new("x"), SessionId::new("x"));
    let more = new_identity(&new_email()).metadata_public(json!({}));
    assert!(is_unsupported(kratos.create_identity(&more).await));
    let more =
        IdentityUpdate::new("default", json!({}), IdentityState::Active).unwrap().external_id("x");
    assert!(is_unsupported(kratos.update_identity(&id, &more).await));
    let filtered = ListIdentities::new().credentials_identifier("x");
    assert!(is_unsupported(kratos.list_identities_page(&filtered).await));
    assert!(is_unsupported(
        kratos.get_identity_by_external_id(&"x".into(), &GetIdentityOptions::new()).await
    ));
    assert!(is_unsupported(kratos.create_identities(&[]).await));
    assert!(is_unsupported(kratos.patch_identity(&id, &[]).await));
    let oidc = DeleteIdentityCredentials::new(CredentialsType::Oidc);
    assert!(is_unsupported(kratos.delete_identity_credentials(&id, &oidc).await));
    let sessions = ListIdentitySessions::new(id.clone());
    assert!(is_unsupported(kratos.list_identity_sessions_page(&sessions).await));
    assert!(is_unsupported(kratos.create_recovery_code(&CreateRecoveryCode::new(id)).await));
    assert!(is_unsupported(kratos.list_sessions_page(&ListSessions::new()).await));
    assert!(is_unsupported(kratos.get_session(&session, &GetSessionOptions::new()).await));
    assert!(is_unsupported(kratos.disable_session(&session).await));
    assert!(is_unsupported(kratos.extend_session(&session).await));
    assert!(is_unsupported(kratos.list_courier_messages_page(&ListCourierMessages::new()).await));
    assert!(is_unsupported(kratos.get_courier_message(&"x".into()).await));
}
