//! What both clients share.

use super::answer::Raw;
use http::{HeaderMap, HeaderValue, header::LINK};
use kratos_client::ErrorExt;
use ory_http::{BaseUrl, ReasonVisibility, link_parameter};
use serde_json::{Map, Value};
use std::time::Duration;
use url::{Url, form_urlencoded};

/// `Link` headers, one a line: a parameter comes from a header that has its name and the relation
/// in it, and any text that is a token in a well-formed header is read as that text.
pub fn link(data: &[u8]) {
    let mut headers = HeaderMap::new();
    let values = data.split(|byte| *byte == b'\n').take(100);
    for value in values.filter_map(|line| HeaderValue::from_bytes(line).ok()) {
        headers.append(LINK, value);
    }
    let found = link_parameter(&headers, "next", &["page_token", "page"]);
    if found.is_some() {
        let says_so = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
        let says_so = says_so.map(str::to_ascii_lowercase).any(|text| {
            text.contains("next")
                && text.contains("rel")
                && text.contains('<')
                && text.contains('?')
        });
        assert!(says_so, "{found:?}");
    }
    assert_eq!(link_parameter(&headers, "next", &[]), None);
    let token = String::from_utf8_lossy(data);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("page", "7")
        .append_pair("page_token", &token)
        .finish();
    let text =
        format!("</a?page_token=1>; title=\"<>,;\"; rel=prev, </s?{query}#f>;rel=\"x next\"");
    let mut headers = HeaderMap::new();
    headers.insert(LINK, text.parse().expect("a query is a header's text"));
    assert_eq!(link_parameter(&headers, "next", &["page_token", "page"]), Some(token.into()));
}

/// Answers: an error envelope is one only where an independent reading says so, too, and tells what
/// is in it; an answer is told as an error without a panic, and where free text is hidden none of
/// it is shown; violations are pieces of the reason.
pub fn error(data: &[u8]) {
    let Some(raw) = Raw::read(data) else { return };
    for free_text in [ReasonVisibility::Shown, ReasonVisibility::Hidden] {
        let answer = raw.answer(free_text);
        let json = raw.json();
        assert!(answer.json::<Value>().ok() == json);
        if let Err(error) = answer.json_object::<Map<String, Value>>() {
            assert!(!json.is_some_and(|json| json.is_object()));
            let _ = format!("{error} {error:?}");
        }
        if let Some(error) = answer.server_error() {
            let envelope = raw.envelope().expect("an envelope is one to any reader");
            assert_eq!(error.status(), raw.status);
            assert!(error.id().is_none_or(|id| envelope["id"] == id && is_word(id)));
            let reason = envelope["reason"].as_str().or(envelope["message"].as_str());
            assert_eq!(error.reason(), reason);
            assert_eq!(error.details(), &envelope["details"]);
            assert!(error.request_id().is_none_or(is_word));
        }
        let _ = format!("{answer:?}");
        let error = answer.into_error();
        let shown = format!("{error} {error:?}");
        if free_text == ReasonVisibility::Hidden {
            let foreign = |c: char| c == '@' || c.is_control() || !c.is_ascii();
            assert!(!shown.contains(foreign), "{shown:?}");
        }
        assert!(error.retry_after().is_none_or(|time| time <= Duration::from_hours(24)));
        if error.is_retryable() && !matches!(raw.status.as_u16(), 429 | 502 | 503 | 504) {
            assert!(error.reason().expect("a reason").starts_with("Unable to serialize"));
        }
        let violations = error.violations();
        if !violations.is_empty() {
            assert_eq!(raw.status.as_u16(), 400);
            let reason = error.reason().expect("violations are told in a reason");
            for violation in violations {
                assert!(reason.contains(violation.pointer()));
                assert!(reason.contains(violation.schema_pointer()));
                let mut lines = violation.message().lines();
                assert!(lines.all(|line| reason.contains(line)), "{reason:?}");
                let _ = format!("{violation:?}");
            }
        }
    }
}

fn is_word(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    !text.is_empty() && text.len() <= 100 && text.bytes().all(legal)
}

/// Ids as segments of a path, one a line, below a URL in the first line: what is joined stays at
/// its server, below its path, and has exactly these segments; it has no query and no fragment.
pub fn join(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    let base = BaseUrl::parse("BASE_URL", first).unwrap_or_else(|error| {
        let _ = error.to_string();
        BaseUrl::parse("BASE_URL", "http://kratos.test/base/").expect("is one")
    });
    let below = base.as_url();
    assert!(matches!(below.scheme(), "http" | "https") && below.has_host());
    assert!(below.username().is_empty() && below.password().is_none());
    assert!(below.query().is_none() && below.fragment().is_none());
    let ids: Vec<_> = lines.collect();
    let Ok(url) = base.join_untrusted("fuzz", &ids) else {
        let leaves = |id: &&str| {
            matches!(*id, "" | "." | "..") || id.contains(|c: char| c.is_ascii_control())
        };
        assert!(ids.iter().any(leaves), "{ids:?}");
        return;
    };
    assert_eq!(url.origin(), below.origin());
    assert_eq!((url.query(), url.fragment()), (None, None));
    assert_eq!(Url::parse(url.as_str()).as_ref(), Ok(&url));
    let path = url.path().strip_prefix(below.path().trim_end_matches('/')).expect("is below");
    let read: Vec<_> = path.split('/').skip(1).map(decoded).collect();
    // The path of a URL is never empty.
    let written: &[&str] = if ids.is_empty() && path == "/" { &[""] } else { &ids };
    assert_eq!(read, written.iter().map(|id| id.as_bytes()).collect::<Vec<_>>());
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, after) = match rest {
            [b'%', high, low, after @ ..] => {
                let digits = [*high, *low];
                let digits = str::from_utf8(&digits).expect("digits are text");
                (u8::from_str_radix(digits, 16).expect("two digits"), after)
            }
            _ => (*first, after),
        };
        decoded.push(byte);
        rest = after;
    }
    decoded
}
