//! What a client may have been built without.

use crate::error::{Error, ErrorKind};

/// Something that a client has only if it was given a setting, such as one of its APIs by its URL.
#[derive(Clone, Debug)]
pub struct Optional<T> {
    setting: &'static str,
    value: Option<T>,
}

impl<T> Optional<T> {
    /// What comes of the named setting, which is an environment variable.
    pub fn new(setting: &'static str, value: Option<T>) -> Self {
        Self { setting, value }
    }

    /// The value, for an operation that needs it.
    ///
    /// # Errors
    /// [`ErrorKind::NotConfigured`] with the name of the setting.
    pub fn get(&self, operation: &'static str) -> Result<&T, Error> {
        let missing = || Error::new(operation, ErrorKind::NotConfigured { setting: self.setting });
        self.value.as_ref().ok_or_else(missing)
    }

    /// The value, or that of another setting.
    pub fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        if self.value.is_some() || other.value.is_none() { self } else { other }
    }

    /// The value, if there is one.
    pub fn as_option(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// What is made of the value.
    pub fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Optional<U> {
        Optional { setting: self.setting, value: self.value.as_ref().map(make) }
    }

    /// What is made of the value.
    ///
    /// # Errors
    /// Those of making it.
    pub fn try_map<U, E>(&self, make: impl FnOnce(&T) -> Result<U, E>) -> Result<Optional<U>, E> {
        let value = self.value.as_ref().map(make).transpose()?;
        Ok(Optional { setting: self.setting, value })
    }
}
