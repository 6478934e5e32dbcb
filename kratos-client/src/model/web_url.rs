//! URLs that a browser can be sent to.

use url::Url;

/// Whether a browser can be sent there: it is an http or https URL, and no script, for instance.
pub(crate) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
