//! `opl check`

use super::{parse, read};
use crate::permissions::output::line;
use clap::Args;
use std::{error::Error, path::PathBuf};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// A model in the Ory Permission Language; can be repeated
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Check {
    /// Returns whether all models are valid.
    pub(super) fn run(self) -> Result<bool, Box<dyn Error>> {
        let mut valid = true;
        for path in self.files {
            match parse(&read(&path)?, &path) {
                Ok(model) => {
                    for finding in model.analyze() {
                        line(&format!("warning: {}: {finding}", path.display()))?;
                    }
                }
                Err(errors) => {
                    valid = false;
                    line(&errors.to_string())?;
                }
            }
        }
        Ok(valid)
    }
}
