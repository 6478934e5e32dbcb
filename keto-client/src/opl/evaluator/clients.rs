//! The evaluator in place of a client.

use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        expand::{Expand, ExpandRequest},
        permissions::{Check, Decision, Permissions},
    },
    model::tree::SubjectTree,
    opl::evaluator::Evaluator,
};
use async_trait::async_trait;
use ory_http::Error;

#[async_trait]
impl Permissions for Evaluator {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        Evaluator::check(self, check).map_err(|error| error.into_error("check"))
    }
}

#[async_trait]
impl BatchPermissions for Evaluator {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let results = Evaluator::batch_check(self, checks);
        Ok(results.into_iter().map(|result| Ok(result?)).collect())
    }
}

#[async_trait]
impl Expand for Evaluator {
    async fn expand(&self, request: &ExpandRequest) -> Result<Option<SubjectTree>, Error> {
        Evaluator::expand(self, request).map_err(|error| error.into_error("expand"))
    }
}
