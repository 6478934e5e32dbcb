//! Lists as streams, as they grow. Each is read by a process of its own, so that its memory is
//! that of one list.

use crate::{Outcome, many, memory, runtime};
use futures_util::TryStreamExt;
use keto_client::{
    ApiVersion, Check, KetoClient, Permissions, RelationQuery, RelationTuple, RelationshipPatch,
    Relationships, RelationshipsExt, Subject,
};
use std::{
    env,
    process::{Command, Stdio},
    time::Instant,
};

pub fn run(largest: usize) -> Outcome {
    let (url, _stub) = many::server()?;
    let sizes: Vec<usize> =
        (0..).map(|power| 10_usize.pow(power)).take_while(|n| *n <= largest).collect();
    if let Ok(write) = env::var("KETO_API_WRITE_URL") {
        let keto = KetoClient::builder()
            .api_version(ApiVersion::Current)
            .read_url(&url)
            .write_url(write)
            .build()?;
        runtime().block_on(fill(&keto, &sizes))?;
    }
    println!("| tuples | ms | µs for each | most memory, KiB |");
    println!("|---|---|---|---|");
    for size in sizes {
        let mut list = Command::new(env::current_exe()?);
        let output =
            list.args(["list-of", &url, &size.to_string()]).stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            return Err(format!("a list of {size} could not be read").into());
        }
        print!("{}", String::from_utf8(output.stdout)?);
    }
    println!();
    Ok(())
}

/// Three times the same, with a connection that stands; tells the median.
pub fn one(url: &str, count: &str) -> Outcome {
    let count: usize = count.parse()?;
    let keto = KetoClient::builder().api_version(ApiVersion::Current).read_url(url).build()?;
    runtime().block_on(async {
        let _ = keto.check(&Check::new("app:homepage#read@nobody".parse()?)).await?;
        let mut times = [0.0; 3];
        for time in &mut times {
            let started = Instant::now();
            let tuples = keto.list_relationships(list_of(count));
            let read = tuples.try_fold(0, async |read, _| Ok(read + 1)).await?;
            *time = started.elapsed().as_secs_f64() * 1e3;
            assert_eq!(read, count);
        }
        times.sort_by(f64::total_cmp);
        let each = times[1] * 1e3 / count as f64;
        println!(
            "| {count} | {:.1} | {each:.1} | {} |",
            times[1],
            memory::kib("/proc/self/status", "VmHWM:")?
        );
        Ok(())
    })
}

fn object(count: usize) -> String {
    format!("list-{count}")
}

fn list_of(count: usize) -> RelationQuery {
    RelationQuery::new().namespace("app").object(object(count))
}

async fn fill(keto: &KetoClient, sizes: &[usize]) -> Outcome {
    for &size in sizes {
        keto.delete_all_relationships_matching(&list_of(size)).await?;
        let tuple = |number: usize| {
            let subject = Subject::id(format!("{number:08x}-1111-4222-8333-000000000001"));
            RelationshipPatch::Insert(RelationTuple::new("app", object(size), "read", subject))
        };
        let all: Vec<_> = (0..size).map(tuple).collect();
        for some in all.chunks(1_000) {
            keto.patch_relationships(some).await?;
        }
    }
    Ok(())
}
