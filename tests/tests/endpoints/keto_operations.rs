//! A call of every operation of Keto.

use crate::{Carries::ApiKey, Operation, operation};
use keto_client::{
    BatchPermissions, Check, Expand, ExpandRequest, ListRelationships, Metadata, Namespaces,
    OplSyntax, Permissions, RelationQuery, RelationTuple, RelationshipPatch, Relationships,
    SubjectSet,
};

pub(crate) const IDS: &str = include_str!("../../operations/keto-v26.2.0.txt");

/// Those that are other forms of a check, which the clients don't use.
pub(crate) const NOT_CALLED: &[&str] =
    &["checkPermission", "checkPermissionOrError", "postCheckPermissionOrError"];

/// Everything that a Keto client does.
pub(crate) trait Keto:
    Permissions + BatchPermissions + Relationships + Expand + Namespaces + OplSyntax + Metadata
{
}

impl<T> Keto for T where
    T: Permissions + BatchPermissions + Relationships + Expand + Namespaces + OplSyntax + Metadata
{
}

/// What the operations are called with.
pub(crate) struct Values {
    pub(crate) check: Check,
    pub(crate) checks: Vec<Check>,
    pub(crate) tuple: RelationTuple,
    pub(crate) changes: Vec<RelationshipPatch>,
    query: RelationQuery,
    list: ListRelationships,
    expand: ExpandRequest,
}

impl Default for Values {
    fn default() -> Self {
        let tuple: RelationTuple = "app:homepage#read@planted-subject".parse().unwrap();
        Self {
            check: tuple.clone().into(),
            checks: vec![tuple.clone().into(); 3],
            changes: vec![
                RelationshipPatch::Insert(tuple.clone()),
                RelationshipPatch::Delete(tuple.clone()),
            ],
            query: RelationQuery::from(tuple.clone()),
            list: ListRelationships::new(RelationQuery::new()),
            expand: SubjectSet::new("app", "homepage", "read").into(),
            tuple,
        }
    }
}

/// Every operation of Keto.
pub(crate) fn all<'a>(keto: &'a dyn Keto, with: &'a Values) -> Vec<Operation<'a>> {
    let mut operations = reads(keto, with);
    operations.extend(writes(keto, with));
    operations
}

/// Those that change nothing.
pub(crate) fn reads<'a>(keto: &'a dyn Keto, with: &'a Values) -> Vec<Operation<'a>> {
    vec![
        operation("postCheckPermission", ApiKey, keto.check(&with.check)),
        operation("batchCheckPermission", ApiKey, keto.batch_check(&with.checks)),
        operation("expandPermissions", ApiKey, keto.expand(&with.expand)),
        operation("listRelationshipNamespaces", ApiKey, keto.list_namespaces()),
        operation("checkOplSyntax", ApiKey, keto.check_opl_syntax("class User {}")),
        operation("getRelationships", ApiKey, keto.list_relationships_page(&with.list)),
        operation("isAlive", ApiKey, keto.is_alive()),
        operation("isReady", ApiKey, keto.is_ready()),
        operation("getVersion", ApiKey, keto.version()),
    ]
}

/// Those that change relation tuples.
pub(crate) fn writes<'a>(keto: &'a dyn Keto, with: &'a Values) -> Vec<Operation<'a>> {
    vec![
        operation("createRelationship", ApiKey, keto.create_relationship(&with.tuple)),
        operation("patchRelationships", ApiKey, keto.patch_relationships(&with.changes)),
        operation("patchRelationships", ApiKey, keto.delete_relationship(&with.tuple)),
        operation(
            "deleteRelationships",
            ApiKey,
            keto.delete_all_relationships_matching(&with.query),
        ),
    ]
}
