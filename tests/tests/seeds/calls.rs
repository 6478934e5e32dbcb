//! Calls to the clients.

use crate::{
    attempts::CALL_ID,
    history::{Key, Moment},
    judge::Judge,
    keto_server::KetoServer,
    kratos_server::{KratosServer, credential, token},
    server::Server,
    stacks::{Cache, Stacks},
    world::World,
};
use http::HeaderName;
use keto_client::RelationshipPatch;
use kratos_client::PageRequest;
use ory_http::CallOptions;
use std::{future::Future, sync::Arc, time::Duration};

/// What the callers of a run share.
pub struct Run {
    pub world: Arc<World>,
    pub stacks: Stacks,
    pub keto: KetoServer,
    pub kratos: KratosServer,
}

/// What is asked, of one of the stacks.
#[derive(Clone, Debug)]
pub enum Ask {
    Check { stack: usize, place: usize },
    CheckMany { stack: usize, places: Vec<usize> },
    Write { stack: usize, place: usize, insert: bool, patch: bool },
    Whoami { stack: usize, place: usize },
    LogOut { stack: usize, place: usize },
    MySessions { place: usize },
}

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With options of its own.
    Alone {
        /// The timeout that the options say.
        timeout: Option<Duration>,
        /// Whether it may be polled too late to end by its deadline.
        left_alone: bool,
    },
    /// As a part of an operation, within the operation's deadline and options.
    InOperation,
}

impl Ask {
    /// How long the call takes at most if its options don't say.
    fn timeout(&self, run: &Run) -> Duration {
        match *self {
            Self::Check { stack, .. } | Self::CheckMany { stack, .. } => {
                run.stacks.keto[stack].timeout
            }
            Self::Whoami { stack, .. } => run.stacks.kratos[stack].timeout,
            _ => run.world.settings.client_timeout,
        }
    }

    /// The call with the name of its stack.
    pub fn describe(&self, run: &Run) -> String {
        let stack = match *self {
            Self::Check { stack, .. }
            | Self::CheckMany { stack, .. }
            | Self::Write { stack, .. } => run.stacks.keto[stack].name,
            Self::Whoami { stack, .. } | Self::LogOut { stack, .. } => {
                run.stacks.kratos[stack].name
            }
            Self::MySessions { .. } => "Kratos",
        };
        format!("{self:?} of {stack}")
    }

    /// Whether it goes over gRPC.
    pub fn is_grpc(&self, run: &Run) -> bool {
        self.describe(run).ends_with("gRPC")
    }

    /// The server that the call is sent to at once, unless it waits for a permit.
    fn at_once(&self, run: &Run) -> Option<Arc<Server>> {
        match *self {
            Self::Check { stack, .. } => run.stacks.keto[stack].at_once.clone(),
            Self::Whoami { stack, .. } | Self::LogOut { stack, .. } => {
                run.stacks.kratos[stack].at_once.clone()
            }
            _ => None,
        }
    }

    /// How long the call takes at most.
    pub fn limit(&self, run: &Run, timeout: Option<Duration>) -> Duration {
        timeout.unwrap_or_else(|| self.timeout(run))
    }

    /// Makes the call and judges what comes of it. Tells whether there was an answer.
    pub async fn make(self, run: &Run, how: How) -> bool {
        run.world.counters().calls += 1;
        let started = run.world.moment("call");
        let judge = Judge { run, started, ask: &self, how };
        let server = self.at_once(run).filter(|_| how != How::InOperation);
        let _waiting = server.as_ref().map(|server| server.wait(started.number));
        match self {
            Self::Check { stack, place } => {
                let stack = &run.stacks.keto[stack];
                let question = judge.question(Key::Check(place), stack.cache.as_ref());
                let call = stack.service.check(&run.stacks.checks[place]);
                let result = how.scope(started, true, call).await;
                judge.decision(stack, place, &question, result)
            }
            Self::CheckMany { stack, ref places } => {
                let stack = &run.stacks.keto[stack];
                let checks: Vec<_> =
                    places.iter().map(|place| run.stacks.checks[*place].clone()).collect();
                let questions: Vec<_> = places
                    .iter()
                    .map(|place| judge.question(Key::Check(*place), stack.cache.as_ref()))
                    .collect();
                let call = stack.service.batch_check(&checks);
                match how.scope(started, false, call).await {
                    Ok(results) => judge.decisions(stack, places, &questions, &results),
                    Err(error) => judge.error(stack.cache.is_some(), &error),
                }
            }
            Self::Write { stack, place, insert, patch } => {
                let stack = &run.stacks.keto[stack];
                let _forgot = Forgot { run, cache: stack.cache.as_ref(), key: None };
                let tuple = run.stacks.checks[place].tuple().clone();
                let call = async {
                    match (insert, patch) {
                        (true, false) => stack.service.create_relationship(&tuple).await,
                        (true, true) => {
                            stack
                                .service
                                .patch_relationships(&[RelationshipPatch::Insert(tuple)])
                                .await
                        }
                        (false, false) => stack.service.delete_relationship(&tuple).await,
                        (false, true) => {
                            stack
                                .service
                                .patch_relationships(&[RelationshipPatch::Delete(tuple)])
                                .await
                        }
                    }
                };
                judge.done(how.scope(started, true, call).await)
            }
            Self::Whoami { stack, place } => {
                let stack = &run.stacks.kratos[stack];
                let question = judge.question(Key::Credential(place), stack.cache.as_ref());
                let credential = credential(&run.world, place);
                let call = stack.service.whoami(&credential);
                let result = how.scope(started, true, call).await;
                judge.whoami(stack.cache.is_some(), &question, result)
            }
            Self::LogOut { stack, place } => {
                let stack = &run.stacks.kratos[stack];
                let key = Some(Key::Credential(place));
                let _forgot = Forgot { run, cache: stack.cache.as_ref(), key };
                let token = token(place);
                judge.done(how.scope(started, true, stack.service.native_logout(&token)).await)
            }
            Self::MySessions { place } => {
                let (page, credential) = (PageRequest::default(), credential(&run.world, place));
                let call = run.stacks.own_sessions.list_my_sessions_page(&credential, &page);
                judge.done(how.scope(started, true, call).await.map(drop))
            }
        }
    }
}

impl How {
    /// By itself, and polled until it ends or is dropped.
    pub fn alone(timeout: Option<Duration>) -> Self {
        Self::Alone { timeout, left_alone: false }
    }

    /// Runs a call with its options. Those of one that sends each of its requests once name it.
    async fn scope<F: Future>(self, started: Moment, sends_once: bool, call: F) -> F::Output {
        let Self::Alone { timeout, .. } = self else { return call.await };
        let mut options = CallOptions::new();
        if let Some(timeout) = timeout {
            options = options.timeout(timeout);
        }
        if sends_once {
            options = options.header(HeaderName::from_static(CALL_ID), started.number.into());
        }
        options.scope(call).await
    }
}

/// Notes, when a write ends or is dropped, that its cache has forgotten.
struct Forgot<'a> {
    run: &'a Run,
    cache: Option<&'a Cache>,
    key: Option<Key>,
}

impl Drop for Forgot<'_> {
    fn drop(&mut self) {
        if let Some(cache) = self.cache {
            cache.forgot(&self.run.world, self.key);
        }
    }
}
