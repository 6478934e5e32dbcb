//! The device of a browser, and the proxies that are trusted to report its address.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT_LANGUAGE, USER_AGENT},
};
use ipnet::IpNet;
use ory_http::ConfigError;
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

/// The proxies that are trusted to report the address of a client, by their networks. Other senders
/// can forge the header.
///
/// A proxy appends the address of its caller to the header `X-Forwarded-For`. The client is the last
/// address that does not belong to a trusted proxy. Addresses before it come from the client, and are
/// ignored.
///
/// ```
/// use http::HeaderMap;
/// use kratos_client::flow::TrustedProxies;
///
/// let proxies = TrustedProxies::new(["10.0.0.0/8", "2001:db8::7"])?;
/// let mut headers = HeaderMap::new();
/// headers.insert("x-forwarded-for", "1.1.1.1, 203.0.113.9, 10.0.0.4".parse().unwrap());
/// let client = proxies.client_address([10, 0, 0, 5].into(), &headers);
/// assert_eq!(client.to_string(), "203.0.113.9");
/// let client = TrustedProxies::none().client_address([10, 0, 0, 5].into(), &headers);
/// assert_eq!(client.to_string(), "10.0.0.5");
/// # Ok::<(), kratos_client::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    header: HeaderName,
}

impl TrustedProxies {
    /// Trusts no proxy: the client is the peer of the connection.
    pub fn none() -> Self {
        Self { networks: Vec::new(), header: HeaderName::from_static("x-forwarded-for") }
    }

    /// Trusts the proxies in these networks, such as `10.0.0.0/8`, or at these addresses.
    ///
    /// # Errors
    /// A text is neither a network nor an address.
    pub fn new<'a>(networks: impl IntoIterator<Item = &'a str>) -> Result<Self, ConfigError> {
        let read = |text: &str| {
            let address = text.parse::<IpAddr>().map(IpNet::from);
            let problem = "must be networks such as 10.0.0.0/8, or IP addresses";
            address
                .or_else(|_| text.parse())
                .map_err(|_| ConfigError::new("trusted proxies", problem))
        };
        let networks = networks.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { networks, ..Self::none() })
    }

    /// Sets the header in which the proxies report the client, in place of `X-Forwarded-For`, such as
    /// `CF-Connecting-IP`. The proxies must replace or extend the value that a client sends.
    #[must_use]
    pub fn header(mut self, name: HeaderName) -> Self {
        self.header = name;
        self
    }

    /// Returns the address of the client of a request, from the peer address of the connection and the
    /// headers. If a trusted proxy reports no address, it is the address of the proxy.
    pub fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let lists = headers.get_all(&self.header).iter().rev();
        let mut hops = lists.flat_map(|list| list.as_bytes().rsplit(|byte| *byte == b','));
        let mut client = peer.to_canonical();
        while self.networks.iter().any(|network| network.contains(&client)) {
            match hops.next().and_then(address) {
                Some(hop) => client = hop,
                None => break,
            }
        }
        client
    }
}

/// Parses an address with an optional port, which some proxies add.
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

/// The device of a browser: its address, user agent and languages, which Kratos records with the session
/// that the browser starts. Without it, Kratos records the server that calls it.
///
/// `Debug` redacts it.
///
/// See <https://www.ory.com/docs/kratos/session-management/overview>.
#[derive(Clone)]
pub struct BrowserDevice {
    address: IpAddr,
    user_agent: Option<HeaderValue>,
    languages: Option<HeaderValue>,
}

impl BrowserDevice {
    /// Creates a device with an address.
    pub fn new(address: IpAddr) -> Self {
        Self { address, user_agent: None, languages: None }
    }

    /// Creates the device of a request: its `User-Agent` and `Accept-Language`, and the address that the
    /// trusted proxies report, or `peer` without them. No other header is used.
    pub fn of_request(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        Self {
            address: proxies.client_address(peer, headers),
            user_agent: headers.get(USER_AGENT).cloned(),
            languages: headers.get(ACCEPT_LANGUAGE).cloned(),
        }
    }

    /// Sets the `User-Agent` of the browser.
    #[must_use]
    pub fn user_agent(mut self, user_agent: HeaderValue) -> Self {
        self.user_agent = Some(user_agent);
        self
    }

    /// Sets the `Accept-Language` of the browser.
    #[must_use]
    pub fn languages(mut self, languages: HeaderValue) -> Self {
        self.languages = Some(languages);
        self
    }

    /// Returns the headers for Kratos and the proxies in front of it. Kratos prefers `True-Client-IP`, so
    /// that no proxy in between replaces the browser by `X-Real-IP`.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let address = HeaderValue::from_str(&self.address.to_string()).ok();
        [
            (HeaderName::from_static("true-client-ip"), address.clone()),
            (HeaderName::from_static("x-forwarded-for"), address),
            (USER_AGENT, self.user_agent.clone()),
            (ACCEPT_LANGUAGE, self.languages.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

impl fmt::Debug for BrowserDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserDevice(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(networks: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        headers.insert("x-real-ip", HeaderValue::from_static("6.6.6.6"));
        let proxies = TrustedProxies::new(networks.iter().copied()).unwrap();
        proxies.client_address(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_names_the_client() {
        let proxies = ["10.0.0.0/8", "2001:db8::7"];
        for (peer, forwarded, expected) in [
            ("203.0.113.1", &["1.1.1.1"][..], "203.0.113.1"),
            ("10.0.0.1", &["1.1.1.1"], "1.1.1.1"),
            ("10.0.0.1", &["9.9.9.9, 1.1.1.1,10.0.0.2"], "1.1.1.1"),
            ("10.0.0.1", &["9.9.9.9", "1.1.1.1", "10.0.0.2"], "1.1.1.1"),
            ("::ffff:10.0.0.1", &["1.1.1.1:4711"], "1.1.1.1"),
            ("2001:db8::7", &["[2001:db8::9]:80"], "2001:db8::9"),
            ("10.0.0.1", &["9.9.9.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["9.9.9.9, , 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["10.0.0.3"], "10.0.0.3"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ] {
            assert_eq!(client(&proxies, peer, forwarded), expected, "{peer} {forwarded:?}");
            assert_eq!(client(&[], "127.0.0.1", forwarded), "127.0.0.1");
        }
        assert!(TrustedProxies::new(["everybody"]).is_err());
    }

    #[test]
    fn another_header_takes_the_place_of_the_usual_one() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("9.9.9.9"));
        headers.insert("cf-connecting-ip", HeaderValue::from_static("1.1.1.1"));
        let proxies = TrustedProxies::new(["127.0.0.1"]).unwrap();
        let proxies = proxies.header(HeaderName::from_static("cf-connecting-ip"));
        let client = proxies.client_address([127, 0, 0, 1].into(), &headers);
        assert_eq!(client.to_string(), "1.1.1.1");
    }
}
