//! What an app adds to the time of the two calls that it makes, with real servers behind it.

use crate::{
    Outcome,
    apps::{App, Upstreams},
    bare::{Plain, Tuple},
    load::{get, percentile},
    runtime,
};
use keto_client::{ApiVersion, KetoClient, RelationTuple, Relationships, Subject};
use kratos_client::{
    Flows, KratosClient,
    flow::{
        Caller, CreateFlowOptions, Password, Registration, UpdateFlowBody,
        UpdateFlowOutcome as FlowOutcome,
    },
};
use serde_json::json;
use std::{env, time::Instant};

pub fn run(times: usize) -> Outcome {
    let needed = ["KRATOS_EXTERNAL_API_URL", "KETO_API_READ_URL", "KETO_API_WRITE_URL"];
    let [Ok(kratos), Ok(keto), Ok(write)] = needed.map(env::var) else {
        println!("NOT RUN: needed are {}\n", needed.join(", "));
        return Ok(());
    };
    let (identity, cookies) = runtime().block_on(register(&kratos))?;
    let tuple = RelationTuple::new("app", "homepage", "read", Subject::id(identity.as_str()));
    let client =
        KetoClient::builder().api_version(ApiVersion::Current).read_url(&keto).write_url(write);
    runtime().block_on(client.build()?.create_relationship(&tuple))?;
    let upstreams = Upstreams { kratos, keto };
    let apps = App::start_all(&upstreams, &cookies)?;
    runtime().block_on(compare(&upstreams, &apps, &identity, &cookies, times))
}

/// Somebody new: the identity's id, and the cookies of a browser that they are logged in with.
async fn register(kratos: &str) -> Outcome<(String, String)> {
    let kratos = KratosClient::builder().public_url(kratos).build()?;
    let now = std::time::UNIX_EPOCH.elapsed()?.as_nanos();
    let traits = json!({"email": format!("bench-{now}@example.test")});
    let body =
        UpdateFlowBody::<Registration>::password(&traits, &Password::new("much-and-seldom-typed"))?;
    let begun =
        Flows::<Registration>::create(&kratos, &CreateFlowOptions::new(), &Caller::browser([""]))
            .await?;
    let csrf = begun.set_cookies.iter().map(cookie).collect::<Outcome<Vec<_>>>()?.join("; ");
    let flow = begun.value.into_flow().ok_or("no registration was begun")?;
    let done = kratos.submit(&flow, &body, &Caller::browser([&csrf])).await?;
    let FlowOutcome::Completed(registered) = done.value else {
        return Err("nobody could be registered".into());
    };
    let cookies = done.set_cookies.iter().map(cookie).collect::<Outcome<Vec<_>>>()?;
    let session = cookies.into_iter().find(|cookie| cookie.starts_with("ory_kratos_session="));
    let session = session.ok_or("nobody is logged in after registering")?;
    let identity = registered.identity.ok_or("nobody has been registered")?;
    Ok((identity.id.to_string(), session))
}

fn cookie(set: &http::HeaderValue) -> Outcome<String> {
    Ok(set.to_str()?.split(';').next().unwrap_or_default().to_owned())
}

/// One after another, in turn, so that whatever else the machine does falls on all of them.
async fn compare(
    upstreams: &Upstreams,
    apps: &[App],
    identity: &str,
    cookies: &str,
    times: usize,
) -> Outcome {
    let (kratos, keto) = (Plain::new(&upstreams.kratos), Plain::new(&upstreams.keto));
    let tuple = Tuple {
        namespace: "app".into(),
        object: "homepage".into(),
        relation: "read".into(),
        subject_id: identity.into(),
    };
    let mut connections: Vec<_> = apps.iter().map(|_| None).collect();
    let mut direct = Vec::new();
    let mut homepage: Vec<Vec<f64>> = apps.iter().map(|_| Vec::new()).collect();
    for turn in 0..times + times / 10 {
        let started = Instant::now();
        assert!(kratos.whoami(cookies).await.active && keto.check(&tuple).await);
        let spent = started.elapsed();
        let counts = turn >= times / 10;
        direct.extend(counts.then_some(spent.as_secs_f64() * 1e3));
        for ((app, connection), homepage) in apps.iter().zip(&mut connections).zip(&mut homepage) {
            let started = Instant::now();
            let status = get(connection, app.address, &app.request(cookies)).await?;
            assert_eq!(status, 200, "{}", app.name);
            homepage.extend(counts.then_some(started.elapsed().as_secs_f64() * 1e3));
        }
    }
    let both = percentile(&mut direct, 50);
    println!("| {times} times, one after another | p50, ms | p99, ms | adds to p50 |");
    println!("|---|---|---|---|");
    println!(
        "| whoami and check by plain reqwest | {both:.3} | {:.3} | |",
        percentile(&mut direct, 99)
    );
    for (app, times) in apps.iter().zip(&mut homepage) {
        let (p50, p99) = (percentile(times, 50), percentile(times, 99));
        println!("| {} | {p50:.3} | {p99:.3} | {:.1} % |", app.name, (p50 / both - 1.0) * 100.0);
    }
    println!();
    Ok(())
}
