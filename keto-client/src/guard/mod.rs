//! Protects routes by permissions, in any framework whose requests are those of `http`.
//!
//! [`Authorization`] is what a guard needs: a Keto, and the subject that a request stands for.
//! [`Authorization::require`] makes a [`PermissionGuard`] of it, which lets a request pass if Keto
//! allows what its [`Condition`] says. Both are layers of tower and axum (features `tower` and `axum`)
//! and middleware of actix-web (feature `actix`). Behind them, a handler decides later by the
//! extractors [`Can`] and [`Permit`].
//!
//! Who sent the request is told by a [`CurrentPrincipal`] in its extensions. The session guard of
//! `kratos-client` inserts it, and so can any other login. [`SubjectStrategy`] makes a subject of it;
//! a [`SubjectSource`] of your own can do so by other means.
//!
//! # Answers
//!
//! | reason | status |
//! |---|---|
//! | Keto denies the permission | 403 |
//! | nobody is logged in | 401 |
//! | a placeholder has no value in the request, an empty one, or several | 400 |
//! | Keto gave no decision, or the principal has no subject | 503 |
//! | an extractor without a guard around its route, a placeholder that the route does not have | 500 |
//!
//! A browser that opens a page gets an HTML page, all others a problem detail
//! (`application/problem+json`, RFC 9457). That of a denial names the missing relations.
//! [`Authorization::on_refusal`] replaces any of them.

mod authorization;
mod condition;
mod explain;
mod extractors;
mod permission_guard;
mod refusal;
mod subject;
mod template;
mod testing;

pub use authorization::Authorization;
pub use condition::Condition;
pub use extractors::{Can, Permit, RequiredPermission};
pub use ory_http::guard::{Caller, CurrentPrincipal, PathParameters, Principal, Problem, Refused};
pub use permission_guard::PermissionGuard;
pub use refusal::Refusal;
pub use subject::{NoSubject, SubjectSource, SubjectStrategy};
pub use template::{Template, TemplateError};
pub use testing::{AllowAll, DenyAll, PermissionTable};
