//! What a request to an application behind a proxy needs, by its path.

use keto_client::guard::Template;
use std::{collections::HashSet, str::FromStr};

/// Rules in the order in which they are looked at: the first one that has the path of a request decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules(pub Vec<Rule>);

/// The paths that a rule has, and what requests for them need besides a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub path: PathPattern,
    pub permission: Option<Template>,
}

/// A path, such as `/documents/{id}` or `/public/*`. It is the same with and without a slash at its end,
/// as for most applications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathPattern {
    /// As actix-web writes it.
    pub routes: Vec<String>,
    parameters: Vec<String>,
}

impl Rules {
    /// Each path needs the same permission.
    pub fn all(permission: Template) -> Self {
        let path = PathPattern { routes: vec![ANY_PATH.into()], parameters: Vec::new() };
        Self(vec![Rule { path, permission: Some(permission) }])
    }
}

/// An application may decode a slash or remove what follows a semicolon, and so see another path than the
/// one that is decided about.
const ANY_PATH: &str = r"/{tail:[^%\\;]*}";

/// The most parameters that actix-web takes in a path.
const MAX_PARAMETERS: usize = 16;

impl FromStr for Rules {
    type Err = String;

    /// Reads a rule from each line that is not empty.
    fn from_str(text: &str) -> Result<Self, String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let rule = |line: &str| line.parse().map_err(|problem| format!("in {line:?}, {problem}"));
        let rules = lines.map(rule).collect::<Result<Vec<_>, _>>()?;
        match rules.is_empty() {
            true => Err("there is no rule".into()),
            false => Ok(Self(rules)),
        }
    }
}

impl FromStr for Rule {
    type Err = String;

    /// Reads a path, and after a space the permission, if it needs one.
    fn from_str(text: &str) -> Result<Self, String> {
        let (path, permission) = match text.split_once(char::is_whitespace) {
            Some((path, permission)) => (path, Some(permission.trim())),
            None => (text, None),
        };
        let path: PathPattern = path.parse()?;
        let permission = permission.map(str::parse::<Template>).transpose();
        let permission = permission.map_err(|error| error.to_string())?;
        let text = permission.as_ref().map(Template::to_string).unwrap_or_default();
        let names = text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
        for name in names.filter(|name| !name.contains('.')) {
            if !path.parameters.iter().any(|parameter| parameter == name) {
                return Err(format!("the permission has {{{name}}}, and the path has not"));
            }
        }
        Ok(Self { path, permission })
    }
}

impl FromStr for PathPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let segments = text.strip_prefix('/').ok_or("the path does not begin with a slash")?;
        let (segments, tail) = match segments.strip_suffix('*') {
            Some("") => {
                return Ok(Self { routes: vec![ANY_PATH.into()], parameters: Vec::new() });
            }
            Some(before) => match before.strip_suffix('/') {
                Some(before) => (before, Some(ANY_PATH)),
                None => return Err("a * is not a whole segment".into()),
            },
            None => (segments.strip_suffix('/').unwrap_or(segments), None),
        };
        let mut route = String::new();
        let mut parameters = Vec::new();
        for segment in segments.split('/') {
            let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            if let Some(name) = name {
                if !is_name(name) {
                    return Err(format!("{{{name}}} is not a name of letters, digits and _"));
                }
                parameters.push(name.to_owned());
            } else if segment.contains(['{', '}', '*', '%', '?', '#', '\\']) {
                return Err(format!(
                    "the segment {segment:?} has one of the characters {{}}*%?#\\"
                ));
            }
            route.extend(["/", segment]);
        }
        if parameters.iter().collect::<HashSet<_>>().len() < parameters.len() {
            return Err("the path has a parameter twice".into());
        }
        if parameters.len() >= MAX_PARAMETERS {
            return Err(format!("the path has {MAX_PARAMETERS} parameters or more"));
        }
        let routes = match tail {
            Some(tail) => vec![route + tail],
            None if segments.is_empty() => vec![route],
            None => vec![format!("{route}/"), route],
        };
        Ok(Self { routes, parameters })
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name != "tail"
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::dev::ResourceDef;

    #[test]
    fn a_rule_is_a_path_and_a_permission() {
        let rules: Rules = "\n /documents/{id} Document:{id}#view\n/public/*\n".parse().unwrap();
        let [documents, public] = &rules.0[..] else { panic!("{rules:?}") };
        assert_eq!(documents.permission, Some("Document:{id}#view".parse().unwrap()));
        assert_eq!(public.permission, None);
        for text in ["", "\n", "/\n/b b:c", "documents", "/{id} Document:{other}#view", "/a a:b"] {
            assert!(text.parse::<Rules>().is_err(), "{text}");
        }
        assert!("/{id} Document:{query.other}#view".parse::<Rules>().is_ok());
    }

    /// Which actix-web would not accept: it panics.
    #[test]
    fn a_path_is_one_that_actix_web_accepts() {
        let many = "/{a}".repeat(16);
        for wrong in
            ["", "a", "/{}", "/{a}{b}", "/{a:.*}", "/{1}", "/{a}/{a}", "/a*", "/*/b", "/%61", &many]
        {
            assert!(wrong.parse::<PathPattern>().is_err(), "{wrong}");
        }
        for path in ["/", "/*", "/a.b(c", "/a/*", "/{id}", "/{a}/b/{c}/*", "/a/", "//"] {
            let _ = ResourceDef::new(path.parse::<PathPattern>().unwrap().routes);
        }
    }

    #[test]
    fn a_star_has_all_paths_below_that_are_not_ambiguous() {
        for (pattern, path, expected) in [
            ("/*", "/", true),
            ("/*", "/a/b", true),
            ("/*", "/admin%2Fusers", false),
            ("/*", r"/admin\users", false),
            ("/*", "/admin;version=1/users", false),
            ("/public/*", "/public/", true),
            ("/public/*", "/public/a/b", true),
            ("/public/*", "/public", false),
            ("/public/*", "/publications", false),
            ("/documents/{id}", "/documents/7", true),
            ("/documents/{id}", "/documents/a%2Fb", true),
            ("/documents/{id}", "/documents/7/edit", false),
            ("/documents/{id}", "/documents/", false),
            ("/documents/{id}", "/documents/7/", true),
            ("/documents/", "/documents", true),
            ("/", "/", true),
            ("/", "/any", false),
        ] {
            let routes = ResourceDef::new(pattern.parse::<PathPattern>().unwrap().routes);
            assert_eq!(routes.is_match(path), expected, "{pattern} {path}");
        }
    }
}
