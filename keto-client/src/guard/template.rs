//! Templates of relations, with values from the request.

use crate::model::{
    name::{Namespace, Object, Relation},
    subject::Subject,
    tuple::RelationTuple,
};
use http::{HeaderName, request::Parts};
use ory_http::guard::PathParameters;
use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};
use url::form_urlencoded;

/// A relation to an object that depends on the request: `Document:{id}#view`.
///
/// The object can contain placeholders: `{id}` for a parameter of the path, `{query.x}` for one of the
/// query, `{header.x}` for a header. Their values are parts of a name, never of the text of a tuple:
/// a value with `#` or `:` in it can't name another relation.
///
/// ```
/// use keto_client::guard::Template;
///
/// let template: Template = "Document:{tenant}/{query.id}#view".parse()?;
/// for wrong in ["Document:{id}", "Document:{id#view", "{namespace}:x#view", "a:b#c@ann"] {
///     assert!(wrong.parse::<Template>().is_err());
/// }
/// # Ok::<(), keto_client::guard::TemplateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    namespace: Namespace,
    object: Vec<Part>,
    relation: Relation,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Literal(String),
    Path(String),
    Query(String),
    Header(HeaderName),
}

/// The error of a template or a condition that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the permission {template:?} is not valid: {problem}")]
pub struct TemplateError {
    pub(super) template: String,
    pub(super) problem: &'static str,
}

impl From<Infallible> for TemplateError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Why a template has no relation for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MissingValue {
    /// The request lacks the value, or has several.
    InRequest(String),
    /// The route has no such parameter.
    InRoute(String),
}

/// Checks the text of a template. It is a `const fn` so that the compiler can check a constant one.
pub(super) const fn problem_of(text: &str) -> Option<&'static str> {
    let text = text.as_bytes();
    let (mut at, mut colon, mut hash, mut brace) = (0, None, None, None);
    while at < text.len() {
        match text[at] {
            b'@' => return Some("it must not name a subject"),
            b'{' | b'}' if colon.is_none() || hash.is_some() => {
                return Some("only the object can have placeholders");
            }
            b'{' if brace.is_some() => return Some("a placeholder is in another one"),
            b'{' => brace = Some(at),
            b'}' => match brace {
                None => return Some("a placeholder does not begin"),
                Some(start) if start + 1 == at => return Some("a placeholder has no name"),
                Some(_) => brace = None,
            },
            b':' if colon.is_none() => colon = Some(at),
            b'#' if brace.is_some() => return Some("a placeholder does not end"),
            b'#' if hash.is_some() => return Some("it has two relations"),
            b'#' => hash = Some(at),
            byte if brace.is_some()
                && !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')) =>
            {
                return Some(
                    "the name of a placeholder has other characters than a-z, 0-9, _, - and .",
                );
            }
            _ => {}
        }
        at += 1;
    }
    match (colon, hash) {
        (Some(colon), Some(hash)) if colon > 0 && hash > colon + 1 && hash + 1 < text.len() => None,
        _ => Some("it is not namespace:object#relation"),
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let error = |problem| TemplateError { template: text.to_owned(), problem };
        if let Some(problem) = problem_of(text) {
            return Err(error(problem));
        }
        let pieces = text.split_once(':').and_then(|(n, rest)| Some((n, rest.rsplit_once('#')?)));
        let (namespace, (object, relation)) = pieces.ok_or_else(|| error("it has no object"))?;
        let mut parts = Vec::new();
        for piece in object.split_inclusive('}') {
            let (literal, placeholder) = match piece.split_once('{') {
                Some((literal, placeholder)) => (literal, Some(placeholder.trim_end_matches('}'))),
                None => (piece, None),
            };
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            if let Some(name) = placeholder {
                parts.push(Part::placeholder(name).map_err(error)?);
            }
        }
        Ok(Self { namespace: namespace.into(), object: parts, relation: relation.into() })
    }
}

impl Part {
    fn placeholder(name: &str) -> Result<Self, &'static str> {
        match name.split_once('.') {
            None => Ok(Self::Path(name.to_owned())),
            Some(("query", name)) if !name.is_empty() => Ok(Self::Query(name.to_owned())),
            Some(("header", name)) => name
                .parse()
                .map(Self::Header)
                .map_err(|_| "a placeholder is not the name of a header"),
            Some(_) => Err("a placeholder is neither {name}, {query.name} nor {header.name}"),
        }
    }

    fn value<'a>(
        &'a self,
        request: &Parts,
        path: &PathParameters,
    ) -> Result<Cow<'a, str>, MissingValue> {
        let (name, mut values): (String, Vec<String>) = match self {
            Self::Literal(text) => return Ok(Cow::Borrowed(text)),
            Self::Path(name) => {
                let values = path.0.iter().filter(|(key, _)| key == name);
                let values: Vec<_> = values.map(|(_, value)| value.clone()).collect();
                if values.is_empty() {
                    return Err(MissingValue::InRoute(name.clone()));
                }
                (name.clone(), values)
            }
            Self::Query(name) => {
                let query = request.uri.query().unwrap_or_default().as_bytes();
                let values = form_urlencoded::parse(query).filter(|(key, _)| key == name);
                (format!("query.{name}"), values.map(|(_, value)| value.into_owned()).collect())
            }
            Self::Header(name) => {
                let values = request.headers.get_all(name).iter();
                let values = values.map(|value| value.to_str().unwrap_or_default().to_owned());
                (format!("header.{name}"), values.collect())
            }
        };
        // Of two values, the handler may read the other one.
        match values.pop() {
            Some(value) if values.is_empty() && !value.is_empty() => Ok(Cow::Owned(value)),
            _ => Err(MissingValue::InRequest(name)),
        }
    }
}

impl Template {
    /// Creates a template without placeholders, from any names.
    pub fn new(
        namespace: impl Into<Namespace>,
        object: impl Into<String>,
        relation: impl Into<Relation>,
    ) -> Self {
        let object = vec![Part::Literal(object.into())];
        Self { namespace: namespace.into(), object, relation: relation.into() }
    }

    /// Whether the object takes values from the path.
    pub(super) fn has_path_parameters(&self) -> bool {
        self.object.iter().any(|part| matches!(part, Part::Path(_)))
    }

    /// The relation tuple for a request.
    pub(super) fn tuple(
        &self,
        request: &Parts,
        path: &PathParameters,
        subject: Subject,
    ) -> Result<RelationTuple, MissingValue> {
        let parts = self.object.iter().map(|part| part.value(request, path));
        let object = Object::new(parts.collect::<Result<String, _>>()?);
        let (namespace, relation) = (self.namespace.clone(), self.relation.clone());
        Ok(RelationTuple { namespace, object, relation, subject })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.namespace)?;
        for part in &self.object {
            match part {
                Part::Literal(text) => f.write_str(text)?,
                Part::Path(name) => write!(f, "{{{name}}}")?,
                Part::Query(name) => write!(f, "{{query.{name}}}")?,
                Part::Header(name) => write!(f, "{{header.{name}}}")?,
            }
        }
        write!(f, "#{}", self.relation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn tuple(template: &str, uri: &str) -> Result<RelationTuple, MissingValue> {
        let request = Request::builder().uri(uri).header("x-tenant", "acme").header("x-two", "a");
        let request = request.header("x-two", "b").body(()).unwrap().into_parts().0;
        let path = [("id", "7#owner@(User:mallory"), ("twice", "a"), ("twice", "b")];
        let path = PathParameters(path.map(|(name, value)| (name.into(), value.into())).into());
        let template: Template = template.parse().unwrap();
        template.tuple(&request, &path, Subject::id("ann"))
    }

    #[test]
    fn values_are_names_and_never_text_of_a_tuple() {
        let expected = RelationTuple::new(
            "Document",
            "acme/7#owner@(User:mallory?a:b",
            "view",
            Subject::id("ann"),
        );
        let template = "Document:{header.x-tenant}/{id}?{query.q}#view";
        assert_eq!(tuple(template, "/?q=a%3Ab"), Ok(expected));
        assert_eq!(template.parse::<Template>().unwrap().to_string(), template);
    }

    #[test]
    fn a_value_that_is_missing_empty_or_twice_is_none() {
        let in_request = |name: &str| Err(MissingValue::InRequest(name.to_owned()));
        for uri in ["/", "/?q=", "/?q=a&q=b"] {
            assert_eq!(tuple("a:{query.q}#r", uri), in_request("query.q"), "{uri}");
        }
        assert_eq!(tuple("a:{header.x-two}#r", "/"), in_request("header.x-two"));
        assert_eq!(tuple("a:{header.x-none}#r", "/"), in_request("header.x-none"));
        assert_eq!(tuple("a:{other}#r", "/"), Err(MissingValue::InRoute("other".into())));
        assert_eq!(tuple("a:{twice}#r", "/"), in_request("twice"));
    }

    #[test]
    fn wrong_templates_are_errors() {
        for (text, problem) in [
            ("", "it is not namespace:object#relation"),
            ("a:b", "it is not namespace:object#relation"),
            ("a:#c", "it is not namespace:object#relation"),
            (":b#c", "it is not namespace:object#relation"),
            ("a:b#", "it is not namespace:object#relation"),
            ("a:b#c#d", "it has two relations"),
            ("a:b#c@d", "it must not name a subject"),
            ("{a}:b#c", "only the object can have placeholders"),
            ("a:b#{c}", "only the object can have placeholders"),
            ("a:{b#c", "a placeholder does not end"),
            ("a:b}#c", "a placeholder does not begin"),
            ("a:{}#c", "a placeholder has no name"),
            ("a:{b{c}}#d", "a placeholder is in another one"),
            ("a:{cookie.x}#c", "a placeholder is neither {name}, {query.name} nor {header.name}"),
            ("a:{query.}#c", "a placeholder is neither {name}, {query.name} nor {header.name}"),
            ("a:{header.}#c", "a placeholder is not the name of a header"),
        ] {
            assert_eq!(text.parse::<Template>().unwrap_err().problem, problem, "{text}");
        }
    }
}
