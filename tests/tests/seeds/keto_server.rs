//! A Keto of changing versions, by its HTTP API, and by the checks of its gRPC API.

use crate::{
    history::{Answer, Evaluation, Key},
    protobuf,
    reply::Reply,
    world::World,
};
use bytes::Bytes;
use http::{Method, Request};
use keto_client::{Check, RelationTuple, Subject};
use serde::Deserialize;
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What a Keto knows. Servers that answer from the same one are one server, reached in several ways.
#[derive(Clone)]
pub struct KetoServer(Arc<Mutex<State>>);

/// How many tuples a batch may have.
const BATCH_LIMIT: usize = 3;

pub struct State {
    pub is_current: bool,
    /// Whether each namespace exists.
    pub namespaces: Vec<bool>,
    /// Which checks are allowed if their namespace exists.
    pub allowed: Vec<bool>,
    places: HashMap<Check, usize>,
}

/// The checks that callers ask for: each tuple with and without a depth, and with an answer of its
/// own for each.
pub fn checks() -> Vec<Check> {
    let tuple = |place: usize| {
        let (namespace, subject) = (format!("n{}", place % 2), format!("s{}", place / 2));
        RelationTuple::new(namespace, "o", "read", Subject::id(subject))
    };
    (0..6)
        .flat_map(|place| [Check::new(tuple(place)), Check::new(tuple(place)).max_depth(3)])
        .collect()
}

/// The place of a check's namespace.
pub fn namespace_of(check: usize) -> usize {
    (check / 2) % 2
}

#[derive(Deserialize)]
struct Batch {
    tuples: Vec<RelationTuple>,
}

#[derive(Deserialize)]
struct Change {
    action: String,
    relation_tuple: RelationTuple,
}

impl KetoServer {
    pub fn new(world: &World) -> Self {
        let checks = checks();
        let allowed = checks.iter().map(|_| world.chance(50)).collect();
        let places = checks.into_iter().zip(0..).collect();
        Self(Arc::new(Mutex::new(State {
            is_current: world.chance(70),
            namespaces: vec![true, world.chance(70)],
            allowed,
            places,
        })))
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn reply(&self, world: &World, request: &Request<Bytes>) -> Reply {
        let (path, method) = (request.uri().path(), request.method());
        let is_current = self.state().is_current;
        let is_write = request.uri().host() == Some("keto-write");
        let tuples_route = if is_current { "/admin/relation-tuples" } else { "/relation-tuples" };
        match path {
            "/ory.keto.relation_tuples.v1alpha2.CheckService/Check" if is_current => {
                self.grpc_check(world, request.body())
            }
            "/ory.keto.relation_tuples.v1alpha2.CheckService/BatchCheck" if is_current => {
                self.grpc_batch(world, request.body())
            }
            path if path.starts_with("/ory.") => Reply::grpc_error(12),
            path if is_write && path == tuples_route => self.write(world, request),
            _ if is_write => Reply::no_route(),
            "/relation-tuples/check/openapi" if is_current => self.check(world, request),
            "/check" if !is_current => self.check(world, request),
            "/relation-tuples/batch/check" if is_current => self.batch(world, request),
            "/relation-tuples" if method == Method::GET => self.list(world, request),
            _ => Reply::no_route(),
        }
    }

    /// What is answered to a check now; `None` for a check that nobody asks for.
    fn evaluate(
        &self,
        world: &World,
        tuple: &RelationTuple,
        depth: Option<u32>,
    ) -> Option<Evaluated> {
        let state = self.state();
        let mut check = Check::new(tuple.clone());
        check.max_depth = depth;
        let Some(place) = state.places.get(&check).copied() else {
            world.violation(format!("a check that nobody asked for: {check:?}"));
            return None;
        };
        let allowed = state.allowed[place] && state.namespaces[namespace_of(place)];
        let (answer, lifespan) = match allowed {
            true => (Answer::Allowed, world.settings.allowed_max_age),
            false => (Answer::Denied, world.settings.denied_max_age),
        };
        let evaluation = world.evaluate(|at, _| Evaluation {
            key: Key::Check(place),
            answer,
            at,
            lifespan,
            fetch: None,
            delivered: false,
            used: false,
        });
        Some(Evaluated { allowed, evaluation })
    }

    fn check(&self, world: &World, request: &Request<Bytes>) -> Reply {
        if request.method() == Method::GET {
            return Reply::error(400, "subject is not allowed to be nil");
        }
        let tuple = serde_json::from_slice(request.body()).unwrap();
        let Some(Evaluated { allowed, evaluation }) = self.evaluate(world, &tuple, depth(request))
        else {
            return Reply::error(400, "unknown");
        };
        let status = if allowed || request.uri().path() != "/check" { 200 } else { 403 };
        Reply::json(status, json!({"allowed": allowed}).to_string()).of(vec![evaluation])
    }

    fn batch(&self, world: &World, request: &Request<Bytes>) -> Reply {
        let Batch { tuples } = serde_json::from_slice(request.body()).unwrap();
        if tuples.len() > BATCH_LIMIT {
            return Reply::error(400, &format!("batch exceeds max size of {BATCH_LIMIT}"));
        }
        let (results, evaluations) = self.evaluate_all(world, &tuples, depth(request));
        let results: Vec<_> =
            results.into_iter().map(|allowed| json!({"allowed": allowed})).collect();
        Reply::json(200, json!({"results": results}).to_string()).of(evaluations)
    }

    fn evaluate_all(
        &self,
        world: &World,
        tuples: &[RelationTuple],
        depth: Option<u32>,
    ) -> (Vec<bool>, Vec<usize>) {
        let evaluated = tuples.iter().filter_map(|tuple| self.evaluate(world, tuple, depth));
        evaluated.map(|evaluated| (evaluated.allowed, evaluated.evaluation)).unzip()
    }

    fn grpc_check(&self, world: &World, body: &[u8]) -> Reply {
        let protobuf::Checks { tuples, depth } = protobuf::read_checks(&body[5..]);
        let (allowed, evaluations) = self.evaluate_all(world, &tuples, depth);
        let [allowed] = allowed[..] else { return Reply::grpc_error(3) };
        Reply::grpc(&protobuf::decision(allowed), 0).of(evaluations)
    }

    fn grpc_batch(&self, world: &World, body: &[u8]) -> Reply {
        let protobuf::Checks { tuples, depth } = protobuf::read_checks(&body[5..]);
        let (allowed, evaluations) = self.evaluate_all(world, &tuples, depth);
        let results = allowed
            .into_iter()
            .flat_map(|allowed| protobuf::nested(1, &protobuf::decision(allowed)));
        Reply::grpc(&results.collect::<Vec<_>>(), 0).of(evaluations)
    }

    fn list(&self, world: &World, request: &Request<Bytes>) -> Reply {
        let namespace = parameter(request, "namespace").unwrap_or_default();
        let place: usize = namespace.strip_prefix('n').unwrap().parse().unwrap();
        let exists = self.state().namespaces[place];
        let evaluation = world.evaluate(|at, _| Evaluation {
            key: Key::Namespace(place),
            answer: if exists { Answer::Exists } else { Answer::Unknown },
            at,
            lifespan: Duration::ZERO,
            fetch: None,
            delivered: false,
            used: false,
        });
        let reply = match exists {
            true => Reply::json(200, r#"{"relation_tuples":[],"next_page_token":""}"#),
            false => Reply::error(404, &format!("Unknown namespace with name \"{namespace}\".")),
        };
        reply.of(vec![evaluation])
    }

    fn write(&self, world: &World, request: &Request<Bytes>) -> Reply {
        let body = request.body();
        let (changes, status) = match *request.method() {
            Method::PUT => {
                let relation_tuple = serde_json::from_slice(body).unwrap();
                (vec![Change { action: "insert".into(), relation_tuple }], 201)
            }
            _ => (serde_json::from_slice::<Vec<Change>>(body).unwrap(), 204),
        };
        let mut state = self.state();
        for Change { action, relation_tuple } in changes {
            for max_depth in [None, Some(3)] {
                let mut check = Check::new(relation_tuple.clone());
                check.max_depth = max_depth;
                let place = state.places[&check];
                state.allowed[place] = action == "insert";
            }
        }
        world.counters().changes += 1;
        if status == 201 { Reply::json(201, "{}") } else { Reply::text(204, "") }
    }
}

struct Evaluated {
    allowed: bool,
    evaluation: usize,
}

fn parameter(request: &Request<Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query()?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn depth(request: &Request<Bytes>) -> Option<u32> {
    parameter(request, "max-depth").map(|depth| depth.parse().unwrap())
}
