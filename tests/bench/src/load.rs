//! Connections that stand and ask the same one after another.

use crate::Outcome;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

pub struct Report {
    pub per_second: f64,
    /// Milliseconds.
    pub p50: f64,
    pub p99: f64,
    pub failed: usize,
}

/// Asks for as long as this. What is no 200 has failed, and so has a connection that breaks.
pub async fn load(to: SocketAddr, request: &str, connections: usize, time: Duration) -> Report {
    let started = Instant::now();
    let mut askers = JoinSet::new();
    for _ in 0..connections {
        askers.spawn(ask(to, request.to_owned(), started + time));
    }
    let mut times = Vec::new();
    let mut failed = 0;
    for (good, bad) in askers.join_all().await {
        times.extend(good);
        failed += bad;
    }
    let elapsed = started.elapsed().as_secs_f64();
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    Report { per_second: times.len() as f64 / elapsed, p50, p99, failed }
}

/// In the unit of the times.
pub fn percentile(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    let place = times.len().saturating_sub(1) * percent / 100;
    times.get(place).copied().unwrap_or(f64::NAN)
}

async fn ask(to: SocketAddr, request: String, until: Instant) -> (Vec<f64>, usize) {
    let (mut times, mut failed) = (Vec::new(), 0);
    let mut connection = None;
    while Instant::now() < until {
        let started = Instant::now();
        match get(&mut connection, to, &request).await {
            Ok(200) => times.push(started.elapsed().as_secs_f64() * 1e3),
            _ => failed += 1,
        }
    }
    (times, failed)
}

/// Sends a request, by a new connection where the last one is closed, and gives the answer's
/// status. Answers have a length in their head.
pub async fn get(
    connection: &mut Option<TcpStream>,
    to: SocketAddr,
    request: &str,
) -> Outcome<u16> {
    let mut stream = match connection.take() {
        Some(stream) => stream,
        None => {
            let stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            stream
        }
    };
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(4096);
    let head = loop {
        if let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            break String::from_utf8_lossy(&answer[..head + 4]).to_ascii_lowercase();
        }
        if stream.read_buf(&mut answer).await? == 0 {
            return Err("the connection was closed".into());
        }
    };
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value)
    };
    let length: usize = header("content-length").ok_or("an answer without length")?.parse()?;
    while answer.len() < head.len() + length {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err("the connection was closed".into());
        }
    }
    if header("connection") != Some("close") {
        *connection = Some(stream);
    }
    Ok(head.split(' ').nth(1).ok_or("an answer without status")?.parse()?)
}
