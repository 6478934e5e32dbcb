//! A check of the names in what is denied.

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
use ory_http::{Error, ErrorKind, Instant, Page, as_one_operation};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A client whose denials are about names that exist.
///
/// Keto answers "denied" for a namespace that it does not have, so that a typo looks like a
/// denial. Checks through this answer [`ErrorKind::UnknownName`] (in a batch
/// [`CheckError::UnknownName`]) for a namespace, and for a relation where the server says that
/// there is none, which takes a model in the Ory Permission Language.
///
/// Before a denial is passed on, the namespaces in its tuple are looked up by listing at most one
/// tuple of each, which works with every version of Keto. One that exists is remembered for
/// [`CheckedNames::REMEMBERED`]; one that does not is looked up each time. A look-up that fails is
/// the check's error: still no allow. An allow needs no look-up. A check and its look-ups are one
/// operation: they share the timeout of one call.
///
/// All other traits of the inner service are passed on. Clones remember the same namespaces.
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

/// How many requests one `batch_check` has in flight to find out about its results.
const IN_FLIGHT: usize = 16;

impl<C> CheckedNames<C> {
    /// How long a namespace that exists is remembered.
    pub const REMEMBERED: Duration = Duration::from_mins(1);

    /// Wraps a client.
    pub fn new(inner: C) -> Self {
        Self { inner, existing: Arc::default() }
    }

    /// The inner service.
    pub fn inner(&self) -> &C {
        &self.inner
    }

    fn existing(&self) -> MutexGuard<'_, HashMap<Namespace, Instant>> {
        // Nothing can be left half done, so what a panic left behind can be used.
        self.existing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Relationships> CheckedNames<C> {
    /// Whether a namespace exists. To v0.7 an empty name is any name, and no namespace is called
    /// so.
    async fn exists(&self, namespace: &Namespace) -> Result<bool, Error> {
        if namespace.as_str().is_empty() {
            return Ok(false);
        }
        let fresh = |seen: &Instant| seen.elapsed() < Self::REMEMBERED;
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

    /// Which of these namespaces do not exist, each looked up once.
    async fn missing<'a>(
        &self,
        namespaces: BTreeSet<&'a Namespace>,
    ) -> Result<BTreeSet<&'a Namespace>, Error> {
        // Pushed in a loop: futures of a closure's are not seen to be Send.
        let mut look_ups = Vec::new();
        for namespace in namespaces {
            look_ups.push(async move { Ok((namespace, self.exists(namespace).await?)) });
        }
        let looked_up = stream::iter(look_ups).buffer_unordered(IN_FLIGHT);
        let missing = looked_up.try_filter_map(|(namespace, exists)| async move {
            Ok((!exists).then_some(namespace))
        });
        missing.try_collect().await
    }
}

/// The namespaces that a question names.
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
        as_one_operation(self.check_names(check)).await
    }
}

impl<C: Permissions + BatchPermissions + Relationships> CheckedNames<C> {
    async fn check_names_of_many(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        let mut results = self.inner.batch_check(checks).await?;
        let denied = checks.iter().zip(&results).filter(|(_, r)| matches!(r, Ok(Decision::Denied)));
        let missing =
            self.missing(denied.flat_map(|(check, _)| namespaces(check)).collect()).await?;
        // A batch does not say why a tuple was refused: that question is asked again by itself.
        let mut asked_again = Vec::new();
        for (place, (check, result)) in checks.iter().zip(&mut results).enumerate() {
            match result {
                Ok(Decision::Allowed) | Err(CheckError::UnknownName { .. }) => {}
                Ok(Decision::Denied) => {
                    let missing = namespaces(check).find(|namespace| missing.contains(namespace));
                    if let Some(namespace) = missing {
                        let name = namespace.to_string();
                        *result = Err(CheckError::UnknownName { kind: NAMESPACE, name });
                    }
                }
                Err(CheckError::Refused { .. }) => {
                    asked_again.push(async move { (place, self.inner.check(check).await) });
                }
            }
        }
        let mut asked_again = stream::iter(asked_again).buffer_unordered(IN_FLIGHT);
        while let Some((place, answer)) = asked_again.next().await {
            let Err(error) = answer else { continue };
            if let Some(relation) = unknown_relation(&error) {
                let name = relation.to_owned();
                results[place] = Err(CheckError::UnknownName { kind: RELATION, name });
            }
            // The others would not be answered either. What was refused stays so.
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
        as_one_operation(self.check_names_of_many(checks)).await
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

    async fn patch_relationships(&self, changes: &[RelationshipPatch]) -> Result<(), Error> {
        self.inner.patch_relationships(changes).await
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
