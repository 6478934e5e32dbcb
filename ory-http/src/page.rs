//! Lists that come in pages.

use crate::error::{Error, ErrorKind};
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
/// or the first error; a list whose pages lead back to an earlier one is an error.
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
            let problem = "a list whose pages form a cycle";
            return Err(Error::new(operation, ErrorKind::Unexpected { status: None, problem }));
        }
        let next = page.next.map(|next| (Some(next), cycle));
        Ok(Some((stream::iter(page.items.into_iter().map(Ok)), (fetch, next))))
    })
    .try_flatten()
}

/// Detects a cycle of page tokens after at most a few rounds, by Brent's algorithm: it remembers
/// one token only, each time for twice as long.
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

    /// Pages that lead to one another as told; the items are the tokens.
    async fn walk(next: fn(u32) -> Option<u32>) -> Result<Vec<u32>, Error> {
        let list = stream_pages("list", |token: Option<PageToken>| {
            let at = token.map_or(0, |token| token.as_str().parse().unwrap());
            let next = next(at).map(|next| PageToken::from(next.to_string()));
            ready(Ok(Page { items: vec![at], next }))
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
