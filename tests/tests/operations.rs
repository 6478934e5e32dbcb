//! Every operation of the servers' OpenAPI documents has a method, or a reason why it has none.
//!
//! The lists in `operations/` are the documents' operation ids. The methods are named as code, so
//! that one that is renamed or removed does not compile here.

use keto_client::{
    BatchPermissions, Expand, KetoClient, Namespaces, OplSyntax, Permissions, Relationships,
};
use kratos_client::{
    AdminRecovery, AdminSessions, Courier, Flows, Frontend, Identities, IdentitySchemas,
    KratosClient, Logout, Metadata, MySessions, Sessions, TestLogin,
    flow::{Login, Recovery, Registration, Settings, Verification},
};
use std::collections::BTreeSet;

/// Lists operation ids with the methods that cover them.
macro_rules! methods {
    ($($($id:ident),+ => $method:expr;)+) => {{
        $(let _ = $method;)+
        BTreeSet::from([$($(stringify!($id)),+),+])
    }};
}

fn kratos() -> BTreeSet<&'static str> {
    type K = KratosClient;
    methods! {
        toSession => <K as Sessions>::whoami;
        listMySessions => <K as MySessions>::list_my_sessions_page;
        disableMySession => <K as MySessions>::disable_my_session;
        disableMyOtherSessions => <K as MySessions>::disable_my_other_sessions;
        exchangeSessionToken => <K as MySessions>::exchange_session_token;
        createBrowserLogoutFlow, createSelfServiceLogoutFlowUrlForBrowsers =>
            <K as Logout>::logout_url;
        updateLogoutFlow, submitSelfServiceLogoutFlow => <K as Logout>::browser_logout;
        performNativeLogout, submitSelfServiceLogoutFlowWithoutBrowser =>
            <K as Logout>::native_logout;
        createNativeLoginFlow, createBrowserLoginFlow,
        initializeSelfServiceLoginFlowWithoutBrowser, initializeSelfServiceLoginFlowForBrowsers =>
            <K as Flows<Login>>::create;
        getLoginFlow, getSelfServiceLoginFlow => <K as Flows<Login>>::get;
        updateLoginFlow, submitSelfServiceLoginFlow => <K as Flows<Login>>::submit;
        createNativeRegistrationFlow, createBrowserRegistrationFlow,
        initializeSelfServiceRegistrationFlowWithoutBrowser,
        initializeSelfServiceRegistrationFlowForBrowsers => <K as Flows<Registration>>::create;
        getRegistrationFlow, getSelfServiceRegistrationFlow => <K as Flows<Registration>>::get;
        updateRegistrationFlow, submitSelfServiceRegistrationFlow =>
            <K as Flows<Registration>>::submit;
        createNativeRecoveryFlow, createBrowserRecoveryFlow,
        initializeSelfServiceRecoveryFlowWithoutBrowser,
        initializeSelfServiceRecoveryFlowForBrowsers => <K as Flows<Recovery>>::create;
        getRecoveryFlow, getSelfServiceRecoveryFlow => <K as Flows<Recovery>>::get;
        updateRecoveryFlow, submitSelfServiceRecoveryFlow => <K as Flows<Recovery>>::submit;
        createNativeVerificationFlow, createBrowserVerificationFlow,
        initializeSelfServiceVerificationFlowWithoutBrowser,
        initializeSelfServiceVerificationFlowForBrowsers => <K as Flows<Verification>>::create;
        getVerificationFlow, getSelfServiceVerificationFlow => <K as Flows<Verification>>::get;
        updateVerificationFlow, submitSelfServiceVerificationFlow =>
            <K as Flows<Verification>>::submit;
        createNativeSettingsFlow, createBrowserSettingsFlow,
        initializeSelfServiceSettingsFlowWithoutBrowser,
        initializeSelfServiceSettingsFlowForBrowsers => <K as Flows<Settings>>::create;
        getSettingsFlow, getSelfServiceSettingsFlow => <K as Flows<Settings>>::get;
        updateSettingsFlow, submitSelfServiceSettingsFlow => <K as Flows<Settings>>::submit;
        getFlowError, getSelfServiceError => <K as Frontend>::get_flow_error;
        getWebAuthnJavaScript => <K as Frontend>::get_webauthn_javascript;
        createFedcmFlow => <K as Frontend>::create_fedcm_flow;
        updateFedcmFlow => <K as Frontend>::update_fedcm_flow;
        listIdentities, adminListIdentities => <K as Identities>::list_identities_page;
        getIdentity, adminGetIdentity => <K as Identities>::get_identity;
        getIdentityByExternalID => <K as Identities>::get_identity_by_external_id;
        createIdentity, adminCreateIdentity => <K as Identities>::create_identity;
        batchPatchIdentities => <K as Identities>::create_identities;
        updateIdentity, adminUpdateIdentity => <K as Identities>::update_identity;
        patchIdentity => <K as Identities>::patch_identity;
        deleteIdentity, adminDeleteIdentity => <K as Identities>::delete_identity;
        deleteIdentityCredentials => <K as Identities>::delete_identity_credentials;
        deleteIdentitySessions, adminDeleteIdentitySessions =>
            <K as Identities>::delete_identity_sessions;
        listIdentitySessions => <K as Identities>::list_identity_sessions_page;
        createRecoveryCodeForIdentity => <K as AdminRecovery>::create_recovery_code;
        createRecoveryLinkForIdentity, adminCreateSelfServiceRecoveryLink =>
            <K as AdminRecovery>::create_recovery_link;
        listSessions => <K as AdminSessions>::list_sessions_page;
        getSession => <K as AdminSessions>::get_session;
        disableSession => <K as AdminSessions>::disable_session;
        extendSession => <K as AdminSessions>::extend_session;
        manageSessions => <K as AdminSessions>::manage_sessions;
        createTestLoginFlow => <K as TestLogin>::create_test_login_flow;
        deleteTestLoginFlow => <K as TestLogin>::delete_test_login_flow;
        getWellKnownChangePassword => <K as Frontend>::change_password_url;
        listCourierMessages => <K as Courier>::list_courier_messages_page;
        getCourierMessage => <K as Courier>::get_courier_message;
        listIdentitySchemas => <K as IdentitySchemas>::list_identity_schemas_page;
        getIdentitySchema, getJsonSchema => <K as IdentitySchemas>::get_identity_schema;
        isAlive => <K as Metadata>::is_alive;
        isReady => <K as Metadata>::is_ready;
        getVersion => <K as Metadata>::version;
    }
}

fn keto() -> BTreeSet<&'static str> {
    type K = KetoClient;
    methods! {
        postCheckPermission, postCheck => <K as Permissions>::check;
        batchCheckPermission => <K as BatchPermissions>::batch_check;
        expandPermissions, getExpand => <K as Expand>::expand;
        listRelationshipNamespaces => <K as Namespaces>::list_namespaces;
        checkOplSyntax => <K as OplSyntax>::check_opl_syntax;
        getRelationships, getRelationTuples => <K as Relationships>::list_relationships_page;
        createRelationship, createRelationTuple => <K as Relationships>::create_relationship;
        patchRelationships, patchRelationTuples => <K as Relationships>::patch_relationships;
        deleteRelationships, deleteRelationTuple =>
            <K as Relationships>::delete_all_relationships_matching;
        isAlive, isInstanceAlive => <K as Metadata>::is_alive;
        isReady, isInstanceReady => <K as Metadata>::is_ready;
        getVersion => <K as Metadata>::version;
    }
}

/// Operations without a method of their own, and why.
const REASONS: &[(&str, &str)] = &[
    ("checkPermission", "`check` posts: a GET would put the subject into URLs and their logs"),
    ("getCheck", "`check` posts: a GET would put the subject into URLs and their logs"),
    ("checkPermissionOrError", "the decision of `check`, told by 403, which a proxy says, too"),
    ("postCheckPermissionOrError", "the decision of `check`, told by 403, which a proxy says, too"),
];

#[test]
fn every_operation_has_a_method_or_a_reason() {
    let (kratos, keto) = (kratos(), keto());
    for (name, list, methods) in [
        ("Kratos v26.2.0", include_str!("../operations/kratos-v26.2.0.txt"), &kratos),
        ("the next Kratos", include_str!("../operations/kratos-main.txt"), &kratos),
        ("the next Keto", include_str!("../operations/keto-main.txt"), &keto),
        ("Kratos v0.8", include_str!("../operations/kratos-v0.8.0-alpha.3.txt"), &kratos),
        ("Keto v26.2.0", include_str!("../operations/keto-v26.2.0.txt"), &keto),
        ("Keto v0.7", include_str!("../operations/keto-v0.7.0-alpha.1.txt"), &keto),
    ] {
        let ids: Vec<&str> = list.lines().collect();
        assert!(ids.len() >= 10, "{name}: the list is empty");
        for id in ids {
            let reason = REASONS.iter().find(|(operation, _)| *operation == id);
            assert!(methods.contains(id) != reason.is_some(), "{name}: {id}");
        }
    }
}
