//! `expand`

use super::{
    arguments,
    connection::Remotes,
    output::{Output, subject_text},
};
use clap::Args;
use keto_client::{Expand as _, ExpandRequest, NodeType, SubjectTree};
use serde_json::json;
use std::{error::Error, process::ExitCode};
use termtree::Tree;

#[derive(Debug, Args)]
pub(super) struct Expand {
    /// `<namespace>:<object>#<relation>`, or `<relation> <namespace> <object>`
    #[arg(required = true, num_args = 1..=3, value_name = "SUBJECT_SET")]
    set: Vec<String>,
    /// The maximum depth of the tree, within the server's own
    #[arg(long, short = 'd')]
    max_depth: Option<u32>,
}

impl Expand {
    pub(super) async fn run(
        self,
        remotes: &Remotes,
        output: &Output,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let mut request = ExpandRequest::new(arguments::subject_set(&self.set)?);
        request.max_depth = self.max_depth;
        let tree = remotes.keto()?.expand(&request).await?;
        let text = match &tree {
            Some(tree) => drawn(tree).to_string(),
            None => "nobody\n".to_owned(),
        };
        output.result(text.trim_end(), &json!(tree))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn drawn(node: &SubjectTree) -> Tree<String> {
    let subject = node.subject().map_or_else(|| "?".to_owned(), |subject| subject_text(&subject));
    let label = match node.node_type() {
        NodeType::Leaf => subject,
        combined => format!("{} {subject}", combined.as_str()),
    };
    Tree::new(label).with_leaves(node.children.iter().map(drawn))
}
