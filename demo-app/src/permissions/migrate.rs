//! `migrate-subjects`: from subject ids to subject sets.
//!
//! Ory Network and typed permission models take a subject such as `User:<identity id>`, and no
//! subject id. The way there is the one that Ory recommends: the application writes both subjects;
//! this command backfills the tuples that are missing and verifies each of them; the application
//! switches to the new subject; this command deletes the old tuples. Each step looks at what the
//! server has, so that it can be interrupted and repeated.

use super::{
    DENIED_OR_DIFFERS,
    connection::Remotes,
    output::Output,
    transact::{Transacted, transact},
};
use clap::{Args, ValueEnum};
use futures_util::{TryStreamExt, pin_mut};
use indicatif::ProgressBar;
use keto_client::{
    BatchPermissions, Check, Decision, KetoClient, Namespaces, RelationQuery, RelationTuple,
    RelationshipPatch, RelationshipsExt, Subject,
};
use kratos_client::{IdentitiesExt, ListIdentities};
use serde_json::json;
use std::{
    collections::{HashMap, HashSet},
    error::Error,
    fmt::Write,
    process::ExitCode,
};
use uuid::Uuid;

#[derive(Debug, Args)]
pub(super) struct MigrateSubjects {
    /// What the subject ids are
    #[arg(long, value_enum)]
    from: SubjectIds,
    /// Only tuples of this namespace; can be repeated. Default all, which takes a Keto that lists its
    /// namespaces
    #[arg(long, short)]
    namespace: Vec<String>,
    /// The namespace of the new subjects
    #[arg(long, default_value = "User")]
    subject_namespace: String,
    /// Deletes each old tuple whose new one was verified
    #[arg(long)]
    delete_old: bool,
    /// Only counts: exits with 1 if there is anything to do
    #[arg(long)]
    dry_run: bool,
    /// The maximum number of changes in a transaction
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..))]
    batch_size: u16,
}

/// What the subject ids are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SubjectIds {
    /// Identity ids
    IdentityId,
    /// Email addresses, or email addresses without the @ as in the article. The identities are looked
    /// up in Kratos's admin API
    Email,
}

/// An old tuple and the one that takes its place.
#[derive(Clone, Debug, PartialEq)]
struct Move {
    old: RelationTuple,
    new: RelationTuple,
}

/// What there is to do.
#[derive(Debug, Default)]
struct Moves {
    steps: Vec<Move>,
    /// Tuples whose subject id belongs to no identity, or to more than one.
    unknown: Vec<RelationTuple>,
    existing: HashSet<RelationTuple>,
}

impl MigrateSubjects {
    pub(super) async fn run(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let keto = remotes.keto()?;
        let identities = match self.from {
            SubjectIds::IdentityId => Identities::Ids,
            SubjectIds::Email => Identities::by_email().await?,
        };
        let found = self.find(&keto, &identities).await?;
        let missing: Vec<_> =
            found.steps.iter().filter(|step| !found.existing.contains(&step.new)).collect();
        let mut numbers = json!({
            "old": found.steps.len(), "missing": missing.len(), "unknown": found.unknown,
        });
        if self.dry_run {
            let text = format!(
                "{} old tuples, {} new ones missing{}",
                found.steps.len(),
                missing.len(),
                unknown_text(&found.unknown)
            );
            output.result(&text, &numbers)?;
            let done = found.steps.is_empty() && found.unknown.is_empty();
            return Ok(if done { ExitCode::SUCCESS } else { DENIED_OR_DIFFERS });
        }

        let inserts = missing.into_iter().map(|step| RelationshipPatch::Insert(step.new.clone()));
        self.write(&keto, inserts.collect()).await?;
        let (verified, denied) = verify(&keto, &found.steps).await?;
        let mut text = format!(
            "{} new tuples, of which {} are allowed and {} are not{}",
            found.steps.len(),
            verified.len(),
            denied.len(),
            unknown_text(&found.unknown)
        );
        numbers["verified"] = verified.len().into();
        numbers["not_allowed"] = json!(denied);
        if self.delete_old {
            let deletes = verified.into_iter().map(RelationshipPatch::Delete).collect::<Vec<_>>();
            numbers["deleted"] = deletes.len().into();
            // Writing to a String can't fail.
            let _ = write!(text, "; {} old tuples deleted", deletes.len());
            self.write(&keto, deletes).await?;
        }
        output.result(&text, &numbers)?;
        let done = denied.is_empty() && found.unknown.is_empty();
        Ok(if done { ExitCode::SUCCESS } else { DENIED_OR_DIFFERS })
    }

    async fn find(
        &self,
        keto: &KetoClient,
        identities: &Identities,
    ) -> Result<Moves, Box<dyn Error>> {
        let namespaces = match self.namespace.is_empty() {
            true => keto.list_namespaces().await?.iter().map(ToString::to_string).collect(),
            false => self.namespace.clone(),
        };
        let mut found = Moves::default();
        let mut seen = HashSet::new();
        for namespace in namespaces {
            let tuples = keto.list_relationships(RelationQuery::new().namespace(namespace));
            pin_mut!(tuples);
            while let Some(tuple) = tuples.try_next().await? {
                let Subject::Id(id) = &tuple.subject else {
                    found.existing.insert(tuple);
                    continue;
                };
                if !seen.insert(tuple.clone()) {
                    continue;
                }
                match identities.identity(id.as_str()) {
                    Some(identity) => {
                        let subject = Subject::set(self.subject_namespace.as_str(), identity, "");
                        let new = RelationTuple { subject, ..tuple.clone() };
                        found.steps.push(Move { old: tuple, new });
                    }
                    None => found.unknown.push(tuple),
                }
            }
        }
        Ok(found)
    }

    async fn write(
        &self,
        keto: &KetoClient,
        changes: Vec<RelationshipPatch>,
    ) -> Result<(), Box<dyn Error>> {
        let progress = ProgressBar::new(changes.len() as u64);
        let Transacted { error, .. } =
            transact(keto, changes, self.batch_size.into(), &progress).await;
        progress.finish_and_clear();
        // What was not done is found again by the next run.
        error.map_or(Ok(()), |error| Err(error.into()))
    }
}

fn unknown_text(unknown: &[RelationTuple]) -> String {
    match unknown.len() {
        0 => String::new(),
        number => format!("; {number} subject ids belong to no identity or to several"),
    }
}

/// Checks each new tuple: the old ones whose new one is allowed, and the new ones that are not.
async fn verify(
    keto: &impl BatchPermissions,
    moves: &[Move],
) -> Result<(Vec<RelationTuple>, Vec<RelationTuple>), Box<dyn Error>> {
    let (mut verified, mut denied) = (Vec::new(), Vec::new());
    let progress = ProgressBar::new(moves.len() as u64);
    // Each batch has the timeout of a call.
    for moves in moves.chunks(CHECKS) {
        let checks: Vec<_> = moves.iter().map(|step| Check::new(step.new.clone())).collect();
        let results = keto.batch_check(&checks).await?;
        for (step, result) in moves.iter().zip(results) {
            match result.is_ok_and(Decision::is_allowed) {
                true => verified.push(step.old.clone()),
                false => denied.push(step.new.clone()),
            }
        }
        progress.inc(moves.len() as u64);
    }
    progress.finish_and_clear();
    Ok((verified, denied))
}

const CHECKS: usize = 500;

/// Which identity a subject id means.
enum Identities {
    /// A subject id is the id of an identity.
    Ids,
    /// The identities by their email, with and without the @; `None` where there are several.
    Emails(HashMap<String, Option<String>>),
}

impl Identities {
    async fn by_email() -> Result<Self, Box<dyn Error>> {
        let kratos = Remotes::kratos()?;
        let identities = kratos.list_identities(ListIdentities::new());
        pin_mut!(identities);
        let mut emails = Vec::new();
        while let Some(identity) = identities.try_next().await? {
            if let Some(email) = identity.traits["email"].as_str() {
                emails.push((email.to_owned(), identity.id.to_string()));
            }
        }
        Ok(Self::of_emails(emails))
    }

    fn of_emails(emails: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut identities = HashMap::<_, Option<String>>::new();
        for (email, id) in emails {
            for name in [email.replace('@', ""), email] {
                let known = identities.entry(name).or_insert_with(|| Some(id.clone()));
                if known.as_ref() != Some(&id) {
                    *known = None;
                }
            }
        }
        Self::Emails(identities)
    }

    fn identity(&self, subject_id: &str) -> Option<String> {
        match self {
            Self::Ids => Uuid::parse_str(subject_id).ok().map(|_| subject_id.to_owned()),
            Self::Emails(identities) => identities.get(subject_id)?.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keto_client::mock::MockBatchPermissions;

    #[tokio::test]
    async fn many_moves_are_verified_in_batches() {
        let id = |number: usize| format!("00000000-0000-4000-8000-{number:012}");
        let moves: Vec<_> = (0..1_201)
            .map(|number| {
                let old = RelationTuple::new("app", "homepage", "read", Subject::id(id(number)));
                let new =
                    RelationTuple { subject: Subject::set("User", id(number), ""), ..old.clone() };
                Move { old, new }
            })
            .collect();
        let mut keto = MockBatchPermissions::new();
        keto.expect_batch_check().times(3).returning(|checks| {
            assert!(checks.len() <= CHECKS);
            let last = Subject::set("User", "00000000-0000-4000-8000-000000001200", "");
            let decision = |check: &Check| match check.tuple.subject == last {
                true => Decision::Denied,
                false => Decision::Allowed,
            };
            Ok(checks.iter().map(|check| Ok(decision(check))).collect())
        });
        let (verified, denied) = verify(&keto, &moves).await.unwrap();
        assert_eq!((verified.len(), denied.len()), (1_200, 1));
        assert_eq!((&verified[0], &denied[0]), (&moves[0].old, &moves[1_200].new));
    }

    #[test]
    fn an_email_that_two_identities_share_is_nobodys() {
        let emails = [("a@bc.test", "1"), ("ab@c.test", "2"), ("d@e.test", "3")];
        let identities =
            Identities::of_emails(emails.map(|(email, id)| (email.to_owned(), id.to_owned())));
        for (subject_id, identity) in [
            ("a@bc.test", Some("1")),
            ("ab@c.test", Some("2")),
            ("abc.test", None),
            ("de.test", Some("3")),
            ("x", None),
        ] {
            assert_eq!(identities.identity(subject_id).as_deref(), identity, "{subject_id}");
        }
        assert_eq!(Identities::Ids.identity("ann"), None);
    }
}
