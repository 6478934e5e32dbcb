//! How the endpoint is configured.

use super::rules::Rules;
use crate::web_url::web_url;
use url::Url;

/// Which applications proxies ask about, and what requests to them need.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ForwardAuthSettings {
    /// How browsers reach the applications behind proxies that ask at /forward-auth/nginx,
    /// /forward-auth/traefik or /forward-auth/caddy, separated by commas; without it, there is no such
    /// endpoint
    #[arg(long = "forward-auth-urls", env = "FORWARD_AUTH_URLS", value_delimiter = ',',
          value_parser = web_url, hide_env_values = true)]
    pub urls: Vec<Url>,
    /// What their paths need, a rule in each line: a path, such as /documents/{id} or /public/*, and a
    /// permission, such as Document:{id}#view; without one, a session is enough. The first rule that has
    /// the path decides, in its case, with or without a slash at its end; a path without a rule is denied. Default: /* and the permission of the homepage
    #[arg(long = "forward-auth-rules", env = "FORWARD_AUTH_RULES")]
    pub rules: Option<Rules>,
}
