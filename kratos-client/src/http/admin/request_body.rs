//! The JSON that the admin API takes. Secrets leave their types here and nowhere else.

use crate::{
    api::admin::{
        import::{AddressType, ImportedPassword, NewAddress, PasswordKind, ProviderAccount},
        new_identity::{IdentityUpdate, ImportedCredentials, NewIdentity},
    },
    model::identity::{ExternalId, IdentityId, IdentityState, SchemaId},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An identity to create, or what one is to be.
#[derive(Serialize)]
pub(super) struct Identity<'a> {
    schema_id: &'a SchemaId,
    traits: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a IdentityState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<Credentials<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verifiable_addresses: Option<Vec<Verifiable<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_addresses: Option<Vec<Recovery<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_public: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_admin: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a ExternalId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<&'a str>,
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
        AddressType::Email => "email",
        AddressType::Sms => "sms",
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

#[derive(Serialize)]
struct Credentials<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Config<PasswordConfig<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oidc: Option<Config<Providers<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    saml: Option<Config<Providers<'a>>>,
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
struct Providers<'a> {
    providers: Vec<ProviderEntry<'a>>,
}

#[derive(Serialize)]
struct ProviderEntry<'a> {
    provider: &'a str,
    subject: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    use_auto_link: Option<bool>,
}

impl<'a> From<&'a ProviderAccount> for ProviderEntry<'a> {
    fn from(link: &'a ProviderAccount) -> Self {
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
