//! The JSON that the admin API takes. Secrets leave their types here and nowhere else.

use crate::{
    api::admin::{
        import::{
            AddressVia, ImportedPassword, ImportedWebAuthn, NewAddress, PasswordKind, ProviderLink,
        },
        new_identity::{IdentityUpdate, ImportedCredentials, NewIdentity},
    },
    model::identity::{ExternalId, IdentityId, IdentityState, Region, SchemaId},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;

/// An identity to create, or what one is to be.
#[skip_serializing_none]
#[derive(Serialize)]
pub(super) struct Identity<'a> {
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
            credentials: Credentials::of(&new.credentials),
            verifiable_addresses: some_of(&new.verifiable_addresses),
            recovery_addresses: some_of(&new.recovery_addresses),
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
            credentials: Credentials::of(&update.credentials),
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

fn some_of<'a, A, B: From<&'a A>>(list: &'a [A]) -> Option<Vec<B>> {
    (!list.is_empty()).then(|| list.iter().map(B::from).collect())
}

#[derive(Serialize)]
struct Verifiable<'a> {
    value: &'a str,
    via: &'static str,
    verified: bool,
    status: &'static str,
}

#[derive(Serialize)]
struct Recovery<'a> {
    value: &'a str,
    via: &'static str,
}

fn via(address: &NewAddress) -> &'static str {
    match address.via {
        AddressVia::Email => "email",
        AddressVia::Sms => "sms",
    }
}

impl<'a> From<&'a NewAddress> for Verifiable<'a> {
    fn from(address: &'a NewAddress) -> Self {
        let NewAddress { value, verified, .. } = address;
        let status = if *verified { "completed" } else { "pending" };
        Self { value, via: via(address), verified: *verified, status }
    }
}

impl<'a> From<&'a NewAddress> for Recovery<'a> {
    fn from(address: &'a NewAddress) -> Self {
        Self { value: &address.value, via: via(address) }
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
    fn of(credentials: &'a ImportedCredentials) -> Option<Self> {
        let providers =
            |links| some_of(links).map(|providers| Config { config: Providers { providers } });
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
                .map(|url| Config { config: TotpConfig { totp_url: url.expose_secret() } }),
            lookup_secret: some_of(&credentials.lookup_secrets)
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
        match &password.0 {
            PasswordKind::Plain(password) => Self::Plain(password.expose_secret()),
            PasswordKind::Hashed(hash) => Self::Hashed(hash.expose_secret()),
            PasswordKind::MigrationHook => Self::MigrationHook(true),
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

impl<'a> From<&'a SecretString> for LookupSecret<'a> {
    fn from(code: &'a SecretString) -> Self {
        Self { code: code.expose_secret() }
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

impl<'a> From<&'a ProviderLink> for ProviderEntry<'a> {
    fn from(link: &'a ProviderLink) -> Self {
        Self {
            provider: &link.provider,
            subject: &link.subject,
            organization: link.organization.as_deref(),
            use_auto_link: link.auto_link.then_some(true),
        }
    }
}

/// Identities to create at once.
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

/// What became of them.
#[derive(Deserialize)]
pub(super) struct BatchAnswer {
    pub(super) identities: Vec<BatchResult>,
}

#[derive(Deserialize)]
pub(super) struct BatchResult {
    pub(super) identity: Option<IdentityId>,
    pub(super) error: Option<Value>,
}
