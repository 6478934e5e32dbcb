//! Credentials, whose configuration is that of the admin API.

use super::{identity::Identity, random};
use jiff::Timestamp;
use ory_http::testing::ErrorEnvelope;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Secret, TOTP};

/// The least cost of bcrypt: a test waits for no attacker.
const BCRYPT_COST: u32 = 4;

/// A credential. A password is kept as it was given until it is shown or stored, because hashing
/// takes longer than everything else that a testing server does.
#[derive(Clone, Deserialize, Serialize)]
pub(super) struct Credential {
    pub(super) identifiers: Vec<String>,
    #[serde(serialize_with = "with_hash")]
    pub(super) config: Value,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
}

fn with_hash<S: Serializer>(config: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    hashed(config).map_err(serde::ser::Error::custom)?.serialize(serializer)
}

fn hashed(config: &Value) -> Result<Value, bcrypt::BcryptError> {
    let Some(password) = config["password"].as_str() else { return Ok(config.clone()) };
    let hash = bcrypt::hash_with_result(password, BCRYPT_COST)?;
    Ok(json!({"hashed_password": hash.format_for_version(bcrypt::Version::TwoA)}))
}

impl Credential {
    pub(super) fn new(config: Value) -> Self {
        let now = Timestamp::now();
        Self { identifiers: Vec::new(), config, created_at: now, updated_at: now }
    }

    pub(super) fn password(password: &str) -> Value {
        json!({"password": password})
    }

    /// The TOTP credential of an identity with this secret.
    pub(super) fn totp(identity: &str, secret: &str) -> Self {
        let url = format!(
            "otpauth://totp/Kratos:{identity}?algorithm=SHA1&digits=6&issuer=Kratos&period=30&\
             secret={secret}",
        );
        let config = json!({"totp_url": url});
        Self { identifiers: vec![identity.to_owned()], ..Self::new(config) }
    }

    /// The lookup secrets of an identity.
    pub(super) fn lookup_secrets(identity: &str, codes: &[String]) -> Self {
        let codes = codes.iter().map(|code| json!({"code": code, "used_at": null}));
        let config = json!({"recovery_codes": codes.collect::<Value>()});
        Self { identifiers: vec![identity.to_owned()], ..Self::new(config) }
    }

    /// A credential that is imported.
    pub(super) fn import(
        kind: &str,
        config: Value,
        identity: &Identity,
    ) -> Result<Self, ErrorEnvelope> {
        let existing = identity.credentials.get(kind);
        let mut identifiers = existing.map(|c| c.identifiers.clone()).unwrap_or_default();
        let mut config = config;
        match kind {
            "password" => {
                let hash = config["hashed_password"].as_str();
                let is_bcrypt = |hash: &str| hash.starts_with("$2") && hash.len() == 60;
                if hash.is_some_and(|hash| !is_bcrypt(hash)) {
                    return Err(ErrorEnvelope::bad_request(
                        "The imported password does not match any known hash format. For more \
                         information see https://www.ory.sh/dr/2",
                    ));
                }
            }
            "oidc" | "saml" => {
                let providers = config["providers"].as_array_mut().into_iter().flatten();
                identifiers = Vec::new();
                for provider in providers {
                    let text = |name: &str| provider[name].as_str().unwrap_or_default().to_owned();
                    identifiers.push(format!("{}:{}", text("provider"), text("subject")));
                    for token in
                        ["initial_id_token", "initial_access_token", "initial_refresh_token"]
                    {
                        provider[token] = "".into();
                    }
                }
            }
            "totp" | "lookup_secret" => identifiers = vec![identity.id.clone()],
            _ => {
                let reason = format!("The credential {kind} cannot be imported.");
                return Err(ErrorEnvelope::bad_request(reason));
            }
        }
        Ok(Self { identifiers, ..Self::new(config) })
    }

    /// The JSON of the admin API.
    pub(super) fn json(&self, kind: &str, with_config: bool) -> Value {
        let mut json = json!({
            "type": kind,
            "identifiers": self.identifiers,
            "version": 0,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        });
        if with_config {
            // Hashing fails for no password that was accepted.
            json["config"] = hashed(&self.config).unwrap_or_default();
        }
        json
    }

    pub(super) fn has_password(&self) -> bool {
        self.config["password"].is_string() || self.config["hashed_password"].is_string()
    }

    pub(super) fn is_password(&self, password: &str) -> bool {
        match (self.config["password"].as_str(), self.config["hashed_password"].as_str()) {
            (Some(plain), _) => plain.as_bytes().ct_eq(password.as_bytes()).into(),
            (None, Some(hash)) => bcrypt::verify(password, hash).unwrap_or(false),
            (None, None) => false,
        }
    }

    pub(super) fn is_totp(&self, code: &str) -> bool {
        let url = self.config["totp_url"].as_str().unwrap_or_default();
        let secret = url.split_once("secret=").map(|(_, rest)| rest.split('&').next());
        secret.flatten().is_some_and(|secret| is_totp(secret, code))
    }

    /// Whether this is an unused lookup secret, which is used now.
    pub(super) fn use_lookup_secret(&mut self, code: &str) -> bool {
        let codes = self.config["recovery_codes"].as_array_mut().into_iter().flatten();
        for known in codes {
            if known["code"] == code && known["used_at"].is_null() {
                known["used_at"] = json!(Timestamp::now());
                return true;
            }
        }
        false
    }

    /// The lookup secrets, with the time of their use.
    pub(super) fn recovery_codes(&self) -> Vec<(String, Option<String>)> {
        let codes = self.config["recovery_codes"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        codes.filter_map(|code| Some((text(&code["code"])?, text(&code["used_at"])))).collect()
    }
}

/// Whether this is a current code for a secret in Base32.
pub(super) fn is_totp(secret: &str, code: &str) -> bool {
    let Ok(secret) = Secret::Encoded(secret.to_owned()).to_bytes() else { return false };
    let totp = TOTP::new_unchecked(Algorithm::SHA1, 6, 1, 30, secret);
    totp.check_current(code).unwrap_or(false)
}

/// A new secret in Base32.
pub(super) fn new_totp_secret() -> String {
    Secret::Raw(random::text(20).into_bytes()).to_encoded().to_string()
}

pub(super) fn new_lookup_secrets() -> Vec<String> {
    (0..12).map(|_| random::lookup_secret()).collect()
}
