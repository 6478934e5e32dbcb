//! `list` and `export`

use super::{
    connection::Remotes,
    document::{self, FileFormat},
    output::{Output, line},
};
use clap::Args;
use futures_util::{StreamExt, TryStreamExt};
use keto_client::{RelationQuery, RelationTuple, RelationshipsExt, Subject};
use std::{error::Error, process::ExitCode};

/// Which tuples.
#[derive(Debug, Args)]
pub(super) struct Filter {
    /// Only tuples of this namespace
    #[arg(long, short)]
    namespace: Option<String>,
    /// Only tuples of this object
    #[arg(long, short)]
    object: Option<String>,
    /// Only tuples of this relation
    #[arg(long, short)]
    relation: Option<String>,
    /// Only tuples of this subject: an id, or a subject set such as `User:<id>`
    #[arg(long, short)]
    subject: Option<Subject>,
    /// At most this many tuples
    #[arg(long)]
    limit: Option<usize>,
}

/// Which tuples, and how they are written.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    filter: Filter,
    /// The format of the file
    #[arg(long = "as", value_enum, default_value_t)]
    file_format: FileFormat,
}

impl Filter {
    fn query(&self) -> RelationQuery {
        let mut query = RelationQuery::new();
        if let Some(namespace) = &self.namespace {
            query = query.namespace(namespace);
        }
        if let Some(object) = &self.object {
            query = query.object(object);
        }
        if let Some(relation) = &self.relation {
            query = query.relation(relation);
        }
        match &self.subject {
            Some(subject) => query.subject(subject.clone()),
            None => query,
        }
    }

    async fn tuples(&self, remotes: &Remotes) -> Result<Vec<RelationTuple>, Box<dyn Error>> {
        let keto = remotes.keto()?;
        let limit = self.limit.unwrap_or(usize::MAX);
        Ok(keto.list_relationships(self.query()).take(limit).try_collect().await?)
    }

    pub(super) async fn run(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        output.tuples(&self.tuples(remotes).await?)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Export {
    pub(super) async fn run(self, remotes: &Remotes) -> Result<ExitCode, Box<dyn Error>> {
        let mut tuples = self.filter.tuples(remotes).await?;
        document::sort(&mut tuples);
        tuples.dedup();
        line(document::write(&tuples, self.file_format)?.trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}
