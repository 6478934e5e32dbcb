//! Every operation of the Keto clients that is answered with JSON or a gRPC message, and what it
//! needs of the response.

use contract_tests::{
    openapi::{Operation, decoded},
    operations,
};
use keto_client::{
    BatchPermissions, Check, CheckError, CheckResult, Decision, Expand, ListRelationships,
    Metadata, Namespaces, OplSyntax, Permissions, RelationQuery, RelationTuple, Relationships,
    Subject, SubjectSet,
};
use serde_json::{Value, json};

/// Everything that a Keto client does, over HTTP or gRPC.
pub(crate) trait Keto:
    Permissions + BatchPermissions + Relationships + Expand + Namespaces + OplSyntax + Metadata
{
}

impl<T> Keto for T where
    T: Permissions + BatchPermissions + Relationships + Expand + Namespaces + OplSyntax + Metadata
{
}

fn tuple() -> RelationTuple {
    RelationTuple::new("app", "homepage", "read", Subject::id("ann"))
}

fn decision(decision: Decision) -> Value {
    json!({"allowed": decision.is_allowed()})
}

fn result(result: CheckResult) -> Value {
    match result {
        Ok(decision) => json!({"allowed": decision.is_allowed(), "error": ""}),
        Err(CheckError::Refused { reason }) => json!({"allowed": false, "error": reason}),
        Err(other) => panic!("{other:?}"),
    }
}

#[rustfmt::skip]
pub(crate) fn operations() -> Vec<Operation<dyn Keto>> {
    operations! {
        postCheckPermission, postCheck needs ["allowed"] => |keto| {
            decoded(&decision(keto.check(&Check::new(tuple())).await?))
        };
        batchCheckPermission needs ["results", "results.allowed"] => |keto| {
            let results = keto.batch_check(&[tuple().into(), tuple().into()]).await?;
            decoded(&json!({"results": results.into_iter().map(result).collect::<Vec<_>>()}))
        };
        expandPermissions, getExpand needs ["children", "children.children"] => |keto| {
            decoded(&keto.expand(&SubjectSet::new("app", "homepage", "read").into()).await?)
        };
        getRelationships, getRelationTuples
            needs ["relation_tuples", "relation_tuples.namespace", "relation_tuples.object",
                "relation_tuples.relation", "relation_tuples.subject_id",
                "relation_tuples.subject_set", "relation_tuples.subject_set.namespace",
                "relation_tuples.subject_set.object", "relation_tuples.subject_set.relation",
                "next_page_token"] => |keto| {
            let page = keto.list_relationships_page(&ListRelationships::new(RelationQuery::new())).await?;
            let next = page.next.as_ref().map(ToString::to_string);
            decoded(&json!({"relation_tuples": page.items, "next_page_token": next}))
        };
        createRelationship, createRelationTuple needs [] =>
            |keto| decoded(&keto.create_relationship(&tuple()).await?);
        listRelationshipNamespaces needs ["namespaces", "namespaces.name"] => |keto| {
            let names = keto.list_namespaces().await?;
            let names: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
            decoded(&json!({"namespaces": names}))
        };
        checkOplSyntax needs ["errors"] =>
            |keto| decoded(&json!({"errors": keto.check_opl_syntax("class User {}").await?}));
        isAlive, isInstanceAlive needs [] => |keto| decoded(&keto.is_alive().await?);
        isReady, isInstanceReady needs [] => |keto| decoded(&keto.is_ready().await?);
        getVersion needs ["version"] => |keto| decoded(&json!({"version": keto.version().await?}));
    }
}

/// Operations of the documents that the clients don't use.
pub(crate) const OTHERS: &[(&str, &str)] = &[
    ("checkPermission", "a check, whose tuple would be in the URL"),
    ("checkPermissionOrError", "a check, whose status is the decision"),
    ("postCheckPermissionOrError", "a check, whose status is the decision"),
    ("getCheck", "a check, whose tuple would be in the URL"),
];
