//! The schema violations that Kratos reports in the reason of an error.

use std::fmt;

/// A violation of a JSON Schema.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation {
    pointer: String,
    schema_pointer: String,
    message: String,
}

impl Violation {
    /// The location in the input, as a JSON Pointer such as `/traits/email`; empty for the whole
    /// input.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The location in the schema, as a JSON Pointer.
    pub fn schema_pointer(&self) -> &str {
        &self.schema_pointer
    }

    /// The server's error message. It can contain traits: show it to the user, but do not log it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether both have the same locations.
    fn is_about_the_same(&self, other: &Self) -> bool {
        self.pointer == other.pointer && self.schema_pointer == other.schema_pointer
    }

    /// Whether both have the same location in the input, and this one a deeper one in the schema.
    fn is_more_precise_than(&self, other: &Self) -> bool {
        let inside = self.schema_pointer.strip_prefix(&other.schema_pointer);
        self.pointer == other.pointer && inside.is_some_and(|path| path.starts_with('/'))
    }

    /// Parses `I[#/traits/email] S[#/properties/…] message`.
    fn parse(line: &str) -> Option<Self> {
        let (input, rest) = line.trim_start().strip_prefix("I[#")?.split_once("] S[#")?;
        let (schema, message) = rest.split_once("] ")?;
        Some(Self {
            pointer: input.into(),
            schema_pointer: schema.into(),
            message: message.trim_end().into(),
        })
    }
}

/// Omits the message, which can contain traits.
impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Violation")
            .field("pointer", &self.pointer)
            .field("schema_pointer", &self.schema_pointer)
            .finish_non_exhaustive()
    }
}

/// Parses the violations in a reason: an indented tree, whose leaves are the violations. A line in
/// another format continues the previous message.
///
/// The server repeats some violations, and newer versions of Kratos report an invalid format twice
/// with different messages: for the format, and for the schema around it. The first one with the
/// deeper schema location is kept.
pub(crate) fn violations_in(reason: &str) -> Vec<Violation> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut found: Vec<(usize, Violation)> = Vec::new();
    for line in reason.lines() {
        match (Violation::parse(line), found.last_mut()) {
            (Some(violation), last) => {
                if last.is_some_and(|(parent, _)| *parent < depth(line)) {
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
    let mut violations: Vec<Violation> = Vec::new();
    for (_, violation) in found {
        if !violations.iter().any(|other| other.is_about_the_same(&violation)) {
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

    /// The reason of Kratos b86338da for an invalid email address.
    #[test]
    fn removes_the_second_report_of_a_violated_format() {
        let reason = "I[#/traits] S[#/properties/traits] validation failed\n  \
            I[#/traits/email] S[#/properties/traits/properties/email] validation failed\n    \
            I[#/traits/email] S[#/properties/traits/properties/email/format] \"mira\" is not valid \"email\"\n    \
            I[#/traits/email] S[#/properties/traits/properties/email/format] \"mira\" can not be normalized for format \"email\"\n    \
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
        fn never_panics(text in r"(I\[#|\] S\[#|\] |\n| |/traits|[ -~ä])*") {
            violations_in(&text);
        }
    }
}
