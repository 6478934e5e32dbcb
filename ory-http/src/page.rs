//! Pagination.

use crate::error::{Error, ErrorKind};
use futures_util::stream::{self, Stream, TryStreamExt};
use std::future::Future;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The items, in the order of the server.
    pub items: Vec<T>,
    /// The token of the next page, or `None` on the last page.
    pub next: Option<PageToken>,
}

impl<T> Page<T> {
    /// Creates a page.
    pub fn new(items: Vec<T>, next: Option<PageToken>) -> Self {
        Self { items, next }
    }
}

crate::text_newtype! {
    /// An opaque token of a page. It is valid only for the list that returned it.
    PageToken
}

/// Streams the items of a list, and requests each page when its first item is polled.
///
/// # Errors
/// The stream ends after its first error: that of a request, or [`ErrorKind::Unexpected`] if the
/// page tokens form a cycle.
pub fn stream_pages<T, F, Fut>(
    operation: &'static str,
    fetch: F,
) -> impl Stream<Item = Result<T, Error>>
where
    F: Fn(Option<PageToken>) -> Fut,
    Fut: Future<Output = Result<Page<T>, Error>>,
{
    let first = Some((None, Cycle::default()));
    stream::try_unfold((fetch, first), move |(fetch, at)| async move {
        let Some((token, mut cycle)) = at else { return Ok(None) };
        let page: Page<T> = fetch(token).await?;
        if page.next.as_ref().is_some_and(|next| cycle.is_closed_by(next)) {
            let problem = "the page tokens form a cycle";
            return Err(Error::new(operation, ErrorKind::Unexpected { status: None, problem }));
        }
        let next = page.next.map(|next| (Some(next), cycle));
        Ok(Some((stream::iter(page.items.into_iter().map(Ok)), (fetch, next))))
    })
    .try_flatten()
}

/// Detects a cycle of page tokens with Brent's algorithm: it stores one token, and replaces it
/// after twice as many pages each time.
#[derive(Default)]
struct Cycle {
    seen: Option<PageToken>,
    steps: u64,
    limit: u64,
}

impl Cycle {
    fn is_closed_by(&mut self, next: &PageToken) -> bool {
        if self.seen.as_ref() == Some(next) {
            return true;
        }
        if self.steps >= self.limit {
            self.seen = Some(next.clone());
            self.limit = 2 * self.limit + 1;
            self.steps = 0;
        }
        self.steps += 1;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    /// Streams a list whose pages are linked by a function. Each item is the token of its page.
    async fn walk(next: fn(u32) -> Option<u32>) -> Result<Vec<u32>, Error> {
        let list = stream_pages("list", |token: Option<PageToken>| {
            let at = token.map_or(0, |token| token.as_str().parse().unwrap());
            let next = next(at).map(|next| PageToken::from(next.to_string()));
            ready(Ok(Page::new(vec![at], next)))
        });
        list.try_collect().await
    }

    #[tokio::test]
    async fn ends_in_any_cycle() {
        assert_eq!(walk(|at| (at < 100).then_some(at + 1)).await.unwrap().len(), 101);
        walk(|_| Some(1)).await.unwrap_err();
        walk(|at| Some((at + 1) % 2)).await.unwrap_err();
        let error = walk(|at| Some(if at == 40 { 5 } else { at + 1 })).await.unwrap_err();
        assert!(error.to_string().contains("cycle"), "{error}");
    }
}
