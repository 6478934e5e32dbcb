//! Refusals as HTTP responses.

use super::{caller::Caller, refused::Refused};
use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
};
use serde_json::{Map, Value, json};

/// The reason why a request is refused: a problem detail of RFC 9457, or the page that says the same.
///
/// See <https://www.rfc-editor.org/rfc/rfc9457>.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    challenge: Option<HeaderValue>,
    members: Map<String, Value>,
}

impl Problem {
    /// Creates a problem of this status, with a sentence for whoever sent the request.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), challenge: None, members: Map::new() }
    }

    /// Adds a `WWW-Authenticate` header.
    #[must_use]
    pub fn challenge(mut self, challenge: impl Into<Option<HeaderValue>>) -> Self {
        self.challenge = challenge.into();
        self
    }

    /// Adds an extension member to the problem detail.
    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// The response: an HTML page for a browser that opens a page, and `application/problem+json`
    /// for all others.
    pub fn respond(self, caller: Caller) -> Refused {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let (media_type, body) = match caller {
            Caller::Browser => ("text/html; charset=utf-8", page(title, &self.detail)),
            _ => ("application/problem+json", self.json(title)),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = self.challenge {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        Refused::new(response)
    }

    fn json(&self, title: &str) -> String {
        let status = self.status.as_u16();
        let mut problem = json!({"title": title, "status": status, "detail": self.detail});
        if let Some(problem) = problem.as_object_mut() {
            problem.extend(self.members.clone());
        }
        problem.to_string()
    }
}

fn page(title: &str, detail: &str) -> String {
    let detail = detail
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    format!(
        "<!doctype html>\n<html lang=\"en\"><title>{title}</title><h1>{title}</h1><p>{detail}</p>\n"
    )
}

/// The response to a CORS preflight, which never carries a credential: 204 without any CORS header. The
/// CORS layer of the framework is around the guard.
pub fn preflight() -> Refused {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Refused::new(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_escapes_what_the_detail_says() {
        let problem = Problem::new(StatusCode::FORBIDDEN, "<script>&\"").member("missing", "x");
        let page = problem.clone().respond(Caller::Browser).into_response();
        assert!(page.body().ends_with(b"<p>&lt;script&gt;&amp;&quot;</p>\n"));
        let json = problem.respond(Caller::Script).into_response();
        let json: Value = serde_json::from_slice(json.body()).unwrap();
        let expected = json!({
            "title": "Forbidden", "status": 403, "detail": "<script>&\"", "missing": "x",
        });
        assert_eq!(json, expected);
    }
}
