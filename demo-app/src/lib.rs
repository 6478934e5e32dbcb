//! A homepage protected by Ory Kratos ("who is this?") and Ory Keto ("may they?").
//!
//! The way of a request is one direction: [`routes`] → [`access`] (the decision) → the traits of
//! `kratos-client` and `keto-client`. What the app shows is in [`pages`], how it is configured in
//! [`settings`]. The pages of the person, from login to settings, are in [`self_service`]. [`embedded`] starts the testing servers of both clients with seed users, for running
//! the app with nothing else; the app talks to them by the same HTTP clients.

pub mod access;
pub mod app;
pub mod causes;
pub mod command;
pub mod embedded;
pub mod listen;
mod methods;
pub mod pages;
pub mod permissions;
pub mod routes;
pub mod seed_users;
pub mod self_service;
pub mod serve;
pub mod session_cookies;
pub mod settings;
pub mod subject;
