//! The settings by environment variables.

use super::HttpConfig;
use crate::{
    secret::{ApiKey, InvalidSecret},
    service::{ClientCertificate, RootCertificates},
    setting::{ConfigError, parse_setting},
};
use http::{HeaderName, HeaderValue};
use std::time::Duration;

/// The environment variables of a client: its own, and those that [`HttpConfig::from_vars`] reads,
/// by the prefix of their names and the name of the server.
#[doc(hidden)]
#[macro_export]
macro_rules! environment_variables {
    ($prefix:literal, $server:literal, [$($own:expr),* $(,)?]) => {
        &[
            $($own,)*
            $crate::environment_variables!(@ $prefix "BASIC_AUTH",
                "user:password for each call to " $server "; default none"),
            $crate::environment_variables!(@ $prefix "HEADERS",
                "headers of each call to " $server ", one 'name: value' on each line; default none"),
            $crate::environment_variables!(@ $prefix "CREDENTIALS_OVER_HTTP",
                "whether API key, password and headers may go to other machines over plain HTTP" ""
                "; default false"),
            $crate::environment_variables!(@ $prefix "USER_AGENT",
                "User-Agent of each call to " $server "; default the client's name and version"),
            $crate::environment_variables!(@ $prefix "PROXY",
                "system, none or the URL of a proxy to " $server
                "; default system (HTTPS_PROXY, NO_PROXY)"),
            $crate::environment_variables!(@ $prefix "HTTP2_PRIOR_KNOWLEDGE",
                "whether to speak HTTP/2 to " $server " without TLS; default false"),
            $crate::environment_variables!(@ $prefix "CONNECT_TIMEOUT_MS",
                "milliseconds to connect to " $server "; default 2000"),
            $crate::environment_variables!(@ $prefix "TIMEOUT_MS",
                "milliseconds for a call to " $server "; default 5000"),
            $crate::environment_variables!(@ $prefix "MAX_RETRIES",
                "how often a failed call to " $server
                " that is safe to repeat is tried again; default 2"),
            $crate::environment_variables!(@ $prefix "MAX_IN_FLIGHT",
                "how many calls to " $server " may be under way at a time; default any number"),
            $crate::environment_variables!(@ $prefix "CA_FILE",
                "PEM file of the authorities that certify " $server "; default the platform's"),
            $crate::environment_variables!(@ $prefix "EXTRA_CA_FILE",
                "PEM file of more authorities that certify " $server "; default none"),
            $crate::environment_variables!(@ $prefix "CLIENT_CERT_FILE",
                "PEM file of the client's certificate for " $server ", perhaps with its key"
                "; default none"),
            $crate::environment_variables!(@ $prefix "CLIENT_KEY_FILE",
                "PEM file of the key of the client's certificate for " $server
                "; default CLIENT_CERT_FILE"),
            $crate::environment_variables!(@ $prefix "BODY_LIMIT",
                "bytes that a response of " $server " may have; default 8388608"),
        ]
    };
    (@ $prefix:literal $name:literal, $($help:literal)*) => {
        $crate::EnvironmentVariable {
            name: concat!($prefix, "_", $name),
            help: concat!($($help),*),
        }
    };
}

impl HttpConfig {
    /// Reads the variables of these names behind `{prefix}_`; what is not set keeps its default.
    ///
    /// - `CONNECT_TIMEOUT_MS`, `TIMEOUT_MS`: milliseconds
    /// - `BODY_LIMIT`: bytes
    /// - `MAX_RETRIES`, `MAX_IN_FLIGHT`: numbers
    /// - `PROXY`: `system`, `none` or a URL
    /// - `HTTP2_PRIOR_KNOWLEDGE`, `CREDENTIALS_OVER_HTTP`: `true` or `false`
    /// - `CA_FILE`, `EXTRA_CA_FILE`: paths of the files for [`HttpConfig::root_certificates`] and
    ///   [`HttpConfig::add_root_certificates`]
    /// - `CLIENT_CERT_FILE`, `CLIENT_KEY_FILE`: paths of the files for
    ///   [`HttpConfig::client_certificate`], which may be one file
    /// - `API_KEY`; `BASIC_AUTH`: `user:password`
    /// - `HEADERS`: one `name: value` on each line; `USER_AGENT`
    ///
    /// # Errors
    /// Names the variable that can't be used, without its value.
    pub fn from_vars(
        prefix: &str,
        vars: &impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self { prefix: prefix.to_owned(), ..Self::default() };
        config.read_limits(vars)?;
        config.read_connection(vars)?;
        config.read_headers(vars)?;
        Ok(config)
    }

    fn read_limits(&mut self, vars: &impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        let millis = "a whole number of milliseconds";
        if let Some(ms) = parse_setting(&self.setting("CONNECT_TIMEOUT_MS"), vars, millis)? {
            self.connect_timeout = Duration::from_millis(ms);
        }
        if let Some(ms) = parse_setting(&self.setting("TIMEOUT_MS"), vars, millis)? {
            self.timeout = Duration::from_millis(ms);
        }
        let limit = self.setting("BODY_LIMIT");
        if let Some(bytes) = parse_setting(&limit, vars, "a whole number of bytes")? {
            self.body_limit = bytes;
        }
        let number = "a whole number";
        if let Some(times) = parse_setting(&self.setting("MAX_RETRIES"), vars, number)? {
            self.retries = self.retries.clone().max_retries(times);
        }
        self.max_in_flight = parse_setting(&self.setting("MAX_IN_FLIGHT"), vars, number)?;
        Ok(())
    }

    fn read_connection(
        &mut self,
        vars: &impl Fn(&str) -> Option<String>,
    ) -> Result<(), ConfigError> {
        let name = self.setting("CA_FILE");
        if let Some(pem) = read_file(&name, vars)? {
            self.roots = RootCertificates::only(&name, &pem)?;
        }
        let name = self.setting("EXTRA_CA_FILE");
        if let Some(pem) = read_file(&name, vars)? {
            self.roots = self.roots.and(&name, &pem)?;
        }
        let (name, key_name) = (self.setting("CLIENT_CERT_FILE"), self.setting("CLIENT_KEY_FILE"));
        match (read_file(&name, vars)?, read_file(&key_name, vars)?) {
            (Some(certificate), key) => {
                let pem = [certificate, key.unwrap_or_default()].join(&b'\n');
                self.client_certificate = Some(ClientCertificate::from_pem(&name, &pem)?);
            }
            (None, Some(_)) => {
                return Err(self.wrong("CLIENT_KEY_FILE", &format!("is set, but not {name}")));
            }
            (None, None) => {}
        }
        let proxy = "system, none or the http or https URL of a proxy";
        if let Some(proxy) = parse_setting(&self.setting("PROXY"), vars, proxy)? {
            self.proxy = proxy;
        }
        let (name, boolean) = (self.setting("HTTP2_PRIOR_KNOWLEDGE"), "true or false");
        self.http2_prior_knowledge = parse_setting(&name, vars, boolean)?.unwrap_or_default();
        Ok(())
    }

    fn read_headers(&mut self, vars: &impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        let (name, boolean) = (self.setting("CREDENTIALS_OVER_HTTP"), "true or false");
        self.credentials_over_http = parse_setting(&name, vars, boolean)?.unwrap_or_default();
        let name = self.setting("API_KEY");
        if let Some(key) = vars(&name) {
            let wrong = |problem: InvalidSecret| ConfigError::new(&*name, problem.to_string());
            self.api_key = Some(ApiKey::new(key).map_err(wrong)?);
        }
        self.basic_auth = parse_setting(
            &self.setting("BASIC_AUTH"),
            vars,
            "user:password in visible characters",
        )?;
        let agent = "the value of a header";
        self.user_agent = parse_setting(&self.setting("USER_AGENT"), vars, agent)?;
        let name = self.setting("HEADERS");
        for line in vars(&name).iter().flat_map(|lines| lines.lines()) {
            let wrong = || ConfigError::new(&*name, "must have 'name: value' on each line");
            if line.trim().is_empty() {
                continue;
            }
            let (header, value) = line.split_once(':').ok_or_else(wrong)?;
            let header = header.trim().parse::<HeaderName>().map_err(|_| wrong())?;
            let mut value = value.trim().parse::<HeaderValue>().map_err(|_| wrong())?;
            value.set_sensitive(true);
            self.headers.append(header, value);
        }
        Ok(())
    }
}

/// The contents of the file that a variable names, if it is set.
fn read_file(
    name: &str,
    vars: &impl Fn(&str) -> Option<String>,
) -> Result<Option<Vec<u8>>, ConfigError> {
    let unreadable = |error: std::io::Error| {
        ConfigError::new(name, format!("names a file that can't be read: {error}"))
    };
    vars(name).map(|path| std::fs::read(path).map_err(unreadable)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_variables_and_names_a_wrong_one() {
        let vars = |name: &str| match name {
            "KETO_TIMEOUT_MS" => Some("250".to_owned()),
            "KETO_API_KEY" => Some("ory_pat_planted".to_owned()),
            "BAD_BODY_LIMIT" => Some("lots".to_owned()),
            "WORSE_API_KEY" => Some("ory_st_planted".to_owned()),
            _ => None,
        };
        let config = HttpConfig::from_vars("KETO", &vars).unwrap();
        assert_eq!(config.timeout, Duration::from_millis(250));
        assert!(!format!("{config:?}").contains("planted"));

        let error = HttpConfig::from_vars("BAD", &vars).unwrap_err();
        assert_eq!(error.to_string(), "BAD_BODY_LIMIT must be a whole number of bytes");
        let error = HttpConfig::from_vars("WORSE", &vars).unwrap_err();
        assert_eq!(error.to_string(), "WORSE_API_KEY is a session token, not an API key");
    }
}
