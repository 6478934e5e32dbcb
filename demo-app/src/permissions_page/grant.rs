//! The form that grants a relation to one or many, on one object or many.

use super::{
    PermissionsPage,
    change::Change,
    input::{self, Fields, SubjectMatch, checked_name},
    pages::{self, Grant},
    people::{self, Person, is_identity_id},
    problem::Problem,
};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use keto_client::{CheckedNames, Permissions, RelationTuple, Subject};
use kratos_client::{Identity, actix::ActiveIdentity};
use uuid::Uuid;

/// Shows the form.
pub(super) async fn show(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
) -> Result<HttpResponse, Problem> {
    page.show_grant(StatusCode::OK, &viewer, &Fields(Vec::new()), Vec::new(), None).await
}

/// Finds people for the form, or shows what granting changes. The form comes back with what is wrong
/// in it.
pub(super) async fn submit(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let fields = Fields(form.into_inner());
    let done = match fields.get("action") {
        "find" => page.find_for_grant(&fields).await.map(Err),
        _ => page.wanted(&fields).await.map(Ok),
    };
    match done {
        Ok(Ok(change)) => page.preview(StatusCode::OK, &viewer, change, None).await,
        Ok(Err(found)) => page.show_grant(StatusCode::OK, &viewer, &fields, found, None).await,
        Err(Problem { status, text }) => {
            page.show_grant(status, &viewer, &fields, Vec::new(), Some(text)).await
        }
    }
}

impl PermissionsPage {
    async fn find_for_grant(&self, fields: &Fields) -> Result<Vec<Person>, Problem> {
        match self.find_subject(fields.get("person")).await? {
            SubjectMatch::People(people) => Ok(people),
            SubjectMatch::Subject(subject) => {
                let id = people::identity_id(&subject).ok_or_else(|| {
                    Problem::input("Put a subject that is not a person in the field below.")
                })?;
                let known = self.people([id]).await;
                let person = known.get(id).cloned();
                Ok(vec![person.ok_or_else(|| Problem::input("Kratos knows nobody with this id."))?])
            }
        }
    }

    /// The change that the form describes.
    async fn wanted(&self, fields: &Fields) -> Result<Change, Problem> {
        let (namespace, relation) = (fields.name("namespace")?, fields.name("relation")?);
        let objects: Vec<_> =
            fields.get("objects").lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if objects.is_empty() {
            return Err(Problem::input("The object is missing."));
        }
        let mut subjects = Vec::new();
        for id in fields.all("people") {
            if !is_identity_id(id) {
                return Err(Problem::input("The form is damaged."));
            }
            subjects.push(people::subject(id));
        }
        match fields.get("subject") {
            "" if subjects.is_empty() => {
                let text = "Nobody is chosen. Find people by their email and check them.";
                return Err(Problem::input(text));
            }
            "" => {}
            text => subjects.push(input::subject(text)?),
        }
        let mut tuples = Vec::new();
        for object in objects {
            let object = checked_name("object", object)?;
            let tuple = |subject: &Subject| {
                RelationTuple::new(namespace, object, relation, subject.clone())
            };
            tuples.extend(subjects.iter().map(|subject| (tuple(subject), true)));
        }
        self.check_relation(namespace, relation).await?;
        Change::new(tuples)
    }

    /// Refuses a relation that Keto's model does not have. Keto itself stores tuples of it. The object is
    /// one that does not exist: a check on one with many people can take seconds.
    async fn check_relation(&self, namespace: &str, relation: &str) -> Result<(), Problem> {
        let (object, nobody) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
        let tuple = RelationTuple::new(namespace, object, relation, people::subject(&nobody));
        let _ = CheckedNames::new(self.keto.clone()).check(&tuple.into()).await?;
        Ok(())
    }

    async fn show_grant(
        &self,
        status: StatusCode,
        viewer: &Identity,
        fields: &Fields,
        found: Vec<Person>,
        error: Option<String>,
    ) -> Result<HttpResponse, Problem> {
        // Those who were checked before stay so, and one who is found alone is meant.
        let chosen = self.people(fields.all("people")).await;
        let mut people: Vec<_> = fields
            .all("people")
            .filter_map(|id| chosen.get(id))
            .map(|person| (person.clone(), true))
            .collect();
        let is_alone = found.len() == 1;
        for person in found {
            if !people.iter().any(|(other, _)| other.id == person.id) {
                people.push((person, is_alone));
            }
        }
        let namespace = fields.get("namespace");
        let grant = Grant {
            viewer: Some(self.viewer(viewer)),
            title: "Grant",
            namespaces: self.namespaces(namespace).await?,
            namespace,
            relation: fields.get("relation"),
            objects: fields.get("objects"),
            person: fields.get("person"),
            subject: fields.get("subject"),
            people,
            error,
        };
        Ok(pages::render(status, &grant))
    }
}
