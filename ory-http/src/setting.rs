//! Settings as text, and the error about one that can't be used.

use std::str::FromStr;

/// A setting that can't be used. The message names it and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} {problem}")]
pub struct ConfigError {
    setting: String,
    problem: String,
}

impl ConfigError {
    /// An error about the named setting; the problem reads on from the name (`is empty`).
    pub fn new(setting: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { setting: setting.into(), problem: problem.into() }
    }

    /// The name of the setting: a builder's method, or an environment variable.
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

/// One environment variable that a client reads, for help texts and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvironmentVariable {
    /// The variable.
    pub name: &'static str,
    /// What it does, with its unit and its default.
    pub help: &'static str,
}

/// Reads the process's environment. A value that is not Unicode is passed on with replacement
/// characters, so that it is refused by name and not taken for unset. An empty value is unset.
pub fn env_vars(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.trim().is_empty())
}

/// Reads one setting of a type that has a text form; `None` where it is not set.
pub fn parse_setting<T: FromStr>(
    name: &str,
    vars: &impl Fn(&str) -> Option<String>,
    expected: &str,
) -> Result<Option<T>, ConfigError> {
    let Some(text) = vars(name) else { return Ok(None) };
    let value = text.trim().parse();
    value.map(Some).map_err(|_| ConfigError::new(name, format!("must be {expected}")))
}
