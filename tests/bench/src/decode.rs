//! Reading answers, without a server.

use crate::{Outcome, alloc, bare, data};
use kratos_client::{Identity, Session};
use serde::de::DeserializeOwned;
use std::hint::black_box;

pub const DOCUMENTS: [&str; 2] = ["session", "identities"];
pub const TYPES: [&str; 3] = ["ours", "bare", "generated"];

pub fn run(what: &str, types: &str, times: &str) -> Outcome {
    let times = times.parse()?;
    match (what, types) {
        ("session", "ours") => each::<Session>(&data::session(), times),
        ("session", "bare") => each::<bare::Session>(&data::session(), times),
        ("session", "generated") => {
            each::<ory_kratos_client::models::Session>(&data::session(), times)
        }
        ("identities", "ours") => each::<Vec<Identity>>(&data::identities(1_000), times),
        ("identities", "bare") => each::<Vec<bare::Identity>>(&data::identities(1_000), times),
        ("identities", "generated") => {
            each::<Vec<ory_kratos_client::models::Identity>>(&data::identities(1_000), times)
        }
        _ => Err("no such document or types".into()),
    }
}

fn each<T: DeserializeOwned>(json: &str, times: u64) -> Outcome {
    let (count, bytes) = alloc::so_far();
    for _ in 0..times {
        drop(black_box(serde_json::from_slice::<T>(black_box(json.as_bytes()))?));
    }
    let now = alloc::so_far();
    println!("{} {}", now.0 - count, now.1 - bytes);
    Ok(())
}
