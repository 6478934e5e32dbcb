//! A browser's way through the demo: pages, forms, cookies and redirects, without a script.

use crate::api::plain_http;
use reqwest::{Client, Response};
use std::collections::BTreeMap;
use url::Url;

/// A browser with the cookies that it was given. Cookies do not know of ports, so that all servers
/// on loopback share them.
pub struct Browser {
    http: Client,
    cookies: BTreeMap<String, String>,
    max_redirects: usize,
}

/// A page, and how the browser got there.
#[derive(Debug)]
pub struct Page {
    /// Where it ended.
    pub url: Url,
    /// The status.
    pub status: u16,
    /// The HTML.
    pub html: String,
    /// The statuses of the redirects on the way.
    pub redirects: Vec<u16>,
}

impl Default for Browser {
    fn default() -> Self {
        Self::with_redirects(10)
    }
}

impl Browser {
    /// A browser that follows fewer redirects in a row than this many.
    pub fn with_redirects(max_redirects: usize) -> Self {
        Self { http: plain_http(), cookies: BTreeMap::new(), max_redirects }
    }

    /// The values of its cookies that are worth keeping secret.
    pub fn cookie_values(&self) -> impl Iterator<Item = &str> {
        self.cookies.values().map(String::as_str).filter(|value| value.len() > 1)
    }

    /// Opens an address.
    pub async fn open(&mut self, url: &Url) -> Page {
        let answer = self.request("GET", url).send().await.unwrap();
        self.follow(url.clone(), answer).await
    }

    /// Fills in the form of a page and sends it.
    pub async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let form = page.html.split_once("<form").unwrap().1.split_once("</form>").unwrap().0;
        let action = page.url.join(&unescape(&attribute(form, "action").unwrap())).unwrap();
        let inputs =
            form.split(['<']).filter(|tag| tag.starts_with("input ") || tag.starts_with("button "));
        let mut values: BTreeMap<String, String> = inputs
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value"))))
            .map(|(name, value)| (name, unescape(&value.unwrap_or_default())))
            .collect();
        for (name, value) in fields {
            values.insert((*name).to_owned(), (*value).to_owned());
        }
        let origin = page.url.origin().ascii_serialization();
        let request = self.request("POST", &action).header("origin", origin).form(&values);
        let answer = request.send().await.unwrap();
        self.follow(action, answer).await
    }

    fn request(&self, method: &str, url: &Url) -> reqwest::RequestBuilder {
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method.parse().unwrap(), url.clone());
        request.header("accept", "text/html").header("cookie", cookies.join("; "))
    }

    async fn follow(&mut self, mut url: Url, mut answer: Response) -> Page {
        let mut redirects = Vec::new();
        loop {
            self.keep_cookies(&answer);
            let Some(location) = answer.headers().get("location") else { break };
            redirects.push(answer.status().as_u16());
            assert!(redirects.len() < self.max_redirects, "goes in circles: {url}");
            url = url.join(location.to_str().unwrap()).unwrap();
            answer = self.request("GET", &url).send().await.unwrap();
        }
        let status = answer.status().as_u16();
        Page { url, status, html: answer.text().await.unwrap(), redirects }
    }

    fn keep_cookies(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    Some(rest.split('"').next()?.to_owned())
}

fn unescape(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&")
}
