//! Pagination of lists by the `Link` header or by page numbers.

use crate::{api::page::PageRequest, model::session_record::SessionRecord};
use http::{StatusCode, header::LINK};
use ory_http::{Endpoint, Error, Page, PageToken, Request, Response, link_parameter};
use serde::de::DeserializeOwned;

/// Sets the page parameters of current versions.
pub(super) fn with_page_token(request: Request, page: &PageRequest) -> Request {
    request.query_if_set("page_size", page.size).query_if_set("page_token", page.token.as_ref())
}

/// Requests a page of identities of v0.8 by its number. The `Link` header counts pages from 0 and the
/// list itself from 1, with 0 as another name of 1: a client that follows the header gets the first
/// page twice and never the last one. Therefore [`numbered_page`] counts the pages itself.
pub(super) fn with_page_number(request: Request, page: &PageRequest) -> Result<Request, Error> {
    let number = number_of(request.operation(), page)?;
    Ok(request.query_if_set("per_page", page.size).query_if_set("page", number))
}

/// Decodes a page that was requested by [`with_page_number`]. The last page is followed by an empty one.
pub(super) fn numbered_page<T: DeserializeOwned>(
    operation: &'static str,
    response: &Response,
    page: &PageRequest,
) -> Result<Page<T>, Error> {
    let Page { items, next, .. } = next_by_link(response, &["page"])?;
    let next = match number_of(operation, page)? {
        None => next.map(|_| 2),
        Some(number) => number.checked_add(1).filter(|_| !items.is_empty()),
    };
    Ok(Page::new(items, next.map(|next| PageToken::from(next.to_string()))))
}

/// Whether a list of identities is from a current version, which also serves the route of v0.8: its
/// links are relative and have the current route.
pub(super) fn is_list_of_current(response: &Response) -> bool {
    let links = response.headers().get_all(LINK).iter().filter_map(|link| link.to_str().ok());
    links.into_iter().any(|link| link.contains("</admin/identities?"))
}

fn number_of(operation: &'static str, page: &PageRequest) -> Result<Option<u32>, Error> {
    page.token.as_ref().map(|token| page_number(operation, token.as_str())).transpose()
}

/// Decodes a page of the sessions of an identity. Current versions miscount these pages as v0.8
/// miscounts identities. The token of the second page contains the id of the first session: if the
/// second page starts with it, it is the first page again. A server that counts correctly loses no
/// page.
pub(super) async fn sessions_page(
    endpoint: &Endpoint,
    request: Request,
    page: &PageRequest,
) -> Result<Page<SessionRecord>, Error> {
    let operation = request.operation();
    let request = request.query_if_set("per_page", page.size);
    let fetch = async |number: u32| {
        let request = request.clone().query_if_set("page", Some(number));
        let response = endpoint.send(request).await?.expect(StatusCode::OK)?;
        next_by_link::<SessionRecord>(&response, &["page"])
    };
    let Some(token) = &page.token else {
        let page = fetch(0).await?;
        let first = page.items.first().filter(|_| page.next.is_some());
        let next = first.map(|first| PageToken::from(format!("1 {}", first.id)));
        return Ok(Page::new(page.items, next));
    };
    let (number, before) = token.as_str().split_once(' ').unwrap_or((token.as_str(), ""));
    let mut number = page_number(operation, number)?;
    let mut items = fetch(number).await?.items;
    if items.first().is_some_and(|first| first.id.as_str() == before) {
        number = number.saturating_add(1);
        items = fetch(number).await?.items;
    }
    let next = number.checked_add(1).filter(|_| !items.is_empty());
    Ok(Page::new(items, next.map(|next| PageToken::from(next.to_string()))))
}

fn page_number(operation: &'static str, token: &str) -> Result<u32, Error> {
    token
        .parse()
        .map_err(|_| Error::invalid_input(operation, "the page token belongs to another list"))
}

/// Decodes a page with its `Link` header. An empty page is the last one, whatever the header says:
/// current versions always link to a next page if an identity has no sessions.
pub(super) fn next_by_link<T: DeserializeOwned>(
    response: &Response,
    names: &[&str],
) -> Result<Page<T>, Error> {
    let items = items(response)?;
    let next = link_parameter(response.headers(), "next", names).filter(|_| !items.is_empty());
    Ok(Page::new(items, next.map(PageToken::from)))
}

/// Kratos v0.8 responds to an empty list with `null`.
fn items<T: DeserializeOwned>(response: &Response) -> Result<Vec<T>, Error> {
    Ok(response.json::<Option<_>>()?.unwrap_or_default())
}
