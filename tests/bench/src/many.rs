//! Many checks at once.

use crate::{
    Outcome,
    calls::{generated, generated_check},
    runtime,
    stub::Stub,
};
use futures_util::{StreamExt, stream};
use keto_client::{
    ApiVersion, BatchPermissions, Check, KetoClient, Permissions, RelationTuple, Subject,
};
use std::{
    env,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::sleep_until,
};

/// A server's address, and the stub that it is, where it is one.
pub fn server() -> Outcome<(String, Option<Stub>)> {
    match env::var("KETO_API_READ_URL") {
        Ok(url) => Ok((url, None)),
        Err(_) => {
            let stub = Stub::start()?;
            Ok((stub.url.clone(), Some(stub)))
        }
    }
}

pub fn delayed(checks: usize, rounds: usize) -> Outcome {
    let (url, _stub) = server()?;
    runtime().block_on(async {
        let proxy = proxy(&url, Duration::from_micros(2_500)).await?;
        compare("5 ms of round trip", &proxy, checks, rounds).await
    })
}

pub fn direct(checks: usize, rounds: usize) -> Outcome {
    let (url, _stub) = server()?;
    runtime().block_on(compare("no delay", &url, checks, rounds))
}

async fn compare(title: &str, url: &str, count: usize, rounds: usize) -> Outcome {
    let checks: Vec<Check> = (0..count)
        .map(|number| {
            let who = format!("bench-{number}");
            Check::new(RelationTuple::new("app", "homepage", "read", Subject::id(who.as_str())))
        })
        .collect();
    let keto = KetoClient::builder().api_version(ApiVersion::Current).read_url(url).build()?;
    let peer = generated(url);
    let subjects: Vec<String> = (0..count).map(|number| format!("bench-{number}")).collect();
    // Connects, and finds out what there is to find out.
    let _ = keto.batch_check(&checks[..20.min(count)]).await;
    generated_check(&peer, "bench-0").await;

    let names = [
        "batch_check",
        "batches of 10, 8 in flight",
        "singles, 16 in flight",
        "generated, in turn",
    ];
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..rounds {
        for (way, times) in times.iter_mut().enumerate() {
            let started = Instant::now();
            match way {
                0 => assert_eq!(keto.batch_check(&checks).await?.len(), count),
                1 => {
                    let mut batches = Vec::new();
                    for batch in checks.chunks(10) {
                        batches.push(keto.batch_check(batch));
                    }
                    let answers: Vec<_> = stream::iter(batches).buffered(8).collect().await;
                    assert!(answers.iter().all(Result::is_ok));
                }
                2 => {
                    let singles = checks.iter().map(|check| keto.check(check)).collect::<Vec<_>>();
                    let answers: Vec<_> = stream::iter(singles).buffered(16).collect().await;
                    assert!(answers.iter().all(Result::is_ok));
                }
                _ => {
                    for subject in &subjects {
                        generated_check(&peer, subject).await;
                    }
                }
            }
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
    }
    println!("| {count} checks, {title} | ms, best | ms, median | batch_check is faster by |");
    println!("|---|---|---|---|");
    for times in &mut times {
        times.sort_by(f64::total_cmp);
    }
    let median = |way: usize| times[way][rounds / 2];
    for (way, name) in names.iter().enumerate() {
        let (best, middle) = (times[way][0], median(way));
        println!("| {name} | {best:.1} | {middle:.1} | {:.2} |", middle / median(0));
    }
    println!();
    Ok(())
}

/// A proxy that holds back each way's bytes for a time, without holding up those behind them.
pub async fn proxy(to: &str, delay: Duration) -> Outcome<String> {
    let to = to.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    // A thread of its own, so that its work is not the client's.
    let listener = listener.into_std()?;
    std::thread::spawn(move || {
        runtime().block_on(async {
            let listener = TcpListener::from_std(listener).expect("a listener");
            while let Ok((client, _)) = listener.accept().await {
                let to = to.clone();
                tokio::spawn(async move {
                    let Ok(server) = TcpStream::connect(to).await else { return };
                    let _ = (client.set_nodelay(true), server.set_nodelay(true));
                    let (client_reads, client_writes) = client.into_split();
                    let (server_reads, server_writes) = server.into_split();
                    tokio::join!(
                        hold_back(client_reads, server_writes, delay),
                        hold_back(server_reads, client_writes, delay)
                    );
                });
            }
        });
    });
    Ok(url)
}

async fn hold_back(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    delay: Duration,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let read = async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let _ = sender.send((tokio::time::Instant::now() + delay, buffer[..length].to_vec()));
        }
    };
    let write = async {
        while let Some((due, bytes)) = receiver.recv().await {
            sleep_until(due).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(read, write);
}
