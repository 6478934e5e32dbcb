//! `generate`: shell completions and man pages.

use clap::{Command, Subcommand};
use clap_complete::Shell;
use std::{error::Error, path::PathBuf, process::ExitCode};

/// What is generated from the definition of the command line.
#[derive(Debug, Subcommand)]
pub enum Generate {
    /// Prints the completion script of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Writes a man page for each command
    Man {
        /// The directory, which must exist
        directory: PathBuf,
    },
}

impl Generate {
    /// Generates it for this command line.
    ///
    /// # Errors
    /// A file or the standard output can't be written.
    pub fn run(self, mut command: Command) -> Result<ExitCode, Box<dyn Error>> {
        match self {
            Self::Completions { shell } => {
                let name = command.get_name().to_owned();
                clap_complete::generate(shell, &mut command, name, &mut std::io::stdout());
            }
            Self::Man { directory } => clap_mangen::generate_to(command, directory)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
