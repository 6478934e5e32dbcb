//! A server that is replaced by another version while a client lives is followed, by every
//! operation whose route differs. A route that is not found proves nothing: a proxy may say so.

use crate::{
    Operation, fake_keto, fake_kratos, keto_operations,
    kratos_operations::{self, Values as KratosValues},
    line,
};
use bytes::Bytes;
use contract_tests::in_memory::{Answer, InMemory, no_route};
use http::{Method, Request};
use keto_client::{ApiVersion, BatchPermissions, CheckedNames, HttpConfig, Permissions};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

type Server = fn(&Request<Bytes>) -> Answer;

/// An address behind which one server takes the place of another.
struct Replaced {
    service: Arc<InMemory>,
    server: Arc<AtomicUsize>,
    /// How many requests from now on are answered by a proxy without a server.
    outage: Arc<AtomicUsize>,
    /// The requests that a server did something for, other than those by GET.
    effective: Arc<Mutex<Vec<String>>>,
}

impl Replaced {
    fn new(servers: &'static [Server]) -> Self {
        let (server, outage) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (current, passing) = (server.clone(), outage.clone());
        let effective = Arc::<Mutex<Vec<String>>>::default();
        let done = effective.clone();
        let service = InMemory::new(move |request| {
            if passing.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
                return Ok(no_route());
            }
            let response = servers[current.load(SeqCst)](request)?;
            if request.method() != Method::GET && response.status().is_success() {
                done.lock().unwrap().push(line(request));
            }
            Ok(response)
        });
        Self { service, server, outage, effective }
    }

    fn become_server(&self, server: usize) {
        self.server.store(server, SeqCst);
    }

    fn config(&self) -> HttpConfig {
        self.service.config()
    }

    /// Calls an operation, and says what it came to and what was done for it.
    async fn call(&self, operation: Operation<'_>) -> Called {
        let Operation { id, call, .. } = operation;
        self.service.take_requests();
        let result = call.await;
        let effective = std::mem::take(&mut *self.effective.lock().unwrap());
        let lines = self.service.take_requests().iter().map(line).collect();
        Called { id, result, effective, lines }
    }
}

#[derive(Debug)]
struct Called {
    id: &'static str,
    result: Result<(), keto_client::Error>,
    effective: Vec<String>,
    lines: Vec<String>,
}

impl Called {
    /// That the server has the operation, and did it once at most.
    fn assert_done(&self) {
        let is_batch = self.id == "batchCheckPermission";
        assert!(is_batch || self.effective.len() <= 1, "{self:?}");
        if let Err(error) = &self.result {
            assert!(!error.is_unsupported(), "{self:?}");
            // What the fake servers say of things that they don't have.
            assert!(error.server_error().is_some(), "{self:?}");
        }
    }

    fn assert_unsupported(&self) {
        assert!(self.result.as_ref().is_err_and(keto_client::Error::is_unsupported), "{self:?}");
    }
}

const KETOS: &[Server] = &[
    fake_keto::v0_7,
    |request| fake_keto::current(request, Some(10)),
    |request| fake_keto::current(request, None),
];
const V0_7: usize = 0;
const CURRENT: usize = 1;
const WITHOUT_BATCH: usize = 2;

const ONLY_CURRENT_KETO: &[&str] = &["listRelationshipNamespaces", "checkOplSyntax"];

/// Until what is known for a time is asked for again.
const A_MINUTE: Duration = Duration::from_secs(61);

/// From one version to another and back, with an operation at each, which is the first one after
/// the change: at once, and after a minute.
#[tokio::test(start_paused = true)]
async fn keto_is_followed_by_every_operation() {
    let values = keto_operations::Values::default();
    let count = {
        let keto = fake_keto::client(HttpConfig::default(), ApiVersion::Detect);
        keto_operations::all(&keto, &values).len()
    };
    for (index, later) in (0..count).flat_map(|index| [(index, false), (index, true)]) {
        let replaced = Replaced::new(KETOS);
        let keto = CheckedNames::new(fake_keto::client(replaced.config(), ApiVersion::Detect));
        let mut followed = 0;
        for version in [V0_7, CURRENT, V0_7, CURRENT, WITHOUT_BATCH, V0_7, CURRENT] {
            replaced.become_server(version);
            if later {
                tokio::time::advance(A_MINUTE).await;
            }
            let operation = keto_operations::all(&keto, &values).swap_remove(index);
            let called = replaced.call(operation).await;
            let only_current = ONLY_CURRENT_KETO.contains(&called.id);
            match version {
                V0_7 if only_current => called.assert_unsupported(),
                // For a minute at most it is not asked for again.
                _ if only_current && !later && called.result.is_err() => {
                    called.assert_unsupported();
                }
                _ => {
                    called.assert_done();
                    followed += 1;
                }
            }
            if version == CURRENT && later && called.id == "batchCheckPermission" {
                let batch = "POST /relation-tuples/batch/check".to_owned();
                assert!(called.lines.contains(&batch), "{called:?}");
            }
        }
        let id = keto_operations::all(&keto, &values)[index].id;
        match (ONLY_CURRENT_KETO.contains(&id), later) {
            (true, true) => assert_eq!(followed, 4, "{id}"),
            // What v0.7 lacks may not be asked for before a minute is over.
            (true, false) => {}
            (false, _) => assert_eq!(followed, 7, "{id}"),
        }
    }
}

/// A proxy that has no server for a moment says what a server says of a route that it lacks:
/// before the first call, during the detection, and later. No client draws a conclusion from it.
#[tokio::test(start_paused = true)]
async fn a_passing_404_proves_nothing_about_keto() {
    let values = keto_operations::Values::default();
    for (version, detected, passing) in [V0_7, CURRENT]
        .into_iter()
        .flat_map(|version| [true, false].map(|detected| (version, detected)))
        .flat_map(|(version, detected)| (1..=6).map(move |n| (version, detected, n)))
    {
        let replaced = Replaced::new(KETOS);
        replaced.become_server(version);
        let count = {
            let keto = fake_keto::client(HttpConfig::default(), ApiVersion::Detect);
            keto_operations::all(&keto, &values).len()
        };
        for index in 0..count {
            let keto = fake_keto::client(replaced.config(), ApiVersion::Detect);
            if detected {
                assert!(!keto.check(&values.check).await.unwrap().is_allowed());
            }
            replaced.outage.store(passing, SeqCst);
            let operation = || keto_operations::all(&keto, &values).swap_remove(index);
            // Fails, or finds out in time.
            let called = replaced.call(operation()).await;
            let is_write = ["create", "patch", "delete"].iter().any(|w| called.id.starts_with(w));
            assert!(!is_write || called.effective.len() <= 1, "{called:?}");
            replaced.outage.store(0, SeqCst);
            let called = replaced.call(operation()).await;
            match version == V0_7 && ONLY_CURRENT_KETO.contains(&called.id) {
                true => called.assert_unsupported(),
                false => called.assert_done(),
            }
        }
    }
}

/// A batch that met a proxy without a server is asked one by one, and not for ever.
#[tokio::test(start_paused = true)]
async fn a_missing_batch_operation_is_asked_for_again() {
    let checks = keto_operations::Values::default().checks;
    let batch = || "POST /relation-tuples/batch/check".to_owned();
    for (keto, replaced) in [false, true].map(|detected| {
        let replaced = Replaced::new(KETOS);
        replaced.become_server(CURRENT);
        let api_version = if detected { ApiVersion::Detect } else { ApiVersion::Current };
        (fake_keto::client(replaced.config(), api_version), replaced)
    }) {
        keto.batch_check(&checks).await.unwrap();
        replaced.outage.store(1, SeqCst);
        keto.batch_check(&checks).await.unwrap();
        replaced.service.take_requests();
        keto.batch_check(&checks).await.unwrap();
        let lines = || replaced.service.take_requests().iter().map(line).collect::<Vec<_>>();
        assert!(!lines().contains(&batch()));
        tokio::time::advance(A_MINUTE).await;
        keto.batch_check(&checks).await.unwrap();
        assert_eq!(lines(), [batch()]);
    }
}

/// A limit that the server was restarted with holds for a minute as well.
#[tokio::test(start_paused = true)]
async fn a_limit_of_batches_is_asked_for_again() {
    let checks = vec![keto_operations::Values::default().check; 40];
    static LIMIT: AtomicUsize = AtomicUsize::new(10);
    let service = InMemory::new(|request| fake_keto::current(request, Some(LIMIT.load(SeqCst))));
    let grpc_service = InMemory::new(|request| fake_keto::over_grpc(request, LIMIT.load(SeqCst)));
    let keto = fake_keto::client(service.config(), ApiVersion::Current);
    let grpc = fake_keto::grpc_client(grpc_service.config());
    for (keto, service) in [(&keto as &dyn BatchPermissions, &service), (&grpc, &grpc_service)] {
        LIMIT.store(10, SeqCst);
        keto.batch_check(&checks).await.unwrap();
        service.take_requests();
        LIMIT.store(100, SeqCst);
        keto.batch_check(&checks).await.unwrap();
        assert_eq!(service.take_requests().len(), 4);
        tokio::time::advance(A_MINUTE).await;
        keto.batch_check(&checks).await.unwrap();
        assert_eq!(service.take_requests().len(), 1);
    }
}

const KRATOSES: &[Server] = &[fake_kratos::v0_8, fake_kratos::current];

/// What v0.8 has; of its public API the clients detect no version.
const ADMIN_OF_V0_8: &[&str] = &[
    "listIdentities",
    "getIdentity",
    "createIdentity",
    "updateIdentity",
    "deleteIdentity",
    "deleteIdentitySessions",
    "createRecoveryLinkForIdentity",
    "getVersion",
];
const ONLY_CURRENT_PUBLIC: &[&str] = &[
    "listMySessions",
    "disableMySession",
    "disableMyOtherSessions",
    "exchangeSessionToken",
    "updateFedcmFlow",
];

fn kratos_all<'a>(
    client: &'a kratos_client::KratosClient,
    values: &'a KratosValues,
) -> Vec<Operation<'a>> {
    let mut operations = kratos_operations::public(client, values);
    operations.retain(|operation| ONLY_CURRENT_PUBLIC.contains(&operation.id));
    operations.extend(kratos_operations::admin(client, values));
    operations
}

#[tokio::test(start_paused = true)]
async fn kratos_is_followed_by_every_operation() {
    let [_, values] = KratosValues::of_browser_and_app();
    let count = {
        let client = fake_kratos::client(HttpConfig::default(), kratos_client::ApiVersion::Detect);
        kratos_all(&client, &values).len()
    };
    for (index, later) in (0..count).flat_map(|index| [(index, false), (index, true)]) {
        let replaced = Replaced::new(KRATOSES);
        let kratos = fake_kratos::client(replaced.config(), kratos_client::ApiVersion::Detect);
        let mut followed = 0;
        for version in [0, 1, 0, 1] {
            replaced.become_server(version);
            if later {
                tokio::time::advance(A_MINUTE).await;
            }
            let operation = kratos_all(&kratos, &values).swap_remove(index);
            let called = replaced.call(operation).await;
            let is_old = ADMIN_OF_V0_8.contains(&called.id);
            match version {
                0 if !is_old => called.assert_unsupported(),
                _ if !is_old && !later && called.result.is_err() => {}
                _ => {
                    called.assert_done();
                    followed += 1;
                }
            }
        }
        let id = kratos_all(&kratos, &values)[index].id;
        match (ADMIN_OF_V0_8.contains(&id), later) {
            (true, _) => assert_eq!(followed, 4, "{id}"),
            (false, true) => assert_eq!(followed, 2, "{id}"),
            // What v0.8 lacks may not be asked for before a minute is over.
            (false, false) => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_passing_404_proves_nothing_about_kratos() {
    let [_, values] = KratosValues::of_browser_and_app();
    for (version, passing) in [0, 1].into_iter().flat_map(|v| (1..=4).map(move |n| (v, n))) {
        let replaced = Replaced::new(KRATOSES);
        replaced.become_server(version);
        let count = {
            let client =
                fake_kratos::client(HttpConfig::default(), kratos_client::ApiVersion::Detect);
            kratos_all(&client, &values).len()
        };
        for (index, detected) in (0..count).flat_map(|index| [(index, false), (index, true)]) {
            let kratos = fake_kratos::client(replaced.config(), kratos_client::ApiVersion::Detect);
            if detected {
                kratos_client::Identities::list_identities_page(
                    &kratos,
                    &kratos_client::ListIdentities::default(),
                )
                .await
                .unwrap();
            }
            replaced.outage.store(passing, SeqCst);
            let operation = || kratos_all(&kratos, &values).swap_remove(index);
            let called = replaced.call(operation()).await;
            assert!(called.effective.len() <= 1, "{called:?}");
            replaced.outage.store(0, SeqCst);
            let called = replaced.call(operation()).await;
            match version == 1 || ADMIN_OF_V0_8.contains(&called.id) {
                true => called.assert_done(),
                false => called.assert_unsupported(),
            }
        }
    }
}

/// Today's server answers v0.8's list, and counts its pages otherwise: no identity is lost between
/// the upgrade and the next detection.
#[tokio::test(start_paused = true)]
async fn a_list_of_identities_notices_an_upgrade() {
    let replaced = Replaced::new(KRATOSES);
    let kratos = fake_kratos::client(replaced.config(), kratos_client::ApiVersion::Detect);
    let request = kratos_client::ListIdentities::new();
    let list = || kratos_client::Identities::list_identities_page(&kratos, &request);
    list().await.unwrap();
    replaced.become_server(1);
    replaced.service.take_requests();
    list().await.unwrap();
    let lines: Vec<_> = replaced.service.take_requests().iter().map(line).collect();
    let nobody = "GET /admin/identities/00000000-0000-0000-0000-000000000000";
    assert_eq!(lines, ["GET /identities", nobody, "GET /admin/identities"]);
}
