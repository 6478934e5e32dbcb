//! `apply`

use super::{
    DENIED_OR_DIFFERS,
    connection::Remotes,
    document::{self, FileFormat},
    exit_code,
    output::{Output, text_or_json},
    plan::{Plan, Scope},
    transact::{Transacted, transact},
};
use clap::{
    Args,
    builder::styling::{AnsiColor, Style},
};
use indicatif::ProgressBar;
use keto_client::RelationTuple;
use serde_json::json;
use std::{
    error::Error,
    fmt::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(Debug, Args)]
pub(super) struct Apply {
    /// A YAML, JSON, CSV or text file, or - for the standard input
    file: PathBuf,
    /// The format of the file; default by its extension
    #[arg(long = "as", value_enum)]
    file_format: Option<FileFormat>,
    /// Only shows what would change: exits with 1 if anything would
    #[arg(long)]
    dry_run: bool,
    /// Deletes the tuples of this scope that the file does not have: `<namespace>`,
    /// `<namespace>:<object>` or `<namespace>:<object>#<relation>`; can be repeated
    #[arg(long, value_name = "SCOPE")]
    prune: Vec<Scope>,
    /// Refuses to delete more than this without --force
    #[arg(long, default_value_t = 100)]
    max_deletes: usize,
    /// Deletes however many there are
    #[arg(long)]
    force: bool,
    /// The maximum number of changes in a transaction
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..))]
    batch_size: u16,
    /// The file for changes that failed, which can be applied again; default <FILE>.failed.json
    #[arg(long, value_name = "FILE")]
    failed: Option<PathBuf>,
}

impl Apply {
    pub(super) async fn run(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let wanted = document::read(&self.file, self.file_format)?;
        let keto = remotes.keto()?;
        let plan = Plan::new(&keto, &wanted, &self.prune).await?;
        let mut shown = json!({
            "create": plan.create, "delete": plan.delete, "unchanged": plan.unchanged,
            "applied": false,
        });
        if self.dry_run || plan.is_empty() {
            output.result(&planned(&plan), &shown)?;
            return Ok(if plan.is_empty() { ExitCode::SUCCESS } else { DENIED_OR_DIFFERS });
        }
        if plan.delete.len() > self.max_deletes && !self.force {
            output.result(&planned(&plan), &shown)?;
            return Err(format!(
                "{} tuples would be deleted, more than --max-deletes {}: nothing was changed; \
                 --force applies the plan",
                plan.delete.len(),
                self.max_deletes
            )
            .into());
        }
        let text = applied(&plan);
        let changes = plan.changes();
        let progress = ProgressBar::new(changes.len() as u64);
        let result = transact(&keto, changes, self.batch_size.into(), &progress).await;
        progress.finish_and_clear();
        match result.error {
            None => {
                shown["applied"] = true.into();
                output.result(&text, &shown)?;
                Ok(ExitCode::SUCCESS)
            }
            Some(_) => self.report_failure(&result),
        }
    }

    /// Writes what failed to a file, and says so.
    fn report_failure(&self, result: &Transacted) -> Result<ExitCode, Box<dyn Error>> {
        let Transacted { done, failed, error } = result;
        let path = self.failed.clone().unwrap_or_else(|| failed_file(&self.file));
        let error = error.as_ref().ok_or("there is no error to report")?;
        std::fs::write(&path, format!("{:#}\n", document::changes_json(failed)))
            .map_err(|problem| format!("{}: {problem}, after: {error}", path.display()))?;
        tracing::error!(
            "{done} changes were made and {} were not, which can be applied again from {}: {error}",
            failed.len(),
            path.display()
        );
        Ok(exit_code(error))
    }
}

fn failed_file(file: &Path) -> PathBuf {
    let mut name = match file.to_str() {
        Some("-") => "stdin".into(),
        _ => file.as_os_str().to_owned(),
    };
    name.push(".failed.json");
    name.into()
}

const CREATED: Style = AnsiColor::Green.on_default();
const DELETED: Style = AnsiColor::Red.on_default();

/// The changes with + and -.
fn diff(plan: &Plan) -> String {
    let mut text = String::new();
    let mut lines = |style: Style, sign: char, tuples: &[RelationTuple]| {
        for tuple in tuples {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{style}{sign} {}{style:#}", text_or_json(tuple));
        }
    };
    lines(CREATED, '+', &plan.create);
    lines(DELETED, '-', &plan.delete);
    text
}

fn planned(plan: &Plan) -> String {
    let Plan { create, delete, unchanged } = plan;
    let (create, delete) = (create.len(), delete.len());
    format!("{}Plan: {create} to create, {delete} to delete, {unchanged} unchanged", diff(plan))
}

fn applied(plan: &Plan) -> String {
    let Plan { create, delete, unchanged } = plan;
    let (create, delete) = (create.len(), delete.len());
    format!("{}Applied: {create} created, {delete} deleted, {unchanged} unchanged", diff(plan))
}
