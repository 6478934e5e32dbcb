//! The places at which input violates a JSON schema, as Kratos names them in the reason of an error.

use std::fmt;

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

/// The violations in a reason: a tree by indentation, of which the leaves say what is wrong. A
/// line of no such form belongs to the message before it.
///
/// The server repeats some word for word, and newer Kratoses repeat some of a format in words of
/// their own, for the part of the schema that the format is in. Of these the one for the format
/// is kept.
pub(crate) fn violations_in(reason: &str) -> Vec<Violation> {
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
        let found = violations_in(reason);
        let pointers: Vec<_> = found.iter().map(Violation::pointer).collect();
        assert_eq!(pointers, ["/traits/email", "/traits/name"]);
        assert_eq!(found[0].message(), "\"planted\ntwo] S[#\" is not valid \"email\"");
        assert_eq!(found[1].schema_pointer(), "/a/type");
        assert!(!format!("{found:?}").contains("planted"));
        assert_eq!(violations_in("The page token is invalid"), []);
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
        let found = violations_in(reason);
        let pointers: Vec<_> = found.iter().map(Violation::pointer).collect();
        assert_eq!(pointers, ["/traits/email", "/traits/emails", "/traits"]);
        assert_eq!(found[0].message(), "\"mira\" is not valid \"email\"");
    }

    proptest! {
        #[test]
        fn takes_any_text(text in r"(I\[#|\] S\[#|\] |\n| |/traits|[ -~ä])*") {
            violations_in(&text);
        }
    }
}
