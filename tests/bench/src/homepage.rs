//! The demo app beside the article's composition in Flask, with the same servers behind them.

use crate::{
    Outcome,
    apps::{App, Upstreams},
    calls,
    load::{Report, load, percentile},
    runtime,
    stub::Stub,
};
use std::time::Duration;

/// So many connections ask at a time. More than these wait in line on two cores.
const CONNECTIONS: usize = 32;

/// Requests a second, how long they take, and memory, with stubs behind the apps.
pub fn run(time: Duration, rounds: usize, many: usize) -> Outcome {
    let stub = Stub::start()?;
    let upstreams = Upstreams { kratos: stub.url.clone(), keto: stub.url.clone() };
    let cookies = calls::cookies();
    let apps = App::start_all(&upstreams, &cookies)?;
    let mut rest = Vec::new();
    for app in &apps {
        rest.push(app.memory()?);
    }
    let reports = load_in_turn(&apps, &cookies, time, rounds);
    println!(
        "| homepage | requests a second | p50, ms | p99, ms | failed | MiB at rest | MiB with \
         {many} connections | failed there |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for ((app, reports), rest) in apps.iter().zip(&reports).zip(rest) {
        let (most, crowd) = runtime().block_on(crowd(app, &cookies, many, time))?;
        let median = |of| median(reports, of);
        println!(
            "| {} | {:.0} | {:.2} | {:.2} | {} | {:.1} | {:.1} | {} |",
            app.name,
            median(|report| report.per_second),
            median(|report| report.p50),
            median(|report| report.p99),
            reports.iter().map(|report| report.failed).sum::<usize>(),
            rest as f64 / 1024.0,
            most as f64 / 1024.0,
            crowd.failed,
        );
    }
    println!();
    Ok(())
}

/// Several rounds in which each app in turn is asked by the connections that stand.
pub fn load_in_turn(
    apps: &[App],
    cookies: &str,
    time: Duration,
    rounds: usize,
) -> Vec<Vec<Report>> {
    let mut reports: Vec<Vec<Report>> = apps.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (app, reports) in apps.iter().zip(&mut reports) {
            let request = app.request(cookies);
            let report = load(app.address, &request, CONNECTIONS, time);
            reports.push(runtime().block_on(report));
        }
    }
    reports
}

/// The median of a number of the reports.
pub fn median(reports: &[Report], of: fn(&Report) -> f64) -> f64 {
    percentile(&mut reports.iter().map(of).collect::<Vec<_>>(), 50)
}

/// The most memory that an app has while so many connections ask.
async fn crowd(app: &App, cookies: &str, many: usize, time: Duration) -> Outcome<(u64, Report)> {
    let watch = async {
        let mut most = 0;
        for _ in 0..time.as_millis() / 250 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            most = most.max(app.memory()?);
        }
        Ok::<_, Box<dyn std::error::Error>>(most)
    };
    let request = app.request(cookies);
    let (most, report) = tokio::join!(watch, load(app.address, &request, many, time));
    Ok((most?, report))
}
