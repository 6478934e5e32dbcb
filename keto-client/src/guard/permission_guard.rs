//! The guard that lets requests with a permission pass.

use crate::{
    api::{batch::CheckResult, permissions::Decision},
    guard::{
        authorization::Authorization,
        condition::{Condition, Resolved},
        refusal::Refusal,
    },
};
use http::request::Parts;
use ory_http::guard::{Guard, PathParameters, Refused, path_parameters};
use std::sync::Arc;

/// Lets a request pass if Keto allows what its [`Condition`] says, and refuses all others: see the
/// [table of answers](crate::guard#answers). [`Authorization::require`] makes it.
///
/// It is a layer of tower and axum, and a middleware of actix-web. Parameters of the path are there
/// only behind the router that matches them: use it as a `route_layer` of axum, and around a resource
/// or route of actix-web.
#[derive(Clone, Debug)]
pub struct PermissionGuard {
    authorization: Authorization,
    condition: Arc<Condition>,
}

impl PermissionGuard {
    pub(super) fn new(authorization: Authorization, condition: Condition) -> Self {
        Self { authorization, condition: Arc::new(condition) }
    }
}

impl Guard for PermissionGuard {
    async fn check(&self, request: &mut Parts) -> Result<(), Refused> {
        request.extensions.insert(self.authorization.clone());
        let decided = decide(&self.authorization, &self.condition, request).await;
        if let Err(refusal) = &decided {
            self.authorization.explain(refusal).await;
        }
        decided.map_err(|refusal| self.authorization.refuse(&refusal, request))
    }
}

/// Whether the condition is met for a request.
pub(super) async fn decide(
    authorization: &Authorization,
    condition: &Condition,
    request: &mut Parts,
) -> Result<(), Refusal> {
    let subject = authorization.subject_of(request)?;
    let path = match condition.has_path_parameters() {
        true => path_parameters(request).await.unwrap_or_default(),
        false => PathParameters::default(),
    };
    let resolved =
        condition.resolve(subject, |template, subject| template.tuple(request, &path, subject))?;
    let checks = &resolved.checks;
    let decided = authorization.check(checks, |results| decide_by_results(&resolved, results));
    decided.await.map_err(Refusal::Unavailable)?
}

/// Whether the condition is met by the results of its checks.
fn decide_by_results(resolved: &Resolved, results: &[CheckResult]) -> Result<(), Refusal> {
    let decision = |index: usize| results.get(index)?.as_ref().ok().map(|d| d.is_allowed());
    match resolved.decide(decision) {
        Some(true) => Ok(()),
        Some(false) => {
            let checks = resolved.checks.iter().zip(results);
            let denied = checks.filter(|(_, result)| **result == Ok(Decision::Denied));
            Err(Refusal::Denied { missing: denied.map(|(check, _)| check.tuple.clone()).collect() })
        }
        None => {
            let error = results.iter().find_map(|result| result.as_ref().err());
            Err(error.map_or_else(
                // A batch with fewer results than checks decides nothing.
                || Refusal::NotConfigured { problem: "a check has no result".to_owned() },
                |error| Refusal::NoDecision(error.clone()),
            ))
        }
    }
}
