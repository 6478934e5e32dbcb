//! The demo in a headless Chromium, over the embedded servers and over real ones.
//!
//! It needs `ChromeDriver`, by its path in `TEST_CHROMEDRIVER`, and axe-core, by that of `axe.min.js` in
//! `TEST_AXE`. Real servers are those of the contract suite; the app listens where their Kratos has
//! its UI. Without any of them, the tests are listed as ignored.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod appearance;
mod chromium;
mod hostile;
mod keyboard;
mod mailbox;
mod pages;
mod passkeys;
mod path;
mod permissions;
mod sessions;
mod stack;

use contract_tests::servers::{KETOS, KRATOSES, Real, SPECIAL_KRATOSES};
use libtest_mimic::{Arguments, Trial};
use stack::{Servers, Stack};
use std::{
    future::Future,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A Kratos that is set up for passkeys of its UI, which is at `localhost`: a passkey belongs to a
/// domain, and an address is none.
const PASSKEYS: Real = Real {
    name: "real kratos with passkeys",
    first: "TEST_KRATOS_PASSKEYS_PUBLIC_URL",
    second: "TEST_KRATOS_PASSKEYS_ADMIN_URL",
    old: false,
};

fn main() {
    let mut trials = Vec::new();
    add(&mut trials, "embedded servers", Servers::Embedded { flow_lifespan: None });
    for (kratos, keto) in KRATOSES.into_iter().zip(KETOS) {
        let name = format!("{} and {}", kratos.name, keto.name);
        add(&mut trials, &name, Servers::Real { kratos, keto });
    }
    let servers = Servers::Embedded { flow_lifespan: Some(Duration::from_secs(1)) };
    trials.push(trial("embedded servers", "expired flows", servers, hostile::expired_flows));
    let expiring = SPECIAL_KRATOSES.map(|(kratos, _)| kratos);
    for kratos in expiring.into_iter().filter(|kratos| kratos.first.contains("EXPIRING")) {
        let servers = Servers::Real { kratos, keto: KETOS[usize::from(kratos.old)] };
        trials.push(trial(kratos.name, "expired flows", servers, hostile::expired_flows));
    }
    let servers = Servers::Real { kratos: PASSKEYS, keto: KETOS[0] };
    trials.push(trial(PASSKEYS.name, "passkeys", servers, passkeys::register_and_log_in));
    trials.push(trial(PASSKEYS.name, "security keys", servers, passkeys::second_factor));
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    chromium::stop();
    conclusion.exit();
}

/// The tests over some servers.
fn add(trials: &mut Vec<Trial>, name: &str, servers: Servers) {
    let is_old = matches!(servers, Servers::Real { kratos, .. } if kratos.old);
    trials.extend([
        trial(name, "pages", servers, pages::every_page),
        trial(name, "path", servers, path::to_the_homepage_and_out),
        trial(name, "path without scripts", servers, path::without_scripts),
        trial(name, "second factor", servers, path::second_factor),
        trial(name, "keyboard", servers, keyboard::log_in_and_out),
        trial(name, "hostile names", servers, hostile::names),
        trial(name, "hostile flows", servers, hostile::flows),
        trial(name, "hostile returns", servers, hostile::returns),
    ]);
    if !is_old {
        trials.push(trial(name, "sessions", servers, sessions::list_and_end));
        trials.push(trial(name, "permissions", servers, permissions::grant_explain_and_undo));
    }
    if matches!(servers, Servers::Embedded { .. }) {
        trials.push(trial(name, "mailbox", servers, mailbox::verify_and_recover));
    }
}

/// A test over a stack of its own; one at a time, because the address of an app over real servers is
/// that of their UI.
fn trial<F: Future<Output = ()>>(
    stack: &str,
    name: &str,
    servers: Servers,
    test: impl FnOnce(Stack) -> F + Send + 'static,
) -> Trial {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let mut needed = vec![chromium::CHROMEDRIVER, appearance::AXE];
    if let Servers::Real { kratos, keto } = servers {
        needed.extend([kratos.first, kratos.second, keto.first, keto.second]);
    }
    needed.retain(|name| keto_client::env_vars(name).is_none());
    let title = match needed.is_empty() {
        true => format!("{stack}: {name}"),
        false => format!("{stack}: {name} (set {})", needed.join(", ")),
    };
    let is_skipped = !needed.is_empty();
    let run = move || {
        if is_skipped {
            return Err("the environment does not name all that it needs".into());
        }
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        actix_web::rt::System::new().block_on(async { test(Stack::start(servers).await).await });
        Ok(())
    };
    Trial::test(title, run).with_ignored_flag(is_skipped)
}
