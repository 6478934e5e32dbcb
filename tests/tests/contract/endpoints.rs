//! Real servers by other ways than a port and a version that stay: over a Unix socket, replaced by
//! another version, at a wrong URL, and with more checks than usual.

use super::{real_trial, skipped, trial};
use async_trait::async_trait;
use bytes::Bytes;
use contract_tests::{
    api::Api,
    in_memory::no_route,
    keto, kratos,
    servers::{self, KETOS, KRATOSES, Real},
    unix_socket::UnixSocket,
    users::TestUsers,
};
use futures_util::TryStreamExt;
use http::{Request, Response};
use keto_client::{
    ApiVersion, BatchPermissions, CallOptions, Check, CheckedNames, Decision, ErrorKind, Expand,
    HttpConfig, HttpService, HttpServiceError, KetoClient, KetoGrpcClient, ListRelationships,
    Namespaces, Permissions, RelationQuery, RelationTuple, RelationshipPatch, Relationships,
    Subject, SubjectSet, testing::KetoVersion,
};
use kratos_client::{
    GetIdentityOptions, Identities, IdentitiesExt, IdentityState, IdentityUpdate, KratosClient,
    ListIdentities, NewIdentity, SessionToken, Sessions,
};
use libtest_mimic::Trial;
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use url::Url;
use uuid::Uuid;

pub(crate) fn trials(trials: &mut Vec<Trial>) {
    unix_sockets(trials);
    replaced(trials);
    wrong_urls(trials);
    many_checks_over_grpc(trials);
}

fn unix_sockets(trials: &mut Vec<Trial>) {
    for (server, version) in
        [("testing keto", KetoVersion::Current), ("testing keto v0.7", KetoVersion::V0_7)]
    {
        for (name, test) in keto::suite() {
            trials.push(trial(
                format!("{server} over a Unix socket: {name}"),
                move || async move {
                    let server = servers::testing_keto(version);
                    let (read, write) =
                        (UnixSocket::to(server.read_url()), UnixSocket::to(server.write_url()));
                    let v0_7 = version == KetoVersion::V0_7;
                    test(servers::keto(&read.url, &write.url, v0_7, ApiVersion::Detect)).await;
                },
            ));
        }
    }
    let [server, _] = KETOS;
    let name = format!("{} over a Unix socket", server.name);
    match server.urls() {
        None => trials.push(skipped(&name, [server.first, server.second])),
        Some(urls) => {
            for (name, test) in keto::suite() {
                let (read, write) = urls.clone();
                let name = format!("{} by gRPC over a Unix socket: {name}", server.name);
                trials.push(real_trial(name, move || async move {
                    let (read, write) = (UnixSocket::to(&read), UnixSocket::to(&write));
                    test(servers::real_keto_grpc(&read.url, &write.url)).await;
                }));
            }
        }
    }
    let [server, _] = KRATOSES;
    let name = format!("{} over a Unix socket", server.name);
    let Some((public, admin)) = server.urls() else {
        trials.push(skipped(&name, [server.first, server.second]));
        return;
    };
    for (name, test) in kratos::suite() {
        let (public, admin) = (public.clone(), admin.clone());
        let name = format!("{} over a Unix socket: {name}", server.name);
        trials.push(real_trial(name, move || async move {
            let socket = UnixSocket::to(&public);
            let client = KratosClient::builder().public_url(socket.url.as_str()).build().unwrap();
            let client = Arc::new(client);
            let users = TestUsers::new(public, &admin, false);
            test(kratos::Kratos { sessions: client.clone(), logout: client, users }).await;
        }));
    }
}

/// Sends what goes to a port to the server that is there now.
#[derive(Debug)]
struct Forward {
    servers: Mutex<HashMap<u16, Api>>,
}

impl Forward {
    fn new() -> Arc<Self> {
        Arc::new(Self { servers: Mutex::default() })
    }

    fn to(&self, first: &Url, second: &Url) {
        let servers = [(1, Api::at(first)), (2, Api::at(second))];
        *self.servers.lock().unwrap() = HashMap::from(servers);
    }
}

#[async_trait]
impl HttpService for Forward {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpServiceError> {
        let server = self.servers.lock().unwrap().get(&request.uri().port_u16().unwrap()).cloned();
        let Some(server) = server else { return Ok(no_route()) };
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().unwrap().as_str();
        let request = server.request(parts.method.as_str(), path).headers(parts.headers).body(body);
        let response = request.send().await.unwrap();
        let mut answer = Response::builder().status(response.status());
        answer.headers_mut().unwrap().extend(response.headers().clone());
        Ok(answer.body(response.bytes().await.unwrap()).unwrap())
    }
}

/// Until what is known for a time is asked for again. Nothing is sent meanwhile.
async fn a_minute_later() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
}

fn both<const N: usize>(servers: [Real; N]) -> Option<[(Url, Url); 2]> {
    let [new, old] = [servers[0].urls()?, servers[1].urls()?];
    Some([old, new])
}

fn replaced(trials: &mut Vec<Trial>) {
    let name = "real keto v0.7 is replaced by today's and back";
    match both(KETOS) {
        None => trials.push(skipped(name, [KETOS[0].first, KETOS[1].first])),
        Some(servers) => {
            trials.push(real_trial(name, || async { keto_is_replaced(servers).await }));
        }
    }
    let name = "real kratos v0.8 is replaced by today's and back";
    match both(KRATOSES) {
        None => trials.push(skipped(name, [KRATOSES[0].first, KRATOSES[1].first])),
        Some(servers) => {
            trials.push(real_trial(name, || async { kratos_is_replaced(servers).await }));
        }
    }
}

async fn keto_is_replaced(servers: [(Url, Url); 2]) {
    let forward = Forward::new();
    let keto = KetoClient::builder().read_url("http://127.0.0.1:1").write_url("http://127.0.0.1:2");
    let keto = keto.http(HttpConfig::default().service(forward.clone())).build().unwrap();
    for round in 0..8 {
        let (read, write) = &servers[round % 2];
        let is_old = round % 2 == 0;
        // A proxy says that there is no route before the new server is there.
        forward.servers.lock().unwrap().clear();
        let tuple =
            RelationTuple::new("app", Uuid::new_v4().to_string(), "read", Subject::id("ann"));
        let check = Check::new(tuple.clone());
        keto.check(&check).await.unwrap_err();
        forward.to(read, write);
        let list = ListRelationships::new(RelationQuery::from(tuple.clone()));
        let count = async || keto.list_relationships_page(&list).await.unwrap().items.len();
        let set = SubjectSet::new("app", tuple.object.as_str(), "read");
        // Each of them is the first one after the change at some time.
        match round / 2 {
            0 => assert_eq!(keto.check(&check).await.unwrap(), Decision::Denied),
            1 => assert_eq!(keto.expand(&set.clone().into()).await.unwrap(), None),
            2 => {
                keto.patch_relationships(&[RelationshipPatch::Delete(tuple.clone())])
                    .await
                    .unwrap();
            }
            _ => {}
        }
        keto.create_relationship(&tuple).await.unwrap();
        assert_eq!(count().await, 1, "round {round}: it was created once");
        assert_eq!(keto.check(&check).await.unwrap(), Decision::Allowed);
        let decisions = keto.batch_check(&[check.clone(), check.clone()]).await.unwrap();
        assert_eq!(decisions, [Ok(Decision::Allowed), Ok(Decision::Allowed)]);
        assert!(keto.expand(&set.into()).await.unwrap().is_some());
        keto.delete_relationship(&tuple).await.unwrap();
        assert_eq!(count().await, 0, "round {round}");
        keto.patch_relationships(&[RelationshipPatch::Insert(tuple.clone())]).await.unwrap();
        assert_eq!(count().await, 1, "round {round}");
        keto.delete_all_relationships_matching(&tuple.into()).await.unwrap();
        assert_eq!(count().await, 0, "round {round}");
        a_minute_later().await;
        match keto.list_namespaces().await {
            Ok(namespaces) => assert!(!is_old && !namespaces.is_empty()),
            Err(error) => assert!(is_old && error.is_unsupported(), "round {round}: {error}"),
        }
    }
}

async fn kratos_is_replaced(servers: [(Url, Url); 2]) {
    let forward = Forward::new();
    let kratos = KratosClient::builder();
    let kratos = kratos.public_url("http://127.0.0.1:1").admin_url("http://127.0.0.1:2");
    let kratos = kratos.http(HttpConfig::default().service(forward.clone())).build().unwrap();
    for round in 0..6 {
        let (public, admin) = &servers[round % 2];
        let is_old = round % 2 == 0;
        forward.servers.lock().unwrap().clear();
        kratos.list_identities_page(&ListIdentities::new()).await.unwrap_err();
        forward.to(public, admin);
        let everybody = async || {
            let list = kratos.list_identities(ListIdentities::new().page_size(100));
            let ids: Vec<_> = list.map_ok(|identity| identity.id).try_collect().await.unwrap();
            ids
        };
        let before = match round / 2 {
            0 => Some(everybody().await),
            _ => None,
        };
        let email = format!("{}@example.test", Uuid::new_v4());
        let traits = json!({"email": email});
        let one =
            kratos.create_identity(&NewIdentity::new("default", traits.clone()).unwrap()).await;
        let one = one.unwrap();
        let everybody_now = everybody().await;
        assert_eq!(everybody_now.iter().filter(|id| **id == one.id).count(), 1, "round {round}");
        if let Some(before) = before {
            assert_eq!(everybody_now.len(), before.len() + 1, "round {round}");
        }
        assert_eq!(
            kratos.get_identity(&one.id, &GetIdentityOptions::new()).await.unwrap().id,
            one.id
        );
        let update = IdentityUpdate::new("default", traits, IdentityState::Inactive).unwrap();
        let updated = kratos.update_identity(&one.id, &update).await.unwrap();
        assert_eq!(updated.state, Some(IdentityState::Inactive));
        kratos.delete_identity(&one.id).await.unwrap();
        let error = kratos.get_identity(&one.id, &GetIdentityOptions::new()).await.unwrap_err();
        assert_eq!(error.status().unwrap(), 404);
        assert!(error.server_error().is_some(), "{error:?}");
        a_minute_later().await;
        match kratos.create_identities(&[]).await {
            Ok(created) => assert!(!is_old && created.is_empty()),
            Err(error) => assert_eq!(error.is_unsupported(), is_old, "round {round}: {error}"),
        }
    }
}

fn wrong_urls(trials: &mut Vec<Trial>) {
    let name = "real servers at wrong URLs";
    let (Some(keto), Some(kratos)) = (KETOS[0].urls(), KRATOSES[0].urls()) else {
        trials.push(skipped(name, [KETOS[0].first, KRATOSES[0].first]));
        return;
    };
    trials.push(real_trial(name, || async move { wrong_urls_are_told(keto, kratos).await }));
}

async fn wrong_urls_are_told((read, write): (Url, Url), (public, admin): (Url, Url)) {
    let check = Check::new("app:homepage#read@ann".parse().unwrap());
    // A socket has no path below which an API could be.
    let below = |url: &Url| (url.scheme() != "unix").then(|| url.join("prefix").unwrap());
    let assert_told = |what: &str, error: keto_client::Error| {
        let text = error.to_string();
        // Each API of Kratos redirects to the other one.
        match what.ends_with(" of Kratos") {
            true => assert!(matches!(error.kind(), ErrorKind::Redirected { .. }), "{text}"),
            false => assert!(matches!(error.kind(), ErrorKind::RouteNotFound { .. }), "{text}"),
        }
        assert!(text.contains("the port and the path of the URL"), "{what}: {text}");
    };
    for (what, url) in [("read at write", Some(write.clone())), ("read at a prefix", below(&read))]
    {
        let Some(url) = url else { continue };
        let keto = KetoClient::builder().read_url(url.as_str()).build().unwrap();
        assert_told(what, CheckedNames::new(keto.clone()).check(&check).await.unwrap_err());
        assert_told(what, keto.batch_check(std::slice::from_ref(&check)).await.unwrap_err());
    }
    for (what, url) in [("write at read", Some(read.clone())), ("write at a prefix", below(&write))]
    {
        let Some(url) = url else { continue };
        let keto = KetoClient::builder().read_url(read.as_str()).write_url(url.as_str());
        let keto = keto.build().unwrap();
        assert_told(what, keto.create_relationship(check.tuple()).await.unwrap_err());
        assert_told(what, keto.delete_relationship(check.tuple()).await.unwrap_err());
    }
    let me = SessionToken::new("x").unwrap().into();
    for (what, url) in [
        ("public at admin of Kratos", Some(admin.clone())),
        ("public at Keto", Some(read.clone())),
        ("public prefix", below(&public)),
    ] {
        let Some(url) = url else { continue };
        let kratos = KratosClient::builder().public_url(url.as_str()).build().unwrap();
        assert_told(what, kratos.whoami(&me).await.unwrap_err());
    }
    for (what, url) in [
        ("admin at Keto", Some(write.clone())),
        ("admin prefix", below(&admin)),
        ("admin at public of Kratos", Some(public.clone())),
    ] {
        let Some(url) = url else { continue };
        let kratos = KratosClient::builder().public_url(public.as_str()).admin_url(url.as_str());
        let kratos = kratos.build().unwrap();
        let list = ListIdentities::new();
        assert_told(what, kratos.list_identities_page(&list).await.unwrap_err());
    }
}

fn many_checks_over_grpc(trials: &mut Vec<Trial>) {
    let [server, _] = KETOS;
    let name = format!("{} over gRPC: 6,000 checks in the time that they are given", server.name);
    let Some((read, _)) = server.urls() else {
        trials.push(skipped(&name, [server.first, server.second]));
        return;
    };
    trials.push(real_trial(name, move || async move {
        let keto = KetoGrpcClient::builder().read_url(read.as_str()).build().unwrap();
        let tuple =
            RelationTuple::new("app", Uuid::new_v4().to_string(), "read", Subject::id("ann"));
        let checks = vec![Check::new(tuple); 6_000];
        let started = Instant::now();
        let short = CallOptions::new().timeout(Duration::from_millis(300));
        let error = short.scope(keto.batch_check(&checks)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Timeout(_)), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        let long = CallOptions::new().timeout(Duration::from_mins(2));
        let decisions = long.scope(keto.batch_check(&checks)).await.unwrap();
        assert_eq!(decisions, vec![Ok(Decision::Denied); 6_000]);
    }));
}
