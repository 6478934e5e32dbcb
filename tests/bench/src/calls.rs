//! Calls of one peer, one after another.

use crate::{
    Outcome,
    bare::{Plain, Tuple},
    grpc::{self, PlainGrpc},
    runtime,
};
use keto_client::{Check, KetoClient, KetoGrpcClient, Permissions, RelationTuple, Subject};
use kratos_client::{Credential, KratosClient, SessionCookie, Sessions, Whoami};
use ory_keto_client::apis::{configuration::Configuration as KetoConfiguration, permission_api};
use ory_kratos_client::apis::{configuration::Configuration as KratosConfiguration, frontend_api};

/// Each operation, and who can do it.
pub const OPERATIONS: [(&str, &[&str]); 3] = [
    ("check", &["ours", "plain", "generated"]),
    ("whoami", &["ours", "plain", "generated"]),
    ("grpc", &["ours", "plain"]),
];

/// As long as those of Kratos are.
pub const COOKIE: &str = "MTc5NTU2NzYzM3xEWDhFQVFMX2dBQUJFQUVRQUFCSF80QUFBUVp6ZEhKcGJtY01Ed0FOYzJWemMybHZibDkwYjJ0bGJnWnpkSEpwYm1jTUlnQWdWbXM1TjFaYVZFcHNjbTlYZW5CR01GQkZjMVJvVm5oR1YyRjBTRW89fA==";

/// The `Cookie` header of a browser that has it.
pub fn cookies() -> String {
    format!("ory_kratos_session={COOKIE}")
}

pub fn tuple() -> RelationTuple {
    RelationTuple::new("app", "homepage", "read", Subject::id(SUBJECT))
}

const SUBJECT: &str = "00000001-1111-4222-8333-000000000001";

/// Makes the calls and tells how many allocations they made and of how many bytes, but for a first
/// call that connects.
pub fn run(peer: &str, operation: &str, url: &str, times: &str) -> Outcome {
    let times = times.parse()?;
    runtime().block_on(calls(peer, operation, url, times))
}

/// One call in a loop, and what it allocates.
#[macro_export]
macro_rules! each {
    ($times:ident, $call:expr) => {{
        $call;
        let (count, bytes) = $crate::alloc::so_far();
        for _ in 0..$times {
            $call;
        }
        let now = $crate::alloc::so_far();
        println!("{} {}", now.0 - count, now.1 - bytes);
    }};
}

async fn calls(peer: &str, operation: &str, url: &str, times: u64) -> Outcome {
    match (peer, operation) {
        ("ours", "check") => {
            let keto = KetoClient::builder()
                .read_url(url)
                .api_version(keto_client::ApiVersion::Current)
                .build()?;
            let check = Check::new(tuple());
            each!(times, assert!(keto.check(&check).await?.is_allowed()));
        }
        ("plain", "check") => {
            let plain = Plain::new(url);
            let tuple = Tuple {
                namespace: "app".into(),
                object: "homepage".into(),
                relation: "read".into(),
                subject_id: SUBJECT.into(),
            };
            each!(times, assert!(plain.check(&tuple).await));
        }
        ("generated", "check") => {
            let keto = generated(url);
            each!(times, assert!(generated_check(&keto, SUBJECT).await));
        }
        ("ours", "grpc") => {
            let keto = KetoGrpcClient::builder().read_url(url).build()?;
            let check = Check::new(tuple());
            each!(times, assert!(keto.check(&check).await?.is_allowed()));
        }
        ("plain", "grpc") => {
            let plain = PlainGrpc::new(url);
            let tuple = grpc::tuple("app", "homepage", "read", SUBJECT);
            each!(times, assert!(plain.check(&tuple).await));
        }
        ("ours", "whoami") => {
            let kratos = KratosClient::builder().public_url(url).build()?;
            let credential = Credential::from(SessionCookie::new(COOKIE)?);
            each!(times, assert!(matches!(kratos.whoami(&credential).await?, Whoami::Active(_))));
        }
        ("plain", "whoami") => {
            let plain = Plain::new(url);
            let cookie = cookies();
            each!(times, assert!(plain.whoami(&cookie).await.active));
        }
        ("generated", "whoami") => {
            let kratos = KratosConfiguration { base_path: url.into(), ..Default::default() };
            let cookie = cookies();
            each!(times, {
                let session = frontend_api::to_session(&kratos, None, Some(&cookie), None).await?;
                assert_eq!(session.active, Some(true));
            });
        }
        _ => return Err("no such peer or operation".into()),
    }
    Ok(())
}

pub fn generated(url: &str) -> KetoConfiguration {
    KetoConfiguration { base_path: url.into(), ..Default::default() }
}

pub async fn generated_check(keto: &KetoConfiguration, subject: &str) -> bool {
    let (namespace, object, relation) = (Some("app"), Some("homepage"), Some("read"));
    permission_api::check_permission(
        keto,
        namespace,
        object,
        relation,
        Some(subject),
        None,
        None,
        None,
        None,
    )
    .await
    .expect("a decision")
    .allowed
}
