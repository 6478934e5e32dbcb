//! Responses that a Kratos may give by its OpenAPI documents: whole ones, and each with one field
//! left out, `null`, empty, of another type, of an unknown enum, or with one member more. Every
//! operation reads all of them but those without what it needs, loses nothing of them, and no
//! session counts unless everything that decides says so.

#![allow(clippy::unwrap_used, reason = "a test")]

use contract_tests::{
    assert_contains,
    openapi::{Document, Kind, Mutation, mutations},
    scripted::{Say, Scripted},
};
use fastrand::Rng;
use futures_util::future::BoxFuture;
use kratos_client::{
    AdminRecovery, AdminSessions, ApiVersion, CachedSessions, Courier, CreateRecoveryCode,
    CreateRecoveryLink, Credential, Error, ExchangeCode, Frontend, Identities, IdentitySchemas,
    IdentityUpdate, KratosClient, ListIdentities, ListIdentitySessions, ListCourierMessages, ListSchemas,
    ListSessions, Logout, Metadata, MySessions, NewIdentity, PageRequest, Sessions,
    TokenExchangeOutcome, Whoami,
    flow::{
        Caller, CreateFlowOptions, Flow, FlowKind, Login, Recovery, Registration, Settings,
        UpdateFlowBody, UpdateFlowOutcome, Verification,
    },
};
use kratos_client::{Flows, IdentityState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// At most so many mutations of an operation's responses are tried: chosen at random, others for
/// each operation, but the same in each run.
const MUTATIONS: usize = 60;

/// What an operation made of a response, written again; `None` where it can't be written.
type Read = Result<Option<Value>, Error>;

/// An operation that is answered with JSON.
struct Operation {
    /// Its ids in the documents.
    ids: &'static [&'static str],
    /// The fields that it needs: a response may be an error where one of them is mutated.
    needs: &'static [&'static str],
    run: fn(&KratosClient) -> BoxFuture<'_, Read>,
}

macro_rules! operations {
    ($($($id:ident),+ needs $needs:expr => |$kratos:ident| $run:expr;)+) => {
        vec![$(Operation {
            ids: &[$(stringify!($id)),+],
            needs: &$needs,
            run: |$kratos| Box::pin(async move { $run }),
        }),+]
    };
}

#[expect(clippy::unnecessary_wraps, reason = "what an operation came to")]
fn written(value: &impl Serialize) -> Read {
    Ok(Some(serde_json::to_value(value).unwrap()))
}

fn cookie() -> Credential {
    Credential::from_cookie_headers(["ory_kratos_session=s"])
}

fn new_identity() -> NewIdentity {
    NewIdentity::new("default", json!({}))
}

async fn create<K: FlowKind>(kratos: &KratosClient) -> Read {
    let created =
        Flows::<K>::create(kratos, &CreateFlowOptions::new(), &Caller::native()).await?.value;
    written(&created.into_flow().unwrap())
}

async fn get<K: FlowKind>(kratos: &KratosClient) -> Read {
    written(&Flows::<K>::get(kratos, &"f".into(), &Caller::native()).await?.into_flow().unwrap())
}

async fn submit<K: FlowKind<Completed: Serialize>>(kratos: &KratosClient) -> Read {
    let flow = json!({"id": "f", "ui": {"action": "http://ory.test", "method": "POST"}});
    let flow: Flow<K> = serde_json::from_value(flow).unwrap();
    match kratos.submit(&flow, &UpdateFlowBody::method("password"), &Caller::native()).await?.value
    {
        UpdateFlowOutcome::Completed(done) => written(&done),
        UpdateFlowOutcome::Continue(flow) => written(&flow),
        other => panic!("{other:?}"),
    }
}

/// What every flow needs: to be found again, and its form.
const FLOW: [&str; 2] = ["id", "ui"];

#[expect(clippy::too_many_lines, reason = "a list")]
#[rustfmt::skip]
fn operations() -> Vec<Operation> {
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
                    TokenExchangeOutcome::LoggedIn(logged_in) => written(&logged_in),
                    other @ TokenExchangeOutcome::NoSession { .. } => panic!("{other:?}"),
                }
            };
        listMySessions needs ["id", "identity", "identity.id"] => |kratos| {
            let page = kratos.list_my_sessions_page(&cookie(), &PageRequest::new()).await?;
            written(&page.items)
        };
        disableMyOtherSessions needs ["count"] => |kratos| {
            kratos.disable_my_other_sessions(&cookie()).await.map(|_| None)
        };
        createBrowserLogoutFlow, createSelfServiceLogoutFlowUrlForBrowsers needs ["logout_url"] =>
            |kratos| kratos.logout_url(&cookie(), None).await.map(|_| None);
        getFlowError, getSelfServiceError needs ["id"] =>
            |kratos| written(&kratos.get_flow_error("e").await?);
        createFedcmFlow needs [] =>
            |kratos| written(&kratos.create_fedcm_flow(&Caller::native()).await?.value);
        listIdentities, adminListIdentities needs ["id"] => |kratos| {
            written(&kratos.list_identities_page(&ListIdentities::new()).await?.items)
        };
        getIdentity, adminGetIdentity needs ["id"] =>
            |kratos| written(&kratos.get_identity(&"i".into(), &[]).await?);
        getIdentityByExternalID needs ["id"] =>
            |kratos| written(&kratos.get_identity_by_external_id(&"i".into(), &[]).await?);
        createIdentity, adminCreateIdentity needs ["id"] =>
            |kratos| written(&kratos.create_identity(&new_identity()).await?);
        batchPatchIdentities needs ["identities", "identities.identity", "identities.error"] =>
            |kratos| {
                let both = [new_identity(), new_identity()];
                kratos.create_identities(&both).await.map(|_| None)
            };
        updateIdentity, adminUpdateIdentity needs ["id"] => |kratos| {
            let update = IdentityUpdate::new("default", json!({}), IdentityState::Active);
            written(&kratos.update_identity(&"i".into(), &update).await?)
        };
        patchIdentity needs ["id"] =>
            |kratos| written(&kratos.patch_identity(&"i".into(), &[]).await?);
        listIdentitySessions needs ["id", "identity", "identity.id"] => |kratos| {
            let request = ListIdentitySessions::new("i".into());
            written(&kratos.list_identity_sessions_page(&request).await?.items)
        };
        createRecoveryCodeForIdentity needs ["recovery_code", "recovery_link"] => |kratos| {
            kratos.create_recovery_code(&CreateRecoveryCode::new("i".into())).await.map(|_| None)
        };
        createRecoveryLinkForIdentity, adminCreateSelfServiceRecoveryLink needs ["recovery_link"] =>
            |kratos| {
                let request = CreateRecoveryLink::new("i".into());
                kratos.create_recovery_link(&request).await.map(|_| None)
            };
        listSessions needs ["id", "identity", "identity.id"] => |kratos| {
            written(&kratos.list_sessions_page(&ListSessions::new()).await?.items)
        };
        getSession needs ["id", "identity", "identity.id"] =>
            |kratos| written(&kratos.get_session(&"s".into(), &[]).await?);
        extendSession needs ["id", "identity", "identity.id"] =>
            |kratos| written(&kratos.extend_session(&"s".into()).await?.unwrap());
        listCourierMessages needs ["id"] =>
            |kratos| written(&kratos.list_courier_messages_page(&ListCourierMessages::new()).await?.items);
        getCourierMessage needs ["id"] =>
            |kratos| written(&kratos.get_courier_message(&"m".into()).await?);
        listIdentitySchemas needs ["id"] =>
            |kratos| written(&kratos.list_identity_schemas_page(&ListSchemas::new()).await?.items);
        getIdentitySchema, getJsonSchema needs [] =>
            |kratos| written(&kratos.get_identity_schema(&"default".into()).await?);
        isAlive needs [] => |kratos| kratos.is_alive().await.map(|_| None);
        isReady needs [] => |kratos| kratos.is_ready().await.map(|_| None);
        getVersion needs ["version"] => |kratos| kratos.version().await.map(|_| None);
    }
}

/// Operations of the documents that are tested elsewhere or have no method.
const OTHERS: &[(&str, &str)] = &[
    ("toSession", "it decides, see below"),
    ("updateFedcmFlow", "any JSON is what it gives"),
    ("getWebAuthnJavaScript", "a script"),
    ("createTestLoginFlow", "no released server has it"),
    ("manageSessions", "no released server has it"),
];

/// Makes what the documents can't say right: which types a node has, and that an entry of a batch
/// has one of two things.
fn sound(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(sound),
        Value::Object(fields) => {
            fields.values_mut().for_each(sound);
            if let Some(kind) = fields.get("attributes").and_then(|of| of.get("node_type")).cloned()
            {
                fields.insert("type".into(), kind);
            }
            if fields.get("ui").is_some() {
                fields.insert("state".into(), "choose_method".into());
            }
            if let Some(Value::Array(entries)) = fields.get_mut("identities") {
                let mut entry = entries.pop().unwrap();
                entry.as_object_mut().unwrap().remove("error");
                entries.push(entry.clone());
                entry.as_object_mut().unwrap().remove("identity");
                entry["error"] = json!({"code": 409, "message": "conflict"});
                entries.push(entry);
            }
            for (name, value) in fields {
                if name.ends_with("_url") || name.ends_with("_link") {
                    *value = "http://ory.test/?token=t".into();
                }
            }
        }
        _ => {}
    }
}

fn client(server: &Scripted, api_version: ApiVersion) -> KratosClient {
    let url = server.url.as_str();
    KratosClient::builder().public_url(url).admin_url(url).api_version(api_version).build().unwrap()
}

/// Whether something that can't be read is lost: a token is none that can't be sent, and so is not
/// kept, and neither is what stands beside it in place of a session and the like.
fn is_not_kept(operation: &str, path: &str) -> bool {
    let beside_a_token = ["updateLoginFlow", "updateRegistrationFlow", "exchangeSessionToken"];
    let fields = ["session_token", "continue_with", "session", "identity"];
    beside_a_token.contains(&operation) && fields.contains(&path)
}

/// Whole responses, and mutations of them.
fn some_mutations(wholes: &[Value], operation: &str) -> Vec<(Mutation, Value)> {
    let (mut some, mut others) = (Vec::new(), Vec::new());
    for whole in wholes {
        let mut all = mutations(whole).into_iter().map(|mutation| (mutation, whole));
        some.extend(all.next());
        others.extend(all);
    }
    let seed = operation
        .bytes()
        .fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into()));
    Rng::with_seed(seed).shuffle(&mut others);
    some.extend(others.into_iter().take(MUTATIONS));
    some.into_iter().map(|(mutation, whole)| (mutation.clone(), mutation.of(whole))).collect()
}

async fn every_operation_reads(document: &str, api_version: ApiVersion) {
    let facts = Document::read(document);
    let operations = operations();
    for id in facts.operations() {
        if OTHERS.iter().any(|(other, _)| *other == id) {
            continue;
        }
        let operation = operations.iter().find(|operation| operation.ids.contains(&id));
        let operation = operation.unwrap_or_else(|| panic!("{document}: {id} is not tested"));
        let (status, mut wholes) = facts.responses(id).unwrap();
        wholes.iter_mut().for_each(sound);
        let all = some_mutations(&wholes, id);
        let script = all.iter().map(|(_, response)| Say::new(status, response.to_string()));
        let server = Scripted::start(script).await;
        let kratos = client(&server, api_version);
        let asked = all.len();
        for (Mutation { path, kind, .. }, response) in all {
            let place = format!("{document}: {id}, {kind:?} {path}");
            match (operation.run)(&kratos).await {
                Ok(Some(_)) if is_not_kept(operation.ids[0], &path) => {}
                Ok(Some(kept)) => assert_contains(&kept, &response, &place),
                Ok(None) => {}
                Err(error) => assert!(operation.needs.contains(&path.as_str()), "{place}: {error}"),
            }
        }
        assert_eq!(server.heard().len(), asked, "{document}: {id} has asked more than once");
    }
}

#[tokio::test]
async fn every_operation_reads_what_v26_may_send() {
    every_operation_reads("kratos-v26.2.0", ApiVersion::Current).await;
}

#[tokio::test]
async fn every_operation_reads_what_the_next_version_may_send() {
    every_operation_reads("kratos-main", ApiVersion::Current).await;
}

#[tokio::test]
async fn every_operation_reads_what_v0_8_may_send() {
    every_operation_reads("kratos-v0.8.0-alpha.3", ApiVersion::V0_8).await;
}

/// What decides whether a session counts.
const DECIDES: [&str; 4] = ["active", "expires_at", "identity", "identity.state"];

/// Whether a session may count, and whether it has to, though something of it was mutated.
fn may_count(Mutation { path, kind, .. }: &Mutation, response: &Value) -> (bool, bool) {
    match (kind, path.as_str()) {
        (Kind::Unchanged | Kind::Added, _) => (true, true),
        (_, path) if DECIDES.contains(&path) => (false, false),
        // Any text may be an id, but for none.
        (_, "identity.id") => {
            let may = response["identity"]["id"].as_str().is_some_and(|id| !id.is_empty());
            (may, may)
        }
        (_, "id") => (true, false),
        _ => (true, true),
    }
}

/// Traits in a type of the application's own, which reads whatever they are.
#[derive(Debug, PartialEq, Deserialize, Serialize)]
struct Traits(Value);

async fn only_a_session_that_all_of_it_confirms_counts(document: &str) {
    let facts = Document::read(document);
    let (_, wholes) = facts.responses("toSession").unwrap();
    let of =
        |whole| mutations(whole).into_iter().map(move |mutation| (mutation.of(whole), mutation));
    let all: Vec<(Value, Mutation)> = wholes.iter().flat_map(of).collect();
    assert!(DECIDES.iter().all(|path| all.iter().any(|(_, mutation)| mutation.path == *path)));
    let say = |(response, _): &(Value, _)| {
        let say = Say::new(200, response.to_string());
        std::iter::repeat_n(say.headers("ory-session-cache-for: 60\r\n"), CALLS)
    };
    let server = Scripted::start(all.iter().flat_map(say)).await;
    let kratos = client(&server, ApiVersion::Current);
    let cached = CachedSessions::new(kratos.clone());
    for (number, (response, mutation)) in all.iter().enumerate() {
        let place = format!("{document}: {:?} {}", mutation.kind, mutation.path);
        let (may, must) = may_count(mutation, response);
        let who = Credential::from_cookie_headers([format!("ory_kratos_session={number}")]);
        let whoami = kratos.whoami(&who).await;
        let again = cached.whoami(&who).await;
        assert_eq!(whoami.as_ref().ok(), again.as_ref().ok(), "{place}");
        let tokenized = kratos.tokenize(&who, "template").await;
        assert_eq!(whoami.as_ref().ok(), tokenized.as_ref().ok(), "{place}");
        let typed = kratos.whoami_as::<Traits>(&who).await.ok().and_then(Whoami::active);
        let brief: Option<Value> = kratos.active_session_as(&who).await.ok().flatten();
        let active = match whoami {
            Ok(Whoami::Active(session)) => {
                let kept = serde_json::to_value(&*session).unwrap();
                assert_contains(&kept, response, &place);
                Some(session)
            }
            Ok(Whoami::Inactive(_)) => None,
            Ok(other) => panic!("{place}: {other:?}"),
            Err(error) => {
                assert!(!may || mutation.path == "id", "{place}: {error}");
                None
            }
        };
        assert_eq!(active.is_some(), typed.is_some(), "{place}");
        assert_eq!(cached.cached(&who).is_some(), active.is_some(), "{place}");
        for counts in [active.is_some(), brief.is_some()] {
            assert!(counts || !must, "{place}: it does not count");
            assert!(!counts || may, "{place}: it counts");
        }
    }
    assert_eq!(server.heard().len(), all.len() * CALLS);
}

/// How often each response is asked for.
const CALLS: usize = 5;

#[tokio::test]
async fn a_session_of_v26_counts_only_where_all_of_it_says_so() {
    only_a_session_that_all_of_it_confirms_counts("kratos-v26.2.0").await;
}

#[tokio::test]
async fn a_session_of_the_next_version_counts_only_where_all_of_it_says_so() {
    only_a_session_that_all_of_it_confirms_counts("kratos-main").await;
}

#[tokio::test]
async fn a_session_of_v0_8_counts_only_where_all_of_it_says_so() {
    only_a_session_that_all_of_it_confirms_counts("kratos-v0.8.0-alpha.3").await;
}
