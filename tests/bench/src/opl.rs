//! Checks by the evaluator of permission models beside round trips to the Keto at
//! `KETO_API_READ_URL`, which has the model and is filled by `KETO_API_WRITE_URL`.

use crate::Outcome;
use keto_client::{
    Check, KetoClient, Permissions, RelationQuery, RelationTuple, RelationshipPatch, Relationships,
    opl::{Evaluator, Limits, Model, PermissionTests},
};
use std::{env, hint::black_box, time::Instant};

/// The model that the Keto must have.
const MODEL: &str = "
class User implements Namespace {}
class Group implements Namespace { related: { members: (User | SubjectSet<Group, 'members'>)[] } }
class Document implements Namespace {
  related: { owners: User[], viewers: SubjectSet<Group, 'members'>[] }
  permits = {
    edit: (ctx) => this.related.owners.includes(ctx.subject),
    view: (ctx) => this.permits.edit(ctx) || this.related.viewers.includes(ctx.subject),
  }
}";

fn tuple(text: &str) -> Outcome<RelationTuple> {
    Ok(text.parse()?)
}

/// As many tuples as that: groups of nine people, each of which views a document.
fn tuples(count: usize) -> Outcome<Vec<RelationTuple>> {
    (0..count)
        .map(|i| match (i / 10, i % 10) {
            (group, 9) => tuple(&format!("Document:d{group}#viewers@Group:g{group}#members")),
            (group, member) => tuple(&format!("Group:g{group}#members@User:u{group}-{member}")),
        })
        .collect()
}

/// The mean time of a run in microseconds, in the fastest of three rounds.
fn micros(times: u32, mut run: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        (0..times).for_each(|_| run());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(times)
    };
    (0..3).map(round).fold(f64::INFINITY, f64::min)
}

fn micros_of_check(evaluator: &Evaluator, check: &Check, allowed: bool, times: u32) -> f64 {
    assert_eq!(evaluator.check(check).map(|decision| decision.is_allowed()), Ok(allowed));
    micros(times, || drop(black_box(evaluator.check(black_box(check)))))
}

/// Measures with 10 tuples and up to ten thousand times as many.
pub fn run(most: usize, times: u32) -> Outcome {
    let model = Model::parse(MODEL)?;
    for count in [10, 1_000, 100_000].into_iter().filter(|count| *count <= most) {
        let tuples = tuples(count)?;
        let evaluator = Evaluator::new(&model).with_tuples(&tuples);
        let last = count / 10 - 1;
        let check = Check::new(tuple(&format!("Document:d{last}#view@User:u{last}-8"))?);
        let ours = micros_of_check(&evaluator, &check, true, times);
        println!("{count} tuples: {ours:.2} µs a check");
        if env::var_os("KETO_API_READ_URL").is_some() {
            let theirs = round_trip(&tuples, &check)?;
            println!("  Keto: {theirs:.0} µs, {:.0} times as long", theirs / ours);
        }
    }
    growth(&model, times)?;
    permission_tests()
}

fn round_trip(tuples: &[RelationTuple], check: &Check) -> Outcome<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let keto = KetoClient::from_env()?;
        for namespace in ["Group", "Document"] {
            let all = RelationQuery::new().namespace(namespace);
            keto.delete_all_relationships_matching(&all).await?;
        }
        let patches: Vec<_> = tuples.iter().cloned().map(RelationshipPatch::Insert).collect();
        for patches in patches.chunks(500) {
            keto.patch_relationships(patches).await?;
        }
        let mut times = Vec::new();
        for _ in 0..500 {
            let start = Instant::now();
            assert!(keto.check(check).await?.is_allowed());
            times.push(start.elapsed());
        }
        times.sort();
        Ok(times[times.len() / 2].as_secs_f64() * 1e6)
    })
}

/// Groups in groups, and groups side by side. The subject is in none of them.
fn growth(model: &Model, times: u32) -> Outcome {
    let check = Check::new(tuple("Document:d#view@User:nobody")?);
    for depth in [2, 10, 50] {
        let mut evaluator =
            Evaluator::new(model).with_limits(Limits::default().max_depth(depth * 2 + 10));
        evaluator.insert(&tuple("Document:d#viewers@Group:g0#members")?);
        for i in 0..depth {
            let next = i + 1;
            evaluator.insert(&tuple(&format!("Group:g{i}#members@Group:g{next}#members"))?);
        }
        let time = micros_of_check(&evaluator, &check, false, times);
        println!("depth {depth}: {time:.2} µs a check");
    }
    for width in [10, 100, 1_000] {
        let mut evaluator =
            Evaluator::new(model).with_limits(Limits::default().max_width(width + 1));
        for i in 0..width {
            evaluator.insert(&tuple(&format!("Document:d#viewers@Group:g{i}#members"))?);
        }
        let time = micros_of_check(&evaluator, &check, false, times.div_ceil(10));
        println!("width {width}: {time:.2} µs a check");
    }
    Ok(())
}

/// A file with 200 assertions: parsed and run.
fn permission_tests() -> Outcome {
    let mut file = format!("model: \"{}\"\ntuples:\n", MODEL.replace('\n', " "));
    for tuple in tuples(100)? {
        file += &format!("- {tuple}\n", tuple = tuple.try_to_string()?);
    }
    file += "tests:\n";
    for group in 0..10 {
        file += &format!("- name: group {group}\n  allowed:\n");
        for member in 0..9 {
            file += &format!("  - Document:d{group}#view@User:u{group}-{member}\n");
        }
        file += &format!("  - Group:g{group}#members@User:u{group}-0\n  denied:\n");
        for member in 0..10 {
            file += &format!("  - Document:d{group}#edit@User:u{group}-{member}\n");
        }
    }
    let mut passed = true;
    let time = micros(10, || {
        passed &= PermissionTests::parse(&file).is_ok_and(|tests| tests.run().passed());
    });
    assert!(passed);
    println!("a file with 200 assertions: {:.1} ms", time / 1e3);
    Ok(())
}
