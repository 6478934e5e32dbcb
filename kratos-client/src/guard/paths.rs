//! Paths that a guard does not protect.

/// A path, or all paths that begin with it.
#[derive(Clone, Debug)]
pub(super) struct PathPattern {
    start: String,
    is_prefix: bool,
}

impl PathPattern {
    pub(super) fn new(pattern: &str) -> Self {
        match pattern.strip_suffix("/*") {
            Some(start) => Self { start: format!("{start}/"), is_prefix: true },
            None => Self { start: pattern.to_owned(), is_prefix: false },
        }
    }

    /// Whether the path is excepted. A path with `..` or an encoded character never is below a
    /// prefix: a router may take it for another one.
    pub(super) fn matches(&self, path: &str) -> bool {
        match path.strip_prefix(&self.start) {
            Some("") => true,
            Some(rest) => {
                let is_plain = !rest.contains('%') && rest.split('/').all(|part| part != "..");
                self.is_prefix && is_plain
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_at_a_slash() {
        for (pattern, path, expected) in [
            ("/health", "/health", true),
            ("/health", "/health/ready", false),
            ("/public/*", "/public/a/b", true),
            ("/public/*", "/public/", true),
            ("/public/*", "/public", false),
            ("/public/*", "/publications", false),
            ("/public/*", "/public/../admin", false),
            ("/public/*", "/public/%2e%2e/admin", false),
            ("/*", "/any", true),
        ] {
            assert_eq!(PathPattern::new(pattern).matches(path), expected, "{pattern} {path}");
        }
    }
}
