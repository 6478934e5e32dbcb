//! URLs of web sites in settings.

use url::Url;

/// An address that browsers can be sent to, and nothing that they should not be told.
pub(crate) fn web_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("it is not an http or https URL".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must not carry a user name or password".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it must not have a query or a fragment".into());
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_refused_and_not_shown() {
        assert!(web_url("ftp://x.test").is_err());
        let error = web_url("http://me:planted@x.test").unwrap_err();
        assert!(!error.contains("planted"), "{error}");
    }
}
