//! Settings in environment variables, and the error about an invalid one.

use std::str::FromStr;

/// The error about a missing or invalid setting. The message contains its name and the problem, but
/// never its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} {problem}")]
pub struct ConfigError {
    setting: String,
    problem: String,
}

impl ConfigError {
    /// Creates an error about the named setting. The problem reads on from the name (`is empty`).
    pub fn new(setting: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { setting: setting.into(), problem: problem.into() }
    }

    /// Creates an error about a setting that reqwest can't apply, with its causes and without a URL.
    pub(crate) fn from_reqwest(setting: &str, error: reqwest::Error) -> Self {
        let error = error.without_url();
        let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source());
        let causes: Vec<_> = causes.map(ToString::to_string).collect();
        Self::new(setting, format!("can't be set up: {}", causes.join(": ")))
    }

    /// The name of the setting: an environment variable, or a method of the builder in words.
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

/// An environment variable that a client reads, for help texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnvironmentVariable {
    /// The name of the variable.
    pub name: &'static str,
    /// A description with the unit and the default.
    pub help: &'static str,
}

/// Reads a variable from the environment of the process. An empty value counts as unset. Invalid
/// Unicode is replaced, so that the value is rejected and does not count as unset.
pub fn env_vars(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.trim().is_empty())
}

/// Parses a variable, and returns `None` if it is not set.
///
/// # Errors
/// Returns an error that the variable must be what `expected` describes.
pub fn parse_setting<T: FromStr>(
    name: &str,
    vars: &impl Fn(&str) -> Option<String>,
    expected: &str,
) -> Result<Option<T>, ConfigError> {
    let Some(text) = vars(name) else { return Ok(None) };
    let value = text.trim().parse();
    value.map(Some).map_err(|_| ConfigError::new(name, format!("must be {expected}")))
}
