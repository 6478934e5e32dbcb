//! Lists, of which each page says where the next one is.

use crate::http::KratosClient;
use crate::{api::page::PageRequest, credential::Credential, model::session::SessionRecord};
use http::{Method, StatusCode};
use ory_http::{Error, ErrorKind, Page, PageToken};
use ory_http::{Request, Response, link_parameter};
use serde::de::DeserializeOwned;
use url::Url;

impl KratosClient {
    /// One page of a list whose `Link` header has a token for the next one.
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        mut url: Url,
        page: &PageRequest,
    ) -> Result<Page<T>, Error> {
        append(&mut url, "page_size", page.size);
        append(&mut url, "page_token", page.token.as_ref());
        let answer = self.fetch(operation, url).await?;
        next_by_link(&answer, &["page_token"])
    }

    /// One page of v0.8's identities. Its `Link` header counts pages from 0 while the list itself
    /// counts from 1, and answers a 0 as a 1: who follows the header reads the first page twice
    /// and the last one never. So this counts by itself, until a page is empty.
    pub(super) async fn numbered_page<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        mut url: Url,
        page: &PageRequest,
    ) -> Result<Page<T>, Error> {
        let number = page.token.as_ref().map(|token| page_number(operation, token.as_str()));
        let number = number.transpose()?;
        append(&mut url, "per_page", page.size);
        append(&mut url, "page", number);
        let first = next_by_link(&self.fetch(operation, url).await?, &["page"])?;
        let next = match number {
            None => first.next.map(|_| 2),
            Some(number) => number.checked_add(1).filter(|_| !first.items.is_empty()),
        };
        Ok(Page { items: first.items, next: next.map(|next| PageToken::from(next.to_string())) })
    }

    /// One page of somebody's sessions, of the one with this credential, or, for an
    /// administrator, by the URL alone. Today's server miscounts them as v0.8 does its
    /// identities. So that a server which counts right loses no page, the second page's token says
    /// what the first one began with: a second page that begins with it is the first one again.
    pub(super) async fn sessions_page(
        &self,
        operation: &'static str,
        mut url: Url,
        page: &PageRequest,
        who: Option<&Credential>,
    ) -> Result<Page<SessionRecord>, Error> {
        append(&mut url, "per_page", page.size);
        let fetch = async |number: u32| {
            let mut url = url.clone();
            append(&mut url, "page", Some(number));
            let request = Request::new(operation, Method::GET, url);
            let answer = match who {
                Some(credential) => self.send_as(request, credential).await?,
                None => self.0.transport.send(request).await?,
            };
            next_by_link::<SessionRecord>(&expect_ok(answer)?, &["page"])
        };
        let Some(token) = &page.token else {
            let page = fetch(0).await?;
            let first = page.items.first().filter(|_| page.next.is_some());
            let next = first.map(|first| PageToken::from(format!("1 {}", first.id)));
            return Ok(Page { items: page.items, next });
        };
        let (number, before) = token.as_str().split_once(' ').unwrap_or((token.as_str(), ""));
        let mut number = page_number(operation, number)?;
        let mut items = fetch(number).await?.items;
        if items.first().is_some_and(|first| first.id.as_str() == before) {
            number = number.saturating_add(1);
            items = fetch(number).await?.items;
        }
        let next = number.checked_add(1).filter(|_| !items.is_empty());
        Ok(Page { items, next: next.map(|next| PageToken::from(next.to_string())) })
    }

    pub(super) async fn fetch(&self, operation: &'static str, url: Url) -> Result<Response, Error> {
        expect_ok(self.0.transport.send(Request::new(operation, Method::GET, url)).await?)
    }
}

fn expect_ok(answer: Response) -> Result<Response, Error> {
    if answer.status() == StatusCode::OK { Ok(answer) } else { Err(answer.into_error()) }
}

fn page_number(operation: &'static str, token: &str) -> Result<u32, Error> {
    token.parse().map_err(|_| {
        let problem = "a page token from another list".to_owned();
        Error::new(operation, ErrorKind::InvalidInput { problem })
    })
}

/// A page by its `Link` header. An empty page is the last one, whatever the header says: today's
/// server names a next page for ever to an identity that has no sessions.
pub(super) fn next_by_link<T: DeserializeOwned>(
    answer: &Response,
    names: &[&str],
) -> Result<Page<T>, Error> {
    let items = items(answer)?;
    let next = link_parameter(answer.headers(), "next", names).filter(|_| !items.is_empty());
    Ok(Page { items, next: next.map(PageToken::from) })
}

/// v0.8 says `null` where there is nothing.
fn items<T: DeserializeOwned>(answer: &Response) -> Result<Vec<T>, Error> {
    Ok(answer.json::<Option<_>>()?.unwrap_or_default())
}

/// Adds a query parameter that may not be set.
pub(super) fn append(url: &mut Url, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        url.query_pairs_mut().append_pair(name, &value.to_string());
    }
}
