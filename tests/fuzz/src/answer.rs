//! Answers written as text, so that seeds can be read: the status in the first line, a header in
//! each further one, an empty line, the body.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use ory_http::{ReasonVisibility, Response, fuzzing};
use serde_json::Value;

/// What a server may have answered.
pub struct Raw<'a> {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: &'a [u8],
}

impl<'a> Raw<'a> {
    /// Any bytes are an answer: what is no status is a 200, and what is no header is left out.
    /// `None` where the body is JSON that the independent reader does not take, but a reader that
    /// skips what it does not know may: of too large a number, or too deep.
    pub fn read(data: &'a [u8]) -> Option<Self> {
        let end = data.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = end.map_or((data, &b""[..]), |end| (&data[..end], &data[end + 2..]));
        let mut lines = head.split(|byte| *byte == b'\n');
        let status = lines.next().and_then(|line| StatusCode::from_bytes(line).ok());
        let headers = lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            Some((name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?))
        });
        // More would not fit into a map of headers, and no server's answer has as many.
        let headers = headers.take(1000).collect();
        let refused = serde_json::from_slice::<Value>(body).is_err_and(|error| {
            let error = error.to_string();
            error.starts_with("number out of range") || error.starts_with("recursion limit")
        });
        (!refused).then_some(Self { status: status.unwrap_or(StatusCode::OK), headers, body })
    }

    pub fn answer(&self, reason_visibility: ReasonVisibility) -> Response {
        fuzzing::response(self.status, self.headers.clone(), self.body, reason_visibility)
    }

    /// The body as an independent reader takes it, where it says that it is JSON and is some.
    pub fn json(&self) -> Option<Value> {
        let content_type = String::from_utf8_lossy(self.headers.get("content-type")?.as_bytes());
        let media_type = content_type.split(';').next()?.trim();
        let is_json = media_type.eq_ignore_ascii_case("application/json");
        is_json.then(|| serde_json::from_slice(self.body).ok())?
    }

    /// The error in the body, where it is an envelope of Ory's. Its code need not be the status.
    pub fn envelope(&self) -> Option<Value> {
        let error = self.json()?.as_object()?.get("error")?.as_object()?.clone();
        let message = error.get("message").is_some_and(Value::is_string);
        let code = error.get("code").filter(|code| !code.is_null());
        let number = code.is_none_or(|code| code.as_u64().is_some_and(|code| code <= 0xffff));
        (message && number).then_some(Value::Object(error))
    }
}
