//! Counts by running a command twice under callgrind, for a different number of times: the
//! difference is what each time costs, without the start.

use crate::{
    Outcome, calls, decode, guarded, runtime,
    stub::{Stub, asked},
};
use std::{env, process::Command};

struct Counts {
    instructions: f64,
    allocations: f64,
    bytes: f64,
}

pub fn calls(times: u64) -> Outcome {
    let stub = Stub::start()?;
    for (operation, peers) in calls::OPERATIONS {
        let url = if operation == "grpc" { &stub.grpc } else { &stub.url };
        compare(operation, peers, times, |peer, times| {
            ["call".into(), peer.into(), operation.into(), url.clone(), times]
        })?;
    }
    Ok(())
}

/// A route behind the guards beside one whose handler makes the same calls.
pub fn guarded(times: u64) -> Outcome {
    let stub = Stub::start()?;
    for framework in guarded::FRAMEWORKS {
        compare(framework, &guarded::ROUTES, times, |route, times| {
            ["guarded".into(), route.into(), framework.into(), stub.url.clone(), times]
        })?;
    }
    // Each process is asked once more than it counts, and each request costs one call of each.
    let requests = (guarded::FRAMEWORKS.len() * guarded::ROUTES.len()) as u64 * (times * 4 + 2);
    let calls = runtime().block_on(asked(&stub.url))?;
    assert_eq!(calls, (usize::try_from(requests)?, usize::try_from(requests)?));
    Ok(())
}

pub fn decode(factor: u64) -> Outcome {
    for (document, times) in decode::DOCUMENTS.into_iter().zip([200, 2]) {
        compare(document, &decode::TYPES, times * factor, |types, times| {
            ["read".into(), document.into(), types.into(), times]
        })?;
    }
    Ok(())
}

/// Prints a table with a row for each peer, and how the first compares with it.
fn compare<const N: usize>(
    title: &str,
    peers: &[&str],
    times: u64,
    command: impl Fn(&str, String) -> [String; N],
) -> Outcome {
    println!("| {title} | instructions | allocations | bytes | instructions, ours to it |");
    println!("|---|---|---|---|---|");
    let mut ours = None;
    for peer in peers {
        let few = count(&command(peer, times.to_string()))?;
        let many = count(&command(peer, (times * 3).to_string()))?;
        let each = |many: f64, few: f64| (many - few) / (times * 2) as f64;
        let instructions = each(many.instructions, few.instructions);
        let ours = *ours.get_or_insert(instructions);
        println!(
            "| {peer} | {instructions:.0} | {:.1} | {:.0} | {:.3} |",
            each(many.allocations, few.allocations),
            each(many.bytes, few.bytes),
            ours / instructions
        );
    }
    println!();
    Ok(())
}

fn count(arguments: &[String]) -> Outcome<Counts> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(arguments)
        .output()?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(errors.into());
    }
    let collected = errors.lines().find_map(|line| line.split_once("Collected : "));
    let instructions = collected.ok_or("callgrind told no count")?.1.trim().parse()?;
    let told = String::from_utf8(output.stdout)?;
    let (allocations, bytes) = told.trim().split_once(' ').ok_or("no allocations told")?;
    Ok(Counts { instructions, allocations: allocations.parse()?, bytes: bytes.parse()? })
}
