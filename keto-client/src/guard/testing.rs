//! Permissions without a Keto, for the tests of an application.

use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        permissions::{Check, Decision, Permissions},
    },
    model::tuple::RelationTuple,
};
use async_trait::async_trait;
use ory_http::Error;
use std::collections::HashSet;

/// Allows everything, for the tests of an application.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

/// Denies everything, for the tests of an application.
#[derive(Clone, Copy, Debug, Default)]
pub struct DenyAll;

/// Allows what is in a table and denies all else, for the tests of an application. It follows no
/// subject sets and no permission model.
///
/// ```
/// use keto_client::{RelationTuple, guard::{Authorization, PermissionTable}};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let table: PermissionTable = ["Document:7#view@User:ann".parse::<RelationTuple>()?].into_iter().collect();
/// let readers = Authorization::new(table).require("Document:{id}#view")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct PermissionTable(HashSet<RelationTuple>);

impl FromIterator<RelationTuple> for PermissionTable {
    fn from_iter<I: IntoIterator<Item = RelationTuple>>(tuples: I) -> Self {
        Self(tuples.into_iter().collect())
    }
}

trait Decide: Send + Sync {
    fn decide(&self, tuple: &RelationTuple) -> bool;
}

impl Decide for AllowAll {
    fn decide(&self, _: &RelationTuple) -> bool {
        true
    }
}

impl Decide for DenyAll {
    fn decide(&self, _: &RelationTuple) -> bool {
        false
    }
}

impl Decide for PermissionTable {
    fn decide(&self, tuple: &RelationTuple) -> bool {
        self.0.contains(tuple)
    }
}

fn decision(of: &impl Decide, check: &Check) -> Decision {
    if of.decide(&check.tuple) { Decision::Allowed } else { Decision::Denied }
}

macro_rules! permissions {
    ($($name:ident)*) => {$(
        #[async_trait]
        impl Permissions for $name {
            async fn check(&self, check: &Check) -> Result<Decision, Error> {
                Ok(decision(self, check))
            }
        }

        #[async_trait]
        impl BatchPermissions for $name {
            async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
                Ok(checks.iter().map(|check| Ok(decision(self, check))).collect())
            }
        }
    )*};
}

permissions!(AllowAll DenyAll PermissionTable);
