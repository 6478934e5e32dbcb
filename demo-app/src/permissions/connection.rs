//! Which servers the commands use.

use clap::Args;
use keto_client::{ConfigError, KetoClient, KetoClientBuilder};
use kratos_client::{KratosClient, KratosClientBuilder, env_vars};

/// The addresses of Keto, under the names of Keto's own command line.
#[derive(Debug, Args)]
pub(crate) struct Remotes {
    /// Keto's read API, as a URL or as host:port; default `KETO_API_READ_URL`, then
    /// `KETO_READ_REMOTE`
    #[arg(long, global = true, value_name = "ADDRESS")]
    read_remote: Option<String>,
    /// Keto's write API, as a URL or as host:port; default `KETO_API_WRITE_URL`, then
    /// `KETO_WRITE_REMOTE`
    #[arg(long, global = true, value_name = "ADDRESS")]
    write_remote: Option<String>,
}

impl Remotes {
    /// A read API, in place of that of the environment.
    pub(crate) fn read_api(address: String) -> Self {
        Self { read_remote: Some(address), write_remote: None }
    }

    pub(crate) fn keto(&self) -> Result<KetoClient, ConfigError> {
        KetoClientBuilder::from_vars(&|name| self.variable(name, &env_vars))?.build()
    }

    pub(super) fn kratos() -> Result<KratosClient, ConfigError> {
        KratosClientBuilder::from_env()?.build()
    }

    /// The value of an environment variable, with the addresses of the arguments in place of it.
    fn variable(&self, name: &str, vars: &impl Fn(&str) -> Option<String>) -> Option<String> {
        let (argument, remote) = match name {
            "KETO_API_READ_URL" => (&self.read_remote, "KETO_READ_REMOTE"),
            "KETO_API_WRITE_URL" => (&self.write_remote, "KETO_WRITE_REMOTE"),
            // A large transaction of Keto takes longer than a request that a page waits for.
            "KETO_TIMEOUT_MS" => return vars(name).or_else(|| Some("60000".to_owned())),
            _ => return vars(name),
        };
        let url = argument.as_deref().map(url_of);
        url.or_else(|| vars(name)).or_else(|| vars(remote).as_deref().map(url_of))
    }
}

/// Keto's own command line takes `host:port`.
fn url_of(address: &str) -> String {
    match address.contains("://") {
        true => address.to_owned(),
        false => format!("http://{address}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_precedes_the_url_and_that_the_remote() {
        let vars = |name: &str| match name {
            "KETO_API_READ_URL" => Some("https://read.test".to_owned()),
            "KETO_READ_REMOTE" => Some("127.0.0.1:1".to_owned()),
            "KETO_WRITE_REMOTE" => Some("127.0.0.1:2".to_owned()),
            _ => None,
        };
        let read = |remotes: &Remotes| remotes.variable("KETO_API_READ_URL", &vars).unwrap();
        let mut remotes = Remotes { read_remote: None, write_remote: None };
        assert_eq!(read(&remotes), "https://read.test");
        let write = remotes.variable("KETO_API_WRITE_URL", &vars).unwrap();
        assert_eq!(write, "http://127.0.0.1:2");
        assert_eq!(remotes.variable("KETO_TIMEOUT_MS", &vars).unwrap(), "60000");
        remotes.read_remote = Some("keto:4466".to_owned());
        assert_eq!(read(&remotes), "http://keto:4466");
    }
}
