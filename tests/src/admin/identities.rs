//! One identity, or many at once.

use super::{Admin, new_email, new_identity};
use crate::{Test, tests};
use http::StatusCode;
use kratos_client::{
    AddressType, CredentialsType, DeleteIdentityCredentials, ErrorExt, GetIdentityOptions,
    Identities, Identity, IdentityId, IdentityState, IdentityUpdate, ImportedPassword, JsonPointer,
    NewAddress, PatchOperation, ProviderAccount, ServerError, VerifiableAddress,
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

pub(super) fn common_suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![an_identity_lives_and_dies, a_few_fields_are_enough, a_session_ends_by_its_identity]
}

pub(super) fn suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![
        everything_is_imported,
        a_hash_lets_somebody_in,
        an_external_id_finds_somebody,
        an_update_of_an_identity_keeps_the_rest,
        a_patch_changes_parts,
        a_batch_tells_of_each,
        a_batch_can_fail_as_a_whole,
        credentials_are_deleted,
    ]
}

async fn an_identity_lives_and_dies(admin: Admin) {
    let (kratos, email) = (&admin.kratos, new_email());
    let new = new_identity(&email).state(IdentityState::Inactive);
    let created = kratos.create_identity(&new).await.unwrap();
    assert_eq!(created.traits["email"], email);
    assert_eq!(created.schema_id.as_str(), "default");
    assert_eq!(created.state, Some(IdentityState::Inactive));
    assert!(created.created_at.is_some());
    let address = &created.verifiable_addresses.as_ref().unwrap()[0];
    assert_eq!((address.value.as_str(), address.verified), (email.as_str(), false));
    assert!(!format!("{created:?} {new:?}").contains(&email), "Debug shows a trait");

    let got = kratos.get_identity(&created.id, &GetIdentityOptions::new()).await.unwrap();
    assert_eq!((&got.id, &got.traits), (&created.id, &created.traits));

    let other = new_email();
    let update = IdentityUpdate::from_identity(&got).traits(json!({"email": other})).unwrap();
    let updated =
        kratos.update_identity(&got.id, &update.state(IdentityState::Active)).await.unwrap();
    assert_eq!(updated.id, created.id);
    assert_eq!(updated.traits, json!({"email": other}));
    assert_eq!(updated.state, Some(IdentityState::Active));

    kratos.delete_identity(&created.id).await.unwrap();
    let error = kratos.get_identity(&created.id, &GetIdentityOptions::new()).await.unwrap_err();
    assert!(error.is_not_found());
    let error = kratos.delete_identity(&created.id).await.unwrap_err();
    assert!(error.is_not_found());
}

async fn a_few_fields_are_enough(admin: Admin) {
    #[derive(Deserialize)]
    struct Traits {
        email: String,
    }
    #[derive(Deserialize)]
    struct Addresses {
        verifiable_addresses: Vec<VerifiableAddress>,
    }
    let somebody = admin.somebody().await;
    let typed: Identity<Traits> =
        admin.kratos.get_identity_as(&somebody.id, &GetIdentityOptions::new()).await.unwrap();
    assert_eq!(somebody.traits["email"], typed.traits.email.as_str());
    let few: Addresses =
        admin.kratos.get_identity_as(&somebody.id, &GetIdentityOptions::new()).await.unwrap();
    assert_eq!(few.verifiable_addresses[0].value, typed.traits.email);
    let typed = somebody.with_traits::<Traits>().unwrap();
    assert_eq!(typed.traits.email, few.verifiable_addresses[0].value);
}

async fn a_session_ends_by_its_identity(admin: Admin) {
    let login = admin.users.somebody().await;
    let token = admin.users.token(&login).await;
    let id = who(&admin, &token).await.expect("a session");
    admin.kratos.delete_identity_sessions(&id).await.unwrap();
    assert_eq!(who(&admin, &token).await, None);
    let error = admin.kratos.delete_identity_sessions(&id).await.unwrap_err();
    assert!(error.is_not_found(), "there is none any more");
}

async fn who(admin: &Admin, token: &str) -> Option<IdentityId> {
    use kratos_client::{SessionToken, Sessions};
    let credential = SessionToken::new(token).unwrap().into();
    let session = admin.kratos.whoami(&credential).await.unwrap().active()?;
    Some(session.identity.id.clone())
}

async fn everything_is_imported(admin: Admin) {
    let (email, external) = (new_email(), format!("crm/{} ä", Uuid::new_v4()));
    let new = new_identity(&email)
        .password(ImportedPassword::plain("planted-password"))
        .oidc(ProviderAccount::new("google", &external))
        .saml(ProviderAccount::new("okta", &external))
        .verifiable_address(NewAddress::verified(AddressType::Email, &email))
        .recovery_address(NewAddress::new(AddressType::Email, &email))
        .metadata_public(json!({"plan": "pro"}))
        .metadata_admin(json!({"note": "planted-note"}))
        .external_id(external.as_str());
    let id = admin.kratos.create_identity(&new).await.unwrap().id;

    let include = GetIdentityOptions::new()
        .include_credential(CredentialsType::Password)
        .include_credential(CredentialsType::Oidc)
        .include_credential(CredentialsType::Saml);
    let got = admin.kratos.get_identity(&id, &include).await.unwrap();
    assert_eq!(got.external_id.as_ref().unwrap().as_str(), external);
    assert_eq!(got.metadata_public, Some(json!({"plan": "pro"})));
    assert_eq!(got.metadata_admin, Some(json!({"note": "planted-note"})));
    let address = &got.verifiable_addresses.as_ref().unwrap()[0];
    assert!(address.verified && address.verified_at.is_some());
    assert_eq!(got.recovery_addresses.as_ref().unwrap()[0].value, email);
    let credentials = got.credentials.as_ref().unwrap();
    let password = &credentials[&CredentialsType::Password];
    assert_eq!(password.credentials_type, Some(CredentialsType::Password));
    assert_eq!(password.identifiers, Some(vec![email.clone()]));
    let hash = password.config.as_ref().unwrap()["hashed_password"].as_str().unwrap();
    assert!(hash.starts_with("$2a$"));
    for (kind, name) in [(CredentialsType::Oidc, "google"), (CredentialsType::Saml, "okta")] {
        let identifiers = credentials[&kind].identifiers.as_ref().unwrap();
        assert_eq!(identifiers, &[format!("{name}:{external}")]);
        let provider = &credentials[&kind].config.as_ref().unwrap()["providers"][0];
        assert_eq!((&provider["provider"], &provider["subject"]), (&json!(name), &json!(external)));
    }
    let shown = format!("{got:?} {new:?}");
    for secret in [email.as_str(), "planted", hash, external.as_str()] {
        assert!(!shown.contains(secret), "{shown}");
    }

    let without = admin.kratos.get_identity(&id, &GetIdentityOptions::new()).await.unwrap();
    assert_eq!(without.credentials.unwrap()[&CredentialsType::Password].config, None);
}

async fn a_hash_lets_somebody_in(admin: Admin) {
    // bcrypt of "planted-password" with the least cost.
    let hash = "$2b$04$yEv1AtKG.Ih79CP61jA01uLf9OBkQbcgjfDeBoBq/.6j0r/x4LGQy";
    let email = new_email();
    let new = new_identity(&email).password(ImportedPassword::hashed(hash));
    admin.kratos.create_identity(&new).await.unwrap();
    let login = crate::users::TestUser { email, password: "planted-password".into() };
    assert!(!admin.users.token(&login).await.is_empty());
}

async fn an_external_id_finds_somebody(admin: Admin) {
    let external = format!("a/b?{}", Uuid::new_v4());
    let new = new_identity(&new_email()).external_id(external.as_str());
    let id = admin.kratos.create_identity(&new).await.unwrap().id;
    let get = async |external: &str| {
        let include = GetIdentityOptions::new().include_credential(CredentialsType::Oidc);
        admin.kratos.get_identity_by_external_id(&external.into(), &include).await
    };
    assert_eq!(get(&external).await.unwrap().id, id);
    assert!(get("nobody").await.unwrap_err().is_not_found());
    let again = new_identity(&new_email()).external_id(external.as_str());
    let error = admin.kratos.create_identity(&again).await.unwrap_err();
    assert!(error.is_conflict());
}

async fn an_update_of_an_identity_keeps_the_rest(admin: Admin) {
    let new = new_identity(&new_email())
        .password(ImportedPassword::plain("planted-password"))
        .metadata_public(json!({"a": 1}))
        .metadata_admin(json!({"b": 2}))
        .external_id(Uuid::new_v4().to_string());
    let id = admin.kratos.create_identity(&new).await.unwrap().id;
    let before = admin.kratos.get_identity(&id, &GetIdentityOptions::new()).await.unwrap();
    let update = IdentityUpdate::from_identity(&before)
        .state(IdentityState::Inactive)
        .oidc(ProviderAccount::new("google", id.as_str()));
    admin.kratos.update_identity(&id, &update).await.unwrap();
    let after = admin.kratos.get_identity(&id, &GetIdentityOptions::new()).await.unwrap();
    assert_eq!(after.state, Some(IdentityState::Inactive));
    assert_eq!(after.metadata_public, before.metadata_public);
    assert_eq!(after.metadata_admin, before.metadata_admin);
    assert_eq!(after.external_id, before.external_id);
    let credentials = after.credentials.unwrap();
    assert!(credentials.contains_key(&CredentialsType::Password));
    assert!(credentials.contains_key(&CredentialsType::Oidc));

    let bare = IdentityUpdate::new("default", before.traits, IdentityState::Active).unwrap();
    let bare = admin.kratos.update_identity(&id, &bare).await.unwrap();
    assert_eq!(bare.metadata_public.filter(|metadata| !metadata.is_null()), None);
}

async fn a_patch_changes_parts(admin: Admin) {
    let id = admin.somebody().await.id;
    let patch =
        async |operations: &[PatchOperation]| admin.kratos.patch_identity(&id, operations).await;
    let first = JsonPointer::new(["traits", "name", "first"]);
    let last = JsonPointer::new(["traits", "name", "last"]);
    let metadata = JsonPointer::new(["metadata_public"]);
    let patched = patch(&[
        PatchOperation::Replace { path: first.clone(), value: json!("planted") },
        PatchOperation::Add { path: last.clone(), value: json!("Body") },
        PatchOperation::Add { path: metadata.clone(), value: json!({"a/b": 1}) },
    ])
    .await
    .unwrap();
    assert_eq!(patched.traits["name"], json!({"first": "planted", "last": "Body"}));
    let patched = patch(&[
        PatchOperation::Remove { path: last.clone() },
        PatchOperation::Remove { path: JsonPointer::new(["metadata_public", "a/b"]) },
    ])
    .await
    .unwrap();
    assert_eq!(patched.traits["name"], json!({"first": "planted"}));
    assert_eq!(patched.metadata_public, Some(json!({})));

    let refused = [
        PatchOperation::Test { path: first.clone(), value: json!("planted") },
        PatchOperation::Copy { from: first.clone(), path: last.clone() },
        PatchOperation::Move { from: first, path: last },
        PatchOperation::Replace { path: JsonPointer::new(["id"]), value: json!("x") },
    ];
    for operation in refused {
        let error = patch(std::slice::from_ref(&operation)).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "{operation:?}");
        assert!(!format!("{operation:?}").contains("planted"));
    }
}

async fn a_batch_tells_of_each(admin: Admin) {
    let taken = new_email();
    admin.kratos.create_identity(&new_identity(&taken)).await.unwrap();
    let new = new_email();
    let batch = [
        new_identity(&taken),
        new_identity(&new).password(ImportedPassword::plain("planted-password")),
        kratos_client::NewIdentity::new("default", json!({"email": "planted"})).unwrap(),
    ];
    let results = admin.kratos.create_identities(&batch).await.unwrap();
    assert!(results[0].as_ref().is_err_and(ServerError::is_conflict));
    assert!(results[1].is_ok());
    let violations = results[2].as_ref().unwrap_err().violations();
    assert_eq!(violations[0].pointer(), "/traits/email");
    assert!(violations[0].message().contains("planted"));
    let error = results[2].as_ref().unwrap_err();
    assert!(!format!("{error} {error:?} {violations:?}").contains("planted"));
    let created = admin
        .kratos
        .get_identity(results[1].as_ref().unwrap(), &GetIdentityOptions::new())
        .await
        .unwrap();
    assert_eq!(created.traits["email"], new);
    assert!(admin.kratos.create_identities(&[]).await.unwrap().is_empty());
}

async fn a_batch_can_fail_as_a_whole(admin: Admin) {
    let new = new_email();
    let batch = [
        new_identity(&new),
        new_identity(&new_email()).password(ImportedPassword::hashed("planted-no-hash")),
    ];
    let error = admin.kratos.create_identities(&batch).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert!(!format!("{error} {error:?}").contains("planted"));
    let many = vec![new_identity(&new); kratos_client::MAX_BATCH_IDENTITIES + 1];
    let error = admin.kratos.create_identities(&many).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    // Nothing of it was created.
    admin.kratos.create_identity(&new_identity(&new)).await.unwrap();
}

async fn credentials_are_deleted(admin: Admin) {
    let subject = Uuid::new_v4().to_string();
    let new = new_identity(&new_email())
        .password(ImportedPassword::plain("planted-password"))
        .oidc(ProviderAccount::new("google", &subject));
    let id = admin.kratos.create_identity(&new).await.unwrap().id;
    let delete = async |credentials_type, identifier: Option<String>| {
        let mut credentials = DeleteIdentityCredentials::new(credentials_type);
        credentials.identifier = identifier;
        admin.kratos.delete_identity_credentials(&id, &credentials).await
    };
    let error = delete(CredentialsType::Oidc, None).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "it has to say which");
    let error = delete(CredentialsType::Totp, None).await.unwrap_err();
    assert!(error.is_not_found());
    delete(CredentialsType::Oidc, Some(format!("google:{subject}"))).await.unwrap();
    let got = admin.kratos.get_identity(&id, &GetIdentityOptions::new()).await.unwrap();
    let kinds: Vec<_> = got.credentials.unwrap().into_keys().collect();
    assert!(kinds.contains(&CredentialsType::Password), "{kinds:?}");
    let error = delete(CredentialsType::Password, None).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "it is the last one");
}
