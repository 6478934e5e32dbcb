//! The JSON request bodies of the admin API, into which secrets are exposed.

use crate::{
    api::admin::{
        import::{ImportedPassword, ImportedWebAuthn, NewAddress, ProviderAccount},
        new_identity::{IdentityUpdate, ImportedCredentials, NewIdentity},
    },
    model::identity::{ExternalId, IdentityId, IdentityState, Region, SchemaId},
    secret::Code,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;

/// The body of a request that creates or updates an identity.
#[skip_serializing_none]
#[derive(Serialize)]
pub(crate) struct Identity<'a> {
    schema_id: &'a SchemaId,
    traits: &'a Value,
    state: Option<&'a IdentityState>,
    credentials: Option<Credentials<'a>>,
    verifiable_addresses: Option<Vec<Verifiable<'a>>>,
    recovery_addresses: Option<Vec<Recovery<'a>>>,
    metadata_public: Option<&'a Value>,
    metadata_admin: Option<&'a Value>,
    external_id: Option<&'a ExternalId>,
    organization_id: Option<&'a str>,
    region: Option<&'a Region>,
}

impl<'a> From<&'a NewIdentity> for Identity<'a> {
    fn from(new: &'a NewIdentity) -> Self {
        Self {
            schema_id: &new.schema_id,
            traits: &new.traits,
            state: new.state.as_ref(),
            credentials: Credentials::from_imported(&new.credentials),
            verifiable_addresses: non_empty(&new.verifiable_addresses),
            recovery_addresses: non_empty(&new.recovery_addresses),
            metadata_public: new.metadata_public.as_ref(),
            metadata_admin: new.metadata_admin.as_ref(),
            external_id: new.external_id.as_ref(),
            organization_id: new.organization_id.as_deref(),
            region: new.region.as_ref(),
        }
    }
}

impl<'a> From<&'a IdentityUpdate> for Identity<'a> {
    fn from(update: &'a IdentityUpdate) -> Self {
        Self {
            schema_id: &update.schema_id,
            traits: &update.traits,
            state: update.state.as_ref(),
            credentials: Credentials::from_imported(&update.credentials),
            verifiable_addresses: None,
            recovery_addresses: None,
            metadata_public: update.metadata_public.as_ref(),
            metadata_admin: update.metadata_admin.as_ref(),
            external_id: update.external_id.as_ref(),
            organization_id: None,
            region: update.region.as_ref(),
        }
    }
}

fn non_empty<'a, A, B: From<&'a A>>(list: &'a [A]) -> Option<Vec<B>> {
    (!list.is_empty()).then(|| list.iter().map(B::from).collect())
}

#[derive(Serialize)]
struct Verifiable<'a> {
    value: &'a str,
    via: &'a str,
    verified: bool,
    status: &'static str,
}

#[derive(Serialize)]
struct Recovery<'a> {
    value: &'a str,
    via: &'a str,
}

impl<'a> From<&'a NewAddress> for Verifiable<'a> {
    fn from(address: &'a NewAddress) -> Self {
        let NewAddress { value, verified, .. } = address;
        let status = if *verified { "completed" } else { "pending" };
        Self { value, via: address.via.as_str(), verified: *verified, status }
    }
}

impl<'a> From<&'a NewAddress> for Recovery<'a> {
    fn from(address: &'a NewAddress) -> Self {
        Self { value: &address.value, via: address.via.as_str() }
    }
}

#[skip_serializing_none]
#[derive(Serialize)]
struct Credentials<'a> {
    password: Option<Config<PasswordConfig<'a>>>,
    oidc: Option<Config<Providers<'a>>>,
    saml: Option<Config<Providers<'a>>>,
    totp: Option<Config<TotpConfig<'a>>>,
    lookup_secret: Option<Config<LookupSecrets<'a>>>,
    webauthn: Option<Config<&'a ImportedWebAuthn>>,
    passkey: Option<Config<&'a ImportedWebAuthn>>,
}

impl<'a> Credentials<'a> {
    fn from_imported(credentials: &'a ImportedCredentials) -> Option<Self> {
        let providers = |accounts| {
            non_empty(accounts).map(|providers| Config { config: Providers { providers } })
        };
        (!credentials.is_empty()).then(|| Self {
            password: credentials
                .password
                .as_ref()
                .map(|p| Config { config: PasswordConfig::from(p) }),
            oidc: providers(&credentials.oidc),
            saml: providers(&credentials.saml),
            totp: credentials
                .totp
                .as_ref()
                .map(|url| Config { config: TotpConfig { totp_url: url.expose() } }),
            lookup_secret: non_empty(&credentials.lookup_secrets)
                .map(|codes| Config { config: LookupSecrets { codes } }),
            webauthn: credentials.webauthn.as_ref().map(|config| Config { config }),
            passkey: credentials.passkeys.as_ref().map(|config| Config { config }),
        })
    }
}

#[derive(Serialize)]
struct Config<T> {
    config: T,
}

#[derive(Serialize)]
enum PasswordConfig<'a> {
    #[serde(rename = "password")]
    Plain(&'a str),
    #[serde(rename = "hashed_password")]
    Hashed(&'a str),
    #[serde(rename = "use_password_migration_hook")]
    MigrationHook(bool),
}

impl<'a> From<&'a ImportedPassword> for PasswordConfig<'a> {
    fn from(password: &'a ImportedPassword) -> Self {
        match password {
            ImportedPassword::Plain(password) => Self::Plain(password.expose()),
            ImportedPassword::Hashed(hash) => Self::Hashed(hash.expose()),
            ImportedPassword::MigrationHook => Self::MigrationHook(true),
        }
    }
}

#[derive(Serialize)]
struct TotpConfig<'a> {
    totp_url: &'a str,
}

#[derive(Serialize)]
struct LookupSecrets<'a> {
    codes: Vec<LookupSecret<'a>>,
}

#[derive(Serialize)]
struct LookupSecret<'a> {
    code: &'a str,
}

impl<'a> From<&'a Code> for LookupSecret<'a> {
    fn from(code: &'a Code) -> Self {
        Self { code: code.expose() }
    }
}

#[derive(Serialize)]
struct Providers<'a> {
    providers: Vec<ProviderEntry<'a>>,
}

#[skip_serializing_none]
#[derive(Serialize)]
struct ProviderEntry<'a> {
    provider: &'a str,
    subject: &'a str,
    organization: Option<&'a str>,
    use_auto_link: Option<bool>,
}

impl<'a> From<&'a ProviderAccount> for ProviderEntry<'a> {
    fn from(account: &'a ProviderAccount) -> Self {
        Self {
            provider: &account.provider,
            subject: &account.subject,
            organization: account.organization.as_deref(),
            use_auto_link: account.auto_link.then_some(true),
        }
    }
}

/// The body of a request that creates a batch of identities.
#[derive(Serialize)]
pub(super) struct Batch<'a> {
    identities: Vec<Create<'a>>,
}

#[derive(Serialize)]
struct Create<'a> {
    create: Identity<'a>,
}

pub(super) fn batch(identities: &[NewIdentity]) -> Batch<'_> {
    let create = |identity| Create { create: Identity::from(identity) };
    Batch { identities: identities.iter().map(create).collect() }
}

/// The response to a batch.
#[derive(Deserialize)]
pub(super) struct BatchResponse {
    pub(super) identities: Vec<BatchResult>,
}

#[derive(Deserialize)]
pub(super) struct BatchResult {
    pub(super) identity: Option<IdentityId>,
    pub(super) error: Option<Value>,
}
