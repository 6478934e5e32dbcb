//! `opl test`

use crate::{
    error_chain::error_chain,
    permissions::{connection::Remotes, output::line},
};
use clap::Args;
use comfy_table::{Table, presets::NOTHING};
use keto_client::opl::{Coverage, PermissionTests};
use std::{error::Error, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Test {
    /// A file of permission tests; can be repeated
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Asks the Keto with this read API, as a URL or as host:port. It must have the model and, in the
    /// namespaces of the model, exactly the tuples of the tests, which `permissions apply FILE` creates
    #[arg(long, value_name = "READ_URL")]
    against: Option<String>,
    /// Shows how often each rule of the model was evaluated, and how often it found the subject
    #[arg(long)]
    coverage: bool,
}

impl Test {
    /// Returns whether all tests passed.
    pub(super) async fn run(self) -> Result<bool, Box<dyn Error>> {
        let keto = self.against.map(|address| Remotes::read_api(address).keto()).transpose()?;
        let mut passed = true;
        for path in self.files {
            let tests = PermissionTests::from_file(&path)
                .map_err(|error| format!("{}: {}", path.display(), error_chain(&error)))?;
            let report = match &keto {
                Some(keto) => tests.run_on(keto).await?,
                None => tests.run(),
            };
            passed &= report.passed();
            line(&format!("{}\n{}", path.display(), report.to_string().trim_end()))?;
            if self.coverage {
                line(&table(report.coverage()))?;
            }
        }
        Ok(passed)
    }
}

fn table(coverage: &Coverage) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(["EVALUATED", "FOUND", "PERMISSION", "RULE"]);
    for covered in coverage.rules() {
        let rule = &covered.rule;
        table.add_row([
            covered.evaluated.to_string(),
            covered.members.to_string(),
            format!("{}.{}", rule.namespace, rule.permission),
            rule.term.clone(),
        ]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    table.trim_fmt()
}
