//! The guards of both clients in actix-web, axum and tower: one suite of cases over all of them.

#![allow(clippy::unwrap_used, reason = "a test")]

mod cases;
mod cross_site;
mod dependencies;
mod extractors;
mod faults;
mod forward_auth;
mod frameworks;
mod grpc;
mod login;
mod oathkeeper;
mod paths;
mod readme;
mod servers;
mod table;
mod tokens;
