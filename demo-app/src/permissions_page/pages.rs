//! What people see. Templates escape all that they are given.

use super::{
    PermissionsPage,
    list::ListQuery,
    people::{Label, People, Person},
};
use crate::pages::{Viewer, clip};
use askama::Template;
use keto_client::RelationTuple;
use kratos_client::Identity;

pub(super) use crate::self_service::{redirect, render};

/// The rules of this page, beside those of all pages.
pub(super) const STYLE: &str = include_str!("../../templates/permissions_page/permissions.css");

impl PermissionsPage {
    /// Whoever is logged in.
    pub(super) fn viewer(&self, identity: &Identity) -> Viewer {
        let name = Person::of(identity).label.text;
        Viewer { name, has_pages: self.has_account_pages }
    }
}

/// A page with nothing but a message.
#[derive(Template)]
#[template(path = "permissions_page/message.html")]
pub(super) struct Message<'a> {
    pub(super) viewer: Option<Viewer>,
    pub(super) title: &'static str,
    pub(super) text: &'a str,
}

/// The tuples of a page, with a filter.
#[derive(Template)]
#[template(path = "permissions_page/list.html")]
pub(super) struct List {
    pub(super) viewer: Option<Viewer>,
    pub(super) title: &'static str,
    pub(super) note: Option<&'static str>,
    pub(super) filter: Filter,
    pub(super) rows: Vec<Row>,
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
}

/// What the list is limited to.
#[derive(Default)]
pub(super) struct Filter {
    /// The namespaces, and whether each is the one of the filter.
    pub(super) namespaces: Vec<(bool, String)>,
    pub(super) namespace: String,
    pub(super) object: String,
    pub(super) relation: String,
    pub(super) person: String,
    pub(super) is_set: bool,
}

impl Filter {
    pub(super) fn of(query: &ListQuery, namespaces: Vec<(bool, String)>) -> Self {
        let ListQuery { namespace, object, relation, subject, .. } = query.clone();
        Self {
            is_set: [&namespace, &object, &relation, &subject].iter().any(|text| !text.is_empty()),
            namespaces,
            namespace,
            object,
            relation,
            person: String::new(),
        }
    }
}

/// A tuple in the list.
pub(super) struct Row {
    pub(super) value: String,
    pub(super) subject: Label,
    pub(super) subject_url: String,
    pub(super) relation: String,
    pub(super) object: String,
    pub(super) object_url: String,
    pub(super) namespace: String,
}

/// The people whom a search found, with the URL for each.
#[derive(Template)]
#[template(path = "permissions_page/choice.html")]
pub(super) struct Choice {
    pub(super) viewer: Option<Viewer>,
    pub(super) title: &'static str,
    pub(super) people: Vec<(String, Label)>,
}

/// The form that grants.
#[derive(Template)]
#[template(path = "permissions_page/grant.html")]
pub(super) struct Grant<'a> {
    pub(super) viewer: Option<Viewer>,
    pub(super) title: &'static str,
    pub(super) namespaces: Vec<(bool, String)>,
    pub(super) namespace: &'a str,
    pub(super) relation: &'a str,
    pub(super) objects: &'a str,
    pub(super) person: &'a str,
    pub(super) subject: &'a str,
    /// People, and whether each is chosen.
    pub(super) people: Vec<(Person, bool)>,
    pub(super) error: Option<String>,
}

/// What a change would change.
#[derive(Template)]
#[template(path = "permissions_page/preview.html")]
pub(super) struct Preview {
    pub(super) viewer: Option<Viewer>,
    pub(super) title: &'static str,
    pub(super) note: Option<String>,
    pub(super) names: Option<&'static str>,
    pub(super) rows: Vec<ChangedTuple>,
    /// The number of tuples that are created or deleted.
    pub(super) needed: usize,
    /// The change, if it changes anything.
    pub(super) form: Option<String>,
}

/// A tuple of a change.
pub(super) struct ChangedTuple {
    pub(super) what: &'static str,
    pub(super) subject: Label,
    pub(super) relation: String,
    pub(super) object: String,
    pub(super) namespace: String,
}

impl ChangedTuple {
    pub(super) fn new(what: &'static str, tuple: &RelationTuple, people: &People) -> Self {
        Self {
            what,
            subject: people.label(&tuple.subject),
            relation: clip(tuple.relation.as_str()),
            object: clip(tuple.object.as_str()),
            namespace: clip(tuple.namespace.as_str()),
        }
    }
}

/// The question whether somebody may do something, and its answer.
#[derive(Template)]
#[template(path = "permissions_page/check.html")]
pub(super) struct Check<'a> {
    pub(super) viewer: Option<Viewer>,
    pub(super) title: &'static str,
    pub(super) namespaces: Vec<(bool, String)>,
    pub(super) namespace: &'a str,
    pub(super) object: &'a str,
    pub(super) relation: &'a str,
    pub(super) person: &'a str,
    /// The people of whom one is meant.
    pub(super) people: Vec<Person>,
    pub(super) error: Option<String>,
    pub(super) result: Option<CheckResult>,
}

/// The answer with its explanation.
pub(super) struct CheckResult {
    pub(super) is_allowed: bool,
    pub(super) who: String,
    pub(super) detail: String,
    pub(super) relation: String,
    pub(super) object: String,
    pub(super) explanation: &'static str,
    pub(super) trees: Vec<Tree>,
    pub(super) is_complete: bool,
}

/// A node of a tree with those below it.
#[derive(Template)]
#[template(path = "permissions_page/tree.html")]
pub(super) struct Tree {
    pub(super) label: Label,
    pub(super) members: Vec<Tree>,
}

/// A page of changes.
#[derive(Template)]
#[template(path = "permissions_page/history.html")]
pub(super) struct History {
    pub(super) viewer: Option<Viewer>,
    pub(super) title: &'static str,
    pub(super) notice: Option<&'static str>,
    pub(super) names: Option<&'static str>,
    pub(super) is_stored: bool,
    pub(super) entries: Vec<HistoryEntry>,
    pub(super) newer: Option<usize>,
    pub(super) older: Option<usize>,
}

/// A change that was made.
pub(super) struct HistoryEntry {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) outcome: Option<&'static str>,
    pub(super) steps: Vec<ChangedTuple>,
    /// The number of steps that are not shown.
    pub(super) more: usize,
    /// The id, if the change can be undone.
    pub(super) undo: Option<String>,
}
