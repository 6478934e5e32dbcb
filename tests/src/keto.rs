//! What every implementation of Keto's traits must do.

mod batch;
mod tree;

use crate::{Test, model::walks as a_model_agrees, tests};
use futures_util::TryStreamExt;
use http::StatusCode;
use keto_client::{
    BatchPermissions, Check, Decision, ErrorKind, Expand, ListRelationships, Metadata, Namespaces,
    OplSyntax, PageToken, Permissions, RelationQuery, RelationTuple, RelationshipPatch,
    Relationships, RelationshipsExt, Subject,
};
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

/// An implementation, with a server behind it that has the namespace `app`.
#[derive(Clone)]
pub struct Keto {
    /// May they?
    pub permissions: Arc<dyn Permissions>,
    /// The tuples.
    pub relationships: Arc<dyn Relationships>,
    /// Many checks at once.
    pub batch: Arc<dyn BatchPermissions>,
    /// Who has a relation.
    pub expand: Arc<dyn Expand>,
    /// Which namespaces there are.
    pub namespaces: Arc<dyn Namespaces>,
    /// The syntax of models.
    pub opl: Arc<dyn OplSyntax>,
    /// Health and version.
    pub metadata: Arc<dyn Metadata>,
    /// Checks that tell what does not exist.
    pub checked_names: Arc<dyn Permissions>,
    /// Many of them at once.
    pub checked_names_batch: Arc<dyn BatchPermissions>,
    /// Whether it speaks v0.7, which lacks some things.
    pub v0_7: bool,
    /// Whether the server has the syntax API.
    pub has_opl: bool,
    /// Whether subjects are subject ids, which Ory Network refuses; otherwise they are objects of
    /// the namespace `User`.
    pub subject_ids: bool,
}

impl Keto {
    /// The same with objects of the namespace `User` as subjects.
    #[must_use]
    pub fn with_users(self) -> Self {
        Self { subject_ids: false, ..self }
    }

    /// Somebody of this name.
    pub fn subject(&self, name: &str) -> Subject {
        match self.subject_ids {
            true => Subject::id(name),
            false => Subject::set("User", name, ""),
        }
    }

    fn tuple(&self, object: &str, name: &str) -> RelationTuple {
        RelationTuple::new("app", object, "read", self.subject(name))
    }
}

/// The tests, by name. They use objects of their own, so that they can run side by side and on a
/// server that is in use.
pub fn suite() -> Vec<(&'static str, Test<Keto>)> {
    let mut suite: Vec<(&'static str, Test<Keto>)> = tests![
        a_denial_is_a_value,
        a_grant_and_a_revocation_take_effect_at_once,
        a_subject_set_grants,
        an_unknown_namespace_is_denied_and_cannot_be_written,
        a_delete_removes_exactly_one_tuple,
        a_transaction_is_all_or_nothing,
        everything_matching_is_deleted_and_nothing_else,
        an_empty_query_deletes_nothing,
        pages_follow_each_other,
        a_wrong_page_token_is_an_error,
        names_are_any_text,
        a_set_without_relation_is_kept,
        a_depth_can_be_given,
        a_model_agrees,
    ];
    suite.extend(batch::suite());
    suite.extend(tree::suite());
    suite
}

/// What a server must come to that does not speak the client's protocol: clear errors.
pub async fn is_not_supported(keto: Keto) {
    let ann = keto.tuple(&object(), "ann");
    let errors = [
        keto.permissions.check(&ann.clone().into()).await.map(drop).unwrap_err(),
        keto.batch.batch_check(&[ann.clone().into()]).await.map(drop).unwrap_err(),
        keto.relationships.create_relationship(&ann).await.unwrap_err(),
        keto.namespaces.list_namespaces().await.map(drop).unwrap_err(),
    ];
    for error in errors {
        assert!(error.is_unsupported(), "{error}");
    }
}

fn object() -> String {
    format!("contract-{}", Uuid::new_v4())
}

async fn check(keto: &Keto, tuple: &RelationTuple) -> Decision {
    keto.permissions.check(&Check::new(tuple.clone())).await.unwrap()
}

async fn list(keto: &Keto, query: RelationQuery) -> Vec<RelationTuple> {
    keto.relationships.list_relationships(query).try_collect().await.unwrap()
}

async fn of_object(keto: &Keto, object: &str) -> Vec<RelationTuple> {
    list(keto, RelationQuery::new().namespace("app").object(object)).await
}

async fn a_denial_is_a_value(keto: Keto) {
    assert_eq!(check(&keto, &keto.tuple(&object(), "ann")).await, Decision::Denied);
}

async fn a_grant_and_a_revocation_take_effect_at_once(keto: Keto) {
    let (ann, bob) = {
        let object = object();
        (keto.tuple(&object, "ann"), keto.tuple(&object, "bob"))
    };
    keto.relationships.create_relationship(&ann).await.unwrap();
    assert_eq!(check(&keto, &ann).await, Decision::Allowed);
    assert_eq!(check(&keto, &bob).await, Decision::Denied);
    keto.relationships.delete_relationship(&ann).await.unwrap();
    assert_eq!(check(&keto, &ann).await, Decision::Denied);
    // Revoking what nobody has is no error.
    keto.relationships.delete_relationship(&ann).await.unwrap();
}

async fn a_subject_set_grants(keto: Keto) {
    let (page, group) = (object(), object());
    let readers = Subject::set("app", group.as_str(), "read");
    let through = RelationTuple::new("app", page.as_str(), "read", readers);
    let changes =
        [RelationshipPatch::Insert(through), RelationshipPatch::Insert(keto.tuple(&group, "ann"))];
    keto.relationships.patch_relationships(&changes).await.unwrap();
    assert_eq!(check(&keto, &keto.tuple(&page, "ann")).await, Decision::Allowed);
    assert_eq!(check(&keto, &keto.tuple(&page, "bob")).await, Decision::Denied);
    keto.relationships.delete_relationship(&keto.tuple(&group, "ann")).await.unwrap();
    assert_eq!(check(&keto, &keto.tuple(&page, "ann")).await, Decision::Denied);
}

async fn an_unknown_namespace_is_denied_and_cannot_be_written(keto: Keto) {
    let nowhere = RelationTuple::new("nowhere", "x", "read", keto.subject("ann"));
    assert_eq!(check(&keto, &nowhere).await, Decision::Denied);

    let error = keto.relationships.create_relationship(&nowhere).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert!(error.reason().unwrap().contains("nowhere"), "{error}");
    assert!(error.to_string().contains("nowhere"), "{error}");
    assert!(!error.is_retryable());

    let query = ListRelationships::new(RelationQuery::new().namespace("nowhere"));
    let error = keto.relationships.list_relationships_page(&query).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
}

async fn a_delete_removes_exactly_one_tuple(keto: Keto) {
    let object = object();
    let (ann, bob) = (keto.tuple(&object, "ann"), keto.tuple(&object, "bob"));
    for tuple in [&ann, &ann, &bob] {
        keto.relationships.create_relationship(tuple).await.unwrap();
    }
    assert_eq!(of_object(&keto, &object).await.len(), 3);
    keto.relationships.delete_relationship(&ann).await.unwrap();
    assert_eq!(of_object(&keto, &object).await, [bob]);
}

async fn a_transaction_is_all_or_nothing(keto: Keto) {
    let object = object();
    let (old, new) = (keto.tuple(&object, "old"), keto.tuple(&object, "new"));
    keto.relationships.create_relationship(&old).await.unwrap();

    let nowhere = RelationTuple::new("nowhere", "x", "read", keto.subject("ann"));
    let broken = [RelationshipPatch::Insert(new.clone()), RelationshipPatch::Insert(nowhere)];
    keto.relationships.patch_relationships(&broken).await.unwrap_err();
    assert_eq!(of_object(&keto, &object).await, std::slice::from_ref(&old));

    let swap = [RelationshipPatch::Insert(new.clone()), RelationshipPatch::Delete(old)];
    keto.relationships.patch_relationships(&swap).await.unwrap();
    assert_eq!(of_object(&keto, &object).await, std::slice::from_ref(&new));

    // Inserts come first, so a tuple that is in both is gone.
    let both = [RelationshipPatch::Delete(new.clone()), RelationshipPatch::Insert(new)];
    keto.relationships.patch_relationships(&both).await.unwrap();
    assert_eq!(of_object(&keto, &object).await, []);
    keto.relationships.patch_relationships(&[]).await.unwrap();
}

async fn everything_matching_is_deleted_and_nothing_else(keto: Keto) {
    let (one, other) = (object(), object());
    for tuple in [keto.tuple(&one, "ann"), keto.tuple(&one, "bob"), keto.tuple(&other, "ann")] {
        keto.relationships.create_relationship(&tuple).await.unwrap();
    }
    let query = RelationQuery::new().namespace("app").object(one.as_str());
    let result = keto.relationships.delete_all_relationships_matching(&query).await;
    if keto.v0_7 {
        let error = result.unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        assert_eq!(of_object(&keto, &one).await.len(), 2);
        let whole = RelationQuery::from(keto.tuple(&one, "ann"));
        keto.relationships.delete_all_relationships_matching(&whole).await.unwrap();
        assert_eq!(of_object(&keto, &one).await, [keto.tuple(&one, "bob")]);
    } else {
        result.unwrap();
        assert_eq!(of_object(&keto, &one).await, []);
    }
    assert_eq!(of_object(&keto, &other).await, [keto.tuple(&other, "ann")]);
}

async fn an_empty_query_deletes_nothing(keto: Keto) {
    let kept = keto.tuple(&object(), "ann");
    keto.relationships.create_relationship(&kept).await.unwrap();
    let everything = RelationQuery::new();
    let error =
        keto.relationships.delete_all_relationships_matching(&everything).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidInput { .. }), "{error}");
    assert_eq!(check(&keto, &kept).await, Decision::Allowed);
}

async fn pages_follow_each_other(keto: Keto) {
    let object = object();
    let users: Vec<_> = (0..5).map(|n| keto.tuple(&object, &format!("person-{n}"))).collect();
    let inserts: Vec<_> = users.iter().cloned().map(RelationshipPatch::Insert).collect();
    keto.relationships.patch_relationships(&inserts).await.unwrap();

    let query = RelationQuery::new().namespace("app").object(object.as_str());
    let mut request = ListRelationships::new(query.clone()).page_size(2);
    let mut pages = Vec::new();
    loop {
        let page = keto.relationships.list_relationships_page(&request).await.unwrap();
        pages.push(page.items);
        assert!(pages.len() <= 4, "no end: {pages:?}");
        let Some(next) = page.next else { break };
        request = ListRelationships::new(query.clone()).page_size(2).page_token(next);
    }
    let texts = |tuples: Vec<RelationTuple>| -> BTreeSet<String> {
        let mut texts = BTreeSet::new();
        for tuple in tuples {
            let text = tuple.try_to_string().unwrap();
            assert!(texts.insert(text.clone()), "{text} came twice");
        }
        texts
    };
    let all = texts(users);
    assert!(pages.iter().all(|page| page.len() <= 2), "{pages:?}");
    assert_eq!(texts(pages.concat()), all);
    assert_eq!(texts(list(&keto, query).await), all);
}

async fn a_wrong_page_token_is_an_error(keto: Keto) {
    let query = RelationQuery::new().namespace("app");
    let request = ListRelationships::new(query).page_token(PageToken::new("no such page"));
    let error = keto.relationships.list_relationships_page(&request).await.unwrap_err();
    let status = if keto.v0_7 { 500 } else { 400 };
    assert_eq!(error.status().unwrap(), status, "{error}");
}

async fn names_are_any_text(keto: Keto) {
    let object = format!("{} ?&=#%2F/../ü\u{1f512}\"\\", object());
    for subject in ["a:b", "(ann)", "x&y=z#?", "ann\u{e9} \u{1f512}", "+"] {
        let tuple = keto.tuple(&object, subject);
        keto.relationships.create_relationship(&tuple).await.unwrap();
        assert_eq!(check(&keto, &tuple).await, Decision::Allowed, "{subject}");
        let found = list(&keto, RelationQuery::from(tuple.clone())).await;
        assert_eq!(found, std::slice::from_ref(&tuple), "{subject}");
        keto.relationships.delete_relationship(&tuple).await.unwrap();
        assert_eq!(check(&keto, &tuple).await, Decision::Denied, "{subject}");
    }
}

async fn a_set_without_relation_is_kept(keto: Keto) {
    let object = object();
    let ann = RelationTuple::new("app", object.as_str(), "read", Subject::set("app", "ann", ""));
    keto.relationships.create_relationship(&ann).await.unwrap();
    assert_eq!(of_object(&keto, &object).await, std::slice::from_ref(&ann));
    assert_eq!(check(&keto, &ann).await, Decision::Allowed);
    assert_eq!(check(&keto, &keto.tuple(&object, "ann")).await, Decision::Denied);
}

async fn a_depth_can_be_given(keto: Keto) {
    let (page, group) = (object(), object());
    let readers = Subject::set("app", group.as_str(), "read");
    let through = RelationTuple::new("app", page.as_str(), "read", readers);
    let changes =
        [RelationshipPatch::Insert(through), RelationshipPatch::Insert(keto.tuple(&group, "ann"))];
    keto.relationships.patch_relationships(&changes).await.unwrap();
    let ask = |depth| {
        let check = Check::new(keto.tuple(&page, "ann")).max_depth(depth);
        let keto = keto.clone();
        async move { keto.permissions.check(&check).await.unwrap() }
    };
    let shallow = if keto.v0_7 { Decision::Allowed } else { Decision::Denied };
    assert_eq!(ask(1).await, shallow);
    assert_eq!(ask(3).await, Decision::Allowed);
}
