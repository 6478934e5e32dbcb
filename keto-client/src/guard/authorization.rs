//! What guards and extractors of permissions need.

use crate::{
    api::{
        batch::{BatchPermissions, CheckResult},
        expand::Expand,
        permissions::{Check, Decision, Permissions},
    },
    guard::{
        condition::Condition,
        explain::explain,
        permission_guard::PermissionGuard,
        refusal::Refusal,
        subject::{NoSubject, SubjectSource, SubjectStrategy},
        template::TemplateError,
    },
    http::KetoClient,
    model::subject::Subject,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::try_join_all;
use http::{Response, request::Parts};
use ory_http::{
    ConfigError, Error,
    guard::{Caller, Guard, PrincipalUnavailable, Refused, log_denial},
};
use std::{fmt, sync::Arc};

/// A Keto, and the subject that a request stands for.
///
/// As a layer or middleware it lets all requests pass, and makes the extractors [`Can`] and [`Permit`]
/// work behind it. [`Authorization::require`] makes a guard of it.
///
/// [`Can`]: crate::guard::Can
/// [`Permit`]: crate::guard::Permit
///
/// ```
/// use keto_client::{KetoClient, guard::Authorization};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let keto = KetoClient::builder().read_url("http://127.0.0.1:4466").build()?;
/// let readers = Authorization::new(keto).require("Document:{id}#view")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Authorization(Arc<Settings>);

#[derive(Clone)]
struct Settings {
    permissions: Arc<dyn Checks>,
    subject: Arc<dyn SubjectSource>,
    on_refusal: Option<Arc<OnRefusal>>,
    expand: Option<Arc<dyn Expand>>,
}

type OnRefusal = dyn Fn(&Refusal, &Parts) -> Option<Response<Bytes>> + Send + Sync;

/// Single checks and batches of them.
trait Checks: Permissions + BatchPermissions {}

impl<P: Permissions + BatchPermissions> Checks for P {}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").finish_non_exhaustive()
    }
}

impl Authorization {
    /// Asks this Keto, about the subject `User:<id>` of whoever is logged in.
    pub fn new(permissions: impl Permissions + BatchPermissions + 'static) -> Self {
        let subject = Arc::new(SubjectStrategy::User);
        let permissions = Arc::new(permissions);
        Self(Arc::new(Settings { permissions, subject, on_refusal: None, expand: None }))
    }

    /// Asks the Keto that the environment names, see [`KetoClient::from_env`].
    ///
    /// # Errors
    /// If a variable is missing or wrong.
    pub fn from_env() -> Result<Self, ConfigError> {
        KetoClient::from_env().map(Self::new)
    }

    /// The same for permissions that can't be checked in batches: several are checked at the same
    /// time.
    pub fn with_single_checks(permissions: impl Permissions + 'static) -> Self {
        Self::new(SingleChecks(permissions))
    }

    /// Sets whom a request stands for: a [`SubjectStrategy`], or a source of your own.
    #[must_use]
    pub fn subject(self, source: impl SubjectSource) -> Self {
        self.with(|settings| settings.subject = Arc::new(source))
    }

    /// Replaces responses of the guards and extractors, except for the errors of the methods of [`Can`],
    /// which the handler can replace. The default response is sent where the function returns `None`.
    ///
    /// [`Can`]: crate::guard::Can
    #[must_use]
    pub fn on_refusal(
        self,
        respond: impl Fn(&Refusal, &Parts) -> Option<Response<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.on_refusal = Some(Arc::new(respond)))
    }

    /// Logs why guards deny, in debug builds only: whether a tuple has the same id as a subject of another
    /// kind, by one more call to Keto for each missing relation.
    #[must_use]
    pub fn explain_denials(self, expand: impl Expand + 'static) -> Self {
        self.with(|settings| settings.expand = Some(Arc::new(expand)))
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Makes a guard that lets requests pass if the condition is met: a [`Condition`], or the text of a
    /// [`Template`](crate::guard::Template) such as `Document:{id}#view`.
    ///
    /// # Errors
    /// If the template is not valid.
    pub fn require<C>(&self, condition: C) -> Result<PermissionGuard, TemplateError>
    where
        C: TryInto<Condition, Error: Into<TemplateError>>,
    {
        Ok(self.require_condition(condition.try_into().map_err(Into::into)?))
    }

    /// Makes a guard of a condition or template that is valid already.
    pub fn require_condition(&self, condition: impl Into<Condition>) -> PermissionGuard {
        PermissionGuard::new(self.clone(), condition.into())
    }

    /// The subject that a request stands for.
    pub(super) fn subject_of(&self, request: &Parts) -> Result<Subject, Refusal> {
        let is_unknown = request.extensions.get::<PrincipalUnavailable>().is_some();
        self.0.subject.subject(request).map_err(|error| match error {
            NoSubject::NotAuthenticated if !is_unknown => Refusal::NotAuthenticated,
            NoSubject::NotAuthenticated | NoSubject::MissingAttribute => Refusal::NoSubject,
        })
    }

    /// Sends one check, or one batch of several, and reads the results.
    pub(super) async fn check<T>(
        &self,
        checks: &[Check],
        read: impl FnOnce(&[CheckResult]) -> T,
    ) -> Result<T, Error> {
        let Settings { permissions, .. } = &*self.0;
        match checks {
            [] => Ok(read(&[])),
            [check] => permissions.check(check).await.map(|decision| read(&[Ok(decision)])),
            checks => permissions.batch_check(checks).await.map(|results| read(&results)),
        }
    }

    /// Logs why Keto denies, if that is wanted.
    pub(super) async fn explain(&self, refusal: &Refusal) {
        if let (true, Some(expand), Refusal::Denied { missing }) =
            (cfg!(debug_assertions), &self.0.expand, refusal)
        {
            for tuple in missing {
                log_denial(&explain(&**expand, tuple).await);
            }
        }
    }

    /// The response for a refusal.
    pub(super) fn refuse(&self, refusal: &Refusal, request: &Parts) -> Refused {
        refusal.log();
        let replaced = self.0.on_refusal.as_ref().and_then(|respond| respond(refusal, request));
        match replaced {
            Some(response) => response.into(),
            None => refusal.problem().respond(Caller::of(request)),
        }
    }
}

impl Guard for Authorization {
    async fn check(&self, request: &mut Parts) -> Result<(), Refused> {
        request.extensions.insert(self.clone());
        Ok(())
    }
}

struct SingleChecks<P>(P);

#[async_trait]
impl<P: Permissions> Permissions for SingleChecks<P> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        self.0.check(check).await
    }
}

#[async_trait]
impl<P: Permissions> BatchPermissions for SingleChecks<P> {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        // Collected first, because the compiler does not infer that futures of a closure are Send.
        let mut single = Vec::new();
        for check in checks {
            single.push(self.0.check(check));
        }
        Ok(try_join_all(single).await?.into_iter().map(Ok).collect())
    }
}
