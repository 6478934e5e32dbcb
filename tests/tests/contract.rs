//! The contract suite over every implementation. A real server that the environment does not name
//! is listed as ignored, with the variables that would name it.

#![allow(clippy::unwrap_used, reason = "a test")]
#![allow(clippy::await_holding_lock, reason = "each test has a thread and a runtime of its own")]

#[path = "contract/endpoints.rs"]
mod endpoints;

use contract_tests::{
    admin, app, conformance, flows, keto, kratos,
    permissions_page::{self, Servers},
    servers::{self, KETOS, KRATOSES, NEXT_KRATOS, SPECIAL_KRATOSES},
    users::TestUsers,
};
use keto_client::{ApiVersion, testing::KetoVersion};
use kratos_client::testing::KratosServer;
use libtest_mimic::{Arguments, Trial};
use std::{
    future::Future,
    sync::{Mutex, PoisonError},
    time::Duration,
};

fn main() {
    let mut trials = Vec::new();
    testing_keto(&mut trials);
    testing_kratos(&mut trials);
    real_keto(&mut trials);
    real_keto_grpc(&mut trials);
    real_kratos(&mut trials);
    real_flows(&mut trials);
    special_flows(&mut trials);
    real_admin(&mut trials);
    next_kratos(&mut trials);
    real_app(&mut trials);
    permissions_page(&mut trials);
    conformance(&mut trials);
    endpoints::trials(&mut trials);
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// A test that runs on a runtime of its own. Panics are failures.
fn trial<F: Future<Output = ()>>(
    name: impl Into<String>,
    test: impl FnOnce() -> F + Send + 'static,
) -> Trial {
    Trial::test(name, move || {
        actix_web::rt::System::new().block_on(test());
        Ok(())
    })
}

/// A test over a real server: one at a time, because their `SQLite` in memory refuses what is
/// concurrent.
fn real_trial<F: Future<Output = ()>>(
    name: impl Into<String>,
    test: impl FnOnce() -> F + Send + 'static,
) -> Trial {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    trial(name, move || async move {
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        test().await;
    })
}

/// A test that can't run because nobody said where the server is.
fn skipped(name: &str, variables: [&str; 2]) -> Trial {
    let name = format!("{name} (set {} and {})", variables[0], variables[1]);
    let why = "nobody said where the server is";
    Trial::test(name, move || Err(why.into())).with_ignored_flag(true)
}

/// The versions of the testing Keto.
const KETO_VERSIONS: [(&str, KetoVersion); 3] = [
    ("testing keto", KetoVersion::Current),
    ("testing keto as Ory Network", KetoVersion::OryNetwork),
    ("testing keto v0.7", KetoVersion::V0_7),
];

fn testing_keto(trials: &mut Vec<Trial>) {
    for (server, version) in KETO_VERSIONS {
        let v0_7 = version == KetoVersion::V0_7;
        for (name, test) in keto::suite() {
            trials.push(trial(format!("{server}: {name}"), move || async move {
                let server = servers::testing_keto(version);
                let (read, write) = (server.read_url(), server.write_url());
                let client = servers::keto(read, write, v0_7, ApiVersion::Detect);
                test(servers::taken_by(version, client)).await;
            }));
            trials.push(trial(format!("{server}, cached: {name}"), move || async move {
                let server = servers::testing_keto(version);
                let client = servers::cached_keto(server.read_url(), server.write_url(), v0_7);
                test(servers::taken_by(version, client)).await;
            }));
        }
    }
}

fn testing_kratos(trials: &mut Vec<Trial>) {
    for (name, test) in kratos::suite().into_iter().chain(kratos::real_suite()) {
        trials.push(trial(format!("testing kratos: {name}"), move || async move {
            let server = servers::testing_kratos();
            test(servers::kratos_of(&server)).await;
        }));
    }
    for (name, test) in kratos::cached_suite() {
        trials.push(trial(format!("testing kratos, cached: {name}"), move || async move {
            let server = servers::testing_kratos();
            let public = server.public_url().clone();
            test(servers::cached_kratos(public, server.admin_url(), false)).await;
        }));
    }
    for (name, test) in flows::suite().into_iter().chain(flows::real_suite(false)) {
        trials.push(trial(format!("testing kratos: {name}"), move || async move {
            let server = servers::testing_kratos();
            test(servers::self_service_of(&server)).await;
        }));
    }
    for (name, test) in flows::expired_suite(false) {
        let name = format!("testing kratos whose flows expire: {name}");
        trials.push(trial(name, move || async move {
            let server = KratosServer::builder().flow_lifespan(Duration::from_secs(1));
            let server = server.start().unwrap();
            test(servers::self_service_of(&server)).await;
        }));
    }
    for (name, test) in admin::suite() {
        trials.push(trial(format!("testing kratos admin API: {name}"), move || async move {
            let server = servers::testing_kratos();
            let (public, admin) = (server.public_url().clone(), server.admin_url());
            let detect = kratos_client::ApiVersion::Detect;
            test(servers::kratos_admin(public, admin, false, detect)).await;
        }));
    }
    for (server, version) in KETO_VERSIONS {
        let name = format!("app over testing kratos and {server}: a person's way");
        trials.push(trial(name, move || async move {
            let (kratos, keto) = (servers::testing_kratos(), servers::testing_keto(version));
            let (read, write) = (keto.read_url(), keto.write_url());
            let v0_7 = version == KetoVersion::V0_7;
            let client = servers::keto(read, write, v0_7, ApiVersion::Detect);
            let client = servers::taken_by(version, client);
            app::walk(servers::kratos_of(&kratos), client).await;
        }));
    }
}

fn real_keto(trials: &mut Vec<Trial>) {
    for real in KETOS {
        let Some((read, write)) = real.urls() else {
            trials.push(skipped(real.name, [real.first, real.second]));
            continue;
        };
        let told = if real.old { ApiVersion::V0_7 } else { ApiVersion::Current };
        for (name, test) in keto::suite() {
            let (read, write) = (read.clone(), write.clone());
            trials.push(real_trial(format!("{}, cached: {name}", real.name), move || async move {
                test(servers::cached_keto(&read, &write, real.old)).await;
            }));
        }
        if !real.old {
            for (name, test) in keto::suite() {
                let (read, write) = (read.clone(), write.clone());
                let name = format!("{}, users as subjects: {name}", real.name);
                trials.push(real_trial(name, move || async move {
                    test(servers::real_keto(&read, &write, false, told).with_users()).await;
                }));
            }
        }
        for (mode, api_version) in [("detected", ApiVersion::Detect), ("configured", told)] {
            for (name, test) in keto::suite() {
                let (read, write) = (read.clone(), write.clone());
                let name = format!("{}, API version {mode}: {name}", real.name);
                trials.push(real_trial(name, move || async move {
                    test(servers::real_keto(&read, &write, real.old, api_version)).await;
                }));
            }
        }
    }
}

/// The same suite over gRPC, which the testing server does not speak.
fn real_keto_grpc(trials: &mut Vec<Trial>) {
    for real in KETOS {
        let name = format!("{} over gRPC", real.name);
        let Some((read, write)) = real.urls() else {
            trials.push(skipped(&name, [real.first, real.second]));
            continue;
        };
        if real.old {
            let name = format!("{name}: is not supported");
            trials.push(real_trial(name, move || async move {
                keto::is_not_supported(servers::real_keto_grpc(&read, &write)).await;
            }));
            continue;
        }
        for (test_name, test) in keto::suite() {
            let (read, write) = (read.clone(), write.clone());
            let users = (read.clone(), write.clone());
            trials.push(real_trial(format!("{name}: {test_name}"), move || async move {
                test(servers::real_keto_grpc(&read, &write)).await;
            }));
            let name = format!("{name}, users as subjects: {test_name}");
            trials.push(real_trial(name, move || async move {
                test(servers::real_keto_grpc(&users.0, &users.1).with_users()).await;
            }));
        }
    }
}

fn real_kratos(trials: &mut Vec<Trial>) {
    for real in KRATOSES {
        let Some((public, admin)) = real.urls() else {
            trials.push(skipped(real.name, [real.first, real.second]));
            continue;
        };
        for (name, test) in kratos::cached_suite() {
            let (public, admin) = (public.clone(), admin.clone());
            trials.push(real_trial(format!("{}, cached: {name}", real.name), move || async move {
                test(servers::cached_kratos(public, &admin, real.old)).await;
            }));
        }
        for (name, test) in kratos::suite().into_iter().chain(kratos::real_suite()) {
            let (public, admin) = (public.clone(), admin.clone());
            trials.push(real_trial(format!("{}: {name}", real.name), move || async move {
                test(servers::kratos(public, &admin, real.old)).await;
            }));
        }
    }
}

fn real_flows(trials: &mut Vec<Trial>) {
    for real in KRATOSES {
        let Some((public, admin)) = real.urls() else {
            let name = format!("{}: self-service", real.name);
            trials.push(skipped(&name, [real.first, real.second]));
            continue;
        };
        for (name, test) in flows::suite().into_iter().chain(flows::real_suite(real.old)) {
            let (public, admin) = (public.clone(), admin.clone());
            trials.push(real_trial(format!("{}: {name}", real.name), move || async move {
                test(servers::self_service(public, &admin, real.old)).await;
            }));
        }
    }
}

/// Flows over Kratoses that are set up for them.
fn special_flows(trials: &mut Vec<Trial>) {
    for (real, suite) in SPECIAL_KRATOSES {
        let Some((public, admin)) = real.urls() else {
            trials.push(skipped(real.name, [real.first, real.second]));
            continue;
        };
        for (name, test) in suite(real.old) {
            let (public, admin) = (public.clone(), admin.clone());
            trials.push(real_trial(format!("{}: {name}", real.name), move || async move {
                test(servers::self_service(public, &admin, real.old)).await;
            }));
        }
    }
}

fn real_admin(trials: &mut Vec<Trial>) {
    use kratos_client::ApiVersion;
    for real in KRATOSES {
        let Some((public, url)) = real.urls() else {
            let name = format!("{}: admin API", real.name);
            trials.push(skipped(&name, [real.first, real.second]));
            continue;
        };
        let told = if real.old { ApiVersion::V0_8 } else { ApiVersion::Current };
        for (mode, api_version) in [("detected", ApiVersion::Detect), ("configured", told)] {
            for (name, test) in if real.old { admin::v0_8_suite() } else { admin::suite() } {
                let (public, url) = (public.clone(), url.clone());
                let name = format!("{} admin API, API version {mode}: {name}", real.name);
                trials.push(real_trial(name, move || async move {
                    test(servers::kratos_admin(public, &url, real.old, api_version)).await;
                }));
            }
        }
    }
}

/// The whole suite of Kratos, and the operations that are newer than v26.2.
fn next_kratos(trials: &mut Vec<Trial>) {
    use kratos_client::ApiVersion;
    let real = NEXT_KRATOS;
    let Some((public, url)) = real.urls() else {
        trials.push(skipped(real.name, [real.first, real.second]));
        return;
    };
    for (name, test) in admin::suite().into_iter().chain(admin::next_suite()) {
        let (public, url) = (public.clone(), url.clone());
        trials.push(real_trial(format!("{} admin API: {name}", real.name), move || async move {
            test(servers::kratos_admin(public, &url, false, ApiVersion::Detect)).await;
        }));
    }
    for (name, test) in flows::suite().into_iter().chain(flows::real_suite(false)) {
        let (public, admin) = (public.clone(), url.clone());
        trials.push(real_trial(format!("{}: {name}", real.name), move || async move {
            test(servers::self_service(public, &admin, false)).await;
        }));
    }
    for (name, test) in kratos::suite() {
        let (public, admin) = (public.clone(), url.clone());
        trials.push(real_trial(format!("{}: {name}", real.name), move || async move {
            test(servers::kratos(public, &admin, false)).await;
        }));
    }
}

fn permissions_page(trials: &mut Vec<Trial>) {
    let name = "permissions page";
    for (test_name, test) in permissions_page::suite() {
        let name = format!("{name} over testing servers: {test_name}");
        trials.push(trial(name, move || async move {
            let kratos = servers::testing_kratos();
            let keto = servers::testing_keto(KetoVersion::Current);
            test(Servers::testing(&kratos, &keto)).await;
        }));
    }
    let test_name = format!("{name} over testing servers: the names of a page take one request");
    trials.push(trial(test_name, || {
        let keto = servers::testing_keto(KetoVersion::Current);
        permissions_page::the_names_of_a_page_take_one_request(servers::testing_kratos(), keto)
    }));
    let (keto, kratos) = (KETOS[0], KRATOSES[0]);
    let name = format!("{name} over {} and {}", kratos.name, keto.name);
    let (Some((keto_read, keto_write)), Some((kratos, kratos_admin))) =
        (keto.urls(), kratos.urls())
    else {
        trials.push(skipped(&name, [keto.first, kratos.first]));
        return;
    };
    let servers = Servers { kratos, kratos_admin, keto_read, keto_write };
    for (test_name, test) in permissions_page::suite() {
        let servers = servers.clone();
        let name = format!("{name}: {test_name}");
        trials.push(real_trial(name, move || async move { test(servers).await }));
    }
}

fn real_app(trials: &mut Vec<Trial>) {
    for (real_keto, real_kratos) in KETOS.into_iter().zip(KRATOSES) {
        let name = format!("app over {} and {}: a person's way", real_kratos.name, real_keto.name);
        let (Some((read, write)), Some((public, admin))) = (real_keto.urls(), real_kratos.urls())
        else {
            trials.push(skipped(&name, [real_keto.first, real_kratos.first]));
            continue;
        };
        trials.push(real_trial(name, move || async move {
            let keto = servers::keto(&read, &write, real_keto.old, ApiVersion::Detect);
            app::walk(servers::kratos(public, &admin, real_kratos.old), keto).await;
        }));
    }
    for real in KRATOSES {
        let name = format!("app over {}", real.name);
        let Some((public, admin)) = real.urls() else {
            trials.push(skipped(&name, [real.first, real.second]));
            continue;
        };
        let kratos = move || servers::kratos(public.clone(), &admin, real.old);
        let second_factor = kratos.clone();
        trials.push(real_trial(format!("{name}: the second factor"), move || async move {
            app::second_factor(second_factor()).await;
        }));
        trials.push(real_trial(
            format!("{name}: a wrong name of the cookie"),
            move || async move {
                app::wrong_cookie_name(kratos()).await;
            },
        ));
    }
}

fn conformance(trials: &mut Vec<Trial>) {
    for (real, version) in KETOS.into_iter().zip([KetoVersion::Current, KetoVersion::V0_7]) {
        let name = format!("testing keto answers as {}", real.name);
        let Some((read, write)) = real.urls() else {
            trials.push(skipped(&name, [real.first, real.second]));
            continue;
        };
        trials.push(real_trial(name, move || async move {
            let server = servers::testing_keto(version);
            let ours = [server.read_url(), server.write_url()];
            conformance::keto(real.old, ours, [&read, &write]).await;
        }));
    }
    let real = KRATOSES[0];
    let name = format!("testing kratos answers as {}", real.name);
    let Some((public, admin)) = real.urls() else {
        trials.push(skipped(&name, [real.first, real.second]));
        return;
    };
    trials.push(real_trial(name, move || async move {
        let server = servers::testing_kratos();
        let ours = TestUsers::new(server.public_url().clone(), server.admin_url(), false);
        conformance::kratos(ours, TestUsers::new(public, &admin, false)).await;
    }));
}
