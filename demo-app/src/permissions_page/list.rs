//! The list of relation tuples, a page at a time.

use super::{
    PermissionsPage,
    input::{self, Fields, SubjectMatch},
    pages::{self, Choice, Filter, List, Row},
    people::Person,
    problem::Problem,
};
use crate::permissions::{subject_text, text_or_json};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use keto_client::{
    ListRelationships, Namespaces, PageToken, RelationQuery, Relationships, Subject,
};
use kratos_client::actix::ActiveIdentity;
use serde::Deserialize;
use url::form_urlencoded;

/// The tuples of one page.
const PAGE_SIZE: u32 = 50;

/// Which tuples, in the query of the URL. People are in it by their ids and not by their email.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    pub(super) namespace: String,
    pub(super) object: String,
    pub(super) relation: String,
    pub(super) subject: String,
    pub(super) page_token: String,
}

impl ListQuery {
    fn subject(&self) -> Result<Option<Subject>, Problem> {
        if self.subject.is_empty() {
            return Ok(None);
        }
        input::subject(&self.subject).map(Some)
    }

    fn relation_query(&self) -> Result<RelationQuery, Problem> {
        let mut query = RelationQuery::new();
        if !self.namespace.is_empty() {
            query = query.namespace(self.namespace.as_str());
        }
        if !self.object.is_empty() {
            query = query.object(self.object.as_str());
        }
        if !self.relation.is_empty() {
            query = query.relation(self.relation.as_str());
        }
        Ok(match self.subject()? {
            Some(subject) => query.subject(subject),
            None => query,
        })
    }

    /// The URL of the list.
    pub(super) fn url(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("namespace", &self.namespace),
            ("object", &self.object),
            ("relation", &self.relation),
            ("subject", &self.subject),
            ("page_token", &self.page_token),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        match query.finish() {
            query if query.is_empty() => "/permissions".to_owned(),
            query => format!("/permissions?{query}"),
        }
    }
}

impl PermissionsPage {
    /// The names of the namespaces, and whether each is the chosen one. Keto v0.7 can't list them.
    pub(super) async fn namespaces(&self, chosen: &str) -> Result<Vec<(bool, String)>, Problem> {
        match self.keto.list_namespaces().await {
            Ok(names) => {
                Ok(names.iter().map(|name| (name.as_str() == chosen, name.to_string())).collect())
            }
            Err(error) if error.is_unsupported() => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Shows a page of the tuples that the query of the URL describes.
pub(super) async fn show(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Problem> {
    let mut request = ListRelationships::new(query.relation_query()?).page_size(PAGE_SIZE);
    if !query.page_token.is_empty() {
        request = request.page_token(PageToken::new(query.page_token.clone()));
    }
    let tuples = page.keto.list_relationships_page(&request).await.map_err(|error| {
        match (Problem::from(error), query.page_token.is_empty()) {
            (problem, false) if problem.status == StatusCode::BAD_REQUEST => {
                Problem::input("There is no such page of the list. Start from its first page.")
            }
            (problem, _) => problem,
        }
    })?;
    let filtered = query.subject()?;
    let subjects = tuples.items.iter().map(|tuple| &tuple.subject).chain(&filtered);
    let people = page.people_of(subjects).await;
    let rows = tuples.items.iter().map(|tuple| Row {
        value: text_or_json(tuple),
        subject: people.label(&tuple.subject),
        subject_url: ListQuery { subject: subject_text(&tuple.subject), ..ListQuery::default() }
            .url(),
        relation: tuple.relation.to_string(),
        object: tuple.object.to_string(),
        object_url: ListQuery {
            namespace: tuple.namespace.to_string(),
            object: tuple.object.to_string(),
            ..ListQuery::default()
        }
        .url(),
        namespace: tuple.namespace.to_string(),
    });
    let link = |page_token: &str| {
        let page_token = page_token.to_owned();
        ListQuery { page_token, ..query.0.clone() }.url()
    };
    let list = List {
        viewer: Some(page.viewer(&viewer)),
        title: "Permissions",
        rows: rows.collect(),
        note: people.note,
        filter: Filter {
            person: filtered.map_or_else(String::new, |subject| people.label(&subject).text),
            ..Filter::of(&query, page.namespaces(&query.namespace).await?)
        },
        first: (!query.page_token.is_empty()).then(|| link("")),
        next: tuples.next.as_ref().map(|next| link(next.as_str())),
    };
    Ok(pages::render(StatusCode::OK, &list))
}

/// Leads to the list with a filter. Posted, so that no email address gets into a URL.
pub(super) async fn find(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let fields = Fields(form.into_inner());
    let get = |name| fields.get(name).to_owned();
    let query = ListQuery {
        namespace: get("namespace"),
        object: get("object"),
        relation: get("relation"),
        ..ListQuery::default()
    };
    let with = |subject: &Subject| ListQuery { subject: subject_text(subject), ..query.clone() };
    let person = fields.get("person");
    if person.is_empty() {
        return Ok(pages::redirect(&query.url()));
    }
    match page.find_subject(person).await? {
        SubjectMatch::Subject(subject) => Ok(pages::redirect(&with(&subject).url())),
        SubjectMatch::People(people) => {
            let choice = |person: &Person| {
                let url = with(&super::people::subject(&person.id)).url();
                (url, person.label.clone())
            };
            let people = people.iter().map(choice).collect();
            let choice =
                Choice { viewer: Some(page.viewer(&viewer)), title: "Which person?", people };
            Ok(pages::render(StatusCode::OK, &choice))
        }
    }
}
