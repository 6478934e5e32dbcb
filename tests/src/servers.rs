//! Which servers there are to test against: the testing servers of the clients, and real ones that
//! the environment names.

use crate::{
    Test,
    admin::Admin,
    flows::{self, SelfService},
    keto::Keto,
    kratos::Kratos,
    users::TestUsers,
};
use demo_app::embedded::{Embedded, Options};
use keto_client::{
    ApiVersion, BatchPermissions, CachedPermissions, CheckedNames, Expand, KetoClient,
    KetoGrpcClient, Metadata, Namespaces, OplSyntax, Permissions, Relationships,
    testing::{KetoServer, KetoVersion},
};
use kratos_client::{
    ApiVersion as KratosApiVersion, CachedSessions, KratosClient, testing::KratosServer,
};
use std::{sync::Arc, time::Duration};
use url::Url;

/// A real server by the variables that say where it is: its two APIs.
#[derive(Clone, Copy, Debug)]
pub struct Real {
    /// What to call it.
    pub name: &'static str,
    /// Keto's read API or Kratos's public one.
    pub first: &'static str,
    /// Keto's write API or Kratos's admin one.
    pub second: &'static str,
    /// Whether it is of the article's versions.
    pub old: bool,
}

/// The Ketos that can be tested against.
pub const KETOS: [Real; 2] = [
    Real {
        name: "real keto",
        first: "TEST_KETO_READ_URL",
        second: "TEST_KETO_WRITE_URL",
        old: false,
    },
    Real {
        name: "real keto v0.7",
        first: "TEST_KETO_V0_7_READ_URL",
        second: "TEST_KETO_V0_7_WRITE_URL",
        old: true,
    },
];

/// The Kratoses that can be tested against. They let users register by password, log them in at
/// once, and ask for the highest AAL that somebody has.
pub const KRATOSES: [Real; 2] = [
    Real {
        name: "real kratos",
        first: "TEST_KRATOS_PUBLIC_URL",
        second: "TEST_KRATOS_ADMIN_URL",
        old: false,
    },
    Real {
        name: "real kratos v0.8",
        first: "TEST_KRATOS_V0_8_PUBLIC_URL",
        second: "TEST_KRATOS_V0_8_ADMIN_URL",
        old: true,
    },
];

/// A Kratos of the version after v26.2, which is set up as the others are and has an `OpenID` Connect
/// provider with the id `test-provider`.
pub const NEXT_KRATOS: Real = Real {
    name: "real kratos of the next version",
    first: "TEST_KRATOS_NEXT_PUBLIC_URL",
    second: "TEST_KRATOS_NEXT_ADMIN_URL",
    old: false,
};

/// Tests of what a Kratos does that is set up for it, by whether it is of the article's version.
type Suite = fn(bool) -> Vec<(&'static str, Test<SelfService>)>;

/// Kratoses that are set up for something that the others don't do, with the tests of it; each
/// suite says how.
pub const SPECIAL_KRATOSES: [(Real, Suite); 5] = [
    (
        Real {
            name: "real kratos with codes",
            first: "TEST_KRATOS_CODES_PUBLIC_URL",
            second: "TEST_KRATOS_CODES_ADMIN_URL",
            old: false,
        },
        flows::codes_suite,
    ),
    (
        Real {
            name: "real kratos that requires a verified address",
            first: "TEST_KRATOS_VERIFIED_PUBLIC_URL",
            second: "TEST_KRATOS_VERIFIED_ADMIN_URL",
            old: false,
        },
        flows::verified_suite,
    ),
    (
        Real {
            name: "real kratos v0.8 that requires a verified address",
            first: "TEST_KRATOS_V0_8_VERIFIED_PUBLIC_URL",
            second: "TEST_KRATOS_V0_8_VERIFIED_ADMIN_URL",
            old: true,
        },
        flows::verified_suite,
    ),
    (
        Real {
            name: "real kratos whose flows expire",
            first: "TEST_KRATOS_EXPIRING_PUBLIC_URL",
            second: "TEST_KRATOS_EXPIRING_ADMIN_URL",
            old: false,
        },
        flows::expired_suite,
    ),
    (
        Real {
            name: "real kratos v0.8 whose flows expire",
            first: "TEST_KRATOS_V0_8_EXPIRING_PUBLIC_URL",
            second: "TEST_KRATOS_V0_8_EXPIRING_ADMIN_URL",
            old: true,
        },
        flows::expired_suite,
    ),
];

impl Real {
    /// Where the server's two APIs are, if the environment says.
    pub fn urls(&self) -> Option<(Url, Url)> {
        let url = |name| Some(Url::parse(&keto_client::env_vars(name)?).expect(name));
        Some((url(self.first)?, url(self.second)?))
    }
}

/// Where the real Keto's syntax API is, if the environment says.
const OPL: &str = "TEST_KETO_OPL_URL";

/// Keto's client over a server.
pub fn keto(read: &Url, write: &Url, v0_7: bool, api_version: ApiVersion) -> Keto {
    let client = KetoClient::builder().read_url(read.as_str()).write_url(write.as_str());
    keto_of(client.api_version(api_version).build().unwrap(), v0_7, false)
}

/// Keto's client over a server, with a cache that forgets what is written through it.
pub fn cached_keto(read: &Url, write: &Url, v0_7: bool) -> Keto {
    let client = KetoClient::builder().read_url(read.as_str()).write_url(write.as_str());
    let client = CachedPermissions::new(client.build().unwrap());
    let hour = Duration::from_hours(1);
    keto_of(client.allowed_max_age(hour).denied_max_age(hour), v0_7, false)
}

/// Keto's client over a real server.
pub fn real_keto(read: &Url, write: &Url, v0_7: bool, api_version: ApiVersion) -> Keto {
    let mut client = KetoClient::builder().read_url(read.as_str()).write_url(write.as_str());
    let opl = keto_client::env_vars(OPL).filter(|_| !v0_7);
    if let Some(url) = &opl {
        client = client.opl_url(url);
    }
    keto_of(client.api_version(api_version).build().unwrap(), v0_7, opl.is_some())
}

/// Keto's client over gRPC, over a real server of today's.
pub fn real_keto_grpc(read: &Url, write: &Url) -> Keto {
    let mut client = KetoGrpcClient::builder().read_url(read.as_str()).write_url(write.as_str());
    let opl = keto_client::env_vars(OPL);
    if let Some(url) = &opl {
        client = client.opl_url(url);
    }
    keto_of(client.build().unwrap(), false, opl.is_some())
}

/// One client for all traits.
pub fn keto_of<C>(client: C, v0_7: bool, has_opl: bool) -> Keto
where
    C: Clone
        + Permissions
        + BatchPermissions
        + Relationships
        + Expand
        + Namespaces
        + OplSyntax
        + Metadata
        + 'static,
{
    let checked_names = Arc::new(CheckedNames::new(client.clone()));
    let client = Arc::new(client);
    Keto {
        permissions: client.clone(),
        relationships: client.clone(),
        batch: client.clone(),
        expand: client.clone(),
        namespaces: client.clone(),
        opl: client.clone(),
        metadata: client,
        checked_names: checked_names.clone(),
        checked_names_batch: checked_names,
        v0_7,
        has_opl,
        subject_ids: true,
    }
}

/// Kratos's client over a server.
pub fn kratos(public: Url, admin: &Url, v0_8: bool) -> Kratos {
    let client = KratosClient::builder().public_url(public.as_str()).build().unwrap();
    let client = Arc::new(client);
    let users = TestUsers::new(public, admin, v0_8);
    Kratos { sessions: client.clone(), logout: client, users }
}

/// Kratos's client over a server, with a cache that is allowed to keep any session.
pub fn cached_kratos(public: Url, admin: &Url, v0_8: bool) -> Kratos {
    let client = KratosClient::builder().public_url(public.as_str()).build().unwrap();
    let client = CachedSessions::new(client).max_age_without_header(Duration::from_mins(1));
    let client = Arc::new(client);
    let users = TestUsers::new(public, admin, v0_8);
    Kratos { sessions: client.clone(), logout: client, users }
}

/// The self-service traits of Kratos's client over a server.
pub fn self_service(public: Url, admin: &Url, v0_8: bool) -> SelfService {
    let client = KratosClient::builder().public_url(public.as_str()).build().unwrap();
    SelfService::of(&Arc::new(client), TestUsers::new(public, admin, v0_8))
}

/// Kratos's client over the admin API of a server.
pub fn kratos_admin(public: Url, admin: &Url, v0_8: bool, api_version: KratosApiVersion) -> Admin {
    let client = KratosClient::builder().public_url(public.as_str()).admin_url(admin.as_str());
    let kratos = client.api_version(api_version).build().unwrap();
    Admin { kratos, users: TestUsers::new(public, admin, v0_8), v0_8 }
}

/// The namespaces of a testing Keto.
const NAMESPACES: [&str; 3] = ["User", "Group", "app"];

/// A testing Keto of its own.
pub fn testing_keto(version: KetoVersion) -> KetoServer {
    KetoServer::builder().version(version).namespaces(NAMESPACES).start().unwrap()
}

/// A client with subjects that this Keto takes.
pub fn taken_by(version: KetoVersion, client: Keto) -> Keto {
    if version == KetoVersion::OryNetwork { client.with_users() } else { client }
}

/// A testing Kratos of its own.
pub fn testing_kratos() -> KratosServer {
    KratosServer::start().unwrap()
}

/// Kratos's client over a testing server.
pub fn kratos_of(server: &KratosServer) -> Kratos {
    kratos(server.public_url().clone(), server.admin_url(), false)
}

/// The self-service traits of Kratos's client over a testing server.
pub fn self_service_of(server: &KratosServer) -> SelfService {
    self_service(server.public_url().clone(), server.admin_url(), false)
}

/// The demo's servers of their own, with its login UI, for an app at this address.
pub fn embedded(app: &Url) -> Embedded {
    embedded_with(app, None)
}

/// The same with flows that expire after this time.
pub fn embedded_with(app: &Url, flow_lifespan: Option<Duration>) -> Embedded {
    Embedded::start(&Options::new(app, None).flow_lifespan(flow_lifespan)).unwrap()
}
