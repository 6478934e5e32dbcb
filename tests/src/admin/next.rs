//! Operations that are newer than v26.2, and what v26.2 says of them. The server needs an OpenID
//! Connect provider with the id `test-provider`.

use super::{Admin, new_email, new_identity};
use crate::{Test, tests};
use kratos_client::{
    AdminSessions, CookieHeader, CredentialsType, Error, Frontend, GetIdentityOptions,
    GetSessionOptions, Identities, ImportedWebAuthn, ManageSessions, SessionExpand,
    SessionSelection, SessionToken, Sessions, TestLogin, WebAuthnCredential, Whoami,
};

/// The tests of the version after v26.2.
pub fn next_suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![
        sessions_are_disabled_and_deleted_in_bulk,
        a_test_login_is_created_and_deleted,
        the_page_to_change_a_password_is_known,
        second_factors_and_passkeys_are_imported,
    ]
}

pub(super) fn v26_2_suite() -> Vec<(&'static str, Test<Admin>)> {
    tests![newer_operations_are_not_supported]
}

fn no_cookies() -> CookieHeader {
    CookieHeader::from_headers([""])
}

async fn newer_operations_are_not_supported(admin: Admin) {
    let kratos = &admin.kratos;
    let sessions = SessionSelection::Sessions(vec!["f2a8c61b-d39c-4acf-98c7-262304a7f431".into()]);
    if kratos.change_password_url().await.is_ok() {
        // The suite runs over the next version, too.
        return;
    }
    let errors: [Error; 3] = [
        kratos.manage_sessions(&ManageSessions::disable(sessions)).await.unwrap_err(),
        kratos.create_test_login_flow("test-provider").await.unwrap_err(),
        kratos.change_password_url().await.unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_unsupported(), "{error}");
    }
}

async fn sessions_are_disabled_and_deleted_in_bulk(admin: Admin) {
    let kratos = &admin.kratos;
    let login = admin.users.somebody().await;
    let token = SessionToken::new(admin.users.token(&login).await).unwrap();
    let credential = token.into();
    let session = kratos.whoami(&credential).await.unwrap().active().unwrap();
    let other = SessionToken::new(admin.users.token(&login).await).unwrap().into();
    assert!(kratos.whoami(&other).await.unwrap().active().is_some());

    let one = ManageSessions::disable(SessionSelection::Sessions(vec![session.id.clone()]));
    let disabled = kratos.manage_sessions(&one).await.unwrap();
    assert_eq!((disabled.processed, disabled.more), (1, false));
    assert_eq!(kratos.whoami(&credential).await.unwrap(), Whoami::NoSession);
    assert!(kratos.whoami(&other).await.unwrap().active().is_some());
    assert_eq!(kratos.manage_sessions(&one).await.unwrap().processed, 0);

    let all = SessionSelection::OfIdentities(vec![session.identity.id.clone()]);
    let deleted = kratos.manage_sessions(&ManageSessions::delete(all)).await.unwrap();
    assert!(deleted.processed >= 2, "{deleted:?}");
    assert_eq!(kratos.whoami(&other).await.unwrap(), Whoami::NoSession);
    let expand = GetSessionOptions::new().expand(SessionExpand::Identity);
    assert!(kratos.get_session(&session.id, &expand).await.unwrap_err().is_not_found());
}

async fn a_test_login_is_created_and_deleted(admin: Admin) {
    let kratos = &admin.kratos;
    let flow = kratos.create_test_login_flow("test-provider").await.unwrap();
    assert!(flow.test_context.is_some());
    kratos.delete_test_login_flow(&flow.id, &no_cookies()).await.unwrap();
    let again = kratos.delete_test_login_flow(&flow.id, &no_cookies()).await.unwrap_err();
    assert!(again.is_not_found(), "{again}");
    let unknown = kratos.create_test_login_flow("no-such-provider").await.unwrap_err();
    assert!(unknown.is_not_found(), "{unknown}");
}

async fn the_page_to_change_a_password_is_known(admin: Admin) {
    let url = admin.kratos.change_password_url().await.unwrap();
    assert!(url.path().contains("settings"), "{url}");
}

async fn second_factors_and_passkeys_are_imported(admin: Admin) {
    let key = || WebAuthnCredential::new(*b"credential id", *b"public key").display_name("a key");
    // No two identities have the same user handle.
    let email = new_email();
    let keys = || ImportedWebAuthn::new(email.as_bytes()).credential(key());
    let new = new_identity(&email)
        .totp("otpauth://totp/Kratos:ann?algorithm=SHA1&digits=6&issuer=Kratos&period=30&secret=JBSWY3DPEHPK3PXP")
        .lookup_secrets(["planted1", "planted2"])
        .webauthn(keys())
        .passkeys(keys());
    assert!(!format!("{new:?}").contains("planted"));
    let created = admin.kratos.create_identity(&new).await.unwrap();
    let options = GetIdentityOptions::new()
        .include_credential(CredentialsType::Totp)
        .include_credential(CredentialsType::LookupSecret)
        .include_credential(CredentialsType::Webauthn)
        .include_credential(CredentialsType::Passkey);
    let told = admin.kratos.get_identity(&created.id, &options).await.unwrap();
    let credentials = told.credentials.unwrap();
    for kind in options.include_credential {
        assert!(credentials.contains_key(&kind), "{kind:?} of {:?}", credentials.keys());
    }
}
