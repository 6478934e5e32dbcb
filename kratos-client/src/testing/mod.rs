//! A Kratos for tests, in the process of the test.
//!
//! [`KratosServer`] speaks HTTP like Kratos v26.2.0, and keeps its identities, sessions and flows in
//! memory. It starts in a few milliseconds on free ports of the loopback interface, or without a
//! port, records its requests, and produces the faults that a test asks for.
//!
//! It implements a subset of Kratos, for tests: login and registration by password, recovery and
//! verification by code, settings, TOTP and lookup secrets as second factors, `whoami`, one's own
//! sessions and logout, and of the admin API identities, sessions, recovery and the messages of the
//! courier. It has no social sign-in, passkeys, webhooks or organizations, and sends no email: the
//! codes are in [`KratosServer::courier_messages`].
//!
//! ```
//! use kratos_client::flow::{Caller, CreateFlowOptions, Login, Password, UpdateFlowBody};
//! use kratos_client::flow::UpdateFlowOutcome;
//! use kratos_client::testing::{Fault, KratosServer};
//! use kratos_client::{Flows, ImportedPassword, NewIdentity, Sessions};
//! use serde_json::json;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let ann = NewIdentity::new("default", json!({"email": "ann@example.test"}))?
//!     .password(ImportedPassword::plain("a password of Ann"));
//! let kratos = KratosServer::builder().identity(ann).start()?;
//! let client = kratos.client();
//!
//! let app = Caller::native();
//! let login: &dyn Flows<Login> = &client;
//! let flow = login.create(&CreateFlowOptions::new(), &app).await?.value.into_flow().unwrap();
//! let password = Password::new("a password of Ann");
//! let body = UpdateFlowBody::<Login>::password("ann@example.test", &password);
//! let UpdateFlowOutcome::Completed(login) = login.submit(&flow, &body, &app).await?.value else {
//!     panic!("not logged in")
//! };
//! let credential = login.session_token.unwrap().into();
//! let session = client.whoami(&credential).await?.active().unwrap();
//! assert_eq!(session.identity.traits["email"], "ann@example.test");
//!
//! // A Kratos that does not respond tells of no session, and is an error.
//! kratos.add_fault(Fault::disconnect().path_prefix("/sessions/whoami"));
//! assert!(client.whoami(&credential).await.is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod admin;
mod browser;
mod config;
mod courier;
mod credential;
mod flow;
mod frontend;
mod identity;
mod logout;
mod my_sessions;
mod pages;
mod random;
mod routes;
mod schema;
mod server;
mod session;
mod state;
mod traits;
mod whoami;

#[doc(inline)]
pub use ory_http::testing::{Fault, RecordedRequest, Storage};
pub use server::{KratosServer, KratosServerBuilder};
pub use traits::{
    TraitsMismatch, TraitsMismatchKind, TraitsMismatches, assert_traits_match_schema,
    compare_traits,
};
