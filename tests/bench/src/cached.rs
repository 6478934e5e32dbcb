//! Answers that are kept.

use crate::{
    Outcome, alloc,
    calls::{COOKIE, tuple},
    runtime,
    stub::Stub,
};
use keto_client::{CachedPermissions, Check, KetoClient, Permissions};
use kratos_client::{CachedSessions, Credential, KratosClient, SessionCookie, Sessions, Whoami};
use std::time::{Duration, Instant};

pub fn run(times: u32) -> Outcome {
    let stub = Stub::start()?;
    let keto =
        KetoClient::builder().read_url(&stub.url).api_version(keto_client::ApiVersion::Current);
    let kratos = KratosClient::builder().public_url(&stub.url);
    println!("| hit | nanoseconds, best of 5 | median | allocations | bytes |");
    println!("|---|---|---|---|---|");
    runtime().block_on(async {
        let hour = Duration::from_secs(3600);
        let permissions =
            CachedPermissions::new(keto.build()?).allowed_max_age(hour).denied_max_age(hour);
        let check = Check::new(tuple());
        measure("check", times, async || drop(permissions.check(&check).await)).await;
        measure("check, `cached`", times, async || assert!(permissions.cached(&check).is_some()))
            .await;

        let sessions = CachedSessions::new(kratos.build()?).max_age(hour);
        for (name, kept, credential) in [
            (
                "whoami by cookie",
                "whoami by cookie, `cached`",
                Credential::from(SessionCookie::new(COOKIE)?),
            ),
            (
                "whoami by header",
                "whoami by header, `cached`",
                Credential::from_cookie_headers([format!("a=b; ory_kratos_session={COOKIE}; c=d")]),
            ),
        ] {
            assert!(matches!(sessions.whoami(&credential).await?, Whoami::Active(_)));
            measure(name, times, async || drop(sessions.whoami(&credential).await)).await;
            measure(kept, times, async || assert!(sessions.cached(&credential).is_some())).await;
        }
        Ok(())
    })
}

async fn measure(name: &str, times: u32, call: impl AsyncFn()) {
    call().await;
    let mut rounds = Vec::new();
    let before = alloc::so_far();
    for _ in 0..5 {
        let started = Instant::now();
        for _ in 0..times {
            call().await;
        }
        rounds.push(started.elapsed().as_secs_f64() * 1e9 / f64::from(times));
    }
    let after = alloc::so_far();
    rounds.sort_by(f64::total_cmp);
    let each = |after: u64, before: u64| (after - before) as f64 / f64::from(times) / 5.0;
    println!(
        "| {name} | {:.0} | {:.0} | {:.2} | {:.0} |",
        rounds[0],
        rounds[2],
        each(after.0, before.0),
        each(after.1, before.1)
    );
}
