//! An answer to "is it denied, or does it not exist?".

use crate::{
    api::{
        batch::{BatchPermissions, CheckError, CheckResult},
        permissions::{Check, Decision, Permissions},
        relationships::{ListRequest, Relationships},
    },
    model::{name::Namespace, query::RelationQuery, subject::Subject},
};
use async_trait::async_trait;
use http::StatusCode;
use ory_http::{Error, ErrorKind};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A client whose denials are about names that exist.
///
/// Keto answers "denied" for a namespace that it does not have, so that a typo looks like a
/// denial. Checks through this answer [`ErrorKind::UnknownName`] (in a batch
/// [`CheckError::UnknownName`]) for a namespace, and for a relation where the server says that
/// there is none, which takes a model in the Ory Permission Language.
///
/// Before a denial is passed on, the namespaces in its tuple are looked up by listing at most one
/// tuple of each, which works in every dialect. One that exists is remembered for
/// [`Validated::REMEMBERED`]; one that does not is looked up each time. A look-up that fails is
/// the check's error: still no allow. An allow needs no look-up.
///
/// ```
/// use keto_client::{ErrorKind, KetoClient, Permissions, Validated};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let keto = Validated::new(KetoClient::from_env()?);
/// let typo: keto_client::RelationTuple = "ap:homepage#read@ann".parse()?;
/// let error = keto.check(&typo.into()).await.unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::UnknownName { kind: "namespace", .. }));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Validated<C> {
    inner: C,
    existing: Mutex<HashMap<Namespace, Instant>>,
}

const NAMESPACE: &str = "namespace";
const RELATION: &str = "relation";

impl<C> Validated<C> {
    /// How long a namespace that exists is remembered.
    pub const REMEMBERED: Duration = Duration::from_mins(1);

    /// Wraps a client.
    pub fn new(inner: C) -> Self {
        Self { inner, existing: Mutex::default() }
    }

    /// The client inside, for all but checks.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    fn existing(&self) -> MutexGuard<'_, HashMap<Namespace, Instant>> {
        // Nothing can be left half done, so what a panic left behind can be used.
        self.existing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Relationships> Validated<C> {
    async fn exists(&self, namespace: &Namespace) -> Result<bool, Error> {
        let fresh = |seen: &Instant| seen.elapsed() < Self::REMEMBERED;
        if self.existing().get(namespace).is_some_and(fresh) {
            return Ok(true);
        }
        let query = RelationQuery::new().namespace(namespace.clone());
        match self.inner.list_page(&ListRequest::new(query).page_size(1)).await {
            Ok(_) => {
                self.existing().insert(namespace.clone(), Instant::now());
                Ok(true)
            }
            Err(error) if is_unknown_namespace(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The first namespace of a question that does not exist. To v0.7 an empty name is any name,
    /// and no namespace is called so. What is found missing is not looked up again in this call.
    async fn unknown_namespace(
        &self,
        check: &Check,
        missing: &mut BTreeSet<Namespace>,
    ) -> Result<Option<String>, Error> {
        let tuple = check.tuple();
        let of_subject = match &tuple.subject {
            Subject::Set(set) => Some(&set.namespace),
            Subject::Id(_) => None,
        };
        for namespace in std::iter::once(&tuple.namespace).chain(of_subject) {
            if missing.contains(namespace) {
                return Ok(Some(namespace.to_string()));
            }
            if namespace.as_str().is_empty() || !self.exists(namespace).await? {
                missing.insert(namespace.clone());
                return Ok(Some(namespace.to_string()));
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl<C: Permissions + Relationships> Permissions for Validated<C> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        let unknown = |operation, kind, name| {
            Err(Error::new(operation, ErrorKind::UnknownName { kind, name }))
        };
        match self.inner.check(check).await {
            Ok(Decision::Denied) => {
                match self.unknown_namespace(check, &mut BTreeSet::new()).await? {
                    Some(namespace) => unknown("check", NAMESPACE, namespace),
                    None => Ok(Decision::Denied),
                }
            }
            Err(error) => match unknown_relation(&error) {
                Some(relation) => unknown(error.operation(), RELATION, relation.to_owned()),
                None => Err(error),
            },
            allowed => allowed,
        }
    }
}

#[async_trait]
impl<C: Permissions + BatchPermissions + Relationships> BatchPermissions for Validated<C> {
    /// A batch does not say why a tuple was refused: that question is asked again by itself.
    async fn check_many(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let mut results = self.inner.check_many(checks).await?;
        let mut missing = BTreeSet::new();
        for (check, result) in checks.iter().zip(&mut results) {
            let unknown = match result {
                Ok(Decision::Allowed) => continue,
                Ok(Decision::Denied) => {
                    let namespace = self.unknown_namespace(check, &mut missing).await?;
                    namespace.map(|name| (NAMESPACE, name))
                }
                Err(_) => match self.inner.check(check).await {
                    Err(error) => unknown_relation(&error).map(|name| (RELATION, name.to_owned())),
                    Ok(_) => None,
                },
            };
            if let Some((kind, name)) = unknown {
                *result = Err(CheckError::UnknownName { kind, name });
            }
        }
        Ok(results)
    }
}

/// Whether the server says that a namespace does not exist. A route that is not there is a 404,
/// too, with nothing about a namespace.
pub(crate) fn is_unknown_namespace(error: &Error) -> bool {
    error.status() == Some(StatusCode::NOT_FOUND)
        && error.reason().is_some_and(|reason| reason.starts_with("Unknown namespace"))
}

/// The name in `relation "…" does not exist`.
fn unknown_relation(error: &Error) -> Option<&str> {
    error.reason()?.strip_prefix("relation \"")?.strip_suffix("\" does not exist")
}
