//! What a server's error means to a caller.

use crate::{error::Error, server_error::ServerError};
use http::StatusCode;
use std::{fmt, time::Duration};

/// What a server's error means, for a caller that reacts to some of them.
///
/// ```
/// use ory_http::{Error, Meaning};
///
/// fn explain(error: &Error) -> String {
///     match error.meaning() {
///         Meaning::NotFound => "there is no such person".into(),
///         Meaning::Conflict => "somebody has this address already".into(),
///         Meaning::Invalid(violations) => {
///             let places = violations.iter().map(|violation| violation.pointer());
///             format!("please correct {}", places.collect::<Vec<_>>().join(" and "))
///         }
///         _ => format!("this did not work: {error}"),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// The server does not know the thing. A route that it does not know is [`Meaning::Other`].
    NotFound,
    /// Something of the same name or address exists already.
    Conflict,
    /// The input violates a JSON schema, at least at these places.
    Invalid(Vec<Violation>),
    /// The CSRF cookie and the CSRF token don't belong together (`security_csrf_violation`).
    Csrf,
    /// The session needs a second factor (`session_aal2_required`).
    SecondFactorRequired,
    /// There is a session already (`session_already_available`).
    AlreadyLoggedIn,
    /// Too many requests.
    RateLimited {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// Something else: the error tells, or it is none of a server's.
    Other,
}

/// One place at which input violates a JSON schema.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation {
    pointer: String,
    schema_pointer: String,
    message: String,
}

impl Violation {
    /// Where in the input, as a JSON pointer such as `/traits/email`; empty for the whole.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Which part of the schema is violated, as a JSON pointer.
    pub fn schema_pointer(&self) -> &str {
        &self.schema_pointer
    }

    /// What is wrong, in the server's words. They can quote traits: show them to the person
    /// concerned, keep them out of logs.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether this is about the same input, and about a part of the other's part of the schema.
    fn is_more_precise_than(&self, other: &Self) -> bool {
        let inside = self.schema_pointer.strip_prefix(&other.schema_pointer);
        self.pointer == other.pointer && inside.is_some_and(|path| path.starts_with('/'))
    }

    /// Reads `I[#/traits/email] S[#/properties/…] message`.
    fn read(line: &str) -> Option<Self> {
        let (input, rest) = line.trim_start().strip_prefix("I[#")?.split_once("] S[#")?;
        let (schema, message) = rest.split_once("] ")?;
        Some(Self {
            pointer: input.into(),
            schema_pointer: schema.into(),
            message: message.trim_end().into(),
        })
    }
}

/// The message can quote traits.
impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Violation")
            .field("pointer", &self.pointer)
            .field("schema_pointer", &self.schema_pointer)
            .finish_non_exhaustive()
    }
}

impl Error {
    /// What the error means, where a server answered with one.
    pub fn meaning(&self) -> Meaning {
        self.server_error().map_or(Meaning::Other, ServerError::meaning)
    }
}

impl ServerError {
    /// What the error means.
    pub fn meaning(&self) -> Meaning {
        match (self.id(), self.status()) {
            (Some("security_csrf_violation"), _) => Meaning::Csrf,
            (Some("session_aal2_required"), _) => Meaning::SecondFactorRequired,
            (Some("session_already_available"), _) => Meaning::AlreadyLoggedIn,
            // A route that does not exist, and a proxy, have nothing to say of a reason.
            (_, StatusCode::NOT_FOUND) if self.reason().is_some() => Meaning::NotFound,
            (_, StatusCode::CONFLICT) => Meaning::Conflict,
            (_, StatusCode::TOO_MANY_REQUESTS) => {
                Meaning::RateLimited { retry_after: self.retry_after() }
            }
            (_, StatusCode::BAD_REQUEST) => {
                let violations = violations(self.reason().unwrap_or_default());
                if violations.is_empty() { Meaning::Other } else { Meaning::Invalid(violations) }
            }
            _ => Meaning::Other,
        }
    }
}

/// The violations in a reason: a tree by indentation, of which the leaves say what is wrong. A
/// line of no such form belongs to the message before it.
///
/// The server repeats some word for word, and newer Kratoses repeat some of a format in words of
/// their own, for the part of the schema that the format is in. Of these the one for the format
/// is kept.
fn violations(reason: &str) -> Vec<Violation> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut found: Vec<(usize, Violation)> = Vec::new();
    for line in reason.lines() {
        match (Violation::read(line), found.last_mut()) {
            (Some(violation), last) => {
                if last.is_some_and(|(above, _)| *above < depth(line)) {
                    found.pop();
                }
                found.push((depth(line), violation));
            }
            (None, Some((_, last))) => {
                last.message.push('\n');
                last.message.push_str(line);
            }
            (None, None) => {}
        }
    }
    let mut violations = Vec::new();
    for (_, violation) in found {
        if !violations.contains(&violation) {
            violations.push(violation);
        }
    }
    let all = violations.clone();
    violations.retain(|violation| !all.iter().any(|other| other.is_more_precise_than(violation)));
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_each_leaf_once() {
        let reason = "I[#/traits] S[#/properties/traits] validation failed\n  \
                      I[#/traits/email] S[#/properties/traits/properties/email/format] \"planted\n\
                      two] S[#\" is not valid \"email\"\n  \
                      I[#/traits/name] S[#/a/type] expected object\n  \
                      I[#/traits/name] S[#/a/type] expected object";
        let found = violations(reason);
        let pointers: Vec<_> = found.iter().map(Violation::pointer).collect();
        assert_eq!(pointers, ["/traits/email", "/traits/name"]);
        assert_eq!(found[0].message(), "\"planted\ntwo] S[#\" is not valid \"email\"");
        assert_eq!(found[1].schema_pointer(), "/a/type");
        assert!(!format!("{found:?}").contains("planted"));
        assert_eq!(violations("The page token is invalid"), []);
    }

    /// What Kratos b86338da says of an address that is none.
    #[test]
    fn keeps_what_is_said_in_two_ways_once() {
        let reason = "I[#/traits] S[#/properties/traits] validation failed\n  \
            I[#/traits/email] S[#/properties/traits/properties/email] validation failed\n    \
            I[#/traits/email] S[#/properties/traits/properties/email/format] \"mira\" is not valid \"email\"\n    \
            I[#/traits/email] S[#/properties/traits/properties/email] mail: missing '@'\n  \
            I[#/traits/emails] S[#/properties/traits/properties/emails] something else\n  \
            I[#/traits] S[#/properties/traits/additionalProperties] additionalProperties \"a\"";
        let found = violations(reason);
        let pointers: Vec<_> = found.iter().map(Violation::pointer).collect();
        assert_eq!(pointers, ["/traits/email", "/traits/emails", "/traits"]);
        assert_eq!(found[0].message(), "\"mira\" is not valid \"email\"");
    }

    proptest! {
        #[test]
        fn takes_any_text(text in r"(I\[#|\] S\[#|\] |\n| |/traits|[ -~ä])*") {
            violations(&text);
        }
    }
}
