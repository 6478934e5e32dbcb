//! Verifies the tokens by which Oathkeeper says who sent a request.

use keto_client::ConfigError;
use kratos_client::jwt::{Algorithm, JwtVerifier, TokenGuard};

/// Every algorithm by which Oathkeeper can sign without sharing its secret.
const ALGORITHMS: [Algorithm; 7] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::EdDsa,
];

/// What tokens of Oathkeeper's `id_token` mutator must have.
///
/// See <https://www.ory.com/docs/oathkeeper/pipeline/mutator#id_token>.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct OathkeeperSettings {
    /// JSON Web Key Set of Oathkeeper, such as <http://oathkeeper:4456/.well-known/jwks.json>; with it,
    /// /oathkeeper answers only to a token of Oathkeeper
    #[arg(long = "oathkeeper-jwks-url", env = "OATHKEEPER_JWKS_URL", hide_env_values = true)]
    pub jwks_url: Option<String>,
    /// The issuer of Oathkeeper's tokens, as its `issuer_url`
    #[arg(long = "oathkeeper-issuer", env = "OATHKEEPER_ISSUER")]
    pub issuer: Option<String>,
    /// The audience of Oathkeeper's tokens, as `aud` in its `claims`; without it, they must have none
    #[arg(long = "oathkeeper-audience", env = "OATHKEEPER_AUDIENCE")]
    pub audience: Option<String>,
}

impl OathkeeperSettings {
    /// The guard of the route, if there is a JWKS URL.
    ///
    /// # Errors
    /// If the URL is not valid, or if one of the settings is there without one that it needs.
    pub fn guard(&self) -> Result<Option<TokenGuard>, ConfigError> {
        let Some(jwks_url) = &self.jwks_url else {
            let others = [("ISSUER", &self.issuer), ("AUDIENCE", &self.audience)];
            return match others.into_iter().find(|(_, value)| value.is_some()) {
                None => Ok(None),
                Some((name, _)) => Err(ConfigError::new(
                    format!("OATHKEEPER_{name}"),
                    "is set, but OATHKEEPER_JWKS_URL is not, so that no token would be verified",
                )),
            };
        };
        let issuer = self.issuer.as_ref().filter(|issuer| !issuer.is_empty());
        let issuer = issuer.ok_or_else(|| {
            ConfigError::new("OATHKEEPER_ISSUER", "is not set, but OATHKEEPER_JWKS_URL is")
        })?;
        let tokens = JwtVerifier::builder(jwks_url).issuer(issuer).algorithms(ALGORITHMS);
        let tokens = match &self.audience {
            Some(audience) => tokens.audience(audience),
            None => tokens,
        };
        Ok(Some(TokenGuard::new(tokens.build()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(jwks_url: &str, issuer: &str, audience: &str) -> Result<bool, String> {
        let value = |text: &str| (text != "-").then(|| text.to_owned());
        let [jwks_url, issuer, audience] = [jwks_url, issuer, audience].map(value);
        let guard = OathkeeperSettings { jwks_url, issuer, audience }.guard();
        guard.map(|guard| guard.is_some()).map_err(|error| error.to_string())
    }

    #[test]
    fn there_is_no_guard_only_where_nothing_is_set() {
        assert_eq!(guard("-", "-", "-"), Ok(false));
        assert_eq!(guard("http://oathkeeper.test/jwks", "http://issuer.test", "-"), Ok(true));
        assert_eq!(guard("http://oathkeeper.test/jwks", "http://issuer.test", "app"), Ok(true));
        for (settings, wrong) in [
            (["-", "http://issuer.test", "-"], "OATHKEEPER_ISSUER"),
            (["-", "-", "app"], "OATHKEEPER_AUDIENCE"),
            (["http://oathkeeper.test/jwks", "-", "app"], "OATHKEEPER_ISSUER"),
            (["http://oathkeeper.test/jwks", "", "-"], "OATHKEEPER_ISSUER"),
            (["", "http://issuer.test", "-"], "JWKS"),
        ] {
            let error = guard(settings[0], settings[1], settings[2]).unwrap_err();
            assert!(error.contains(wrong), "{settings:?}: {error}");
        }
    }
}
