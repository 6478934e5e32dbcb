//! Lists that come in pages.

use crate::{Error, ErrorKind};
use futures_util::stream::{self, Stream, TryStreamExt};
use std::future::Future;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What the page holds, in the server's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last one.
    pub next: Option<PageToken>,
}

crate::text_newtype! {
    /// Where a page of a list starts. Opaque: it comes from a page and goes back to the same
    /// list.
    PageToken
}

/// All items of a list, asked for page by page as they are consumed. It ends after the last page
/// or the first error; a server that sends the same token twice in a row is an error, so that no
/// caller turns round for ever.
pub fn stream_pages<T, F, Fut>(
    operation: &'static str,
    fetch: F,
) -> impl Stream<Item = Result<T, Error>>
where
    F: Fn(Option<PageToken>) -> Fut,
    Fut: Future<Output = Result<Page<T>, Error>>,
{
    let first = Some(None);
    stream::try_unfold((fetch, first), move |(fetch, at)| async move {
        let Some(token) = at else { return Ok(None) };
        let page: Page<T> = fetch(Option::clone(&token)).await?;
        if page.next.is_some() && page.next == token {
            let problem = "a page whose next page is itself";
            return Err(Error::new(operation, ErrorKind::Unexpected { status: None, problem }));
        }
        let next = page.next.map(Some);
        Ok(Some((stream::iter(page.items.into_iter().map(Ok)), (fetch, next))))
    })
    .try_flatten()
}
