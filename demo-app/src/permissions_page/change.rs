//! A change of permissions: its preview, and the confirmation that makes it.

use super::{
    PermissionsPage,
    change_log::{Entry, Outcome},
    input::Fields,
    pages::{self, ChangedTuple, Preview},
    problem::Problem,
};
use crate::{
    error_chain::error_chain,
    permissions::{exists, write},
};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use keto_client::{RelationTuple, RelationshipPatch, Relationships};
use kratos_client::{
    Identity,
    actix::{ActiveIdentity, RequestSource},
};
use serde::{Deserialize, Serialize};
use std::io;
use uuid::Uuid;

/// A change as its preview shows it, and as the preview's form carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    /// Whoever confirms a preview twice makes its change once.
    id: Uuid,
    steps: Vec<Step>,
}

/// A tuple that is to exist or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) tuple: RelationTuple,
    /// Whether it is to exist.
    pub(super) grant: bool,
    /// Whether it existed when the preview was made.
    pub(super) existed: bool,
}

impl Step {
    pub(super) fn is_needed(&self) -> bool {
        self.grant != self.existed
    }

    fn patch(&self) -> RelationshipPatch {
        match self.grant {
            true => RelationshipPatch::Insert(self.tuple.clone()),
            false => RelationshipPatch::Delete(self.tuple.clone()),
        }
    }
}

/// The maximum number of tuples of a change.
pub(super) const MAX_STEPS: usize = 100;

/// The number of tuples that are looked up at the same time.
const CONCURRENT_LOOKUPS: usize = 8;

impl Change {
    /// A change to these tuples and whether each is to exist.
    pub(super) fn new(
        wanted: impl IntoIterator<Item = (RelationTuple, bool)>,
    ) -> Result<Self, Problem> {
        let mut steps: Vec<Step> = Vec::new();
        for (tuple, grant) in wanted {
            if !steps.iter().any(|step| step.tuple == tuple) {
                steps.push(Step { tuple, grant, existed: false });
            }
        }
        let change = Self { id: Uuid::new_v4(), steps };
        change.check_size()?;
        Ok(change)
    }

    fn check_size(&self) -> Result<(), Problem> {
        match self.steps.len() {
            0 => Err(Problem::input("Nothing is chosen.")),
            1..=MAX_STEPS => Ok(()),
            _ => Err(Problem::input(format!(
                "These are more than {MAX_STEPS} permissions, which is the most for one change."
            ))),
        }
    }

    fn is_needed(&self) -> bool {
        self.steps.iter().any(Step::is_needed)
    }
}

impl PermissionsPage {
    /// The same change with what exists now.
    async fn look(&self, change: &Change) -> Result<Change, Problem> {
        let look = |step: &Step| {
            let Step { tuple, grant, .. } = step.clone();
            async move {
                let existed = exists(&self.keto, &tuple).await?;
                Ok::<_, Problem>(Step { tuple, grant, existed })
            }
        };
        let looks: Vec<_> = change.steps.iter().map(look).collect();
        let steps = stream::iter(looks).buffered(CONCURRENT_LOOKUPS).try_collect().await?;
        Ok(Change { id: change.id, steps })
    }

    /// Shows what a change would change now.
    pub(super) async fn preview(
        &self,
        status: StatusCode,
        viewer: &Identity,
        change: Change,
        note: Option<String>,
    ) -> Result<HttpResponse, Problem> {
        let change = self.look(&change).await?;
        self.show_preview(status, viewer, &change, note).await
    }

    async fn show_preview(
        &self,
        status: StatusCode,
        viewer: &Identity,
        change: &Change,
        note: Option<String>,
    ) -> Result<HttpResponse, Problem> {
        let people = self.people_of(change.steps.iter().map(|step| &step.tuple.subject)).await;
        let row = |step: &Step| {
            let what = match (step.grant, step.is_needed()) {
                (true, true) => "Grant",
                (false, true) => "Revoke",
                (true, false) => "No change: already granted",
                (false, false) => "No change: not granted",
            };
            ChangedTuple::new(what, &step.tuple, &people)
        };
        let rows = change.steps.iter().map(row).collect();
        let form = change.is_needed().then(|| serde_json::to_string(change)).transpose();
        let form = form.map_err(|error| Problem::input(error.to_string()))?;
        let (viewer, title) = (Some(self.viewer(viewer)), "Check this change");
        let needed = change.steps.iter().filter(|step| step.is_needed()).count();
        let preview = Preview { viewer, title, rows, note, names: people.note, form, needed };
        Ok(pages::render(status, &preview))
    }
}

/// Makes the change of a preview, if what the preview showed is still so.
///
/// One change is made at a time by this process. Another process can write to Keto between the look and
/// the change, which Keto can't prevent: then both have what they confirmed, and a tuple that both
/// create is there twice, which means the same as once.
pub(super) async fn confirm(
    page: Data<PermissionsPage>,
    viewer: ActiveIdentity,
    source: RequestSource,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    if source != RequestSource::Allowed {
        let text = "Confirm changes by the button on this site.";
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    let fields = Fields(form.into_inner());
    let seen: Change = serde_json::from_str(fields.get("change"))
        .map_err(|_| Problem::input("The form is damaged."))?;
    seen.check_size()?;
    let _turn = page.log.turn().await;
    if page.log.find(seen.id).is_some_and(|entry| entry.outcome == Outcome::Made) {
        return Ok(pages::redirect("/permissions/history?notice=again"));
    }
    let now = page.look(&seen).await?;
    if now != seen {
        let note = "The permissions have changed since you looked, and nothing was written. This is \
                    what your change would do now.";
        let now = Change { id: Uuid::new_v4(), ..now };
        return page.show_preview(StatusCode::CONFLICT, &viewer, &now, Some(note.to_owned())).await;
    }
    if !now.is_needed() {
        return Err(Problem::input("There is nothing to change."));
    }
    page.make(&viewer, now).await?;
    Ok(pages::redirect("/permissions/history?notice=made"))
}

impl PermissionsPage {
    /// Writes a change to the log, to Keto, and its outcome to the log.
    async fn make(&self, viewer: &Identity, change: Change) -> Result<(), Problem> {
        let steps: Vec<_> = change.steps.into_iter().filter(Step::is_needed).collect();
        let patches: Vec<_> = steps.iter().map(Step::patch).collect();
        let entry = Entry {
            id: change.id,
            at: Timestamp::now(),
            by: viewer.id.to_string(),
            steps,
            outcome: Outcome::Sent,
        };
        self.log.put(entry.clone()).map_err(|error| {
            tracing::error!("a change can't be logged: {error}");
            let text = "The change can't be logged, so that it was not made.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, text)
        })?;
        let result = write(|| self.keto.patch_relationships(&patches)).await;
        let outcome = match &result {
            Ok(()) => Outcome::Made,
            Err(error) if error.status().is_some_and(|status| status.is_client_error()) => {
                Outcome::Refused
            }
            Err(_) => Outcome::Sent,
        };
        let (id, by) = (entry.id, entry.by.clone());
        tracing::info!(%id, by, steps = patches.len(), ?outcome, "permissions changed");
        log_outcome(self.log.put(Entry { outcome, ..entry }));
        match result {
            Ok(()) => Ok(()),
            Err(error) if outcome == Outcome::Refused => Err(error.into()),
            Err(error) => {
                tracing::error!("{}", error_chain(&error));
                let text = "Keto gave no answer, so that it is not known whether the change was \
                            made. Look at the list before you try again.";
                Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, text))
            }
        }
    }
}

fn log_outcome(logged: io::Result<()>) {
    if let Err(error) = logged {
        tracing::error!("the outcome of a change can't be logged: {error}");
    }
}
