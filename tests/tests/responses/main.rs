//! Responses that servers may give by their OpenAPI documents: whole ones, and each with one field
//! left out, `null`, empty, of another type, of an unknown enum, or with one member more.

#![allow(clippy::unwrap_used, reason = "a test")]

mod keto;
mod keto_messages;
mod keto_operations;
mod kratos;
mod kratos_operations;
mod kratos_sessions;
