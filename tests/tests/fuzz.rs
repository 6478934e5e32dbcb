//! The fuzzing targets without a fuzzer: every seed, and a fixed set of mutations of them. The
//! fuzzer itself is in `tests/fuzz`.

#![allow(clippy::unwrap_used, reason = "a test")]

#[allow(
    dead_code,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "shared with the fuzzer; a target says what is wrong by panicking"
)]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use fastrand::Rng;
use std::{collections::BTreeMap, fs, panic, path::Path};
use targets::{TARGETS, Target};

const MUTATIONS: usize = 3000;

/// A test for each target, so that they run at the same time.
macro_rules! tests {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name), targets::$name);
        })*

        #[test]
        fn every_target_is_tested() {
            let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
            for name in names {
                let thin = format!("fuzz/fuzz_targets/{name}.rs");
                assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(thin).exists(), "{name}");
            }
        }
    };
}

tests! { tuple decision tree opl_model opl_check cookies session whoami identity flow outcome link error join }

fn run(name: &str, target: Target) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    // In the order of their names, so that every run is the same.
    let seeds: BTreeMap<_, _> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    for (path, seed) in &seeds {
        call(name, target, seed, &path.display().to_string());
    }
    let seeds: Vec<_> = seeds.into_values().collect();
    let mut random = Rng::with_seed(5);
    for number in 0..MUTATIONS {
        let mut bytes = random.choice(&seeds).unwrap().clone();
        for _ in 0..random.usize(1..4) {
            mutate(&mut bytes, random.choice(&seeds).unwrap(), &mut random);
        }
        call(name, target, &bytes, &format!("mutation {number}"));
    }
}

fn call(name: &str, target: Target, bytes: &[u8], of: &str) {
    let taken = panic::catch_unwind(|| target(bytes)).is_ok();
    assert!(taken, "{name} does not take {of}: {}", bytes.escape_ascii());
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Rng) {
    let (from, to) = range(bytes.len(), random);
    match random.u8(0..6) {
        // Flipped.
        0 if from < bytes.len() => bytes[from] ^= 1 << random.u8(0..8),
        // Replaced by what parsers look for.
        1 if from < bytes.len() => {
            bytes[from] = *random.choice(b"\0\n\r\t \"#%&(),/:;<=>?@[\\]{}-0aeE\x7f\xff").unwrap();
        }
        // Cut out, or off.
        2 => drop(bytes.drain(from..to)),
        3 => bytes.truncate(to),
        // Repeated.
        4 => {
            let piece = bytes[from..to].repeat(random.usize(1..4));
            bytes.splice(to..to, piece);
        }
        // Spliced with another seed.
        _ => {
            let (start, end) = range(other.len(), random);
            bytes.splice(from..to, other[start..end].iter().copied());
        }
    }
}

/// A random range, more often a short one.
fn range(len: usize, random: &mut Rng) -> (usize, usize) {
    let from = random.usize(0..=len);
    let longest = if random.bool() { 8 } else { len };
    (from, (from + random.usize(0..=longest)).min(len))
}
