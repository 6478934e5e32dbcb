//! The people whom tuples name, by name and email address, as Kratos knows them.

use super::{PermissionsPage, problem::Problem};
use crate::{error_chain::error_chain, pages::clip};
use keto_client::{Subject, SubjectSet};
use kratos_client::{Identities, Identity, ListIdentities};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) label: Label,
}

/// A text and what is said beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) detail: String,
}

impl Person {
    pub(super) fn of(identity: &Identity) -> Self {
        let email = email(identity);
        let name = match &identity.traits["name"] {
            serde_json::Value::String(name) => name.clone(),
            name => {
                let parts = ["first", "last"].iter().filter_map(|part| name[part].as_str());
                parts.collect::<Vec<_>>().join(" ")
            }
        };
        let id = identity.id.as_str().to_owned();
        let label = match (name.trim(), email) {
            ("", None) => Label { text: id.clone(), detail: String::new() },
            ("", Some(email)) => Label { text: clip(email), detail: String::new() },
            (name, email) => Label { text: clip(name), detail: clip(email.unwrap_or(&id)) },
        };
        Self { id, label }
    }
}

fn email(identity: &Identity) -> Option<&str> {
    identity.traits["email"].as_str()
}

/// What names a person in a tuple that this page creates.
pub(super) fn subject(id: &str) -> Subject {
    Subject::set(NAMESPACE, id, "")
}

const NAMESPACE: &str = "User";

/// The id of the identity that a subject may be: `User:<id>`, or the id itself.
pub(super) fn identity_id(subject: &Subject) -> Option<&str> {
    let id = match subject {
        Subject::Id(id) => id.as_str(),
        Subject::Set(set) if set.namespace.as_str() == NAMESPACE && set.relation.as_str() == "" => {
            set.object.as_str()
        }
        Subject::Set(_) => return None,
    };
    is_identity_id(id).then_some(id)
}

/// Whether Kratos takes this for an id.
pub(super) fn is_identity_id(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// Some people, by the ids of their identities.
#[derive(Debug, Default)]
pub(super) struct People {
    known: HashMap<String, Person>,
    /// Why nobody is known.
    pub(super) note: Option<&'static str>,
}

impl People {
    /// What to call a subject.
    pub(super) fn label(&self, subject: &Subject) -> Label {
        if let Some(person) = identity_id(subject).and_then(|id| self.known.get(id)) {
            return person.label.clone();
        }
        match subject {
            Subject::Id(id) => Label { text: clip(id.as_str()), detail: String::new() },
            Subject::Set(SubjectSet { namespace, object, relation }) => Label {
                text: clip(object.as_str()),
                detail: match relation.as_str() {
                    "" => clip(namespace.as_str()),
                    relation => format!("{}, {}", clip(namespace.as_str()), clip(relation)),
                },
            },
        }
    }

    /// What to call whoever has this identity.
    pub(super) fn name(&self, id: &str) -> String {
        self.known.get(id).map_or_else(|| id.to_owned(), |person| person.label.text.clone())
    }

    pub(super) fn get(&self, id: &str) -> Option<&Person> {
        self.known.get(id)
    }
}

impl PermissionsPage {
    /// The people with these ids, by one request. Without an answer they go by their ids.
    pub(super) async fn people(&self, ids: impl IntoIterator<Item = &str>) -> People {
        let ids: BTreeSet<&str> = ids.into_iter().filter(|id| is_identity_id(id)).collect();
        let Ok(count) = u32::try_from(ids.len()) else { return People::default() };
        if count == 0 {
            return People::default();
        }
        let request = ListIdentities::new().ids(ids).page_size(count);
        match self.kratos.list_identities_page(&request).await {
            Ok(page) => {
                let person = |identity| {
                    let person = Person::of(identity);
                    (person.id.clone(), person)
                };
                People { known: page.items.iter().map(person).collect(), note: None }
            }
            Err(error) => {
                tracing::warn!("no names of people: {}", error_chain(&error));
                let note = "Names can't be looked up: Kratos's admin API gives no answer.";
                People { known: HashMap::new(), note: Some(note) }
            }
        }
    }

    /// The people of these subjects.
    pub(super) async fn people_of<'a>(
        &self,
        subjects: impl IntoIterator<Item = &'a Subject>,
    ) -> People {
        self.people(subjects.into_iter().filter_map(identity_id)).await
    }

    /// The people whose email address has this part.
    pub(super) async fn find_people(&self, part: &str) -> Result<Vec<Person>, Problem> {
        let part = part.to_lowercase();
        let request = ListIdentities::new().similar_identifier(part.as_str()).page_size(MAX_FOUND);
        let page = self.kratos.list_identities_page(&request).await.map_err(|error| {
            tracing::warn!("people can't be found: {}", error_chain(&error));
            Problem::new(
                actix_web::http::StatusCode::SERVICE_UNAVAILABLE,
                "People can't be found by email: Kratos's admin API gives no answer, or is too old \
                 to search. Use the id of the identity.",
            )
        })?;
        // A server that does not know the filter lists everybody, and one with trigrams also those
        // whose address is only similar.
        let has_part = |identity: &&Identity| {
            email(identity).is_some_and(|email| email.to_lowercase().contains(&part))
        };
        Ok(page.items.iter().filter(has_part).map(Person::of).collect())
    }
}

/// The most people that a search shows.
pub(super) const MAX_FOUND: u32 = 20;
