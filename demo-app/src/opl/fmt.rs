//! `opl fmt`

use super::{parse, read};
use crate::permissions::output::line;
use clap::Args;
use std::{error::Error, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Fmt {
    /// A model in the Ory Permission Language; can be repeated
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Changes no file: names those that are not formatted, and exits with 1 if there are any
    #[arg(long)]
    check: bool,
}

impl Fmt {
    /// Returns whether all models are valid and, if they are only checked, formatted.
    pub(super) fn run(self) -> Result<bool, Box<dyn Error>> {
        let mut formatted = true;
        for path in self.files {
            let source = read(&path)?;
            let model = match parse(&source, &path) {
                Ok(model) => model.to_string(),
                Err(errors) => {
                    formatted = false;
                    line(&errors.to_string())?;
                    continue;
                }
            };
            if model == source {
                continue;
            }
            if self.check {
                formatted = false;
                line(&format!("{} is not formatted", path.display()))?;
            } else {
                std::fs::write(&path, model)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
            }
        }
        Ok(formatted)
    }
}
