//! A call of every operation of Kratos.

use crate::{
    Carries::{ApiKey, Nothing, Person},
    Operation, operation,
};
use kratos_client::{
    AdminRecovery, AdminSessions, CookieHeader, Courier, CourierMessageId, CreateRecoveryCode,
    CreateRecoveryLink, Credential, CredentialsType, DeleteIdentityCredentials, ExchangeCode,
    ExternalId, Flows, Frontend, GetIdentityOptions, GetSessionOptions, Identities, IdentityId,
    IdentitySchemas, IdentityState, IdentityUpdate, KratosClient, ListCourierMessages,
    ListIdentities, ListIdentitySessions, ListSchemas, ListSessions, Logout, LogoutOptions,
    LogoutUrl, ManageSessions, Metadata, MySessions, NewIdentity, PageRequest, SchemaId,
    SessionCookie, SessionId, SessionSelection, SessionToken, Sessions, TestLogin,
    UpdateFedcmFlowBody,
    flow::{
        Caller, Code, CreateFlowOptions, Flow, FlowId, Login, Password, Recovery, Registration,
        Settings, UpdateFlowBody, Verification,
    },
};
use serde_json::{Value, json};

pub(crate) const IDS: &str = include_str!("../../operations/kratos-main.txt");

/// What the operations are called with.
pub(crate) struct Values {
    pub(crate) me: Credential,
    pub(crate) caller: Caller,
    /// The header by which the person is known.
    pub(crate) header: (&'static str, &'static str),
    cookies: CookieHeader,
    token: SessionToken,
    identity: IdentityId,
    external: ExternalId,
    session: SessionId,
    message: CourierMessageId,
    schema: SchemaId,
    code: ExchangeCode,
    fedcm: UpdateFedcmFlowBody,
    logout: LogoutUrl,
    flow: FlowId,
    start: CreateFlowOptions,
    logout_options: LogoutOptions,
    session_options: GetSessionOptions,
    identity_options: GetIdentityOptions,
    first: PageRequest,
    second: PageRequest,
    new: NewIdentity,
    update: IdentityUpdate,
    password: DeleteIdentityCredentials,
    login: (Flow<Login>, UpdateFlowBody<Login>),
    registration: (Flow<Registration>, UpdateFlowBody<Registration>),
    recovery: (Flow<Recovery>, UpdateFlowBody<Recovery>),
    verification: (Flow<Verification>, UpdateFlowBody<Verification>),
    settings: (Flow<Settings>, UpdateFlowBody<Settings>),
    list_identities: ListIdentities,
    list_identity_sessions: ListIdentitySessions,
    manage_sessions: ManageSessions,
    test_cookies: CookieHeader,
    recovery_code: CreateRecoveryCode,
    recovery_link: CreateRecoveryLink,
}

impl Values {
    /// A browser's, and an app's.
    #[allow(clippy::large_stack_arrays, reason = "two values, of which each test makes one array")]
    pub(crate) fn of_browser_and_app() -> [Self; 2] {
        let cookie = "ory_kratos_session=planted-cookie";
        let token = SessionToken::new("planted-token").unwrap();
        let app =
            Self::new(token.clone().into(), token.into(), ("x-session-token", "planted-token"));
        let session_cookie = SessionCookie::new("planted-cookie").unwrap().into();
        [Self::new(session_cookie, Caller::browser([cookie]), ("cookie", cookie)), app]
    }

    fn new(me: Credential, caller: Caller, header: (&'static str, &'static str)) -> Self {
        let identity = IdentityId::from("00000000-0000-0000-0000-000000000001");
        let traits = json!({"email": "ann@example.test"});
        let flow = json!({"id": "f", "ui": {"action": "a", "method": "POST", "nodes": []}});
        let flow = || flow.clone();
        let code = Code::new("123456");
        let password = Password::new("s3cret");
        Self {
            me,
            caller,
            header,
            cookies: CookieHeader::from_headers(["ory_kratos_session=planted-cookie"]),
            token: SessionToken::new("other-token").unwrap(),
            external: "external".into(),
            session: "session".into(),
            message: "message".into(),
            schema: "schema".into(),
            code: ExchangeCode::new("code"),
            fedcm: UpdateFedcmFlowBody::new("csrf", "nonce", "fedcm-token"),
            logout: LogoutUrl::new("http://127.0.0.1:1/x?token=logout-token".parse().unwrap()),
            flow: "f".into(),
            start: CreateFlowOptions::new(),
            logout_options: LogoutOptions::new(),
            session_options: GetSessionOptions::new(),
            identity_options: GetIdentityOptions::new(),
            first: PageRequest::new(),
            second: PageRequest::new().page_token("1 session"),
            new: NewIdentity::new("default", traits.clone()).unwrap(),
            update: IdentityUpdate::new("default", traits.clone(), IdentityState::Active).unwrap(),
            password: DeleteIdentityCredentials::new(CredentialsType::Password),
            login: (read(flow()), UpdateFlowBody::<Login>::password("ann", &password)),
            registration: (read(flow()), UpdateFlowBody::<Registration>::profile(&traits).unwrap()),
            recovery: (read(flow()), UpdateFlowBody::<Recovery>::code(&code)),
            verification: (read(flow()), UpdateFlowBody::<Verification>::code(&code)),
            settings: (read(flow()), UpdateFlowBody::<Settings>::password(&password)),
            list_identities: ListIdentities::new(),
            test_cookies: CookieHeader::from_headers(["ory_kratos_session=planted"]),
            manage_sessions: ManageSessions::disable(SessionSelection::EverySession),
            list_identity_sessions: ListIdentitySessions::new(identity.clone())
                .page_token("1 session"),
            recovery_code: CreateRecoveryCode::new(identity.clone()),
            recovery_link: CreateRecoveryLink::new(identity.clone()),
            identity,
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

/// Every operation of Kratos.
pub(crate) fn all<'a>(kratos: &'a KratosClient, with: &'a Values) -> Vec<Operation<'a>> {
    let mut operations = public(kratos, with);
    operations.extend(admin(kratos, with));
    operations
}

/// Every operation that belongs to a person, or to nobody.
pub(crate) fn public<'a>(kratos: &'a KratosClient, with: &'a Values) -> Vec<Operation<'a>> {
    let Values { me, .. } = with;
    let mut operations = flows(kratos, with);
    operations.extend([
        operation("toSession", Person, kratos.whoami(me)),
        operation("toSession", Person, kratos.whoami_as::<Value>(me)),
        operation("toSession", Person, kratos.active_session_as::<Value>(me)),
        operation("toSession", Person, kratos.tokenize(me, "template")),
        operation("listMySessions", Person, kratos.list_my_sessions_page(me, &with.first)),
        operation("listMySessions", Person, kratos.list_my_sessions_page(me, &with.second)),
        operation("disableMySession", Person, kratos.disable_my_session(me, &with.session)),
        operation("disableMyOtherSessions", Person, kratos.disable_my_other_sessions(me)),
        operation(
            "exchangeSessionToken",
            Nothing,
            kratos.exchange_session_token(&with.code, &with.code),
        ),
        operation("createBrowserLogoutFlow", Person, kratos.logout_url(me, &with.logout_options)),
        operation("performNativeLogout", Nothing, kratos.native_logout(&with.token)),
        operation("createFedcmFlow", Person, kratos.create_fedcm_flow(&with.caller)),
        operation("updateFedcmFlow", Person, kratos.update_fedcm_flow(&with.fedcm, &with.caller)),
        operation("getFlowError", Nothing, kratos.get_flow_error("id")),
        operation("getWellKnownChangePassword", Nothing, kratos.change_password_url()),
        operation("deleteTestLoginFlow", Nothing, async {
            kratos.delete_test_login_flow(&"f".into(), &with.test_cookies).await
        }),
        operation("getWebAuthnJavaScript", Nothing, kratos.get_webauthn_javascript()),
        operation("getIdentitySchema", Nothing, kratos.get_identity_schema(&with.schema)),
        operation("listIdentitySchemas", Nothing, async {
            kratos.list_identity_schemas_page(&ListSchemas::new()).await
        }),
        operation("isAlive", Nothing, kratos.is_alive()),
        operation("isReady", Nothing, kratos.is_ready()),
    ]);
    // Only a browser is logged out by its cookies.
    if with.header.0 == "cookie" {
        let log_out = kratos.browser_logout(&with.logout, &with.cookies);
        operations.push(operation("updateLogoutFlow", Person, log_out));
    }
    operations
}

fn flows<'a>(kratos: &'a KratosClient, with: &'a Values) -> Vec<Operation<'a>> {
    let Values { caller, start, flow, .. } = with;
    let (login, registration, recovery) = (&with.login, &with.registration, &with.recovery);
    let (verification, settings) = (&with.verification, &with.settings);
    let [create_login, create_registration, create_recovery, create_verification, create_settings] =
        match caller {
            Caller::Native(_) => [
                "createNativeLoginFlow",
                "createNativeRegistrationFlow",
                "createNativeRecoveryFlow",
                "createNativeVerificationFlow",
                "createNativeSettingsFlow",
            ],
            _ => [
                "createBrowserLoginFlow",
                "createBrowserRegistrationFlow",
                "createBrowserRecoveryFlow",
                "createBrowserVerificationFlow",
                "createBrowserSettingsFlow",
            ],
        };
    vec![
        operation(create_login, Person, Flows::<Login>::create(kratos, start, caller)),
        operation(
            create_registration,
            Person,
            Flows::<Registration>::create(kratos, start, caller),
        ),
        operation(create_recovery, Person, Flows::<Recovery>::create(kratos, start, caller)),
        operation(
            create_verification,
            Person,
            Flows::<Verification>::create(kratos, start, caller),
        ),
        operation(create_settings, Person, Flows::<Settings>::create(kratos, start, caller)),
        operation("getLoginFlow", Person, Flows::<Login>::get(kratos, flow, caller)),
        operation("getRegistrationFlow", Person, Flows::<Registration>::get(kratos, flow, caller)),
        operation("getRecoveryFlow", Person, Flows::<Recovery>::get(kratos, flow, caller)),
        operation("getVerificationFlow", Person, Flows::<Verification>::get(kratos, flow, caller)),
        operation("getSettingsFlow", Person, Flows::<Settings>::get(kratos, flow, caller)),
        operation("updateLoginFlow", Person, kratos.submit(&login.0, &login.1, caller)),
        operation(
            "updateRegistrationFlow",
            Person,
            kratos.submit(&registration.0, &registration.1, caller),
        ),
        operation("updateRecoveryFlow", Person, kratos.submit(&recovery.0, &recovery.1, caller)),
        operation(
            "updateVerificationFlow",
            Person,
            kratos.submit(&verification.0, &verification.1, caller),
        ),
        operation("updateSettingsFlow", Person, kratos.submit(&settings.0, &settings.1, caller)),
    ]
}

/// Every operation of the admin API.
pub(crate) fn admin<'a>(kratos: &'a KratosClient, with: &'a Values) -> Vec<Operation<'a>> {
    let (id, session) = (&with.identity, &with.session);
    vec![
        operation("listIdentities", ApiKey, kratos.list_identities_page(&with.list_identities)),
        operation("getIdentity", ApiKey, kratos.get_identity(id, &with.identity_options)),
        operation(
            "getIdentityByExternalID",
            ApiKey,
            kratos.get_identity_by_external_id(&with.external, &with.identity_options),
        ),
        operation("createIdentity", ApiKey, kratos.create_identity(&with.new)),
        operation(
            "batchPatchIdentities",
            ApiKey,
            kratos.create_identities(std::slice::from_ref(&with.new)),
        ),
        operation("updateIdentity", ApiKey, kratos.update_identity(id, &with.update)),
        operation("patchIdentity", ApiKey, kratos.patch_identity(id, &[])),
        operation("deleteIdentity", ApiKey, kratos.delete_identity(id)),
        operation(
            "deleteIdentityCredentials",
            ApiKey,
            kratos.delete_identity_credentials(id, &with.password),
        ),
        operation("deleteIdentitySessions", ApiKey, kratos.delete_identity_sessions(id)),
        operation(
            "listIdentitySessions",
            ApiKey,
            kratos.list_identity_sessions_page(&with.list_identity_sessions),
        ),
        operation(
            "createRecoveryCodeForIdentity",
            ApiKey,
            kratos.create_recovery_code(&with.recovery_code),
        ),
        operation(
            "createRecoveryLinkForIdentity",
            ApiKey,
            kratos.create_recovery_link(&with.recovery_link),
        ),
        operation("listSessions", ApiKey, async {
            kratos.list_sessions_page(&ListSessions::new()).await
        }),
        operation("getSession", ApiKey, kratos.get_session(session, &with.session_options)),
        operation("disableSession", ApiKey, kratos.disable_session(session)),
        operation("extendSession", ApiKey, kratos.extend_session(session)),
        operation("manageSessions", ApiKey, kratos.manage_sessions(&with.manage_sessions)),
        operation("createTestLoginFlow", ApiKey, kratos.create_test_login_flow("test-provider")),
        operation("listCourierMessages", ApiKey, async {
            kratos.list_courier_messages_page(&ListCourierMessages::new()).await
        }),
        operation("getCourierMessage", ApiKey, kratos.get_courier_message(&with.message)),
        operation("getVersion", ApiKey, kratos.version()),
    ]
}

/// The second page of a list that begins as the first one did.
pub(crate) async fn second_page_of_own_sessions(
    kratos: &KratosClient,
    with: &Values,
) -> Result<(), kratos_client::Error> {
    kratos.list_my_sessions_page(&with.me, &with.second).await.map(drop)
}
