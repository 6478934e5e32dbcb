//! Who changed what and when, and undoing the last change.

use super::{
    PermissionsPage,
    change::{Change, Step},
    change_log::{Entry, Outcome},
    input::Fields,
    pages::{self, ChangedTuple, History, HistoryEntry},
    people::identity_id,
    problem::Problem,
};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use jiff::Timestamp;
use kratos_client::actix::ActiveIdentity;
use serde::Deserialize;
use uuid::Uuid;

const PAGE_SIZE: usize = 20;
/// The steps of a change that are shown. The request for the names of all people on the page must not
/// become longer than a URL can be.
const MAX_SHOWN_STEPS: usize = 5;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct HistoryQuery {
    page: usize,
    notice: String,
}

/// Shows a page of changes, the newest first.
pub(super) async fn show(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    query: Query<HistoryQuery>,
) -> HttpResponse {
    let (entries, has_more) = page.log.page(query.page, PAGE_SIZE);
    let steps = entries.iter().flat_map(|entry| entry.steps.iter().take(MAX_SHOWN_STEPS));
    let subjects = steps.filter_map(|step| identity_id(&step.tuple.subject));
    let people = page.people(subjects.chain(entries.iter().map(|entry| entry.by.as_str()))).await;
    let last = page.log.last_made().map(|entry| entry.id);
    let step = |step: &Step| {
        let what = if step.grant { "Granted" } else { "Revoked" };
        ChangedTuple::new(what, &step.tuple, &people)
    };
    let entry = |entry: &Entry| HistoryEntry {
        at: time(entry.at),
        by: people.name(&entry.by),
        outcome: match entry.outcome {
            Outcome::Made => None,
            Outcome::Refused => Some("Not made: Keto refused it."),
            Outcome::Sent => Some("It is not known whether this was made."),
        },
        steps: entry.steps.iter().take(MAX_SHOWN_STEPS).map(step).collect(),
        more: entry.steps.len().saturating_sub(MAX_SHOWN_STEPS),
        undo: (last == Some(entry.id)).then(|| entry.id.to_string()),
    };
    let history = History {
        viewer: Some(page.viewer(&viewer)),
        title: "History",
        notice: match query.notice.as_str() {
            "made" => Some("The change was made."),
            "again" => Some("This change was made before, and not again."),
            _ => None,
        },
        names: people.note,
        is_stored: page.log.is_stored(),
        entries: entries.iter().map(entry).collect(),
        newer: query.page.checked_sub(1),
        older: has_more.then(|| query.page + 1),
    };
    pages::render(StatusCode::OK, &history)
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Shows what undoing the last change would change.
pub(super) async fn undo(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    let fields = Fields(form.into_inner());
    let id: Option<Uuid> = fields.get("id").parse().ok();
    let last = page.log.last_made().filter(|last| Some(last.id) == id).ok_or_else(|| {
        let text = "This is not the last change any more, and only that can be undone.";
        Problem::new(StatusCode::CONFLICT, text)
    })?;
    let change = Change::new(last.steps.into_iter().map(|step| (step.tuple, !step.grant)))?;
    let note = format!("This undoes the change of {}.", time(last.at));
    page.preview(StatusCode::OK, &viewer, change, Some(note)).await
}
