//! Decorators of Keto's traits in any order, one of them made by an application.

use async_trait::async_trait;
use keto_client::{
    ApiVersion, BatchPermissions, CachedPermissions, Check, CheckError, CheckResult, CheckedNames,
    Decision, Error, ErrorKind, Expand, KetoClient, ListRelationships, Metadata, Namespaces,
    OplSyntax, Page, Permissions, RelationQuery, RelationTuple, RelationshipPatch, Relationships,
    testing::KetoServer,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

/// An application's own decorator: it counts, and has the traits that the others need.
#[derive(Clone, Debug)]
struct Counted<C> {
    inner: C,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    checks: AtomicUsize,
    batches: AtomicUsize,
    asked_in_batches: AtomicUsize,
    lists: AtomicUsize,
}

impl Counts {
    /// Checks, batches, questions in batches, lists.
    fn get(&self) -> [usize; 4] {
        [&self.checks, &self.batches, &self.asked_in_batches, &self.lists].map(|n| n.load(SeqCst))
    }
}

#[async_trait]
impl<C: Permissions> Permissions for Counted<C> {
    async fn check(&self, check: &Check) -> Result<Decision, Error> {
        self.counts.checks.fetch_add(1, SeqCst);
        self.inner.check(check).await
    }
}

#[async_trait]
impl<C: BatchPermissions> BatchPermissions for Counted<C> {
    async fn batch_check(&self, checks: &[Check]) -> Result<Vec<CheckResult>, Error> {
        self.counts.batches.fetch_add(1, SeqCst);
        self.counts.asked_in_batches.fetch_add(checks.len(), SeqCst);
        self.inner.batch_check(checks).await
    }
}

#[async_trait]
impl<C: Relationships> Relationships for Counted<C> {
    async fn list_relationships_page(
        &self,
        request: &ListRelationships,
    ) -> Result<Page<RelationTuple>, Error> {
        self.counts.lists.fetch_add(1, SeqCst);
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

const HOUR: Duration = Duration::from_hours(1);

fn cached<C>(inner: C) -> CachedPermissions<C> {
    CachedPermissions::new(inner).allowed_max_age(HOUR).denied_max_age(HOUR)
}

fn check(text: &str) -> Check {
    Check::new(text.parse().unwrap())
}

fn unknown_namespace() -> CheckResult {
    Err(CheckError::UnknownName { kind: "namespace", name: "ap".into() })
}

/// What holds in either order.
async fn is_right<K>(keto: &K, counts: &Counts)
where
    K: Permissions + BatchPermissions + Relationships,
{
    let (ann, bob, typo) =
        (check("app:page#read@ann"), check("app:page#read@bob"), check("ap:page#read@ann"));
    keto.create_relationship(&ann.tuple).await.unwrap();
    for _ in 0..3 {
        assert_eq!(keto.check(&ann).await.unwrap(), Decision::Allowed);
        assert_eq!(keto.check(&bob).await.unwrap(), Decision::Denied);
    }
    let [checks, batches, _, lists] = counts.get();
    assert_eq!([checks, batches, lists], [2, 0, 1], "one request for each, and one look-up");

    for _ in 0..2 {
        let error = keto.check(&typo).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::UnknownName { kind: "namespace", .. }));
    }
    assert_eq!(counts.lists.load(SeqCst), 3, "a name that does not exist is not remembered");

    let all = [&ann, &typo, &bob, &ann].map(Clone::clone);
    let expected =
        [Ok(Decision::Allowed), unknown_namespace(), Ok(Decision::Denied), Ok(Decision::Allowed)];
    assert_eq!(keto.batch_check(&all).await.unwrap(), expected);

    // Each way to write forgets what was decided.
    keto.delete_relationship(&ann.tuple).await.unwrap();
    assert_eq!(keto.check(&ann).await.unwrap(), Decision::Denied);
    keto.patch_relationships(&[RelationshipPatch::Insert(bob.tuple.clone())]).await.unwrap();
    assert_eq!(keto.check(&bob).await.unwrap(), Decision::Allowed);
    let query = RelationQuery::new().namespace("app").object("page");
    keto.delete_all_relationships_matching(&query).await.unwrap();
    let expected =
        [Ok(Decision::Denied), unknown_namespace(), Ok(Decision::Denied), Ok(Decision::Denied)];
    assert_eq!(keto.batch_check(&all).await.unwrap(), expected);
    keto.create_relationship(&ann.tuple).await.unwrap();
    assert_eq!(keto.check(&ann).await.unwrap(), Decision::Allowed);
}

fn counted() -> (KetoServer, Counted<KetoClient>, Arc<Counts>) {
    let server = KetoServer::start(["User", "Group", "app"]).unwrap();
    let client = KetoClient::builder().read_url(server.read_url().as_str());
    let client = client.write_url(server.write_url().as_str()).api_version(ApiVersion::Current);
    let counts = Arc::new(Counts::default());
    (server, Counted { inner: client.build().unwrap(), counts: counts.clone() }, counts)
}

#[actix_web::test]
async fn checked_names_over_a_cache() {
    let (_server, keto, counts) = counted();
    is_right(&CheckedNames::new(cached(keto)), &counts).await;
}

#[actix_web::test]
async fn a_cache_over_checked_names() {
    let (_server, keto, counts) = counted();
    is_right(&cached(CheckedNames::new(keto)), &counts).await;
}

#[actix_web::test]
async fn an_application_s_decorator_outside() {
    let (_server, keto, counts) = counted();
    let outside = Counted { inner: CheckedNames::new(cached(keto)), counts: Arc::default() };
    is_right(&outside, &counts).await;
}

/// Everything that the client can do is there, through any number of decorators.
#[actix_web::test]
async fn decorators_have_all_traits() {
    async fn has_all<K>(keto: K)
    where
        K: Permissions + BatchPermissions + Relationships,
        K: Expand + Namespaces + OplSyntax + Metadata,
    {
        let tuple: RelationTuple = "app:page#read@ann".parse().unwrap();
        keto.create_relationship(&tuple).await.unwrap();
        let set = keto_client::SubjectSet::new("app", "page", "read");
        assert!(keto.expand(&set.into()).await.unwrap().is_some());
        assert!(keto.list_namespaces().await.unwrap().contains(&"app".into()));
        // The testing Keto has no such API.
        keto.check_opl_syntax("class app implements Namespace {}").await.unwrap_err();
        assert!(keto.is_alive().await.unwrap() && keto.is_ready().await.unwrap());
        assert!(!keto.version().await.unwrap().is_empty());
    }
    let (_server, Counted { inner: keto, .. }, _) = counted();
    has_all(keto.clone()).await;
    has_all(CheckedNames::new(cached(keto.clone()))).await;
    has_all(cached(CheckedNames::new(cached(keto)))).await;
}

#[actix_web::test]
async fn a_batch_asks_for_what_is_not_cached_and_for_each_question_once() {
    let (_server, keto, counts) = counted();
    let keto = cached(keto);
    let users = ["ann", "bob", "eve"].map(|who| check(&format!("app:page#read@{who}")));
    let [ann, bob, eve] = &users;
    assert_eq!(keto.check(ann).await.unwrap(), Decision::Denied);
    let questions = [ann, bob, eve, bob].map(Clone::clone);
    let denied = vec![Ok(Decision::Denied); 4];
    assert_eq!(keto.batch_check(&questions).await.unwrap(), denied);
    assert_eq!(counts.get(), [1, 1, 2, 0]);
    // What a batch found out is cached for single checks, and the other way round.
    assert_eq!(keto.cached(eve), Some(Decision::Denied));
    assert_eq!(keto.check(bob).await.unwrap(), Decision::Denied);
    assert_eq!(keto.batch_check(&questions).await.unwrap(), denied);
    keto.invalidate(bob);
    assert_eq!(keto.batch_check(&questions).await.unwrap(), denied);
    assert_eq!(counts.get()[..2], [1, 2]);
    assert_eq!(keto.batch_check(&[]).await.unwrap(), []);
    assert_eq!(counts.get()[..2], [1, 2]);
}
