//! The public traits with their request and response types, one file for each group of operations.

pub(crate) mod admin;
pub(crate) mod flows;
pub(crate) mod frontend;
pub(crate) mod logout;
pub(crate) mod my_sessions;
pub(crate) mod page;
pub(crate) mod schemas;
pub(crate) mod sessions;
pub(crate) mod test_login;
