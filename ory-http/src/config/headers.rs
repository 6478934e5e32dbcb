//! The headers of every call: which there are, and where they may go.

use super::HttpConfig;
use crate::{
    base_url::BaseUrl,
    call::CLIENTS_OWN,
    secret::{ApiKey, BasicAuth},
    setting::ConfigError,
};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{AUTHORIZATION, USER_AGENT},
};

impl HttpConfig {
    /// The headers of every call to an API. The API key is one of them where it is meant for the API.
    ///
    /// # Errors
    /// If a secret would go to where others can read it on the way.
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
                "would be sent over plain HTTP to another machine; use https, or allow it by {allow}"
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

    /// Refuses headers that are not the application's to set, and two credentials for one header.
    pub(super) fn validate_headers(&self) -> Result<(), ConfigError> {
        let is_own = |name: &&HeaderName| CLIENTS_OWN.contains(name) || **name == USER_AGENT;
        if let Some(name) = self.headers.keys().find(is_own) {
            let problem = format!("must not have {name}, which the client sets itself");
            return Err(self.wrong("HEADERS", &problem));
        }
        if self.api_key.is_some() && self.basic_auth.is_some() {
            let api_key = self.setting("API_KEY");
            let problem = format!("can't be used beside {api_key}: both need authorization");
            return Err(self.wrong("BASIC_AUTH", &problem));
        }
        Ok(())
    }
}
