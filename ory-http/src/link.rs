//! The `Link` header (RFC 8288), in which Kratos sends the token of the next page of a list.

use http::{HeaderMap, header::LINK};
use url::form_urlencoded;

/// Returns a query parameter of the first link with the given relation, such as `next`: the first
/// of the given names that its query contains. Returns `None` for a malformed header.
///
/// The target of the link is never requested, and its host is ignored.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header::LINK};
///
/// let mut headers = HeaderMap::new();
/// headers.insert(LINK, HeaderValue::from_static(r#"</a?page_token=x%2F1>; rel="next""#));
/// let token = ory_http::link_parameter(&headers, "next", &["page_token", "page"]);
/// assert_eq!(token.as_deref(), Some("x/1"));
/// ```
pub fn link_parameter(headers: &HeaderMap, relation: &str, names: &[&str]) -> Option<String> {
    let values = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    let target = values.flat_map(Links).find_map(|link| {
        link.relations
            .split_ascii_whitespace()
            .any(|r| r.eq_ignore_ascii_case(relation))
            .then_some(link.target)
    })?;
    let query = target.split('#').next()?.split_once('?')?.1;
    names.iter().find_map(|name| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    })
}

struct Link<'a> {
    target: &'a str,
    relations: &'a str,
}

/// Iterates over the links in a header value. It ends at the first syntax error.
struct Links<'a>(&'a str);

impl<'a> Iterator for Links<'a> {
    type Item = Link<'a>;

    fn next(&mut self) -> Option<Link<'a>> {
        let start = |c: char| c == ',' || c.is_ascii_whitespace();
        let (target, mut rest) =
            self.0.trim_start_matches(start).strip_prefix('<')?.split_once('>')?;
        let mut relations = "";
        while let Some(parameter) = rest.trim_start().strip_prefix(';') {
            let (name, value, after) = split_parameter(parameter);
            // Only the first `rel` is used (RFC 8288, section 3.3).
            if relations.is_empty() && name.eq_ignore_ascii_case("rel") {
                relations = value;
            }
            rest = after;
        }
        self.0 = rest;
        Some(Link { target, relations })
    }
}

/// Splits the first parameter of a link into name, value and remaining text. Removes the quotes of
/// a quoted value, but keeps escapes, which no relation contains.
fn split_parameter(text: &str) -> (&str, &str, &str) {
    let end = text.find([';', ',', '=']).unwrap_or(text.len());
    let (name, rest) = (text[..end].trim(), &text[end..]);
    let Some(value) = rest.strip_prefix('=').map(str::trim_start) else { return (name, "", rest) };
    match value.strip_prefix('"') {
        Some(quoted) => {
            let end = closing_quote(quoted);
            (name, &quoted[..end], quoted.get(end + 1..).unwrap_or_default())
        }
        None => {
            let end = value.find([';', ',']).unwrap_or(value.len());
            (name, value[..end].trim(), &value[end..])
        }
    }
}

fn closing_quote(quoted: &str) -> usize {
    let mut escaped = false;
    let closes = |c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    };
    quoted.find(closes).unwrap_or(quoted.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn next(text: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(LINK, HeaderValue::from_str(text).unwrap());
        link_parameter(&headers, "next", &["page_token", "page"])
    }

    #[test]
    fn finds_the_next_page() {
        for (text, expected) in [
            (
                r#"</s?page_size=1&page_token=0>; rel="first",</s?page_size=1&page_token=a%3D>; rel="next""#,
                Some("a="),
            ),
            (
                r#"<http://x.test/s?page=1&per_page=1>; rel="next",<http://x.test/s?page=3>; rel="last""#,
                Some("1"),
            ),
            (r#"</s?page=0>; rel="first",</s?page=-1>; rel="prev""#, None),
            (r#"</s?page=1&page_token=t>; rel="next""#, Some("t")),
            (
                r#"</s?page=1>; title="a, <b>; rel=\"next\""; rel=prev , </s?page=2#f>;rel="last NEXT""#,
                Some("2"),
            ),
            (r"</s?page=1>; rel=next; rel=prev", Some("1")),
            (r#"</s>; rel="next""#, None),
            (r#"</s?page=1; rel="next""#, None),
            (r#"</s?page=1>; rel="next"#, Some("1")),
            ("", None),
        ] {
            assert_eq!(next(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn looks_at_every_header() {
        let mut headers = HeaderMap::new();
        headers.append(LINK, HeaderValue::from_bytes(b"\xff<").unwrap());
        headers.append(LINK, HeaderValue::from_static("</s?page=0>; rel=first"));
        headers.append(LINK, HeaderValue::from_static("</s?page=7>; rel=next"));
        assert_eq!(link_parameter(&headers, "next", &["page"]).as_deref(), Some("7"));
    }

    proptest! {
        #[test]
        fn takes_any_text(text in "[ -~äß]*", links in r#"([<>;,="\\ ]|rel|next|/s\?page=1)*"#) {
            let _ = Links(&text).count();
            let _ = next(&links);
        }

        #[test]
        fn reads_back_any_token(token in ".*") {
            let query: String = form_urlencoded::Serializer::new(String::new())
                .append_pair("page_token", &token)
                .finish();
            prop_assert_eq!(next(&format!("</s?{query}>; rel=\"next\"")), Some(token));
        }
    }
}
