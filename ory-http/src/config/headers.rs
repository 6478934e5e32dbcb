//! The headers of every call.

use super::HttpConfig;
use crate::{
    base_url::BaseUrl,
    call::RESERVED_HEADERS,
    secret::{ApiKey, BasicAuth},
    setting::ConfigError,
};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, USER_AGENT},
};

impl HttpConfig {
    /// Returns the headers of every call to an API, with the API key if the API accepts it.
    ///
    /// # Errors
    /// Returns an error if a secret would be sent over plain HTTP to another host.
    pub(crate) fn headers_to(
        &self,
        base: &BaseUrl,
        user_agent: &'static str,
        with_api_key: bool,
    ) -> Result<HeaderMap, ConfigError> {
        let api_key = self.api_key.as_ref().filter(|_| with_api_key);
        let is_secret = [
            ("API_KEY", api_key.is_some()),
            ("BASIC_AUTH", self.basic_auth.is_some()),
            ("HEADERS", !self.headers.is_empty()),
        ];
        let is_local = base.is_loopback() || base.unix_socket().is_some();
        let is_safe = base.is_https() || is_local || self.credentials_over_http;
        if let Some((setting, _)) = is_secret.iter().find(|(_, is_set)| *is_set && !is_safe) {
            let allow = self.setting("CREDENTIALS_OVER_HTTP");
            let problem = format!(
                "would be sent over plain HTTP to another host; use https, or allow it with {allow}"
            );
            return Err(self.wrong(setting, &problem));
        }
        let default = || HeaderValue::from_static(user_agent);
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, self.user_agent.clone().unwrap_or_else(default));
        headers.extend(self.headers.clone());
        let basic_auth = self.basic_auth.as_ref().map(BasicAuth::to_header);
        let authorization = api_key.map(ApiKey::to_header).or(basic_auth);
        headers.extend(authorization.map(|value| (AUTHORIZATION, value)));
        Ok(headers)
    }

    /// Rejects reserved headers, and two credentials for the same header.
    pub(super) fn validate_headers(&self) -> Result<(), ConfigError> {
        let is_own = |name: &&HeaderName| RESERVED_HEADERS.contains(name) || **name == USER_AGENT;
        if let Some(name) = self.headers.keys().find(is_own) {
            let problem = format!("must not contain {name}, which the client sets itself");
            return Err(self.wrong("HEADERS", &problem));
        }
        if self.api_key.is_some() && self.basic_auth.is_some() {
            let api_key = self.setting("API_KEY");
            let problem =
                format!("can't be combined with {api_key}: both use the header authorization");
            return Err(self.wrong("BASIC_AUTH", &problem));
        }
        Ok(())
    }
}
