//! What handlers ask about permissions.

use crate::{
    api::{
        batch::CheckResult,
        permissions::{Check, Decision},
    },
    guard::{
        authorization::Authorization,
        condition::{Condition, UniqueChecks},
        permission_guard::decide,
        refusal::Refusal,
        template::problem_of,
    },
    model::{
        name::{Namespace, Object, Relation},
        subject::Subject,
        tuple::RelationTuple,
    },
};
use http::request::Parts;
use ory_http::guard::{Caller, Refused};
use std::{fmt, marker::PhantomData};

/// Extractor: asks whether the subject of the request has permissions that the handler knows only
/// later, such as those on the rows of a list.
///
/// ```
/// use keto_client::{Decision, guard::{Can, Refused}};
///
/// async fn visible(can: Can, documents: Vec<String>) -> Result<Vec<String>, Refused> {
///     let views = documents.iter().map(|id| ("Document", id.as_str(), "view"));
///     let results = can.check_each(views).await?;
///     let documents = documents.into_iter().zip(results);
///     Ok(documents.filter(|(_, r)| *r == Ok(Decision::Allowed)).map(|(id, _)| id).collect())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Can {
    authorization: Authorization,
    subject: Subject,
    caller: Caller,
}

impl Can {
    /// Reads whom a request stands for, behind an [`Authorization`] or a guard, in a framework without
    /// an extractor of its own.
    ///
    /// # Errors
    /// The response, if nobody is logged in.
    pub fn from_parts(request: &Parts) -> Result<Self, Refused> {
        let authorization = authorization(request)?;
        let subject = authorization.subject_of(request);
        let subject = subject.map_err(|refusal| authorization.refuse(&refusal, request))?;
        Ok(Self { authorization: authorization.clone(), subject, caller: Caller::of(request) })
    }

    /// The subject that the request stands for.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Checks one permission.
    ///
    /// # Errors
    /// The response with status 503, if Keto gave no decision.
    pub async fn check(
        &self,
        namespace: impl Into<Namespace>,
        object: impl Into<Object>,
        relation: impl Into<Relation>,
    ) -> Result<Decision, Refused> {
        let tuple = RelationTuple::new(namespace, object, relation, self.subject.clone());
        match self.ask(&[Check::new(tuple)]).await?.pop() {
            Some(Ok(decision)) => Ok(decision),
            Some(Err(error)) => Err(self.refuse(&Refusal::NoDecision(error))),
            None => Ok(Decision::Denied),
        }
    }

    /// Checks many permissions in one batch, and returns one result for each, in the same order. Each
    /// is a namespace, an object and a relation.
    ///
    /// # Errors
    /// The response with status 503, if Keto gave no response. A single check without a decision is an
    /// error in the list, and must be treated as a denial.
    pub async fn check_each<N, O, R>(
        &self,
        relations: impl IntoIterator<Item = (N, O, R)>,
    ) -> Result<Vec<CheckResult>, Refused>
    where
        N: Into<Namespace>,
        O: Into<Object>,
        R: Into<Relation>,
    {
        let mut unique = UniqueChecks::default();
        let tuple = |(namespace, object, relation)| {
            RelationTuple::new(namespace, object, relation, self.subject.clone())
        };
        let indices: Vec<_> = relations.into_iter().map(tuple).map(|t| unique.add(t)).collect();
        let results = self.ask(&unique.checks).await?;
        Ok(indices.into_iter().map(|index| results[index].clone()).collect())
    }

    async fn ask(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Refused> {
        let results = self.authorization.check(checks, <[CheckResult]>::to_vec).await;
        match results.map_err(Refusal::Unavailable) {
            Ok(results) if results.len() == checks.len() => Ok(results),
            Ok(_) => {
                let problem = "a check has no result".to_owned();
                Err(self.refuse(&Refusal::NotConfigured { problem }))
            }
            Err(refusal) => Err(self.refuse(&refusal)),
        }
    }

    fn refuse(&self, refusal: &Refusal) -> Refused {
        refusal.log();
        refusal.problem().respond(self.caller)
    }
}

/// A permission that [`Permit`] requires.
pub trait RequiredPermission: 'static {
    /// The text of a [`Template`](crate::guard::Template). The compiler checks it.
    const TEMPLATE: &'static str;
}

/// Extractor: refuses the request unless its subject has the permission `P`.
///
/// ```
/// use keto_client::guard::{Permit, RequiredPermission};
///
/// struct ViewDocument;
///
/// impl RequiredPermission for ViewDocument {
///     const TEMPLATE: &'static str = "Document:{id}#view";
/// }
///
/// async fn document(_: Permit<ViewDocument>) -> &'static str {
///     "the document"
/// }
/// ```
pub struct Permit<P>(PhantomData<P>);

impl<P> fmt::Debug for Permit<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}

impl<P: RequiredPermission> Permit<P> {
    const IS_VALID: () = assert!(
        problem_of(P::TEMPLATE).is_none(),
        "TEMPLATE is not the text of a template, such as Document:{{id}}#view"
    );

    /// Checks the permission for a request, behind an [`Authorization`] or a guard, in a framework
    /// without an extractor of its own.
    ///
    /// # Errors
    /// The response, if the request is refused.
    pub async fn from_parts(request: &mut Parts) -> Result<Self, Refused> {
        const { Self::IS_VALID };
        let authorization = authorization(request)?.clone();
        let decided = match P::TEMPLATE.parse::<Condition>() {
            Ok(condition) => decide(&authorization, &condition, request).await,
            Err(error) => Err(Refusal::NotConfigured { problem: error.to_string() }),
        };
        decided.map(|()| Self(PhantomData)).map_err(|r| authorization.refuse(&r, request))
    }
}

fn authorization(request: &Parts) -> Result<&Authorization, Refused> {
    request.extensions.get::<Authorization>().ok_or_else(|| {
        let problem = "no permission guard is around it".to_owned();
        Refusal::NotConfigured { problem }.problem().respond(Caller::of(request))
    })
}
