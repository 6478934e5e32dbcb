//! Every operation of the Kratos client that is answered with JSON, and what it needs of the response.

use contract_tests::{
    openapi::{Decoded, Operation, decoded},
    operations,
};
use kratos_client::{
    AdminRecovery, AdminSessions, Courier, CreateRecoveryCode, CreateRecoveryLink, Credential,
    ExchangeCode, Flows, Frontend, GetIdentityOptions, GetSessionOptions, Identities,
    IdentitySchemas, IdentityState, IdentityUpdate, KratosClient, ListCourierMessages,
    ListIdentities, ListIdentitySessions, ListSchemas, ListSessions, Logout, LogoutOptions,
    ManageSessions, Metadata, MySessions, NewIdentity, PageRequest, SessionSelection, TestLogin,
    TokenExchangeOutcome,
    flow::{
        Caller, CreateFlowOptions, Flow, FlowKind, Login, Recovery, Registration, Settings,
        UpdateFlowBody, UpdateFlowOutcome, Verification,
    },
};
use serde::Serialize;
use serde_json::json;

fn cookie() -> Credential {
    Credential::from_cookie_headers(["ory_kratos_session=s"])
}

fn new_identity() -> NewIdentity {
    NewIdentity::new("default", json!({})).unwrap()
}

async fn create<K: FlowKind>(kratos: &KratosClient) -> Decoded {
    let created =
        Flows::<K>::create(kratos, &CreateFlowOptions::new(), &Caller::native()).await?.value;
    decoded(&created.into_flow().unwrap())
}

async fn get<K: FlowKind>(kratos: &KratosClient) -> Decoded {
    decoded(&Flows::<K>::get(kratos, &"f".into(), &Caller::native()).await?.into_flow().unwrap())
}

async fn submit<K: FlowKind<Completed: Serialize>>(kratos: &KratosClient) -> Decoded {
    let flow = json!({"id": "f", "ui": {"action": "http://ory.test", "method": "POST"}});
    let flow: Flow<K> = serde_json::from_value(flow).unwrap();
    match kratos.submit(&flow, &UpdateFlowBody::method("password"), &Caller::native()).await?.value
    {
        UpdateFlowOutcome::Completed(done) => decoded(&done),
        UpdateFlowOutcome::Continue(flow) => decoded(&flow),
        other => panic!("{other:?}"),
    }
}

/// What every flow needs: to be found again, and its form.
const FLOW: [&str; 2] = ["id", "ui"];

#[expect(clippy::too_many_lines, reason = "a list")]
#[rustfmt::skip]
pub(crate) fn operations() -> Vec<Operation<KratosClient>> {
    operations! {
        createNativeLoginFlow, createBrowserLoginFlow,
        initializeSelfServiceLoginFlowWithoutBrowser, initializeSelfServiceLoginFlowForBrowsers
            needs FLOW => |kratos| create::<Login>(kratos).await;
        createNativeRegistrationFlow, createBrowserRegistrationFlow,
        initializeSelfServiceRegistrationFlowWithoutBrowser,
        initializeSelfServiceRegistrationFlowForBrowsers
            needs FLOW => |kratos| create::<Registration>(kratos).await;
        createNativeRecoveryFlow, createBrowserRecoveryFlow,
        initializeSelfServiceRecoveryFlowWithoutBrowser,
        initializeSelfServiceRecoveryFlowForBrowsers
            needs FLOW => |kratos| create::<Recovery>(kratos).await;
        createNativeVerificationFlow, createBrowserVerificationFlow,
        initializeSelfServiceVerificationFlowWithoutBrowser,
        initializeSelfServiceVerificationFlowForBrowsers
            needs FLOW => |kratos| create::<Verification>(kratos).await;
        createNativeSettingsFlow, createBrowserSettingsFlow,
        initializeSelfServiceSettingsFlowWithoutBrowser,
        initializeSelfServiceSettingsFlowForBrowsers
            needs ["id", "ui", "identity", "identity.id"] => |kratos| create::<Settings>(kratos).await;
        getLoginFlow, getSelfServiceLoginFlow needs FLOW => |kratos| get::<Login>(kratos).await;
        getRegistrationFlow, getSelfServiceRegistrationFlow
            needs FLOW => |kratos| get::<Registration>(kratos).await;
        getRecoveryFlow, getSelfServiceRecoveryFlow
            needs FLOW => |kratos| get::<Recovery>(kratos).await;
        getVerificationFlow, getSelfServiceVerificationFlow
            needs FLOW => |kratos| get::<Verification>(kratos).await;
        getSettingsFlow, getSelfServiceSettingsFlow
            needs ["id", "ui", "identity", "identity.id"] => |kratos| get::<Settings>(kratos).await;
        updateLoginFlow, submitSelfServiceLoginFlow
            needs ["session", "session.id", "session.identity", "session.identity.id"] =>
            |kratos| submit::<Login>(kratos).await;
        updateRegistrationFlow, submitSelfServiceRegistrationFlow
            needs ["identity", "identity.id", "session", "session.id", "session.identity",
                "session.identity.id"] =>
            |kratos| submit::<Registration>(kratos).await;
        updateRecoveryFlow, submitSelfServiceRecoveryFlow needs FLOW =>
            |kratos| submit::<Recovery>(kratos).await;
        updateVerificationFlow, submitSelfServiceVerificationFlow needs FLOW =>
            |kratos| submit::<Verification>(kratos).await;
        updateSettingsFlow, submitSelfServiceSettingsFlow
            needs ["id", "ui", "identity", "identity.id"] =>
            |kratos| submit::<Settings>(kratos).await;
        exchangeSessionToken
            needs ["session", "session.id", "session.identity", "session.identity.id"] => |kratos| {
                let code = ExchangeCode::new("c");
                match kratos.exchange_session_token(&code, &code).await? {
                    TokenExchangeOutcome::LoggedIn(logged_in) => decoded(&logged_in),
                    other => panic!("{other:?}"),
                }
            };
        listMySessions needs ["id", "identity", "identity.id"] => |kratos| {
            let page = kratos.list_my_sessions_page(&cookie(), &PageRequest::new()).await?;
            decoded(&page.items)
        };
        disableMyOtherSessions needs ["count"] => |kratos| {
            kratos.disable_my_other_sessions(&cookie()).await.map(|_| None)
        };
        createBrowserLogoutFlow, createSelfServiceLogoutFlowUrlForBrowsers needs ["logout_url"] =>
            |kratos| kratos.logout_url(&cookie(), &LogoutOptions::new()).await.map(|_| None);
        getFlowError, getSelfServiceError needs ["id"] =>
            |kratos| decoded(&kratos.get_flow_error("e").await?);
        createFedcmFlow needs [] =>
            |kratos| decoded(&kratos.create_fedcm_flow(&Caller::native()).await?.value);
        listIdentities, adminListIdentities needs ["id"] => |kratos| {
            decoded(&kratos.list_identities_page(&ListIdentities::new()).await?.items)
        };
        getIdentity, adminGetIdentity needs ["id"] =>
            |kratos| decoded(&kratos.get_identity(&"i".into(), &GetIdentityOptions::new()).await?);
        getIdentityByExternalID needs ["id"] =>
            |kratos| decoded(&kratos.get_identity_by_external_id(&"i".into(), &GetIdentityOptions::new()).await?);
        createIdentity, adminCreateIdentity needs ["id"] =>
            |kratos| decoded(&kratos.create_identity(&new_identity()).await?);
        batchPatchIdentities needs ["identities", "identities.identity", "identities.error"] =>
            |kratos| {
                let both = [new_identity(), new_identity()];
                kratos.create_identities(&both).await.map(|_| None)
            };
        updateIdentity, adminUpdateIdentity needs ["id"] => |kratos| {
            let update = IdentityUpdate::new("default", json!({}), IdentityState::Active).unwrap();
            decoded(&kratos.update_identity(&"i".into(), &update).await?)
        };
        patchIdentity needs ["id"] =>
            |kratos| decoded(&kratos.patch_identity(&"i".into(), &[]).await?);
        listIdentitySessions needs ["id", "identity", "identity.id"] => |kratos| {
            let request = ListIdentitySessions::new("i");
            decoded(&kratos.list_identity_sessions_page(&request).await?.items)
        };
        createRecoveryCodeForIdentity needs ["recovery_code", "recovery_link"] => |kratos| {
            kratos.create_recovery_code(&CreateRecoveryCode::new("i")).await.map(|_| None)
        };
        createRecoveryLinkForIdentity, adminCreateSelfServiceRecoveryLink needs ["recovery_link"] =>
            |kratos| {
                let request = CreateRecoveryLink::new("i");
                kratos.create_recovery_link(&request).await.map(|_| None)
            };
        listSessions needs ["id", "identity", "identity.id"] => |kratos| {
            decoded(&kratos.list_sessions_page(&ListSessions::new()).await?.items)
        };
        getSession needs ["id", "identity", "identity.id"] =>
            |kratos| decoded(&kratos.get_session(&"s".into(), &GetSessionOptions::new()).await?);
        extendSession needs ["id", "identity", "identity.id"] =>
            |kratos| decoded(&kratos.extend_session(&"s".into()).await?.unwrap());
        createTestLoginFlow needs FLOW =>
            |kratos| decoded(&kratos.create_test_login_flow("p").await?);
        manageSessions needs ["processed", "more"] => |kratos| {
            let sessions = SessionSelection::Sessions(vec!["s".into()]);
            kratos.manage_sessions(&ManageSessions::disable(sessions)).await.map(|_| None)
        };
        listCourierMessages needs ["id"] =>
            |kratos| decoded(&kratos.list_courier_messages_page(&ListCourierMessages::new()).await?.items);
        getCourierMessage needs ["id"] =>
            |kratos| decoded(&kratos.get_courier_message(&"m".into()).await?);
        listIdentitySchemas needs ["id"] =>
            |kratos| decoded(&kratos.list_identity_schemas_page(&ListSchemas::new()).await?.items);
        getIdentitySchema, getJsonSchema needs [] =>
            |kratos| decoded(&kratos.get_identity_schema(&"default".into()).await?);
        isAlive needs [] => |kratos| kratos.is_alive().await.map(|_| None);
        isReady needs [] => |kratos| kratos.is_ready().await.map(|_| None);
        getVersion needs ["version"] => |kratos| kratos.version().await.map(|_| None);
    }
}

/// Operations of the documents that are tested elsewhere or have no method.
pub(crate) const OTHERS: &[(&str, &str)] = &[
    ("toSession", "it decides, see below"),
    ("updateFedcmFlow", "any JSON is what it gives"),
    ("getWebAuthnJavaScript", "a script"),
];
