//! What has to change, as a comparison of sets: Keto stores duplicates, which mean the same as one.

use futures_util::{TryStreamExt, pin_mut};
use keto_client::{
    Error, RelationQuery, RelationTuple, RelationshipPatch, Relationships, RelationshipsExt,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    str::FromStr,
};

/// The tuples of a namespace, of an object, or of one relation of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope(RelationQuery);

impl FromStr for Scope {
    type Err = &'static str;

    /// Parses `<namespace>`, `<namespace>:<object>` or `<namespace>:<object>#<relation>`.
    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (namespace, rest) = match text.split_once(':') {
            Some((namespace, rest)) => (namespace, Some(rest)),
            None => (text, None),
        };
        let (object, relation) = match rest.and_then(|rest| rest.split_once('#')) {
            Some((object, relation)) => (Some(object), Some(relation)),
            None => (rest, None),
        };
        if namespace.is_empty() || object == Some("") || relation == Some("") {
            return Err("a scope is <namespace>, <namespace>:<object> or \
                        <namespace>:<object>#<relation>, without an empty name");
        }
        let mut query = RelationQuery::new().namespace(namespace);
        if let Some(object) = object {
            query = query.object(object);
        }
        if let Some(relation) = relation {
            query = query.relation(relation);
        }
        Ok(Self(query))
    }
}

/// The changes that are needed, in the order of the file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    pub(super) create: Vec<RelationTuple>,
    pub(super) delete: Vec<RelationTuple>,
    pub(super) unchanged: usize,
}

impl Plan {
    /// Compares what is wanted with what the server has. Tuples within a scope to prune that are not
    /// wanted are deleted.
    pub(super) async fn new(
        keto: &impl Relationships,
        wanted: &[RelationshipPatch],
        prune: &[Scope],
    ) -> Result<Self, Error> {
        let mut existing = HashSet::new();
        for query in queries(wanted) {
            collect(keto, query, &mut existing).await?;
        }
        let mut pruned = HashSet::new();
        for Scope(query) in prune {
            collect(keto, query.clone(), &mut pruned).await?;
        }
        existing.extend(pruned.iter().cloned());
        Ok(Self::compare(wanted, &existing, pruned))
    }

    fn compare(
        wanted: &[RelationshipPatch],
        existing: &HashSet<RelationTuple>,
        pruned: HashSet<RelationTuple>,
    ) -> Self {
        let (mut plan, mut seen) = (Self::default(), HashSet::new());
        for change in wanted {
            let (RelationshipPatch::Insert(tuple) | RelationshipPatch::Delete(tuple)) = change;
            if !seen.insert(tuple) {
                continue;
            }
            let exists = existing.contains(tuple);
            match change {
                RelationshipPatch::Insert(_) if !exists => plan.create.push(tuple.clone()),
                RelationshipPatch::Delete(_) if exists => plan.delete.push(tuple.clone()),
                _ => plan.unchanged += 1,
            }
        }
        let mut pruned: Vec<_> = pruned.into_iter().filter(|tuple| !seen.contains(tuple)).collect();
        super::document::sort(&mut pruned);
        plan.delete.extend(pruned);
        plan
    }

    pub(super) fn is_empty(&self) -> bool {
        self.create.is_empty() && self.delete.is_empty()
    }

    /// The changes, with those that create before those that delete.
    pub(super) fn changes(self) -> Vec<RelationshipPatch> {
        let create = self.create.into_iter().map(RelationshipPatch::Insert);
        create.chain(self.delete.into_iter().map(RelationshipPatch::Delete)).collect()
    }
}

/// Whether the server has a tuple.
pub(crate) async fn exists(
    keto: &impl Relationships,
    tuple: &RelationTuple,
) -> Result<bool, Error> {
    let tuples = keto.list_relationships(RelationQuery::from(tuple.clone()));
    pin_mut!(tuples);
    Ok(tuples.try_next().await?.is_some())
}

/// So many objects of a namespace are listed one by one, and more of them all at once.
const MAX_SINGLE_OBJECTS: usize = 20;

/// Lists that together have every tuple that is wanted, if it exists.
fn queries(wanted: &[RelationshipPatch]) -> Vec<RelationQuery> {
    let mut objects: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for RelationshipPatch::Insert(tuple) | RelationshipPatch::Delete(tuple) in wanted {
        objects.entry(tuple.namespace.as_str()).or_default().insert(tuple.object.as_str());
    }
    let mut queries = Vec::new();
    for (namespace, objects) in objects {
        let all = RelationQuery::new().namespace(namespace);
        match objects.len() <= MAX_SINGLE_OBJECTS {
            true => queries.extend(objects.into_iter().map(|object| all.clone().object(object))),
            false => queries.push(all),
        }
    }
    queries
}

async fn collect(
    keto: &impl Relationships,
    query: RelationQuery,
    tuples: &mut HashSet<RelationTuple>,
) -> Result<(), Error> {
    let found = keto.list_relationships(query);
    pin_mut!(found);
    while let Some(tuple) = found.try_next().await? {
        tuples.insert(tuple);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuples<const N: usize>(texts: [&str; N]) -> [RelationTuple; N] {
        texts.map(|text| text.parse().unwrap())
    }

    #[test]
    fn a_plan_compares_sets() {
        let [a, b, c, d] = tuples(["n:a#r@x", "n:b#r@x", "n:c#r@x", "n:d#r@x"]);
        let wanted = [
            RelationshipPatch::Insert(a.clone()),
            RelationshipPatch::Insert(a.clone()),
            RelationshipPatch::Insert(b.clone()),
            RelationshipPatch::Delete(c.clone()),
        ];
        let existing = [b.clone(), c.clone(), d.clone()].into();
        let plan = Plan::compare(&wanted, &existing, HashSet::new());
        let expected = Plan { create: vec![a.clone()], delete: vec![c.clone()], unchanged: 1 };
        assert_eq!(plan, expected);
        let plan = Plan::compare(&wanted, &existing, [b, d.clone()].into());
        assert_eq!(plan.delete, [c, d]);
        assert_eq!(plan.create, [a]);
    }

    #[test]
    fn a_scope_has_no_empty_name() {
        for text in ["", ":", "app:", "app:#", "app:x#", ":x#y"] {
            text.parse::<Scope>().expect_err(text);
        }
        let query = RelationQuery::new().namespace("app").object("x").relation("y");
        assert_eq!("app:x#y".parse::<Scope>().unwrap().0, query);
        let query = RelationQuery::new().namespace("app");
        assert_eq!("app".parse::<Scope>().unwrap().0, query);
    }
}
