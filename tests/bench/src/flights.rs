//! Callers of one person at one time.

use crate::{
    Outcome,
    calls::COOKIE,
    many::proxy,
    stub::{Stub, asked},
};
use kratos_client::{CachedSessions, Credential, KratosClient, SessionCookie, Sessions, Whoami};
use std::{sync::Arc, time::Duration};
use tokio::sync::Barrier;

/// Nothing is kept: what the callers share is what is under way, 20 ms long.
pub fn run(callers: usize) -> Outcome {
    let stub = Stub::start()?;
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(
        async {
            let slow = proxy(&stub.url, Duration::from_millis(10)).await?;
            let kratos = KratosClient::builder().public_url(&slow).build()?;
            println!("| {callers} concurrent whoami calls | requests that reach the server |");
            println!("|---|---|");
            let plain: Arc<dyn Sessions> = Arc::new(kratos.clone());
            let shared = Arc::new(CachedSessions::new(kratos).max_age(Duration::ZERO));
            for (name, sessions) in [("each their own", plain), ("`CachedSessions`", shared)] {
                let (before, _) = asked(&stub.url).await?;
                all_at_once(sessions, callers).await?;
                println!("| {name} | {} |", asked(&stub.url).await?.0 - before);
            }
            println!();
            Ok(())
        },
    )
}

async fn all_at_once(sessions: Arc<dyn Sessions>, callers: usize) -> Outcome {
    let credential = Credential::from(SessionCookie::new(COOKIE)?);
    let start = Arc::new(Barrier::new(callers));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let (sessions, start) = (sessions.clone(), start.clone());
        let credential = credential.clone();
        calls.spawn(async move {
            start.wait().await;
            sessions.whoami(&credential).await
        });
    }
    for answer in calls.join_all().await {
        assert!(matches!(answer?, Whoami::Active(_)));
    }
    Ok(())
}
