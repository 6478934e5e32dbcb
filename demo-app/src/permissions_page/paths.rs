//! The paths of tuples that lead from a subject to a relation.
//!
//! They are looked for from the subject on, by the tuples that name it: a person is in few groups, but
//! an object can have a hundred thousand people, whom an expansion by Keto would all list.

use crate::permissions::exists;
use futures_util::{StreamExt, TryStreamExt, stream};
use keto_client::{
    Error, ListRelationships, RelationQuery, RelationTuple, Relationships, Subject, SubjectSet,
};
use std::collections::{HashMap, HashSet};

/// A subject with those of its members that lead to the subject that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) subject: Subject,
    pub(super) members: Vec<Node>,
}

/// What was found.
#[derive(Debug)]
pub(super) struct Paths {
    /// The paths to the relation, as a tree with the relation as its root.
    pub(super) tree: Option<Node>,
    /// The paths to other relations of the same object, from which a rule of Keto's permission model
    /// may follow.
    pub(super) related: Vec<Node>,
    /// Whether all tuples were looked at, within [`MAX_DEPTH`].
    pub(super) is_complete: bool,
}

/// The depth to which Keto follows subject sets by default.
const MAX_DEPTH: usize = 5;
const PAGE_SIZE: u32 = 250;
/// The maximum number of subjects whose tuples are listed.
const MAX_SUBJECTS: usize = 200;
const CONCURRENT_REQUESTS: usize = 8;
const MAX_NODES: usize = 200;

/// Each subject set that was found, with the members by which it was.
type Members = HashMap<SubjectSet, Vec<Subject>>;

/// Finds the paths from a subject to a relation of an object.
pub(super) async fn find(
    keto: &impl Relationships,
    target: &SubjectSet,
    subject: &Subject,
) -> Result<Paths, Error> {
    let (mut members, mut is_complete) = (Members::new(), true);
    let mut seen = HashSet::from([subject.clone()]);
    let mut level = vec![subject.clone()];
    for _ in 0..MAX_DEPTH {
        is_complete &= seen.len() <= MAX_SUBJECTS;
        level.truncate(MAX_SUBJECTS);
        let lists: Vec<_> = level.iter().map(|subject| sets_of(keto, target, subject)).collect();
        let lists: Vec<_> = stream::iter(lists).buffered(CONCURRENT_REQUESTS).try_collect().await?;
        let mut next = Vec::new();
        for (member, (sets, has_all)) in level.into_iter().zip(lists) {
            is_complete &= has_all;
            for set in sets {
                let of_set = members.entry(set.clone()).or_default();
                if !of_set.contains(&member) {
                    of_set.push(member.clone());
                }
                if seen.len() <= MAX_SUBJECTS && seen.insert(Subject::Set(set.clone())) {
                    next.push(Subject::Set(set));
                }
            }
        }
        level = next;
    }
    let tree = |set: &SubjectSet| {
        let root = Subject::Set(set.clone());
        Tree { members: &members, nodes: 0 }.node(&root, &mut Vec::new())
    };
    let is_related = |set: &&SubjectSet| {
        set.namespace == target.namespace && set.object == target.object && *set != target
    };
    let mut related: Vec<_> = members.keys().filter(is_related).collect();
    related.sort_by(|one, other| one.relation.as_str().cmp(other.relation.as_str()));
    Ok(Paths {
        tree: members.contains_key(target).then(|| tree(target)),
        related: related.into_iter().map(tree).collect(),
        is_complete,
    })
}

/// The sets in which a tuple puts a subject, and whether these are all.
async fn sets_of(
    keto: &impl Relationships,
    target: &SubjectSet,
    subject: &Subject,
) -> Result<(Vec<SubjectSet>, bool), Error> {
    let query = RelationQuery::new().subject(subject.clone());
    let request = ListRelationships::new(query).page_size(PAGE_SIZE);
    let page = keto.list_relationships_page(&request).await?;
    let set = |tuple: RelationTuple| SubjectSet {
        namespace: tuple.namespace,
        object: tuple.object,
        relation: tuple.relation,
    };
    let mut sets: Vec<_> = page.items.into_iter().map(set).collect();
    if page.next.is_some() {
        let SubjectSet { namespace, object, relation } = target.clone();
        let tuple = RelationTuple { namespace, object, relation, subject: subject.clone() };
        if exists(keto, &tuple).await? {
            sets.push(target.clone());
        }
    }
    Ok((sets, page.next.is_none()))
}

struct Tree<'a> {
    members: &'a Members,
    nodes: usize,
}

impl Tree<'_> {
    /// A subject with its members, but for those that are above it.
    fn node(&mut self, subject: &Subject, above: &mut Vec<Subject>) -> Node {
        self.nodes += 1;
        let members = match subject {
            Subject::Set(set) => self.members.get(set).map_or(&[][..], Vec::as_slice),
            Subject::Id(_) => &[],
        };
        above.push(subject.clone());
        let mut nodes = Vec::new();
        for member in members {
            if !above.contains(member) && self.nodes < MAX_NODES {
                nodes.push(self.node(member, above));
            }
        }
        above.pop();
        Node { subject: subject.clone(), members: nodes }
    }
}
