//! "May this person do this to that?", with the tuples that explain the answer.

use super::{
    PermissionsPage,
    input::{Fields, SubjectMatch},
    pages::{self, Check, CheckResult, Tree},
    paths::{self, Node},
    people::{People, Person},
    problem::Problem,
};
use crate::pages::clip;
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use keto_client::{CheckedNames, Decision, Permissions, RelationTuple, Subject, SubjectSet};
use kratos_client::{Identity, actix::ActiveIdentity};

/// Shows the form.
pub(super) async fn show(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
) -> Result<HttpResponse, Problem> {
    page.show_check(StatusCode::OK, &viewer, &Fields(Vec::new()), Shown::default()).await
}

/// What is shown with the form.
#[derive(Default)]
struct Shown {
    error: Option<String>,
    people: Vec<Person>,
    result: Option<CheckResult>,
}

/// Answers the question, or asks which of several people is meant.
pub(super) async fn submit(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let fields = Fields(form.into_inner());
    let (status, shown) = match page.answer(&fields).await {
        Ok(shown) => (StatusCode::OK, shown),
        Err(Problem { status, text }) => (status, Shown { error: Some(text), ..Shown::default() }),
    };
    page.show_check(status, &viewer, &fields, shown).await
}

impl PermissionsPage {
    async fn answer(&self, fields: &Fields) -> Result<Shown, Problem> {
        let set = SubjectSet::new(
            fields.name("namespace")?,
            fields.name("object")?,
            fields.name("relation")?,
        );
        // A person who was chosen is one of those who were found by what is still in the field.
        let text = match fields.get("id") {
            "" => fields.get("person"),
            id => id,
        };
        match self.find_subject(text).await? {
            SubjectMatch::People(people) => Ok(Shown { people, ..Shown::default() }),
            SubjectMatch::Subject(subject) => {
                let result = Some(self.explained(set, subject).await?);
                Ok(Shown { result, ..Shown::default() })
            }
        }
    }

    async fn explained(&self, set: SubjectSet, subject: Subject) -> Result<CheckResult, Problem> {
        let SubjectSet { namespace, object, relation } = set.clone();
        let tuple = RelationTuple { namespace, object, relation, subject: subject.clone() };
        let decision = CheckedNames::new(self.keto.clone()).check(&tuple.into()).await?;
        let found = paths::find(&self.keto, &set, &subject).await?;
        let people = self.people_of([&subject]).await;
        let is_allowed = decision == Decision::Allowed;
        let explanation = match (is_allowed, found.tree.is_some(), found.related.is_empty()) {
            (true, true, _) => "These permissions lead to it:",
            (true, false, false) => {
                "A rule of Keto's permission model allows it. It can follow from these permissions:"
            }
            (true, false, true) => {
                "A rule of Keto's permission model allows it, which needs no permission on this object."
            }
            (false, true, _) => {
                "There are permissions that lead to it, but Keto's permission model or its depth limit denies it:"
            }
            (false, false, false) => "No permission leads there. These others are on this object:",
            (false, false, true) => "No permission leads there.",
        };
        // A path of tuples is the whole reason; without one, what else there is may be.
        let nodes = match found.tree {
            Some(tree) => vec![tree],
            None => found.related,
        };
        let who = people.label(&subject);
        Ok(CheckResult {
            is_allowed,
            who: who.text,
            detail: who.detail,
            relation: clip(set.relation.as_str()),
            object: clip(set.object.as_str()),
            explanation,
            trees: nodes.into_iter().map(|node| tree(node, &people)).collect(),
            is_complete: found.is_complete,
        })
    }

    async fn show_check(
        &self,
        status: StatusCode,
        viewer: &Identity,
        fields: &Fields,
        shown: Shown,
    ) -> Result<HttpResponse, Problem> {
        let namespace = fields.get("namespace");
        let check = Check {
            viewer: Some(self.viewer(viewer)),
            title: "Check",
            namespaces: self.namespaces(namespace).await?,
            namespace,
            object: fields.get("object"),
            relation: fields.get("relation"),
            person: fields.get("person"),
            people: shown.people,
            error: shown.error,
            result: shown.result,
        };
        Ok(pages::render(status, &check))
    }
}

fn tree(node: Node, people: &People) -> Tree {
    let label = people.label(&node.subject);
    Tree { label, members: node.members.into_iter().map(|node| tree(node, people)).collect() }
}
