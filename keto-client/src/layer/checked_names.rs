//! Detection of unknown names in denied checks, as a decorator.

use crate::{
    api::{
        batch::{BatchPermissions, CheckError, CheckResult},
        error::{ErrorExt, NAMESPACE},
        permissions::{Check, Decision, Permissions},
        relationships::{ListRelationships, RelationshipPatch, Relationships},
    },
    model::{name::Namespace, query::RelationQuery, subject::Subject, tuple::RelationTuple},
};
use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream};
use ory_http::{Error, ErrorKind, Instant, Page, with_shared_deadline};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A decorator that returns an error for a check with an unknown namespace or relation.
///
/// Keto denies a check whose namespace does not exist, so that a typo looks like a denial. This
/// decorator returns [`ErrorKind::UnknownName`] instead, or [`CheckError::UnknownName`] in a batch.
/// It does the same for an unknown relation of a namespace with a model in the Ory Permission
/// Language.
///
/// Only denied checks are verified. The namespaces of the tuple are looked up by listing one tuple
/// of each, which all versions of Keto support. An existing namespace is cached for
/// [`CheckedNames::NAMESPACE_TTL`]. If a lookup fails, the check returns its error. A check and its
/// lookups share the timeout of one call.
///
/// All other traits are delegated to the inner client. Clones share the cached namespaces.
///
/// ```
/// use keto_client::{CheckedNames, ErrorKind, KetoClient, Permissions};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let keto = CheckedNames::new(KetoClient::from_env()?);
/// let typo: keto_client::RelationTuple = "ap:homepage#read@ann".parse()?;
/// let error = keto.check(&typo.into()).await.unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::UnknownName { kind: "namespace", .. }));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct CheckedNames<C> {
    inner: C,
    existing: Arc<Mutex<HashMap<Namespace, Instant>>>,
}

const RELATION: &str = "relation";

/// The maximum number of concurrent requests of one `batch_check`.
const MAX_CONCURRENT_REQUESTS: usize = 16;

impl<C> CheckedNames<C> {
    /// The time for which an existing namespace is cached.
    pub const NAMESPACE_TTL: Duration = Duration::from_mins(1);

    /// Wraps a client.
    pub fn new(inner: C) -> Self {
        Self { inner, existing: Arc::default() }
    }

    /// The inner client.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    fn existing(&self) -> MutexGuard<'_, HashMap<Namespace, Instant>> {
        // Each change is a single operation of the map, so that it is consistent after a panic.
        self.existing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Relationships> CheckedNames<C> {
    /// Returns whether a namespace exists. An empty name is not sent: Keto v0.7 treats it as a
    /// wildcard.
    async fn exists(&self, namespace: &Namespace) -> Result<bool, Error> {
        if namespace.as_str().is_empty() {
            return Ok(false);
        }
        let fresh = |seen: &Instant| seen.elapsed() < Self::NAMESPACE_TTL;
        if self.existing().get(namespace).is_some_and(fresh) {
            return Ok(true);
        }
        let query = RelationQuery::new().namespace(namespace.clone());
        match self.inner.list_relationships_page(&ListRelationships::new(query).page_size(1)).await
        {
            Ok(_) => {
                self.existing().insert(namespace.clone(), Instant::now());
                Ok(true)
            }
            Err(error) if error.is_unknown_namespace() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Returns the namespaces that do not exist.
    async fn missing<'a>(
        &self,
        namespaces: BTreeSet<&'a Namespace>,
    ) -> Result<BTreeSet<&'a Namespace>, Error> {
        // Pushed in a loop, because the compiler does not infer that futures of a closure are Send.
        let mut lookups = Vec::new();
        for namespace in namespaces {
            lookups.push(async move { Ok((namespace, self.exists(namespace).await?)) });
        }
        let looked_up = stream::iter(lookups).buffer_unordered(MAX_CONCURRENT_REQUESTS);
        let missing = looked_up.try_filter_map(|(namespace, exists)| async move {
            Ok((!exists).then_some(namespace))
        });
        missing.try_collect().await
    }
}

/// The namespaces in a check.
fn namespaces(check: &Check) -> impl Iterator<Item = &Namespace> {
    let tuple = check.tuple();
    let of_subject = match &tuple.subject {
        Subject::Set(set) => Some(&set.namespace),
        Subject::Id(_) => None,
    };
    std::iter::once(&tuple.namespace).chain(of_subject)
}

impl<C: Permissions + Relationships> CheckedNames<C> {
    async fn check_names(&self, check: &Check) -> Result<Decision, Error> {
        let unknown = |operation, kind, name| {
            Err(Error::new(operation, ErrorKind::UnknownName { kind, name }))
        };
        match self.inner.check(check).await {
            Ok(Decision::Denied) => {
                for namespace in namespaces(check) {
                    if !self.exists(namespace).await? {
                        return unknown("check", NAMESPACE, namespace.to_string());
                    }
                }
                Ok(Decision::Denied)
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
impl<C: Permissions + Relationships> Permissions for CheckedNames<C> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        with_shared_deadline(self.check_names(check)).await
    }
}

impl<C: Permissions + BatchPermissions + Relationships> CheckedNames<C> {
    async fn batch_check_names(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let mut results = self.inner.batch_check(checks).await?;
        let denied = checks.iter().zip(&results).filter(|(_, r)| matches!(r, Ok(Decision::Denied)));
        let missing =
            self.missing(denied.flat_map(|(check, _)| namespaces(check)).collect()).await?;
        // A batch does not contain the reason of a refusal, so that the check is sent again alone.
        let mut rechecks = Vec::new();
        for (index, (check, result)) in checks.iter().zip(&mut results).enumerate() {
            match result {
                Ok(Decision::Allowed)
                | Err(CheckError::UnknownName { .. } | CheckError::LimitExceeded { .. }) => {}
                Ok(Decision::Denied) => {
                    let missing = namespaces(check).find(|namespace| missing.contains(namespace));
                    if let Some(namespace) = missing {
                        let name = namespace.to_string();
                        *result = Err(CheckError::UnknownName { kind: NAMESPACE, name });
                    }
                }
                Err(CheckError::Refused { .. }) => {
                    rechecks.push(async move { (index, self.inner.check(check).await) });
                }
            }
        }
        let mut rechecks = stream::iter(rechecks).buffer_unordered(MAX_CONCURRENT_REQUESTS);
        while let Some((index, answer)) = rechecks.next().await {
            let Err(error) = answer else { continue };
            if let Some(relation) = unknown_relation(&error) {
                let name = relation.to_owned();
                results[index] = Err(CheckError::UnknownName { kind: RELATION, name });
            }
            // The other requests would time out as well. Refused checks remain refused.
            if matches!(error.kind(), ErrorKind::Timeout(_)) {
                break;
            }
        }
        Ok(results)
    }
}

#[async_trait]
impl<C: Permissions + BatchPermissions + Relationships> BatchPermissions for CheckedNames<C> {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        with_shared_deadline(self.batch_check_names(checks)).await
    }
}

#[async_trait]
impl<C: Relationships> Relationships for CheckedNames<C> {
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        self.inner.list_relationships_page(request).await
    }

    async fn create_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.inner.create_relationship(tuple).await
    }

    async fn patch_relationships(&self, patches: &[RelationshipPatch]) -> Result<(), Error> {
        self.inner.patch_relationships(patches).await
    }

    async fn delete_relationship(&self, tuple: &RelationTuple) -> Result<(), Error> {
        self.inner.delete_relationship(tuple).await
    }

    async fn delete_all_relationships_matching(&self, query: &RelationQuery) -> Result<(), Error> {
        self.inner.delete_all_relationships_matching(query).await
    }
}

/// The name in `relation "…" does not exist`.
fn unknown_relation(error: &Error) -> Option<&str> {
    error.reason()?.strip_prefix("relation \"")?.strip_suffix("\" does not exist")
}
