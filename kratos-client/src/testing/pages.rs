//! Pages of lists, with their `Link` headers.

use http::{HeaderValue, Response, StatusCode, header::LINK};
use ory_http::testing::{Bytes, Call, ErrorEnvelope, json};
use serde_json::Value;
use url::form_urlencoded::Serializer;

const MAX_PAGE_SIZE: usize = 1_000;

/// The page of a list that a request asks for.
pub(super) struct Page {
    size: usize,
    after: Option<String>,
}

impl Page {
    /// Reads `page_size` and `page_token`, which is the key of the last item of the page before.
    /// `is_key` recognizes a token.
    pub(super) fn requested(
        call: &Call<'_>,
        default_size: usize,
        is_key: impl Fn(&str) -> bool,
    ) -> Result<Self, ErrorEnvelope> {
        let size = call.query("page_size").unwrap_or_default();
        let size = match &*size {
            "" | "0" => default_size,
            size => size.parse().map_err(|_| {
                let reason = format!("strconv.Atoi: parsing \"{size}\": invalid syntax");
                ErrorEnvelope::bad_request(reason)
            })?,
        };
        let after = call.query("page_token").filter(|token| !token.is_empty());
        if after.as_ref().is_some_and(|token| !is_key(token)) {
            let reason = "The page token is invalid, do not craft your own page tokens";
            return Err(ErrorEnvelope::bad_request(reason));
        }
        let size = size.min(MAX_PAGE_SIZE);
        Ok(Self { size, after: after.map(std::borrow::Cow::into_owned) })
    }

    /// The response with this page of a list of items and their keys.
    pub(super) fn response<'a, T: 'a>(
        &self,
        call: &Call<'_>,
        items: impl Iterator<Item = (&'a str, T)>,
        json_of: impl Fn(T) -> Value,
    ) -> Response<Bytes> {
        let mut items = items.peekable();
        // The token of the first page is no item's key.
        let mut items: Box<dyn Iterator<Item = (&str, T)>> = match &self.after {
            Some(after) if after != FIRST => {
                Box::new(items.skip_while(move |(key, _)| key != after).skip(1))
            }
            _ => {
                items.peek();
                Box::new(items)
            }
        };
        let mut page = Vec::new();
        let mut last = None;
        for (key, item) in items.by_ref().take(self.size) {
            last = Some(key.to_owned());
            page.push(json_of(item));
        }
        let next = last.filter(|_| items.next().is_some());
        let mut response = json(StatusCode::OK, &page);
        let mut links = vec![self.link(call, FIRST, "first")];
        links.extend(next.map(|key| self.link(call, &key, "next")));
        if let Ok(links) = HeaderValue::from_str(&links.join(",")) {
            response.headers_mut().insert(LINK, links);
        }
        response
    }

    /// The response with a page of a list whose pages have numbers. Kratos answers 0 and 1 with the
    /// first page, and counts its `next` links from 0.
    pub(super) fn numbered<T>(
        call: &Call<'_>,
        default_size: usize,
        items: &[T],
        json_of: impl Fn(&T) -> Value,
    ) -> Response<Bytes> {
        let parameter = |name| call.query(name).and_then(|text| text.parse::<usize>().ok());
        let size = parameter("per_page").unwrap_or(default_size).clamp(1, MAX_PAGE_SIZE);
        let number = parameter("page").unwrap_or(0);
        let from = number.saturating_sub(1).saturating_mul(size);
        let page: Vec<_> = items.iter().skip(from).take(size).map(json_of).collect();
        let mut response = json(StatusCode::OK, &page);
        let path = call.path();
        let link = |number: usize, relation: &str| {
            format!("<{path}?page={number}&per_page={size}>; rel=\"{relation}\"")
        };
        let mut links = vec![link(0, "first")];
        let next = number.saturating_add(1);
        if next.saturating_mul(size) < items.len() {
            links.push(link(next, "next"));
        }
        if let Ok(links) = HeaderValue::from_str(&links.join(",")) {
            response.headers_mut().insert(LINK, links);
        }
        response
    }

    fn link(&self, call: &Call<'_>, token: &str, relation: &str) -> String {
        let pairs = url::form_urlencoded::parse(call.query_string().as_bytes());
        let others = pairs.filter(|(name, _)| !matches!(&**name, "page_size" | "page_token"));
        let mut query = Serializer::new(String::new());
        query.extend_pairs(others);
        query.append_pair("page_size", &self.size.to_string()).append_pair("page_token", token);
        format!("<{}?{}>; rel=\"{relation}\"", call.path(), query.finish())
    }
}

/// The page token of a first page.
const FIRST: &str = "00000000-0000-0000-0000-000000000000";

/// Whether this is the ID of an item.
pub(super) fn is_id(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok()
}
