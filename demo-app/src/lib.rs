//! A homepage protected by Ory Kratos ("who is this?") and Ory Keto ("may they?").
//!
//! The way of a request is one direction: [`guards`] (may it pass?) → [`routes`]. The guards are those
//! of `kratos-client` and `keto-client`. What the app shows is in [`pages`], how it is configured in
//! [`settings`]. The pages of the person, from login to settings, are in [`self_service`], and the page
//! on which people manage permissions is in [`permissions_page`]. Proxies in front of other applications ask at [`forward_auth`].
//! [`embedded`] starts the testing servers of both clients with seed users, for running the app with
//! nothing else; the app talks to them by the same HTTP clients.

pub mod app;
pub mod command;
mod cookies;
mod data_file;
pub mod embedded;
pub mod error_chain;
pub mod forward_auth;
pub mod guards;
pub mod listen;
pub mod login_causes;
mod methods;
pub mod oathkeeper_tokens;
pub mod opl;
pub mod pages;
pub mod permission;
pub mod permissions;
pub mod permissions_page;
pub mod request_id;
pub mod request_limit;
pub mod routes;
pub mod seed_users;
pub mod self_service;
pub mod serve;
pub mod settings;
mod shutdown;
pub mod subject;
mod web_url;
