//! What every implementation of Kratos's self-service traits must do.

mod codes;
mod expired;
mod mails;
mod my_sessions;
mod outcomes;
mod second_factor;
mod verified;

pub use codes::codes_suite;
pub use expired::expired_suite;
pub use verified::verified_suite;

use crate::{Test, tests, users::TestUsers};
use http::{HeaderValue, StatusCode};
use kratos_client::{
    AuthenticatorAssuranceLevel, CookieHeader, Credential, Error, ErrorExt, ErrorId, Flows,
    Frontend, KratosClient, Logout, LogoutOptions, MySessions, Session, SessionToken, Sessions,
    Whoami,
    flow::{
        BrowserDevice, Caller, CreateFlowOptions, CreateFlowOutcome, Flow, FlowKind, FlowState,
        GetFlowOutcome, Login, Password, Recovery, Registration, SetCookies, Settings,
        UiNodeAttributes, UpdateFlowBody, UpdateFlowOutcome, Verification, WithCookies,
    },
};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// An implementation, with a server behind it where people can log in.
#[derive(Clone)]
pub struct SelfService {
    /// Who is this?
    pub sessions: Arc<dyn Sessions>,
    /// Ends sessions.
    pub logout: Arc<dyn Logout>,
    /// Logging in.
    pub login: Arc<dyn Flows<Login>>,
    /// Registering.
    pub registration: Arc<dyn Flows<Registration>>,
    /// Getting back in.
    pub recovery: Arc<dyn Flows<Recovery>>,
    /// Proving to own an address.
    pub verification: Arc<dyn Flows<Verification>>,
    /// Changing one's settings.
    pub settings: Arc<dyn Flows<Settings>>,
    /// One's own sessions.
    pub own: Arc<dyn MySessions>,
    /// What else a login UI needs.
    pub frontend: Arc<dyn Frontend>,
    /// The users of the server.
    pub users: TestUsers,
}

impl SelfService {
    /// The HTTP client's.
    pub fn of(client: &Arc<KratosClient>, users: TestUsers) -> Self {
        Self {
            sessions: client.clone(),
            logout: client.clone(),
            login: client.clone(),
            registration: client.clone(),
            recovery: client.clone(),
            verification: client.clone(),
            settings: client.clone(),
            own: client.clone(),
            frontend: client.clone(),
            users,
        }
    }
}

/// The tests that the embedded Kratos passes, too.
pub fn suite() -> Vec<(&'static str, Test<SelfService>)> {
    tests![
        an_app_logs_in_and_out,
        a_browser_logs_in_and_out,
        the_device_of_a_browser_is_noted,
        a_flow_belongs_to_its_browser,
        an_unknown_flow_is_told,
    ]
}

/// Tests of what only a whole Kratos has. The article's version mails links, and its
/// configuration has no recovery codes; today's mails codes.
pub fn real_suite(v0_8: bool) -> Vec<(&'static str, Test<SelfService>)> {
    let mut suite = tests![
        an_app_registers,
        a_browser_registers,
        settings_are_changed,
        nobody_has_settings,
        a_session_is_proved_again,
        what_a_login_ui_needs,
        flows_keep_what_they_do_not_know,
    ];
    suite.extend(second_factor::suite(v0_8));
    suite.extend(mails::suite(v0_8));
    suite.extend(my_sessions::suite());
    suite.extend(outcomes::suite(v0_8));
    suite
}

const WRONG_CREDENTIALS: u64 = 4_000_006;

fn message_ids<K: FlowKind>(flow: &Flow<K>) -> Vec<u64> {
    flow.ui.all_messages().map(|message| message.id).collect()
}

fn again<K: FlowKind>(answer: WithCookies<UpdateFlowOutcome<K>>) -> Flow<K> {
    match answer.value {
        UpdateFlowOutcome::Continue(flow) => *flow,
        other => panic!("not the flow again: {other:?}"),
    }
}

/// The flow that was created.
fn created<K: FlowKind>(answer: Result<WithCookies<CreateFlowOutcome<K>>, Error>) -> Flow<K> {
    answer.unwrap().value.into_flow().expect("a flow")
}

/// The flow that was created for a browser, which keeps the cookies.
fn created_for<K: FlowKind>(
    cookies: &mut String,
    answer: Result<WithCookies<CreateFlowOutcome<K>>, Error>,
) -> Flow<K> {
    let answer = answer.unwrap();
    assert!(!answer.set_cookies.is_empty());
    keep(cookies, &answer.set_cookies);
    answer.value.into_flow().expect("a flow")
}

/// The flow that was read again.
fn fetched<K: FlowKind>(answer: Result<GetFlowOutcome<K>, Error>) -> Flow<K> {
    answer.unwrap().into_flow().expect("a flow")
}

fn done<K: FlowKind>(answer: WithCookies<UpdateFlowOutcome<K>>) -> K::Completed {
    match answer.value {
        UpdateFlowOutcome::Completed(done) => done,
        other => panic!("not done: {other:?}"),
    }
}

async fn session_of(kratos: &SelfService, token: &SessionToken) -> Option<Arc<Session>> {
    let whoami = kratos.sessions.whoami(&token.clone().into()).await.unwrap();
    whoami.active()
}

/// Somebody who has just logged in to an app.
async fn logged_in(kratos: &SelfService) -> (crate::users::TestUser, SessionToken) {
    let login = kratos.users.somebody().await;
    let token = log_in(kratos, &login).await;
    (login, token)
}

async fn log_in(kratos: &SelfService, login: &crate::users::TestUser) -> SessionToken {
    let app = Caller::native();
    let flow = created(kratos.login.create(&CreateFlowOptions::new(), &app).await);
    let body = UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password));
    done(kratos.login.submit(&flow, &body, &app).await.unwrap()).session_token.unwrap()
}

/// What a browser keeps of the cookies that it is given.
fn keep(cookies: &mut String, set: &SetCookies) {
    for cookie in set.iter() {
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let name = pair.split('=').next().unwrap();
        let others: Vec<_> = cookies
            .split("; ")
            .filter(|kept| !kept.is_empty() && !kept.starts_with(name))
            .collect();
        *cookies = [others, vec![pair.as_str()]].concat().join("; ");
    }
}

async fn an_app_logs_in_and_out(kratos: SelfService) {
    let login = kratos.users.somebody().await;
    let app = Caller::native();
    let flow = created(kratos.login.create(&CreateFlowOptions::new(), &app).await);
    let wrong = UpdateFlowBody::<Login>::password(&login.email, &Password::new("wrong-password"));
    let flow = again(kratos.login.submit(&flow, &wrong, &app).await.unwrap());
    assert_eq!(message_ids(&flow), [WRONG_CREDENTIALS]);
    let shown = format!("{flow:?}");
    assert!(!shown.contains(&login.email) && !shown.contains("wrong-password"), "{shown}");

    let right = UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password));
    let logged_in = done(kratos.login.submit(&flow, &right, &app).await.unwrap());
    let identity = logged_in.session.identity.unwrap();
    assert_eq!(identity.traits["email"], login.email);
    let token = logged_in.session_token.unwrap();
    assert_eq!(session_of(&kratos, &token).await.unwrap().id, logged_in.session.id);

    kratos.logout.native_logout(&token).await.unwrap();
    assert!(session_of(&kratos, &token).await.is_none());
    kratos.logout.native_logout(&token).await.unwrap();
    let unknown = SessionToken::new("ory_st_EXAMPLEEXAMPLEEXAMPLEEXAMPLE00").unwrap();
    kratos.logout.native_logout(&unknown).await.unwrap();
}

async fn a_browser_logs_in_and_out(kratos: SelfService) {
    let login = kratos.users.somebody().await;
    let mut cookies = String::new();
    let start = kratos.login.create(&CreateFlowOptions::new(), &Caller::browser([""])).await;
    let created = created_for(&mut cookies, start);
    let browser = |cookies: &str| Caller::browser([cookies]);
    let flow = fetched(kratos.login.get(&created.id, &browser(&cookies)).await);
    assert_eq!(flow.id, created.id);

    let right = UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password));
    let answer = kratos.login.submit(&flow, &right, &browser(&cookies)).await.unwrap();
    keep(&mut cookies, &answer.set_cookies);
    let logged_in = done(answer);
    assert_eq!(logged_in.session_token, None);
    let credential = Credential::from_cookie_headers([&cookies]);
    let session = kratos.sessions.whoami(&credential).await.unwrap().active().unwrap();
    assert_eq!(session.id, logged_in.session.id);

    let again = kratos.login.create(&CreateFlowOptions::new(), &browser(&cookies)).await.unwrap();
    assert_eq!(again.value, CreateFlowOutcome::AlreadyLoggedIn);

    let url = kratos.logout.logout_url(&credential, &LogoutOptions::new()).await.unwrap().unwrap();
    let cleared =
        kratos.logout.browser_logout(&url, &CookieHeader::from_headers([&cookies])).await.unwrap();
    assert!(!cleared.is_empty());
    assert_eq!(kratos.sessions.whoami(&credential).await.unwrap(), Whoami::NoSession);
}

/// Kratos notes the browser, and not the server that uses the flow for it. v0.8 notes nothing.
async fn the_device_of_a_browser_is_noted(kratos: SelfService) {
    let login = kratos.users.somebody().await;
    let device = BrowserDevice::new([10, 1, 2, 3].into());
    let device = device.user_agent(HeaderValue::from_static("Browser/1"));
    let browser = |cookies: &str| Caller::browser_on(device.clone(), [cookies]);
    let mut cookies = String::new();
    let start = kratos.login.create(&CreateFlowOptions::new(), &browser("")).await;
    let flow = created_for(&mut cookies, start);
    let body = UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password));
    let answer = kratos.login.submit(&flow, &body, &browser(&cookies)).await.unwrap();
    keep(&mut cookies, &answer.set_cookies);
    let credential = Credential::from_cookie_headers([&cookies]);
    let session = kratos.sessions.whoami(&credential).await.unwrap().active().unwrap();
    let devices = session.devices.as_deref().unwrap_or_default();
    if kratos.users.v0_8 {
        assert!(devices.is_empty(), "{devices:?}");
        return;
    }
    let [device] = devices else { panic!("{devices:?}") };
    assert_eq!(device.ip_address.as_deref(), Some("10.1.2.3"));
    assert_eq!(device.user_agent.as_deref(), Some("Browser/1"));
}

async fn a_flow_belongs_to_its_browser(kratos: SelfService) {
    let flow =
        created(kratos.login.create(&CreateFlowOptions::new(), &Caller::browser([""])).await);
    let stranger = Caller::browser([""]);
    let error = kratos.login.get(&flow.id, &stranger).await.unwrap_err();
    assert_eq!(error.error_id(), Some(ErrorId::SecurityCsrfViolation));
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));

    let login = kratos.users.somebody().await;
    let body = UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password));
    let error = kratos.login.submit(&flow, &body, &stranger).await.unwrap_err();
    assert_eq!(error.error_id(), Some(ErrorId::SecurityCsrfViolation));
}

async fn an_unknown_flow_is_told(kratos: SelfService) {
    let unknown = Uuid::new_v4().to_string().into();
    let error = kratos.login.get(&unknown, &Caller::native()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    let mut flow = created(kratos.login.create(&CreateFlowOptions::new(), &Caller::native()).await);
    flow.id = unknown;
    let body = UpdateFlowBody::<Login>::password("nobody@example.test", &Password::new("password"));
    let error = kratos.login.submit(&flow, &body, &Caller::native()).await.unwrap_err();
    assert!([400, 404].contains(&error.status().unwrap().as_u16()), "{error}");
}

fn new_person() -> (String, serde_json::Value) {
    let email = format!("somebody-{}@example.test", Uuid::new_v4());
    let traits = json!({"email": email, "name": {"first": "Some"}});
    (email, traits)
}

/// Registers; today's server asks for the traits first and for the password afterwards, if one
/// says so, and takes both at once, too.
async fn an_app_registers(kratos: SelfService) {
    let app = Caller::native();
    let (email, traits) = new_person();
    let flow = created(kratos.registration.create(&CreateFlowOptions::new(), &app).await);
    let short = UpdateFlowBody::<Registration>::password(&traits, &Password::new("short")).unwrap();
    let flow = again(kratos.registration.submit(&flow, &short, &app).await.unwrap());
    assert!(!message_ids(&flow).is_empty());

    let password = Password::new(format!("pass-{}", Uuid::new_v4()));
    let body = UpdateFlowBody::<Registration>::password(&traits, &password).unwrap();
    let registered = done(kratos.registration.submit(&flow, &body, &app).await.unwrap());
    let identity = registered.identity.unwrap();
    assert_eq!(identity.traits["email"], email);
    let token = registered.session_token.unwrap();
    let session = session_of(&kratos, &token).await.unwrap();
    assert_eq!(session.identity.id, identity.id);

    let flow = created(kratos.registration.create(&CreateFlowOptions::new(), &app).await);
    let flow = again(kratos.registration.submit(&flow, &body, &app).await.unwrap());
    assert!(!message_ids(&flow).is_empty(), "registered twice");
}

async fn a_browser_registers(kratos: SelfService) {
    let (email, traits) = new_person();
    let mut cookies = String::new();
    let start = kratos.registration.create(&CreateFlowOptions::new(), &Caller::browser([""])).await;
    let flow = created_for(&mut cookies, start);
    let browser = Caller::browser([&cookies]);
    let flow = fetched(kratos.registration.get(&flow.id, &browser).await);
    let password = Password::new(format!("pass-{}", Uuid::new_v4()));
    let body = UpdateFlowBody::<Registration>::password(&traits, &password).unwrap();
    let answer = kratos.registration.submit(&flow, &body, &browser).await.unwrap();
    keep(&mut cookies, &answer.set_cookies);
    assert_eq!(done(answer).identity.unwrap().traits["email"], email);
    let whoami = kratos.sessions.whoami(&Credential::from_cookie_headers([cookies])).await.unwrap();
    assert_eq!(whoami.active().unwrap().identity.traits["email"], email);
}

async fn settings_flow(kratos: &SelfService, caller: &Caller) -> Flow<Settings> {
    created(kratos.settings.create(&CreateFlowOptions::new(), caller).await)
}

async fn settings_are_changed(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let me = Caller::from(token.clone());
    let flow = settings_flow(&kratos, &me).await;
    assert_eq!(flow.identity.as_ref().unwrap().traits["email"], login.email);
    assert_eq!(fetched(kratos.settings.get(&flow.id, &me).await).id, flow.id);

    let traits = json!({"email": login.email, "name": {"first": "Zoe"}});
    let body = UpdateFlowBody::<Settings>::profile(&traits).unwrap();
    let flow = done(kratos.settings.submit(&flow, &body, &me).await.unwrap());
    assert_eq!(flow.state, Some(FlowState::Success));
    let session = session_of(&kratos, &token).await.unwrap();
    assert_eq!(session.identity.traits["name"]["first"], "Zoe");

    let body = UpdateFlowBody::<Settings>::profile(&json!({"email": "no address"})).unwrap();
    let flow = again(kratos.settings.submit(&flow, &body, &me).await.unwrap());
    assert!(!message_ids(&flow).is_empty());

    let password = format!("pass-{}", Uuid::new_v4());
    let body = UpdateFlowBody::<Settings>::password(&Password::new(&password));
    done(kratos.settings.submit(&flow, &body, &me).await.unwrap());
    log_in(&kratos, &crate::users::TestUser { password, ..login }).await;
}

async fn nobody_has_settings(kratos: SelfService) {
    let (_, token) = logged_in(&kratos).await;
    let flow = settings_flow(&kratos, &Caller::from(token.clone())).await;
    let unknown = SessionToken::new("ory_st_EXAMPLEEXAMPLEEXAMPLEEXAMPLE00").unwrap();
    for nobody in [Caller::native(), Caller::browser([""]), Caller::from(unknown)] {
        let settings = kratos.settings.create(&CreateFlowOptions::new(), &nobody).await.unwrap();
        assert_eq!(settings.value, CreateFlowOutcome::NoSession);
        let settings = kratos.settings.get(&flow.id, &nobody).await.unwrap();
        assert_eq!(settings, GetFlowOutcome::NoSession);
    }
    let body = UpdateFlowBody::<Settings>::password(&Password::new("does not matter"));
    let outcome = kratos.settings.submit(&flow, &body, &Caller::native()).await.unwrap();
    assert_eq!(outcome.value, UpdateFlowOutcome::NoSession);

    // The second factor needs the first one.
    let start = CreateFlowOptions::new().aal(&AuthenticatorAssuranceLevel::Aal2);
    let second_factor = kratos.login.create(&start, &Caller::native()).await.unwrap();
    assert_eq!(second_factor.value, CreateFlowOutcome::NoSession);
}

fn assert_unsupported<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
}

async fn a_session_is_proved_again(kratos: SelfService) {
    let (login, token) = logged_in(&kratos).await;
    let me = Caller::from(token);
    let another = kratos.login.create(&CreateFlowOptions::new(), &me).await.unwrap();
    assert_eq!(another.value, CreateFlowOutcome::AlreadyLoggedIn);
    let registration = kratos.registration.create(&CreateFlowOptions::new(), &me).await.unwrap();
    assert_eq!(registration.value, CreateFlowOutcome::AlreadyLoggedIn);
    let recovery = kratos.recovery.create(&CreateFlowOptions::new(), &me).await.unwrap();
    assert_eq!(recovery.value, CreateFlowOutcome::AlreadyLoggedIn);
    let flow = created(kratos.login.create(&CreateFlowOptions::new().refresh(), &me).await);
    assert!(flow.refresh.unwrap_or(true));
    let body = UpdateFlowBody::<Login>::password(&login.email, &Password::new(&login.password));
    done(kratos.login.submit(&flow, &body, &me).await.unwrap());
}

async fn what_a_login_ui_needs(kratos: SelfService) {
    let error = kratos.frontend.get_flow_error("stub:500").await.unwrap();
    assert_eq!(error.error.unwrap()["code"], 500);
    let unknown = Uuid::new_v4().to_string();
    let error = kratos.frontend.get_flow_error(&unknown).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert!(
        kratos.frontend.get_webauthn_javascript().await.unwrap().contains("PublicKeyCredential")
    );
    // FedCM needs a provider that these servers do not have.
    assert_unsupported(kratos.frontend.create_fedcm_flow(&Caller::browser([""])).await);
    let token = kratos_client::UpdateFedcmFlowBody::new("x", "y", "z");
    let error =
        kratos.frontend.update_fedcm_flow(&token, &Caller::browser([""])).await.unwrap_err();
    match kratos.users.v0_8 {
        true => assert!(error.is_unsupported(), "{error}"),
        false => assert_eq!(error.id(), Some("security_csrf_violation")),
    }
}

async fn flows_keep_what_they_do_not_know(kratos: SelfService) {
    let (_, token) = logged_in(&kratos).await;
    let headers = [("x-session-token", token.expose())];
    for path in ["login/api?refresh=true", "settings/api"] {
        let path = format!("self-service/{path}");
        let answer = kratos.users.request("GET", &path, &headers).send().await.unwrap();
        let raw: serde_json::Value = answer.json().await.unwrap();
        let flow: Flow<Settings> = serde_json::from_value(raw.clone()).unwrap();
        let unread = flow.ui.nodes.iter().flatten();
        let unread = unread.filter(|node| matches!(node.attributes, UiNodeAttributes::Other(_)));
        assert_eq!(unread.count(), 0, "{path}");
        crate::assert_contains(&serde_json::to_value(flow).unwrap(), &raw, "");
    }
}
