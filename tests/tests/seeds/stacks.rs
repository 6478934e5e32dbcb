//! The clients of a run, each alone and behind its decorators.

use crate::{
    flaky::Flaky,
    history::{CacheId, Key},
    keto_server::{KetoServer, checks},
    kratos_server::{KratosServer, credential},
    server::{Backend, Server},
    world::World,
};
use keto_client::{
    BatchPermissions, CachedPermissions, Check, CheckedNames, KetoClient, KetoGrpcClient,
    Permissions, Relationships,
};
use kratos_client::{CachedSessions, KratosClient, Logout, MySessions, Sessions};
use ory_http::{HttpConfig, RetryConfig};
use std::{sync::Arc, time::Duration};

/// What every Keto of a run can do.
pub trait Keto: Permissions + BatchPermissions + Relationships {}
impl<T: Permissions + BatchPermissions + Relationships> Keto for T {}

/// What every Kratos of a run can do.
pub trait Kratos: Sessions + Logout {}
impl<T: Sessions + Logout> Kratos for T {}

/// A service, and what it promises.
pub struct Stack<S: ?Sized> {
    pub name: &'static str,
    pub service: Arc<S>,
    /// How long a call takes at most, unless its options say otherwise.
    pub timeout: Duration,
    pub cache: Option<Cache>,
    /// The server that a call is sent to at once: where no version is detected and nothing cached.
    pub at_once: Option<Arc<Server>>,
    /// Whether a denial says that its namespace exists.
    pub checks_names: bool,
}

/// A cache in a stack.
pub struct Cache {
    pub id: CacheId,
    forget: Box<dyn Fn(Option<Key>) + Send + Sync>,
    in_flight: Box<dyn Fn() -> usize + Send + Sync>,
}

impl Cache {
    /// How many fetches are in flight.
    pub fn in_flight(&self) -> usize {
        (self.in_flight)()
    }

    /// Forgets one key, or everything.
    pub fn invalidate(&self, world: &World, key: Option<Key>) {
        (self.forget)(key);
        self.forgot(world, key);
        world.counters().forgets += 1;
    }

    /// Notes that the cache has forgotten by itself.
    pub fn forgot(&self, world: &World, key: Option<Key>) {
        let now = world.moment("forgotten");
        world.history().forgot(self.id, key, now);
    }
}

/// The cache of sessions.
pub const SESSIONS: CacheId = CacheId(4);

/// All that a run calls.
pub struct Stacks {
    pub keto: Vec<Stack<dyn Keto>>,
    pub kratos: Vec<Stack<dyn Kratos>>,
    pub own_sessions: Arc<dyn MySessions>,
    pub checks: Vec<Check>,
}

/// The servers, one for each client: what limits a client is counted there.
#[derive(Clone)]
pub struct Servers {
    pub keto: Arc<Server>,
    pub keto_grpc: Arc<Server>,
    pub kratos: Arc<Server>,
}

impl Servers {
    pub fn new(world: &Arc<World>, keto: &KetoServer, kratos: &KratosServer) -> Self {
        let server = |backend| Arc::new(Server::new(world, backend));
        Self {
            keto: server(Backend::Keto(keto.clone())),
            keto_grpc: server(Backend::Keto(keto.clone())),
            kratos: server(Backend::Kratos(kratos.clone())),
        }
    }

    pub fn all(&self) -> [&Arc<Server>; 3] {
        [&self.keto, &self.keto_grpc, &self.kratos]
    }
}

impl Stacks {
    /// All caches of all stacks.
    pub fn caches(&self) -> impl Iterator<Item = &Cache> {
        let keto = self.keto.iter().filter_map(|stack| stack.cache.as_ref());
        keto.chain(self.kratos.iter().filter_map(|stack| stack.cache.as_ref()))
    }
}

fn config(world: &World, server: &Arc<Server>) -> HttpConfig {
    let settings = &world.settings;
    let retries = RetryConfig::default().max_retries(settings.max_retries);
    let config = HttpConfig::default().timeout(settings.client_timeout).retries(retries);
    let config = config.service(server.clone());
    match settings.max_in_flight {
        Some(limit) => config.max_in_flight(limit),
        None => config,
    }
}

impl Stacks {
    pub fn new(world: &Arc<World>, servers: &Servers) -> Self {
        let keto =
            KetoClient::builder().read_url("http://keto-read").write_url("http://keto-write");
        let keto = keto.http(config(world, &servers.keto)).build().unwrap();
        let grpc = KetoGrpcClient::builder().read_url("http://keto-read");
        let grpc = grpc.write_url("http://keto-write").http(config(world, &servers.keto_grpc));
        let grpc = grpc.build().unwrap();
        let kratos = KratosClient::builder().public_url("http://kratos");
        let kratos = kratos.http(config(world, &servers.kratos)).build().unwrap();

        let flaky = || Flaky::new(keto.clone(), world);
        let cached = cached_permissions(world, flaky());
        let named = Flaky::new(CheckedNames::new(keto.clone()), world);
        let cached_names = cached_permissions(world, named);
        let names_of_cached = cached_permissions(world, flaky());
        let cached_grpc = cached_permissions(world, Flaky::new(grpc.clone(), world));
        let sessions = CachedSessions::new(Flaky::new(kratos.clone(), world));
        let sessions = sessions
            .hash_key([7; 32])
            .timeout(world.settings.cache_timeout)
            .max_age(world.settings.max_age)
            .max_age_without_header(world.settings.max_age_without_header);

        let direct = world.settings.client_timeout;
        let cache = world.settings.cache_timeout;
        let keto_stacks = vec![
            Stack::keto("client", keto.clone(), direct),
            Stack::keto("names", CheckedNames::new(keto), direct).names(),
            Stack::keto("cached", cached.clone(), cache).cache(forget_permissions(0, cached)),
            Stack::keto("cached names", cached_names.clone(), cache)
                .cache(forget_permissions(1, cached_names))
                .names(),
            Stack::keto(
                "names of cached",
                CheckedNames::new(names_of_cached.clone()),
                cache.max(direct),
            )
            .cache(forget_permissions(2, names_of_cached))
            .names(),
            Stack::keto("gRPC", grpc, direct).at_once(&servers.keto_grpc),
            Stack::keto("cached gRPC", cached_grpc.clone(), cache)
                .cache(forget_permissions(3, cached_grpc)),
        ];
        let kratos_stacks = vec![
            Stack::kratos("Kratos", kratos.clone(), direct).at_once(&servers.kratos),
            Stack::kratos("cached sessions", sessions.clone(), cache)
                .cache(forget_sessions(world, sessions)),
        ];
        let own_sessions = Arc::new(kratos);
        Self { keto: keto_stacks, kratos: kratos_stacks, own_sessions, checks: checks() }
    }
}

impl Stack<dyn Keto> {
    fn keto(name: &'static str, service: impl Keto + 'static, timeout: Duration) -> Self {
        Self {
            name,
            service: Arc::new(service),
            timeout,
            cache: None,
            at_once: None,
            checks_names: false,
        }
    }
}

impl Stack<dyn Kratos> {
    fn kratos(name: &'static str, service: impl Kratos + 'static, timeout: Duration) -> Self {
        Self {
            name,
            service: Arc::new(service),
            timeout,
            cache: None,
            at_once: None,
            checks_names: false,
        }
    }
}

impl<S: ?Sized> Stack<S> {
    fn cache(self, cache: Cache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    fn at_once(self, server: &Arc<Server>) -> Self {
        Self { at_once: Some(server.clone()), ..self }
    }

    fn names(self) -> Self {
        Self { checks_names: true, ..self }
    }
}

fn cached_permissions<P>(world: &World, inner: P) -> CachedPermissions<P> {
    let settings = &world.settings;
    CachedPermissions::new(inner)
        .timeout(settings.cache_timeout)
        .allowed_max_age(settings.allowed_max_age)
        .denied_max_age(settings.denied_max_age)
}

fn forget_permissions<P>(number: usize, cache: CachedPermissions<P>) -> Cache
where
    P: Send + Sync + 'static,
{
    let (checks, counted) = (checks(), cache.clone());
    let forget = move |key| match key {
        Some(Key::Check(place)) => cache.invalidate(&checks[place]),
        _ => cache.invalidate_all(),
    };
    let in_flight = Box::new(move || counted.in_flight());
    Cache { id: CacheId(number), forget: Box::new(forget), in_flight }
}

fn forget_sessions<S>(world: &Arc<World>, cache: CachedSessions<S>) -> Cache
where
    S: Sessions + 'static,
{
    let (world, counted) = (world.clone(), cache.clone());
    let forget = move |key| match key {
        Some(Key::Credential(place)) => cache.invalidate(&credential(&world, place)),
        _ => cache.invalidate_all(),
    };
    let in_flight = Box::new(move || counted.in_flight());
    Cache { id: SESSIONS, forget: Box::new(forget), in_flight }
}
