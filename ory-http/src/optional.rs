//! Optional parts of a client.

use crate::error::{Error, ErrorKind};

/// A part of a client that depends on a setting, such as an API and its URL.
#[derive(Clone, Debug)]
pub struct Optional<T> {
    setting: &'static str,
    value: Option<T>,
}

impl<T> Optional<T> {
    /// Creates the part of the setting with the name of its environment variable.
    pub fn new(setting: &'static str, value: Option<T>) -> Self {
        Self { setting, value }
    }

    /// Returns the part for an operation that requires it.
    ///
    /// # Errors
    /// Returns [`ErrorKind::NotConfigured`] with the name of the setting.
    pub fn get(&self, operation: &'static str) -> Result<&T, Error> {
        let missing = || Error::new(operation, ErrorKind::NotConfigured { setting: self.setting });
        self.value.as_ref().ok_or_else(missing)
    }

    /// Returns this part if it is present or the other one is absent, and otherwise the other one.
    pub fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        if self.value.is_some() || other.value.is_none() { self } else { other }
    }

    /// Returns the part, if it is present.
    pub fn as_option(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Maps the part.
    pub fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Optional<U> {
        Optional { setting: self.setting, value: self.value.as_ref().map(make) }
    }

    /// Maps the part with a fallible function.
    ///
    /// # Errors
    /// Returns the error of the function.
    pub fn try_map<U, E>(&self, make: impl FnOnce(&T) -> Result<U, E>) -> Result<Optional<U>, E> {
        let value = self.value.as_ref().map(make).transpose()?;
        Ok(Optional { setting: self.setting, value })
    }
}
