//! Our clients beside the generated ones and plain reqwest. See README.md.

mod added;
mod alloc;
mod apps;
mod bare;
mod cached;
mod callgrind;
mod calls;
mod data;
mod decode;
mod flights;
mod forward_auth;
mod grpc;
mod guarded;
mod homepage;
mod list;
mod load;
mod many;
mod memory;
mod opl;
mod stub;

use std::{env, error::Error, process::ExitCode, time::Duration};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

const USAGE: &str = "\
usage: ory-bench BENCHMARK
  calls    instructions and allocations of a check and of a whoami
  guarded  instructions and allocations of a guarded route and of one with the calls by hand
  decode   instructions and allocations of decoding a whoami and 1,000 identities
  cached   time and allocations of a cached check and whoami
  delayed  1,000 checks through a proxy with 5 ms of round trip
  direct   1,000 checks of a Keto on loopback
  homepage the demo app (DEMO_APP) beside Flask (GUNICORN): requests, times, memory
  forward-auth  the demo app's endpoint for proxies beside Oathkeeper's (OATHKEEPER)
  added    what both add to the time of whoami and check, with a real Kratos and Keto
  flights  1,000 concurrent whoami calls of one person, and how many reach the server
  list     1 to 100,000 tuples as a stream: time and memory
  opl      checks by the evaluator of permission models beside a Keto with the same model
  smoke    each of them once and small, to see that they work
`delayed`, `direct` and `list` ask the Keto at KETO_API_READ_URL, or a stub where it is not set;
`opl` asks it, if it is set; `list` and `opl` fill it by KETO_API_WRITE_URL.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["calls"] => callgrind::calls(400),
        ["guarded"] => callgrind::guarded(400),
        ["decode"] => callgrind::decode(1),
        ["cached"] => cached::run(1_000_000),
        ["delayed"] => many::delayed(1_000, 3),
        ["direct"] => many::direct(1_000, 5),
        ["homepage"] => homepage::run(Duration::from_secs(5), 3, 1_000),
        ["forward-auth"] => forward_auth::run(Duration::from_secs(6), 3),
        ["added"] => added::run(1_000),
        ["flights"] => flights::run(1_000),
        ["list"] => list::run(100_000),
        ["opl"] => opl::run(100_000, 10_000),
        ["smoke"] => smoke(),
        // What the above start as processes of their own.
        ["stub"] => stub::serve(),
        ["call", peer, operation, url, times] => calls::run(peer, operation, url, times),
        ["guarded", route, framework, url, times] => guarded::run(route, framework, url, times),
        ["list-of", url, count] => list::one(url, count),
        ["read", what, types, times] => decode::run(what, types, times),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn smoke() -> Outcome {
    callgrind::calls(20)?;
    callgrind::guarded(20)?;
    callgrind::decode(1)?;
    cached::run(100)?;
    many::delayed(40, 1)?;
    many::direct(40, 1)?;
    flights::run(20)?;
    list::run(1_000)?;
    homepage::run(Duration::from_millis(500), 1, 20)?;
    forward_auth::run(Duration::from_millis(500), 1)?;
    added::run(20)
}

/// A runtime of one thread, so that what is counted is one call's work.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}
